"""Eyes hidden by dark glasses: what lies in both eyes and just below them is far darker than the cheeks."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import lowered
from generator.tools.repaint import Picture

DARK: Final = 0.45
"""Lightness against the cheeks', below which both the eyes' lightest parts and the skin below them must lie. Behind
dark glasses: 0.1; of all eyes that are seen, on some hundred portraits: at least 0.68."""
BELOW_IOD: Final = 0.14
"""How far below the lower lid there is skin, or a lens."""
_CHEEKS: Final = (50, 280, 101, 330, 36, 266)


def hide_eyes(picture: Picture, face: CanvasFace, /) -> bool:
    """Whether both eyes lie behind something dark that is larger than they are."""
    light = colours.lab(np.ascontiguousarray(picture, np.float32))[..., 0]
    cheeks = float(np.median(_spots(light, face.curve(_CHEEKS), 0.06 * face.iod_px)))
    return max(_lightest(light, face, eye) for eye in topology.EYES) < DARK * cheeks


def _lightest(light: npt.NDArray[np.float32], face: CanvasFace, eye: topology.Eye) -> float:
    opening = repaint.polygon(cv2.convexHull(face.curve(eye.upper + eye.lower))[:, 0], light.shape)
    below = _spots(light, lowered(face.curve(eye.lower)[2:-2], BELOW_IOD * face.iod_px), 0.03 * face.iod_px)
    return max(float(np.percentile(light[opening], 90)) if opening.any() else np.inf, float(np.median(below)))


def _spots(
    light: npt.NDArray[np.float32], points_px: npt.NDArray[np.floating], radius_px: float
) -> npt.NDArray[np.float32]:
    """The pixels about some points."""
    mask = np.zeros(light.shape, np.uint8)
    for x, y in points_px:
        cv2.circle(mask, (round(float(x)), round(float(y))), max(2, round(radius_px)), 1, -1)
    return light[mask > 0] if mask.any() else np.full(1, np.inf, np.float32)
