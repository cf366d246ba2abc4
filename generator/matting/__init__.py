"""Which pixel belongs to what: the person off the wall, hair, hat and glasses; and what a cut picture lacks."""
