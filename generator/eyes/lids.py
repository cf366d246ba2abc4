"""The two lid curves of an eye, and how every eye shape moves them."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from generator import topology
from generator.scene import EYE_CORRECTIVES, ROWS, Scene
from generator.tools import colours
from generator.tools.curves import lowered, resample
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

INSIDE: Final = 33
"""Points of a lid curve from corner to corner."""
DOWN: Final = 0.8
"""How far the upper lid goes down with the gaze, as a part of `gaze_px`."""
BEYOND: Final = 5
"""Further columns of the ribbons past each corner."""


@dataclass(frozen=True, eq=False)
class Lids:
    """One eye's curves on the canvas, M columns from left to right.

    upper, lower: float64 (M, 2). bow: (M,), 0 at and beyond the corners, 1 in the middle.
    """

    side: str
    upper: Doubles
    lower: Doubles
    bow: Doubles
    brow_gap_px: float

    @property
    def opening_px(self) -> float:
        """The greatest lid opening of the portrait."""
        return max(1.0, float((self.lower - self.upper)[:, 1].max()))

    @property
    def width_px(self) -> float:
        """Corner to corner."""
        return float(self.upper[-1 - BEYOND, 0] - self.upper[BEYOND, 0])

    @property
    def size_px(self) -> float:
        """The opening, but not less than a quarter of the width: the length that skin around the eye is measured by."""
        return max(self.opening_px, 0.25 * self.width_px)

    @property
    def gaze_px(self) -> float:
        """The length that gaze up and down is measured by: the opening, but of tall drawn eyes only a part."""
        return min(self.opening_px, 0.42 * self.width_px)

    @property
    def reach_px(self) -> float:
        """How far above the edge the lid's skin moves with it: not into the brow."""
        return float(np.clip(0.8 * self.brow_gap_px, 0.35 * self.size_px, 0.85 * self.size_px))

    @property
    def inside(self) -> slice:
        """The columns from corner to corner."""
        return slice(BEYOND, len(self.upper) - BEYOND)

    def between(self, above_px: float = 0.0, below_px: float = 0.0) -> Floats:
        """Outline of the aperture, its edges moved outward by so much: (2 * INSIDE, 2)."""
        top = lowered(self.upper[self.inside], -above_px)
        bottom = lowered(self.lower[self.inside], below_px)
        return np.concatenate([top, bottom[::-1]]).astype(np.float32)


def lid_curves(scene: Scene, eye: topology.Eye, /) -> Lids:
    """The two curves of an eye, half landmark polyline and half smooth fit, prolonged past the corners."""
    curves = [resample(scene.face.curve(line), INSIDE).astype(np.float64) for line in (eye.upper, eye.lower)]
    curves[1] = _onto_skin_edge(scene.colour, curves[0], curves[1])
    along = curves[0][-1] - curves[0][0]
    step = along / (INSIDE - 1)
    before = curves[0][0] - step * np.arange(BEYOND, 0, -1)[:, None]
    after = curves[0][-1] + step * np.arange(1, BEYOND + 1)[:, None]
    upper, lower = (np.concatenate([before, curve, after]) for curve in curves)
    lower[:, 1] = np.maximum(lower[:, 1], upper[:, 1])
    t = (np.arange(len(upper)) - BEYOND) / (INSIDE - 1)
    brow = scene.face.curve(eye.brow_lower_edge)
    gap = float(np.median(upper[BEYOND:-BEYOND, 1]) - np.median(brow[:, 1]))
    return Lids(eye.side, upper, lower, np.clip(4.0 * t * (1.0 - t), 0.0, 1.0), gap)


def _onto_skin_edge(picture: Picture, upper: Doubles, lower: Doubles) -> Doubles:
    """The lower lid moved to where the eye really ends and skin begins: drawn eyes reach below the landmarks.

    Two numbers are searched, a bow and a tilt, for the greatest step in "unlike the skin below" across the curve.
    """
    width = float(lower[-1, 0] - lower[0, 0])
    size = max(float((lower - upper)[:, 1].max()), 0.25 * width)
    t = np.linspace(0.0, 1.0, len(lower))
    bow = 4.0 * t * (1.0 - t)
    x0, x1 = max(0, int(lower[0, 0])), min(picture.shape[1], int(lower[-1, 0]) + 1)
    y0, y1 = int(max(0, upper[:, 1].min())), int(min(picture.shape[0], lower[:, 1].max() + 0.9 * size))
    if x1 - x0 < 8 or y1 - y0 < 8:
        return lower
    lab = cv2.GaussianBlur(colours.lab(picture[y0:y1, x0:x1]), (0, 0), 0.8)

    def at(y: Doubles) -> Floats:
        where_x, where_y = (lower[:, 0] - x0).astype(np.float32), (y - y0).astype(np.float32)
        taken = cv2.remap(lab, where_x[:, None], where_y[:, None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(taken[:, 0], np.float32)

    skin = np.median(at(lower[:, 1] + 0.55 * size), axis=0)
    step = max(1.5, 0.04 * size)
    best, chosen = -np.inf, lower[:, 1]
    for down in np.linspace(-0.10, 0.30, 21):
        for tilt in (-0.06, 0.0, 0.06):
            y = lower[:, 1] + size * bow * (down + tilt * (2.0 * t - 1.0))
            unlike = [np.sqrt(((at(y + side * step) - skin) ** 2).sum(axis=1)) for side in (-1.0, 1.0)]
            score = float(((unlike[0] - unlike[1]) * bow).mean()) - 12.0 * (down / 0.3) ** 2 - 8.0 * abs(tilt)
            if score > best:
                best, chosen = score, y
    return np.stack([lower[:, 0], chosen], axis=1)


def edge_moves(lids: Lids, /) -> tuple[Doubles, Doubles]:
    """Vertical travel of the upper and lower lid edge per shape: two (52 + C, M) arrays in pixels, y down."""
    size, opening, bow = lids.size_px, lids.opening_px, lids.bow
    upper, lower = np.zeros((ROWS, len(bow))), np.zeros((ROWS, len(bow)))
    over = np.minimum(1.0, 6.0 * bow)  # the masks must pass each other, in pixels
    travel = {
        "eyeBlink": (lids.lower[:, 1] - lids.upper[:, 1] + over, -over),
        "eyeSquint": (0.12 * opening * bow, -min(0.30 * size, 0.5 * opening) * bow),
        "eyeWide": (-min(0.24 * size, 0.3 * lids.reach_px) * bow, 0.05 * size * bow),
        "eyeLookDown": (DOWN * lids.gaze_px * bow, 0.36 * lids.gaze_px * bow),
        "eyeLookUp": (-min(0.48 * lids.gaze_px, 0.56 * lids.reach_px) * bow, -0.14 * lids.gaze_px * bow),
        "cheekSquint": (0.04 * opening * bow, -min(0.24 * size, 0.3 * opening) * bow),
        "mouthSmile": (0.0 * bow, -min(0.08 * size, 0.1 * opening) * bow),
    }
    for stem, (top, bottom) in travel.items():
        row = arkit.INDEX[stem + lids.side]
        upper[row], lower[row] = top, bottom
    first = ROWS - len(EYE_CORRECTIVES)
    for row, (blink, other) in enumerate(EYE_CORRECTIVES, start=first):
        if blink.endswith(lids.side):  # a closing eye forgets that it was wide, looked up or down
            upper[row], lower[row] = -upper[arkit.INDEX[other]], -lower[arkit.INDEX[other]]
    return upper, lower
