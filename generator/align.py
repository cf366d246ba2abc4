"""From the portrait to the avatar's canvas: eyes made level, head and shoulders cut out, one similarity transform."""

import math
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.engines import FaceLandmarks
from generator.matting import crown
from generator.moving.measures import CanvasFace

MEAN_HEIGHT_IOD: Final = 2.65
MEAN_WIDTH_IOD: Final = 2.14
"""Face height and width of the mean face, to guard the scale against wide-set or squinting eyes."""
UNIT_PX: Final = (96.0, 160.0)
"""The canvas shows the face at its own resolution, within these inter-iris distances."""
ABOVE_IOD, BESIDE_IOD, BELOW_IOD = 2.7, 3.6, 2.9
"""Room kept above the forehead, beside the face's middle and below the chin, where the picture has it."""


@dataclass(frozen=True, slots=True, eq=False)
class Alignment:
    """canvas_from_picture: float64 (2, 3). size_px: (width, height) of the canvas.

    roll_rad: the head tilt that was taken out (our sign: positive toward the subject's own left shoulder); rotating
    the avatar by it gives the portrait's own pose again.
    """

    canvas_from_picture: npt.NDArray[np.float64]
    size_px: tuple[int, int]
    roll_rad: float

    @property
    def picture_from_canvas(self) -> npt.NDArray[np.float64]:
        """The inverse, float64 (2, 3)."""
        return np.asarray(cv2.invertAffineTransform(self.canvas_from_picture), np.float64)

    def warp(self, picture: npt.NDArray[np.uint8], /) -> npt.NDArray[np.uint8]:
        """The picture on the canvas; what it doesn't cover (corners, room above a head cut off) mirrors its edge."""
        scale = math.hypot(*self.canvas_from_picture[:, 0])
        matrix = self.canvas_from_picture
        if scale < 0.7:  # shrink by area first: a rotation alone would alias
            size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
            ratio = size[0] / picture.shape[1], size[1] / picture.shape[0]
            picture = cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
            matrix = matrix @ np.array([[1 / ratio[0], 0, 0], [0, 1 / ratio[1], 0], [0, 0, 1.0]])
        exact = np.allclose(matrix[:, :2], np.eye(2), atol=1e-6)
        kind = cv2.INTER_LINEAR if exact else cv2.INTER_CUBIC
        return np.asarray(cv2.warpAffine(picture, matrix, self.size_px, flags=kind, borderMode=cv2.BORDER_REFLECT_101))

    def upper_edge_px(self, picture_size_px: tuple[int, int], /) -> npt.NDArray[np.intp]:
        """The canvas row at which a picture of (width, height) begins, for each column; 0 where it has none."""
        inside = np.full(picture_size_px[::-1], 255, np.uint8)
        shown = cv2.warpAffine(inside, self.canvas_from_picture, self.size_px, flags=cv2.INTER_NEAREST)
        return np.asarray((shown > 0).argmax(axis=0), np.intp)

    def points(self, picture_px: npt.NDArray[np.floating], /) -> npt.NDArray[np.float32]:
        """(N, 2) picture points on the canvas."""
        matrix = self.canvas_from_picture
        return np.asarray(picture_px @ matrix[:, :2].T + matrix[:, 2], np.float32)


def align(face: FaceLandmarks, picture_size_px: tuple[int, int], /) -> Alignment:
    """The canvas for a face in a picture of (width, height)."""
    points = face.points_px[:, :2].astype(np.float64)
    right, left = (points[list(eye.upper + eye.lower)].mean(axis=0) for eye in topology.EYES)
    roll = math.atan2(left[1] - right[1], left[0] - right[0])
    upright = np.array([[math.cos(-roll), -math.sin(-roll)], [math.sin(-roll), math.cos(-roll)]])
    level = points @ upright.T
    height = level[topology.CHIN, 1] - level[topology.FOREHEAD, 1]
    width = abs(level[topology.CHEEK_LEFT, 0] - level[topology.CHEEK_RIGHT, 0])
    unit = max(height / MEAN_HEIGHT_IOD, width / MEAN_WIDTH_IOD)
    middle = (level[topology.CHEEK_LEFT, 0] + level[topology.CHEEK_RIGHT, 0]) / 2.0
    corners = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64) * picture_size_px @ upright.T
    low, high = corners.min(axis=0), corners.max(axis=0)
    x0, x1 = max(middle - BESIDE_IOD * unit, low[0]), min(middle + BESIDE_IOD * unit, high[0])
    wanted = level[topology.FOREHEAD, 1] - crown.ROOM * height  # a head cut off by the edge gets a crown above it
    y0 = max(level[topology.FOREHEAD, 1] - ABOVE_IOD * unit, min(low[1], wanted))
    y1 = min(level[topology.CHIN, 1] + BELOW_IOD * unit, high[1])
    scale = float(np.clip(unit, *UNIT_PX) / unit)
    if abs(scale - 1.0) < 0.02:
        scale = 1.0
    size = (max(64, round((x1 - x0) * scale)), max(64, round((y1 - y0) * scale)))
    matrix = np.concatenate([upright * scale, -np.array([[round(x0)], [round(y0)]]) * scale], axis=1)
    return Alignment(matrix, size, roll)


def face_on_canvas(face: FaceLandmarks, alignment: Alignment, /, *, drawn: bool = False) -> CanvasFace:
    """The landmarks moved to the canvas; depth counted from the face's sides. drawn: see `CanvasFace`."""
    scale = math.hypot(*alignment.canvas_from_picture[:, 0])
    depth = face.points_px[:, 2] * scale
    depth = depth - depth[[topology.CHEEK_RIGHT, topology.CHEEK_LEFT]].mean()
    return CanvasFace(
        alignment.points(face.points_px[:, :2]), depth.astype(np.float32), face.yaw_rad, face.pitch_rad, face.shapes,
        drawn,
    )
