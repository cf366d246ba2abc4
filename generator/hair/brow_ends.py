"""Where a brow goes under hair: whether it does so at all, how high, and how thick it is there.

A tracker's line goes on over the whole brow that it expects. A drawn brow may end before the hair begins; then there is
none to be painted under it. One that does go under goes on from where it is seen, and not from where the line runs.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import repaint
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

NEAR_IOD: Final = (0.02, 0.10)
"""So far from the hair, along the line, a brow is looked for."""
HIGH_IOD: Final = 0.10
"""And so far above and below the line."""
OUTER_IOD, BAR_IOD, LONGEST_IOD = 0.26, 0.13, 0.16
"""So far from the end of its line a brow's tail may lie; the part that touches hair is no higher and no longer."""
BARE: Final = 0.15
"""A brow whose inner half has so much hair on it at most lies bare."""
AROUND_IOD, FAINT = 0.04, 0.4
"""So far around such an end hair fainter than this is none."""
DARK: Final = 0.07
"""A brow is darker than the skin by this part of it."""


@dataclass(frozen=True, slots=True)
class End:
    """seen: whether a brow reaches the hair. shift_px: how far below the line it does. half_px: half its thickness."""

    seen: bool
    shift_px: float
    half_px: float


def at_hair(picture: Picture, tone: Picture, covered: Mask, path: Doubles, unit_px: float, /) -> End | None:
    """The end of the part of a brow that is seen, at the hair that covers the rest; None if none or all is seen.

    path: float64 (N, 2), the line from end to end. tone: (H, W, 3), the plain skin.
    """
    hidden = _at(covered.astype(np.float32), path) > 0.5
    if hidden.all() or not hidden.any():
        return None
    along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))])
    away = np.abs(along[:, None] - along[hidden][None]).min(axis=1)
    near = (away >= NEAR_IOD[0] * unit_px) & (away <= NEAR_IOD[1] * unit_px)
    if near.sum() < 2:
        return None
    offsets = np.linspace(-HIGH_IOD * unit_px, HIGH_IOD * unit_px, 41)
    points = path[near][:, None] + np.stack([0.0 * offsets, offsets], axis=1)[None]
    light, plain = (_at(np.asarray(image.mean(axis=-1), np.float32), points) for image in (picture, tone))
    darker = np.where(_at(covered.astype(np.float32), points) > 0.5, 0.0, 1.0 - light / np.maximum(plain, 4.0))
    # Only a ridge counts: shade runs on to the end of what is looked at.
    darker = np.clip(darker - np.maximum(darker[:, :1], darker[:, -1:]).clip(0.0), 0.0, 1.0)
    peak = darker.max(axis=1)
    there = peak > DARK
    if there.mean() < 0.6:
        return End(False, 0.0, 0.0)
    strong = np.where(darker > 0.5 * peak[:, None], darker, 0.0)[there]
    weight = strong / strong.sum(axis=1, keepdims=True)
    middle = (weight * offsets).sum(axis=1)
    step = offsets[1] - offsets[0]
    return End(True, float(np.median(middle)), float(np.median((strong > 0.0).sum(axis=1)) * step / 2.0))


def off_hair(hair: Floats, face: CanvasFace, /) -> Floats:
    """The hair's matte (H, W) without the outer ends of brows that touch it: bars across, not as high as strands are
    long, and with no more hair beyond them than their own length."""
    unit = face.iod_px
    result = hair.copy()
    high = max(3, round(BAR_IOD * unit))
    for eye in topology.EYES:
        line = face.brow_line(eye)
        inner = line[np.argsort(np.abs(line[:, 0] - face.centre_x_px))[:3]].astype(np.float64)
        if _at(hair, inner).mean() > BARE:
            continue  # strands hang over it: what is bar and what is strand can't be told
        end = line[np.abs(line[:, 0] - face.centre_x_px).argmax()]
        reach = np.array([OUTER_IOD * unit, 1.5 * BAR_IOD * unit])
        window = Window.whole(hair.shape).around(np.stack([end - reach, end + reach]), 2 * high)
        across, down = (np.abs(axis - centre) for axis, centre in zip((window.x, window.y), end, strict=True))
        zone = (down[:, None] <= reach[1]) & (across[None, :] <= reach[0])
        seen = window.of(hair)
        upright = cv2.morphologyEx(seen, cv2.MORPH_OPEN, np.ones((high, 1), np.uint8))
        bars = (seen - upright > 0.15) & zone
        _, labels, facts, _ = cv2.connectedComponentsWithStats(bars.astype(np.uint8), connectivity=8)
        short = np.flatnonzero(facts[:, cv2.CC_STAT_WIDTH] < LONGEST_IOD * unit)
        own = np.isin(labels, short[short > 0])
        bare = np.where(upright < FAINT, 0.0, upright)  # what is left of hair there is the blur of its edge
        around = repaint.grow(own, AROUND_IOD * unit) & zone
        result[window.within(Window.whole(hair.shape))] = np.where(around, bare, seen)
    return result


def _at(image: Floats, points: Doubles) -> Floats:
    x, y = (np.ascontiguousarray(points[..., axis], np.float32).reshape(1, -1) for axis in (0, 1))
    found = cv2.remap(image, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(found.reshape(points.shape[:-1]), np.float32)
