"""Landmarks as the head itself sees them, whichever way it is turned. Pure.

The 478 points are MediaPipe's (refined topology); the names below are ours. Left and right are the subject's own.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

COUNT: Final = 478
BRIDGE: Final = 168
"""Root of the nose: the origin. Of all points the one that expressions move least."""
OUTER_CORNERS: Final = (263, 33)
"""Outer corners of the left and the right eye; their distance is the unit of all lengths: about 9 cm."""
IRIS: Final = (473, 468)
LEFT, RIGHT = 0, 1
"""Index of a side in whatever comes in pairs."""


def to_head(points_px: npt.NDArray[np.floating], rotation: Points, /) -> Points:
    """Points (478, 3) in the head's own axes: x to the subject's left, y up, z forward; origin at the nose's root, in
    distances between the outer corners of the eyes.

    points_px: (478, 3), picture x and y (down) in pixels, z in pixels toward the viewer.
    rotation: (3, 3), camera from head, in axes x to the picture's right, y up, z toward the viewer.
    """
    centred = (np.asarray(points_px, np.float64) - points_px[BRIDGE]) * (1.0, -1.0, 1.0)
    own: Points = centred @ rotation
    left, right = OUTER_CORNERS
    return own / max(float(np.linalg.norm(own[left] - own[right])), 1e-9)
