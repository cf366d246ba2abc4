"""How this face moves: measures, displacement fields for each shape, and what keeps them from turning over."""
