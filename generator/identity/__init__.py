"""Identity: where a face's components sit and how large they are, as weights of linear shapes.

The method of the paper, end to end: a template face with shapes per component (`template`, `windows`), drawn as white
dots with random weights (`rig`, `sampling`), dots found again in the pictures (`dots`), a small network trained on
them (`training`) and evaluated in plain numpy (`network`) beside the closed form (`solve`). `predict` reads a
portrait's weights, `edit` and `warp` change those of a finished avatar.
"""
