"""Brows that a drawing shows before the bangs: lifted off the hair, so that they move with the face and not with it.

Across the tracked line of a drawn brow that lies under hair, the picture is looked at: is there a line darker than the
hair just above and below it, along most of its length? Strands run down and not across, so they don't pass for one.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

SHARE: Final = 0.55
"""Of a brow's length, along which it must be seen. Shown before bangs: 0.80 and 0.82; covered: 0.22."""
DARKER: Final = 2.0
"""Lab units by which the line is darker than what is above and below it."""
BAND_IOD: Final = 0.05
"""Half the height of the band about the line that may be brow."""


@dataclass(frozen=True, slots=True, eq=False)
class BrowsOver:
    """alpha: float32 (H, W), the brows' opacity. sides: "Right", "Left", those that are seen.

    without: float32 (H, W, 3), the picture without them; brows of the picture's own colour over it give the picture.
    """

    alpha: Floats
    sides: frozenset[str]
    without: Picture


def find(picture: Picture, hair: Floats, face: CanvasFace, /) -> BrowsOver:
    """Look for brows before the hair; on faces with human eyes there are none."""
    alpha = np.zeros(hair.shape, np.float32)
    without, sides = picture, set()
    for eye in topology.EYES if face.drawn else ():
        line = middle_line(face, eye)
        if _mean_at(hair, line) > 0.5 and seen_share(picture, line, face.iod_px) > SHARE:
            cleaned, opacity = _lifted(without, line, hair, face.iod_px)
            without, alpha = cleaned, np.maximum(alpha, opacity)
            sides.add(eye.side)
    return BrowsOver(alpha, frozenset(sides), without)


def middle_line(face: CanvasFace, eye: topology.Eye, /) -> Doubles:
    """The line of a brow, (60, 2), between its two rows of landmarks."""
    middle = face.brow_line(eye).astype(np.float64)
    t = np.linspace(0.0, 4.0, 60)
    return np.stack([np.interp(t, np.arange(5.0), middle[:, axis]) for axis in (0, 1)], axis=1)


def seen_share(picture: Picture, line: Doubles, unit_px: float, /) -> float:
    """Along what part of a line the picture is darker than above and below it, 0..1."""
    light = cv2.GaussianBlur(colours.lab(picture)[..., 0], (0, 0), max(0.6, 0.006 * unit_px))
    ridge = np.zeros(len(line))
    for reach in (0.035, 0.06):
        step = np.array([0.0, reach * unit_px])
        here, above, below = (_at(light, line + shift) for shift in (0.0, -step, step))
        ridge = np.maximum(ridge, np.minimum(above, below) - here)
    return float((ridge > DARKER).mean())


def _lifted(picture: Picture, line: Doubles, hair: Floats, unit_px: float) -> tuple[Picture, Floats]:
    """The picture with the band's columns drawn through from above to below it, and the opacity of what that took."""
    half = BAND_IOD * unit_px
    line = line[np.argsort(line[:, 0])]
    first, last = int(line[0, 0] - half), int(line[-1, 0] + half)
    columns = np.arange(max(0, first), min(picture.shape[1], last + 1))
    middle = np.interp(columns, line[:, 0], line[:, 1])
    rows = np.arange(picture.shape[0])[:, None]
    top, bottom = (np.clip(np.round(middle + way * half).astype(int), 0, len(picture) - 1) for way in (-1, 1))
    part = picture[:, columns]
    above = np.stack([part[np.clip(top - i, 0, None), np.arange(len(columns))] for i in range(3)]).mean(axis=0)
    below = np.stack([part[np.clip(bottom + i, None, len(part) - 1), np.arange(len(columns))] for i in range(3)])
    t = np.clip((rows - top) / np.maximum(bottom - top, 1), 0.0, 1.0)[..., None]
    through = above[None] * (1.0 - t) + below.mean(axis=0)[None] * t
    # Only what is darker than that is brow, and only before hair; toward the band's rim it fades.
    off = np.abs(rows - middle) / half
    ends = np.clip(np.minimum(columns - columns[0], columns[-1] - columns) / half, 0.0, 1.0)
    inside = np.clip(2.0 - 2.0 * off, 0.0, 1.0) * ends * (hair[:, columns] > 0.5)
    darker = np.clip((through - part).mean(axis=-1) / 6.0 - 0.3, 0.0, 1.0)
    share = repaint.blur((inside * darker).astype(np.float32), 0.6)[..., None]
    cleaned = picture.copy()
    cleaned[:, columns] = part + (through - part) * share
    alpha = np.zeros(hair.shape, np.float32)
    needed = (1.0 - part / np.maximum(cleaned[:, columns], 1.0)).max(axis=-1)
    brighter = ((part - cleaned[:, columns]) / np.maximum(255.0 - cleaned[:, columns], 1.0)).max(axis=-1)
    alpha[:, columns] = np.clip(1.3 * np.maximum(needed, brighter), 0.0, 1.0) * (share[..., 0] > 0.0)
    alpha = np.where(alpha > 0.01, alpha, 0.0).astype(np.float32)
    return np.where(alpha[..., None] > 0.0, cleaned, picture), alpha


def _mean_at(image: Floats, line: Doubles) -> float:
    return float(_at(image, line).mean())


def _at(image: Floats, points: Doubles) -> Floats:
    x, y = points.astype(np.float32).T
    return np.asarray(cv2.remap(image, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[0])
