"""The frame of a pair of glasses found in a picture: around each eye the clearest closed line of the bridge's colour.

A bar across the nose says that there are glasses (`bridge_contrast`). Around each eye rays are cast, and the
closed curve on which most of them cross something thin, unlike its surroundings and like the bar, is the rim (found
by dynamic programming over the rays). Lenses are left where they are: what is seen through them belongs to the face.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.repaint import Picture

Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

GLASSES_LAB: Final = 5.0
"""`bridge_contrast` of glasses: 11.1 and 28.6 on two portraits; of 20 faces without any: 1.8 at most."""
RAYS: Final = 120
NEAREST_IOD, FARTHEST_IOD = 0.17, 0.80
"""Where a rim may lie, from the iris; to the sides it is farther than above and below."""
LASHES_IOD: Final = 0.08
"""Nearer above an eye there are lashes, and no rim."""
HIGH: Final = 0.8
THICK_IOD: Final = 0.20
"""What is wider than this is no rim."""
CLEAR: Final = 18.0
"""Lab units from its surroundings at which a line counts in full."""
ALIKE: Final = 26.0
"""Lab units from the bar at which a line counts six tenths; rims are rounded and catch the light."""
SEEN: Final = 0.30
"""The least a ray's crossing must count for a rim to be there."""
ROUND: Final = 0.45
"""In this share of the directions there must be a rim: a half-rim is enough, a brow with a lower lid isn't."""
_STEP_COST: Final = 0.16
"""What a step of one radius from ray to ray costs."""


def find(picture: Picture, face: CanvasFace, /) -> Mask | None:
    """Pixels of the frame, bool (H, W); None where there are no glasses, or their rims can't be told from the face."""
    if bridge_contrast(picture, face) < GLASSES_LAB:
        return None
    unit = face.iod_px
    lab = colours.lab(cv2.GaussianBlur(picture, (0, 0), max(0.6, 0.006 * unit)))
    bar = _bar(lab, face)
    if bar.sum() < 6:
        return None
    strength = _lines(lab, np.median(lab[bar], axis=0), bar, unit) * ~_eyes(lab.shape[:2], face)
    frame = cv2.morphologyEx(bar.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5), np.uint8)).astype(bool)
    for eye in topology.EYES:
        middle = face.curve(eye.upper + eye.lower).mean(axis=0).astype(np.float64)
        rim = _rim(strength, middle, unit)
        if rim is None:
            return None
        frame |= rim
    return repaint.closed(frame, 0.02 * unit)


