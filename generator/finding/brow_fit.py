"""Drawn brows found in the picture: the tracker puts them where a human's are, drawings often much higher.

Above each large drawn eye the dark line that lies across is looked for, in both eyes together (one of them in a
mirror): bangs may hide one brow, and their strands run down and not across. The brow's landmarks are moved onto it, and
the landmarks around them follow.
"""

import dataclasses
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets.points import FacePoints
from generator import topology
from generator.moving.fields import Field
from generator.moving.measures import CanvasFace
from generator.tools import colours
from generator.tools.curves import smoothstep

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LOW_IOD, HIGH_IOD = 0.12, 0.72
"""How far above the upper lid's highest point a brow may lie."""
ASIDE: Final = (-0.62, 0.78)
"""From the eye's middle toward the nose and away from it, in eye widths: where a brow may lie."""
CLEAR, MOST = 3.0, 10.0
"""Lab units by which a brow is darker than what is above and below it, at the least; more than `MOST` is no more of a
brow: pins and the rims of bangs are darker than brows."""
ALONE: Final = 5.0
"""One side's own mean, from which its line is moved to where it is clearest there."""
SHORTEST: Final = 0.45
"""In eye widths."""
HIGH_BAND_IOD: Final = 0.10
"""Between the two rows of a brow's landmarks: they move a little differently, and need room for that."""
COLUMNS: Final = 64
_FOREHEAD_IOD: Final = 0.08
_INWARD: Final = {"Right": slice(None), "Left": slice(None, None, -1)}
_UPPER: Final = {eye.side: eye.brow[:5][_INWARD[eye.side]] for eye in topology.EYES}
_LOWER: Final = {eye.side: eye.brow_lower_edge[_INWARD[eye.side]] for eye in topology.EYES}
"""From the outer end to the inner one."""


@dataclasses.dataclass(frozen=True, eq=False)
class Line:
    """A brow's middle line, (N, 2) on the canvas from the nose outward, and how dark it is there, (N,)."""

    points_px: Doubles
    strength: Doubles


def fit(rgb: npt.NDArray[np.uint8], face: CanvasFace, by_hand: FacePoints | None = None, /) -> CanvasFace:
    """The face with its brows where they are drawn; itself, where they aren't found or its eyes are of human size.

    by_hand: what was set by hand; brows set so stay.
    """
    if not face.drawn or (by_hand is not None and any("_brow_" in name for name in by_hand.points_px)):
        return face
    found = lines(rgb, face)
    return face if found is None else _moved(face, found)


def lines(rgb: npt.NDArray[np.uint8], face: CanvasFace, /) -> dict[str, Line] | None:
    """The brows' lines, "Right" and "Left"; None where no line is clear enough."""
    light = cv2.GaussianBlur(colours.lab(rgb)[..., 0], (0, 0), max(0.6, 0.006 * face.iod_px))
    grids = {eye.side: _grid(face, eye) for eye in topology.EYES}
    ridges = {side: _ridge(light, grid, face.iod_px) for side, grid in grids.items()}
    capped = {side: np.minimum(ridge, MOST) for side, ridge in ridges.items()}
    # What is clear on one side is nearly enough: the other may lie under bangs.
    both = 0.7 * np.maximum(*capped.values()) + 0.3 * np.minimum(*capped.values())
    rows = len(both)
    heights = np.arange(0.0, rows)
    slopes, bows = np.linspace(-0.3, 0.3, 9) * rows, np.linspace(-0.05, 0.45, 9) * rows
    arc, first, last, _ = _clearest(both, heights, slopes, bows)
    if (last - first) / COLUMNS * (ASIDE[1] - ASIDE[0]) < SHORTEST:
        return None
    found = {}
    for side, grid in grids.items():
        near = [value + np.linspace(-0.06, 0.06, 7) * rows for value in arc]
        own, *_, score = _clearest(capped[side][:, first:last], *near, columns=(first, last))
        used = own if score / (last - first) > ALONE - CLEAR else arc
        row = _arcs(*(np.array([value]) for value in used))[0, first:last]
        x = grid[0][0, first:last]
        y = np.interp(row, np.arange(rows), grid[1][:, 0])
        strength = np.array([ridges[side][int(np.clip(round(r), 0, rows - 1)), first + i] for i, r in enumerate(row)])
        found[side] = Line(np.stack([x, y], axis=1), strength.astype(np.float64))
    return found


def _arcs(heights: Doubles, slopes: Doubles, bows: Doubles) -> Doubles:
    """Rows (K, COLUMNS) of parabolas, one for each combination."""
    t = np.linspace(-1.0, 1.0, COLUMNS)
    height, slope, bow = (axis.ravel()[:, None] for axis in np.meshgrid(heights, slopes, bows, indexing="ij"))
    return np.asarray(height + slope * t - bow * (1.0 - t * t))


