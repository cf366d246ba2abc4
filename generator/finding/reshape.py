"""Landmarks moved by their curves: lids with the rings around them, lips row by row.

What is known better than the tracker knows it (points set by hand, edges found in the picture) is a few points on a
curve. The landmarks between and around them must follow in order, or the fields that are built on them would fold.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from generator import topology
from generator.engines import iris as eye_topology
from generator.engines import pose

Doubles = npt.NDArray[np.float64]

RINGS: Final = 3
COLUMNS: Final = eye_topology.LID_COUNT
LOWER: Final = slice(0, 9)
"""Columns of the lower lid, from corner to corner; the others are the upper lid without its corners."""
UPPER: Final = slice(9, COLUMNS)
_LOWER_REACH: Final = 0.8
"""How far below a lower lid the skin follows it, in eye widths."""
_LEAST_BROW_GAP: Final = 0.10
"""Least room between lid and brow, in eye widths: the rings of landmarks between them need some."""

LIP_ROWS_UPPER: Final = (
    (185, 40, 39, 37, 0, 267, 269, 270, 409),
    (184, 74, 73, 72, 11, 302, 303, 304, 408),
    (183, 42, 41, 38, 12, 268, 271, 272, 407),
    (191, 80, 81, 82, 13, 312, 311, 310, 415),
)
LIP_ROWS_LOWER: Final = (
    (146, 91, 181, 84, 17, 314, 405, 321, 375),
    (77, 90, 180, 85, 16, 315, 404, 320, 307),
    (96, 89, 179, 86, 15, 316, 403, 319, 325),
    (95, 88, 178, 87, 14, 317, 402, 318, 324),
)
"""Each lip's landmarks from its outer edge to its inner one, without the corners, from the picture's left to right."""


def eye_rings(side: str, /) -> npt.NDArray[np.intp]:
    """Landmarks (3, 16) of an eye ("Right" or "Left"): the lids' edges and two rings around them, column by column.

    Of a left eye the columns run from the outer corner, too; `LOWER` and `UPPER` tell the lids.
    """
    rows = eye_topology.AROUND_RIGHT if side == "Right" else eye_topology.around_left(pose.mirror())
    return np.asarray(rows[: RINGS * COLUMNS].reshape(RINGS, COLUMNS), np.intp)


def move_lids(points_px: Doubles, eye: topology.Eye, moves_px: Doubles, /) -> Doubles:
    """Points (478, K) with an eye's lids moved by (16, 2), in the columns of `eye_rings`, and what is around them.

    Each ring point keeps its place between the lid and what bounds it: the brow above, the cheek below. A brow that
    would be run over is pushed out of the way first.
    """
    result = points_px.copy()
    rings = eye_rings(eye.side)
    lids = result[rings[0], :2]
    corners = result[[eye.upper[0], eye.upper[-1]], :2]
    across = corners[1] - corners[0]
    width = float(np.hypot(*across))
    up = np.array([across[1], -across[0]]) / max(width, 1e-6)
    moved = lids + moves_px
    pushed = _push_brow(result, eye, moved[UPPER], up, width)
    brow = result[list(eye.brow_lower_edge), :2]
    for columns, bound in ((UPPER, None), (LOWER, _LOWER_REACH * width)):
        if bound is None:  # room under the brow as it was before anything moved
            along = across / max(width, 1e-6)
            order = np.argsort(brow @ along)
            level = np.interp(lids[columns] @ along, (brow @ along)[order], ((brow - pushed * up) @ up)[order])
            reach = np.maximum(level - lids[columns] @ up, _LEAST_BROW_GAP * width)
        else:
            reach = np.full(len(lids[columns]), bound)
        for ring in rings[1:, columns]:
            away = np.linalg.norm(result[ring, :2] - lids[columns], axis=1)
            share = np.clip(1.0 - away / reach, 0.0, 1.0)[:, None]
            held = pushed * up if bound is None else np.zeros(2)
            result[ring, :2] += share * moves_px[columns] + (1.0 - share) * held
    result[rings[0], :2] = moved
    return result


def _push_brow(points: Doubles, eye: topology.Eye, upper: Doubles, up: Doubles, width: float) -> float:
    """Move the brow up (in place) where the raised lid would come too near. Returns by how much, in pixels."""
    edge = points[list(eye.brow_lower_edge), :2] @ up
    lack = float((upper @ up).max() + _LEAST_BROW_GAP * width - np.median(edge))
    if lack <= 0.0:
        return 0.0
    points[list(eye.brow), :2] += lack * up
    return lack


def bow(count: int, /) -> Doubles:
    """Weights of a curve's points between its two still ends: (count,), 1 in the middle."""
    t = np.arange(1, count + 1) / (count + 1)
    return np.asarray(4.0 * t * (1.0 - t))


def move_lip(points_px: Doubles, rows: tuple[tuple[int, ...], ...], outer_px: Doubles, inner_px: Doubles, /) -> Doubles:
    """Points (478, K) with a lip's middle moved: its outer edge by `outer_px` (2,), its inner one by `inner_px`.

    rows: `LIP_ROWS_UPPER` or `LIP_ROWS_LOWER`. The corners stay; rows in between share.
    """
    result = points_px.copy()
    for number, row in enumerate(rows):
        share = number / (len(rows) - 1)
        move = (1.0 - share) * outer_px + share * inner_px
        result[list(row), :2] += bow(len(row))[:, None] * move
    return result
