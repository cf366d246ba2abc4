"""Turned squares: what a face network is shown, and the way back from its answers to the picture.

The generator has such squares, too, for still portraits: seen in mirrors and averaged. These are for following a face
at 30 pictures a second: one square, cut in one step.
"""

import math
from dataclasses import dataclass
from typing import Any, Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from drivers.tracking.shots import Picture

_MARGIN: Final = 1.5
"""Side of the landmark network's square in face boxes, as MediaPipe trained it."""
_RIGHT_EYE, _LEFT_EYE = 33, 263
"""Outer corners: level in the square."""


@dataclass(frozen=True, slots=True)
class Square:
    """Centre and side in pixels; turned by `angle_rad`, clockwise in the picture (y is down)."""

    x_px: float
    y_px: float
    side_px: float
    angle_rad: float = 0.0

    @classmethod
    def around(cls, points_px: npt.NDArray[np.floating[Any]], angle_rad: float, /) -> Self:
        """The landmark network's square around points (N, 2 or more) in pixels."""
        cos, sin = math.cos(angle_rad), math.sin(angle_rad)
        turned = points_px[:, :2] @ np.array([[cos, -sin], [sin, cos]])
        low, high = turned.min(axis=0), turned.max(axis=0)
        x, y = (low + high) / 2.0
        side = max(1.0, _MARGIN * float((high - low).max()))
        return cls(float(cos * x - sin * y), float(sin * x + cos * y), side, angle_rad)

    @classmethod
    def of_face(cls, points_px: npt.NDArray[np.floating[Any]], /) -> Self:
        """The square in which to look next, from the landmarks (478, 3) of the last picture."""
        across = points_px[_LEFT_EYE] - points_px[_RIGHT_EYE]
        return cls.around(points_px, math.atan2(float(across[1]), float(across[0])))

    def to_picture(self, points: npt.NDArray[np.floating[Any]], /) -> npt.NDArray[np.float64]:
        """Points (N, 2 or 3) in 0..1 of the square, to pixels; a third coordinate is only scaled."""
        result = np.array(points, np.float64)
        x, y = result[:, 0] - 0.5, result[:, 1] - 0.5
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        result[:, 0], result[:, 1] = cos * x - sin * y, sin * x + cos * y
        result *= self.side_px
        result[:, 0] += self.x_px
        result[:, 1] += self.y_px
        return result

    def cut(self, picture: Picture, size_px: int, /) -> Picture:
        """The square's pixels (size, size, 3); beyond the picture its border is repeated."""
        corners = self.to_picture(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]]) + 0.5 / size_px) - 0.5
        step = (corners[1:] - corners[0]) / size_px
        matrix = np.column_stack([step[0], step[1], corners[0]])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cut = cv2.warpAffine(picture, matrix, (size_px, size_px), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cut, np.uint8)
