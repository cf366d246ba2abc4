"""Where a face is, in a picture not yet known: MediaPipe's short-range detector (BlazeFace, Bazarevsky et al. 2019).

It sees 128 x 128 pixels through a grid of 16 x 16 cells with two guesses each, then one of 8 x 8 cells with six each.
The picture is shown whole, then its middle: somebody at the far end of a room is too small in the whole.
"""

import functools
import math
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.tracking.nets import Network
from drivers.tracking.roi import Square
from drivers.tracking.shots import Picture

Floats = npt.NDArray[np.float64]

_INPUT_PX: Final = 128
_GRIDS: Final = ((16, 2), (8, 6))
_CONFIDENCE: Final = 0.5
_SAME_FACE: Final = 0.3
"""Boxes that overlap the best one by more (intersection over union) are averaged with it."""
_CLOSER: Final = 0.55


class Detector:
    """The most certain face of a picture."""

    def __init__(self, network: Network) -> None:
        self._network = network

    def __call__(self, picture: Picture, /) -> Square | None:
        """The landmark network's square around the face; None when there is none."""
        height, width = picture.shape[:2]
        longer, middle = max(height, width), (width / 2.0, height / 2.0)
        for side in (longer, _CLOSER * longer):
            seen = Square(*middle, side)
            offsets, logits = self._network(seen.cut(picture, _INPUT_PX), "regressors", "classificators")
            found = best_face(offsets[0].astype(np.float64), logits[0, :, 0].astype(np.float64))
            if found is not None:
                corners, eyes = seen.to_picture(found[:2]), seen.to_picture(found[2:])
                across = eyes[1] - eyes[0]
                level = math.atan2(float(across[1]), float(across[0]))
                box = Square.around(corners, 0.0)  # the detector's box is upright, however the face is turned
                return Square(box.x_px, box.y_px, box.side_px, level)
        return None


def best_face(offsets: Floats, logits: Floats, /) -> Floats | None:
    """Points (4, 2) in 0..1 of the picture: two corners of the box, the subject's right and left eye. None: no face.

    offsets (896, 16): centre x and y, width, height and six points, in input pixels from the anchor; logits (896,).
    Guesses that overlap the best one are averaged by score, which steadies the box.
    """
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits, -50.0, 50.0)))
    likely = np.flatnonzero(scores >= _CONFIDENCE)
    if not len(likely):
        return None
    likely = likely[np.argsort(-scores[likely], kind="stable")]
    values, anchors = offsets[likely] / _INPUT_PX, centres()[likely]
    middle, half = values[:, :2] + anchors, values[:, 2:4] / 2.0
    low, high = middle - half, middle + half
    shared = np.prod(np.maximum(np.minimum(high[0], high) - np.maximum(low[0], low), 0.0), axis=1)
    areas = np.prod(np.maximum(high - low, 0.0), axis=1)
    same = shared > _SAME_FACE * np.maximum(areas[0] + areas - shared, 1e-12)
    same[0] = True
    weight = scores[likely][same] / scores[likely][same].sum()
    eyes = values[:, 4:8].reshape(-1, 2, 2) + anchors[:, None]
    points = np.concatenate([low[:, None], high[:, None], eyes], axis=1)
    return np.asarray(np.tensordot(weight, points[same], axes=1), np.float64)


@functools.cache
def centres() -> Floats:
    """The middles of the cells (896, 2), 0..1, in the order of the network's outputs."""
    rows = []
    for cells, guesses in _GRIDS:
        middle = (np.arange(cells) + 0.5) / cells
        y, x = np.meshgrid(middle, middle, indexing="ij")
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), guesses, axis=0))
    return np.concatenate(rows)
