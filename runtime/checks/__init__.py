"""How well things are: an avatar looked at and measured, a computer checked, a frame timed."""