def bridge_contrast(picture: Picture, face: CanvasFace, /) -> float:
    """How clearly a bar lies across the nose between the eyes: Lab units by which it differs from above and below in
    every column. The bridge of a pair of glasses does; shadows and lines of a nose run down it, not across.
    """
    unit, points = face.iod_px, face.points_px
    top, bottom = points[168, 1] - 0.10 * unit, points[197, 1] + 0.05 * unit
    half = 0.13 * unit
    middle = float(points[[168, 6], 0].mean())
    rows, columns = 48, 9
    down, along = np.linspace(top, bottom, rows), np.linspace(middle - half, middle + half, columns)
    y, x = (axis.astype(np.float32) for axis in np.meshgrid(down, along, indexing="ij"))
    soft_px = max(0.6, 0.008 * unit)
    margin = round(6 * soft_px) + 2  # nothing farther away is seen through the blur
    first_x, first_y = max(0, int(x.min()) - margin), max(0, int(y.min()) - margin)
    nose = picture[first_y : int(y.max()) + margin, first_x : int(x.max()) + margin]
    if nose.size == 0:
        return 0.0
    lab = colours.lab(cv2.GaussianBlur(nose, (0, 0), soft_px))
    taken = cv2.remap(lab, x - first_x, y - first_y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    step = max(2, round(0.055 * unit / max((bottom - top) / rows, 1e-3)))
    if rows <= 2 * step + 2:
        return 0.0
    here, above, below = taken[step:-step], taken[: -2 * step], taken[2 * step :]
    # Both differences point the same way on a bar, opposite ways on the edge of a shadow.
    off = np.sqrt(np.maximum(((here - above) * (here - below)).sum(axis=2), 0.0))
    # A bar may be bowed: it lies anywhere within a few rows of its neighbours' height.
    reach = 3
    bowed = np.max([np.roll(off, shift, axis=0) for shift in range(-reach, reach + 1)], axis=0)
    return float(np.sort(bowed, axis=1)[:, 1].max())


def _eyes(shape: tuple[int, int], face: CanvasFace) -> Mask:
    """Eyes and their lashes, which are dark lines, too."""
    unit = face.iod_px
    apart = np.zeros(shape, np.bool_)
    for eye in topology.EYES:
        over = face.curve(eye.upper) - np.array([0.0, LASHES_IOD * unit], np.float32)
        apart |= repaint.polygon(np.concatenate([over, face.curve(eye.lower)[::-1]]), shape)
    return repaint.grow(apart, 0.04 * unit)


def _bar(lab: Floats, face: CanvasFace) -> Mask:
    """In each column over the nose, the pixels that differ most, in one direction, from above and below."""
    unit, points = face.iod_px, face.points_px
    step = max(2, round(0.055 * unit))
    top, bottom = round(points[168, 1] - 0.10 * unit), round(points[197, 1] + 0.05 * unit)
    bar = np.zeros(lab.shape[:2], np.bool_)
    middle = float(points[[168, 6], 0].mean())
    rows = np.arange(max(top, step), min(bottom, len(lab) - step))
    for column in range(round(middle - 0.12 * unit), round(middle + 0.12 * unit) + 1):
        here, above, below = (lab[rows + shift, column] for shift in (0, -step, step))
        off = ((here - above) * (here - below)).sum(axis=1)
        if len(off) and off.max() > GLASSES_LAB**2:
            bar[rows[off > 0.4 * off.max()], column] = True
    return bar


def _lines(lab: Floats, tone: Floats, bar: Mask, unit: float) -> Floats:
    """How much each pixel is of a thin line like the bar, 0..1. tone: (3,), the bar's colour."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(THICK_IOD * unit / 2) + 1,) * 2)
    around = lab[repaint.grow(bar, 0.12 * unit) & ~repaint.grow(bar, 0.03 * unit)]
    darker = len(around) == 0 or tone[0] <= float(np.median(around[:, 0]))
    kind = cv2.MORPH_BLACKHAT if darker else cv2.MORPH_TOPHAT
    hat = cv2.morphologyEx(np.ascontiguousarray(lab[..., 0]), kind, kernel)
    away = (((lab - tone) * [0.6, 1.0, 1.0]) ** 2).sum(axis=-1)
    return np.asarray(np.clip(hat / CLEAR, 0.0, 1.0) * np.exp(-0.5 * away / ALIKE**2), np.float32)


def _rim(strength: Floats, centre_px: npt.NDArray[np.float64], unit: float) -> Mask | None:
    """The closed curve around an eye, as thick as it is."""
    radii = np.arange(NEAREST_IOD * unit, FARTHEST_IOD * unit, max(1.0, 0.01 * unit))
    turn = np.linspace(0.0, 2.0 * np.pi, RAYS, endpoint=False)
    x = centre_px[0] + radii[:, None] * np.cos(turn)
    y = centre_px[1] + radii[:, None] * np.sin(turn) * HIGH  # rims are wider than high
    seen = cv2.remap(strength, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    path = _closed_path(seen)
    peak = seen[path, np.arange(RAYS)]
    there = peak > SEEN
    if there.mean() < ROUND:
        return None
    # As thick as it is: outward and inward while the crossing still counts half of its middle.
    count = np.arange(len(radii))[:, None]
    falls = seen < np.maximum(0.6 * peak, 0.5 * SEEN)
    outer = np.where(falls & (count > path), count, len(radii)).min(axis=0)
    inner = np.where(falls & (count < path), count, -1).max(axis=0)
    outward, inward = (np.minimum(side, _usual(side, there)) for side in (outer - path, path - inner))
    within = (count < path + outward) & (count > path - inward) & there[None]
    drawn = np.zeros(strength.shape, np.uint8)
    for ray in range(RAYS):
        following = (ray + 1) % RAYS
        ends = [(np.flatnonzero(within[:, one])[[0, -1]] if within[:, one].any() else None) for one in (ray, following)]
        if ends[0] is None or ends[1] is None:
            continue
        corners = [(ends[0][0], ray), (ends[0][1], ray), (ends[1][1], following), (ends[1][0], following)]
        outline = np.array([(x[radius, one], y[radius, one]) for radius, one in corners])
        cv2.fillConvexPoly(drawn, np.round(outline).astype(np.int32), 1)
    return drawn.astype(bool)


def _usual(thickness: npt.NDArray[np.intp], there: Mask) -> npt.NDArray[np.float64]:
    """The most that a rim is thick in each direction: brows and hair that touch it are no part of it."""
    around = np.arange(-RAYS // 10, RAYS // 10 + 1)
    near = (np.arange(RAYS)[:, None] + around) % RAYS
    seen = np.where(there, thickness, np.nan)
    overall = float(np.nanmedian(seen))
    local = np.nanmedian(np.concatenate([seen[near], np.full((RAYS, 1), overall)], axis=1), axis=1)
    return np.asarray(np.clip(1.4 * local, 2.0, 2.0 * overall) + 1.0)


def _closed_path(seen: Floats) -> npt.NDArray[np.intp]:
    """The row for each column of (R, N) along which most is seen, without leaps, ending where it begins."""
    height = len(seen)
    leap = _STEP_COST * np.abs(np.arange(height)[:, None] - np.arange(height)[None, :])
    turned = np.concatenate([seen, seen, seen], axis=1)  # the middle third no longer knows where it began
    total = turned[:, 0].astype(np.float64)
    came = np.zeros((turned.shape[1], height), np.intp)
    for column in range(1, turned.shape[1]):
        reached = total[None, :] - leap
        came[column] = reached.argmax(axis=1)
        total = reached[np.arange(height), came[column]] + turned[:, column]
    path = np.zeros(turned.shape[1], np.intp)
    path[-1] = int(total.argmax())
    for column in range(turned.shape[1] - 1, 0, -1):
        path[column - 1] = came[column, path[column]]
    count = seen.shape[1]
    return path[count : 2 * count]
