"""The curves and pixels that eyes are built on: lids, lashes, iris, the white behind it."""