def _clearest(
    ridge: Doubles, heights: Doubles, slopes: Doubles, bows: Doubles, /, *, columns: tuple[int, int] | None = None
) -> tuple[tuple[float, float, float], int, int, float]:
    """The arc on which most is seen: (height, slope, bow), its first and one past its last column, and how much.

    columns: the arc's ends, where they are known; else its clearest stretch is taken.
    """
    rows = _arcs(heights, slopes, bows)
    if columns is not None:
        rows = rows[:, slice(*columns)]
    index = np.clip(np.round(rows).astype(int), 0, len(ridge) - 1)
    seen = ridge[index, np.arange(ridge.shape[1])]
    gain = np.where((rows < 0) | (rows > len(ridge) - 1), -MOST, seen - CLEAR)
    # The stretch of the greatest sum: between the lowest and the highest point of the running total.
    total = np.concatenate([np.zeros((len(gain), 1)), np.cumsum(gain, axis=1)], axis=1)
    if columns is None:
        lowest = np.minimum.accumulate(total, axis=1)
        best = int((total - lowest).max(axis=1).argmax())
        last = int((total - lowest)[best].argmax())
        first = int(total[best, : last + 1].argmin())
    else:
        best, (first, last) = int(total[:, -1].argmax()), (0, gain.shape[1])
    shape = (len(heights), len(slopes), len(bows))
    i, j, k = (int(n) for n in np.unravel_index(best, shape))
    score = float(total[best, last] - total[best, first])
    return (float(heights[i]), float(slopes[j]), float(bows[k])), first, last, score


def _grid(face: CanvasFace, eye: topology.Eye) -> tuple[Doubles, Doubles]:
    """Canvas x and y (R, COLUMNS) of the place above an eye, the nose first, the lowest row last."""
    lids = face.curve(eye.upper + eye.lower)
    middle, width = float(lids[:, 0].mean()), float(np.ptp(lids[:, 0]))
    top = float(lids[:, 1].min())
    away = 1.0 if eye.side == "Left" else -1.0
    x = middle + away * width * np.linspace(*ASIDE, COLUMNS)
    rows = max(12, round((HIGH_IOD - LOW_IOD) * face.iod_px))
    y = top - np.linspace(HIGH_IOD, LOW_IOD, rows) * face.iod_px
    return np.meshgrid(x, y)


def _ridge(light: Floats, grid: tuple[Doubles, Doubles], unit_px: float) -> Doubles:
    """How much darker each place is than above and below it, at the best of three thicknesses."""
    taken = cv2.remap(
        light, grid[0].astype(np.float32), grid[1].astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    taken = cv2.GaussianBlur(taken, (0, 0), sigmaX=2.0, sigmaY=0.6)
    best = np.zeros(taken.shape)
    for reach in (0.035, 0.06, 0.09):
        step = max(2, round(reach * unit_px))
        padded = np.pad(taken, ((step, step), (0, 0)), mode="edge")
        rise = np.minimum(padded[: -2 * step], padded[2 * step :]) - taken
        best = np.maximum(best, rise)
    return np.asarray(np.clip(best, 0.0, 30.0))


def _moved(face: CanvasFace, found: dict[str, Line]) -> CanvasFace:
    """The face with its brow landmarks on the lines; what lies about them follows, the eyes stay."""
    points = face.points_px.astype(np.float64)
    moves = np.zeros_like(points)
    for side, line in found.items():
        along = np.linspace(1.0, 0.0, 5)  # from the outer end inward
        t = np.linspace(0.0, 1.0, len(line.points_px))
        goal = np.stack([np.interp(along, t, line.points_px[:, axis]) for axis in (0, 1)], axis=1)
        half = np.array([0.0, 0.5 * HIGH_BAND_IOD * face.iod_px])
        moves[list(_UPPER[side])] = goal - half - points[list(_UPPER[side])]
        moves[list(_LOWER[side])] = goal + half - points[list(_LOWER[side])]
    brows = {i for side in found for i in _UPPER[side] + _LOWER[side]}
    still = {i for eye in topology.EYES for i in eye.upper + eye.lower + eye.iris}
    still |= {topology.NOSE_TIP, topology.NOSE_BRIDGE}
    follow = Field(face.points_px, brows | still, length_px=0.8 * face.iod_px, noise=0.001)
    eased = follow.at(face.points_px, moves[None])[0].astype(np.float64)
    eyes_y = float(face.points_px[[468, 473], 1].mean())
    lids_y = min(float(face.curve(eye.upper)[:, 1].min()) for eye in topology.EYES)
    eased *= smoothstep(points[:, 1], eyes_y, min(lids_y, eyes_y - 1.0))[:, None]
    for i in still:
        eased[i] = 0.0
    for i in brows:
        eased[i] = moves[i]
    fitted = points + eased
    for side in found:
        _clear_forehead(points, fitted, list(_UPPER[side]), still | brows, _FOREHEAD_IOD * face.iod_px)
    return dataclasses.replace(face, points_px=fitted.astype(np.float32))


def _clear_forehead(before: Doubles, after: Doubles, brow: list[int], held: set[int], most_px: float) -> None:
    """What lay above a brow still does (in place), by as much as it did or by `most_px`."""
    ends = np.sort(before[brow, 0])[[0, -1]] + [-most_px, most_px]
    order, now = np.argsort(before[brow, 0]), np.argsort(after[brow, 0])
    for i in set(range(topology.COUNT)) - held:
        x, y = before[i]
        gap = np.interp(x, before[brow, 0][order], before[brow, 1][order]) - y
        if ends[0] < x < ends[1] and gap > 0.0:
            edge = np.interp(after[i, 0], after[brow, 0][now], after[brow, 1][now])
            after[i, 1] = min(after[i, 1], edge - min(gap, most_px))
