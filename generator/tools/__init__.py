"""What every part is made with: curves, colours, painting in, meshes, masks, and packing into a model."""
