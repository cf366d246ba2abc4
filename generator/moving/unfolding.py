"""No shape turns a triangle over: where one would, its three corners are moved more alike.

Displacement fields that are smooth on the face may still cross within a triangle of a few pixels, beside the corners of
a mouth, say. What is changed is less than what can be seen; a triangle that is turned over shows as a speck.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

LEAST: Final = 0.06
"""What a shape leaves of a triangle's area, at least."""
SMALLEST_PX2: Final = 1.0
"""Twice the area below which a triangle is nothing but a line already at rest."""
ROUNDS: Final = 150


def unfolded(points_px: Floats, triangles: npt.NDArray[np.integer], deltas_px: Floats, /) -> Floats:
    """The displacements (R, V, 2) with each row's triangles kept from turning over at weight 1.

    points_px: (V, 2). triangles: (T, 3). Rows without such a triangle are returned as they are.
    """
    if not len(triangles):
        return deltas_px
    corners = np.asarray(triangles, np.intp)
    rest = _areas(points_px.astype(np.float64), corners)
    counted = np.abs(rest) > SMALLEST_PX2
    result = deltas_px
    for row, moved in enumerate(deltas_px):
        if not moved.any():
            continue
        kept = moved.astype(np.float64)
        changed = False
        for _ in range(ROUNDS):
            areas = _areas(points_px + kept, corners)
            folded = corners[counted & (areas * np.sign(rest) < LEAST * np.abs(rest))]
            if not len(folded):
                break
            mean = kept[folded].mean(axis=1, keepdims=True).repeat(3, axis=1)
            total, count = np.zeros_like(kept), np.zeros(len(kept))
            np.add.at(total, folded.ravel(), mean.reshape(-1, 2))
            np.add.at(count, folded.ravel(), 1.0)
            at = count > 0
            kept[at] += 0.7 * (total[at] / count[at, None] - kept[at])
            changed = True
        if changed:
            if result is deltas_px:
                result = deltas_px.copy()
            result[row] = kept
    return result


def _areas(points_px: npt.NDArray[np.float64], corners: npt.NDArray[np.intp]) -> npt.NDArray[np.float64]:
    """Twice the signed area of each triangle."""
    a, b, c = (points_px[corners[:, index]] for index in range(3))
    return np.asarray((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0]))
