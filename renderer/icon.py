"""The program's icon, drawn by formula: a round face on a round window. Pure."""

from typing import Final

import numpy as np
import numpy.typing as npt

SIDE_PX: Final = 64

# Circles and what they are cut to: centre, radii (in units of half the icon), colour.
_SHAPES: Final = (
    ((0.00, 0.00), (0.98, 0.98), (92, 84, 168)),
    ((0.00, 0.10), (0.62, 0.66), (250, 219, 196)),
    ((-0.24, 0.06), (0.10, 0.16), (56, 44, 84)),
    ((0.24, 0.06), (0.10, 0.16), (56, 44, 84)),
    ((-0.20, 0.00), (0.04, 0.05), (255, 255, 255)),
    ((0.28, 0.00), (0.04, 0.05), (255, 255, 255)),
    ((0.00, 0.44), (0.20, 0.12), (190, 72, 92)),
)
_FRINGE: Final = ((0.00, -0.36), (0.70, 0.42), (232, 128, 84))
"""Hair: the part of an ellipse above a line."""


def icon(side_px: int = SIDE_PX) -> npt.NDArray[np.uint8]:
    """uint8 (side, side, 4), straight alpha."""
    y, x = (np.mgrid[:side_px, :side_px] + 0.5) / (side_px / 2.0) - 1.0
    colour, alpha = np.zeros((side_px, side_px, 3)), np.zeros((side_px, side_px))
    soft = side_px / 2.0
    for index, ((cx, cy), (rx, ry), rgb) in enumerate((*_SHAPES[:2], _FRINGE, *_SHAPES[2:])):
        inside = (1.0 - np.hypot((x - cx) / rx, (y - cy) / ry)) * min(rx, ry) * soft
        if index == 2:
            inside = np.minimum(inside, (-0.12 - y + 0.25 * np.abs(x)) * soft)
        share = np.clip(inside + 0.5, 0.0, 1.0)
        if index:
            share = np.minimum(share, alpha)
        colour += (np.array(rgb) - colour) * share[..., None]
        alpha = np.maximum(alpha, share)
    return np.dstack([colour, 255.0 * alpha]).round().astype(np.uint8)
