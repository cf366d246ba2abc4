"""The curves of the lips, split at the true seam."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.closing import OPEN_IOD
from generator.scene import Scene
from generator.tools.curves import resample, smoothstep
from generator.tools.repaint import Picture

Doubles = npt.NDArray[np.float64]

INSIDE: Final = 41
"""Points of the seam from corner to corner."""
BEYOND: Final = 5
"""Further columns past each corner."""


@dataclass(frozen=True, eq=False)
class Lips:
    """Curves from left to right, float64 (M, 2), BEYOND columns past each corner: edges at the seam, outer edges."""

    upper: Doubles
    lower: Doubles
    upper_outer: Doubles
    lower_outer: Doubles
    width_px: float
    gap_px: float

    @property
    def inside(self) -> slice:
        """The columns from corner to corner."""
        return slice(BEYOND, len(self.upper) - BEYOND)


def lip_curves(scene: Scene, picture: Picture, /) -> Lips:
    """Lip edges from the landmarks; a closed mouth is split along its darkest line."""
    face, unit = scene.face, scene.unit_px
    corners = [face.points_px[[i]] for i in topology.MOUTH_CORNERS]
    seams = [
        resample(np.concatenate([corners[0], face.curve(line), corners[1]]), INSIDE, smooth=0.3).astype(np.float64)
        for line in (topology.LIP_UPPER_INNER, topology.LIP_LOWER_INNER)
    ]
    outer = [
        resample(face.curve(line), INSIDE, smooth=0.3).astype(np.float64)
        for line in (topology.LIP_UPPER_OUTER, topology.LIP_LOWER_OUTER)
    ]
    gap = float((seams[1] - seams[0])[:, 1].max())
    if gap < OPEN_IOD * unit:
        middle = _darkest_line(picture, (seams[0] + seams[1]) / 2.0, 0.045 * unit)
        seams = [middle, middle.copy()]
    seams[1][:, 1] = np.maximum(seams[1][:, 1], seams[0][:, 1])
    outer[0][:, 1] = np.minimum(outer[0][:, 1], seams[0][:, 1] - 0.01 * unit)
    outer[1][:, 1] = np.maximum(outer[1][:, 1], seams[1][:, 1] + 0.01 * unit)
    step = (seams[0][-1] - seams[0][0]) / (INSIDE - 1)
    prolonged = [_prolong(curve, step) for curve in (*seams, *outer)]
    width = float(np.linalg.norm(seams[0][-1] - seams[0][0]))
    return Lips(prolonged[0], prolonged[1], prolonged[2], prolonged[3], width, max(0.0, gap))


def _prolong(curve: Doubles, step: Doubles) -> Doubles:
    before = curve[0] - step * np.arange(BEYOND, 0, -1)[:, None]
    after = curve[-1] + step * np.arange(1, BEYOND + 1)[:, None]
    return np.concatenate([before, curve, after])


def _darkest_line(picture: Picture, seam: Doubles, reach_px: float) -> Doubles:
    """The seam moved, smoothly, onto the darkest pixels within reach; the corners stay."""
    luminance = cv2.GaussianBlur((picture @ np.array([0.299, 0.587, 0.114])).astype(np.float32), (0, 0), 1.0)
    offsets = np.linspace(-reach_px, reach_px, 25)
    x = np.repeat(seam[:, :1], len(offsets), axis=1)
    y = seam[:, 1:] + offsets
    light = cv2.remap(luminance, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    light = light + 18.0 * (offsets / reach_px) ** 2
    dark = np.exp(-(light - light.min(axis=1, keepdims=True)) / 5.0)
    shift = (dark * offsets).sum(axis=1) / dark.sum(axis=1)
    shift = cv2.GaussianBlur(shift[None].astype(np.float32), (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)[0]
    t = np.linspace(0.0, 1.0, len(seam))
    result = seam.copy()
    result[:, 1] += shift * smoothstep(np.minimum(t, 1.0 - t), 0.0, 0.12)
    return result
