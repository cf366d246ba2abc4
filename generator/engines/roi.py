"""Turned squares: what a face network is shown, and the way back from its answers to the picture. Pure but for
OpenCV's resampling.
"""

import math
from dataclasses import dataclass
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.engines import Image

Floats = npt.NDArray[np.float32]
FACE_MARGIN: Final = 1.5
"""Side of the face network's square in boxes, as MediaPipe trained it."""
EYE_MARGIN: Final = 2.3
"""Side of the iris network's square in eye widths."""


@dataclass(frozen=True, slots=True)
class Roi:
    """A square of the picture: centre and side in pixels, turned by `angle_rad` (clockwise in the picture, y being
    down), and seen in a mirror when `flipped`.
    """

    x_px: float
    y_px: float
    side_px: float
    angle_rad: float = 0.0
    flipped: bool = False

    def to_picture(self, points: npt.NDArray[np.floating[Any]], /) -> Floats:
        """Points (..., 2) or (..., 3) in 0..1 of the square to picture pixels; a third coordinate is only scaled."""
        result = np.array(points, np.float32)
        x, y = result[..., 0] - 0.5, result[..., 1] - 0.5
        if self.flipped:
            x = -x
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        result[..., 0], result[..., 1] = cos * x - sin * y, sin * x + cos * y
        result *= self.side_px
        result[..., 0] += self.x_px
        result[..., 1] += self.y_px
        return result

    def from_picture(self, points_px: npt.NDArray[np.floating[Any]], /) -> Floats:
        """The inverse of `to_picture`."""
        result = np.array(points_px, np.float32)
        result[..., 0] -= self.x_px
        result[..., 1] -= self.y_px
        result /= self.side_px
        cos, sin = math.cos(self.angle_rad), math.sin(self.angle_rad)
        x, y = cos * result[..., 0] + sin * result[..., 1], cos * result[..., 1] - sin * result[..., 0]
        result[..., 0], result[..., 1] = (-x if self.flipped else x) + 0.5, y + 0.5
        return result

    def cut(self, image: Image, size_px: int, /) -> Image:
        """The square's pixels (size, size, 3). Outside of the picture its border is repeated; large squares are
        shrunk by area first, because sampling every few pixels only would make eyelids crawl.
        """
        shrink = max(1.0, self.side_px / (2.0 * size_px))
        if shrink > 1.0:
            width, height = max(1, round(image.shape[1] / shrink)), max(1, round(image.shape[0] / shrink))
            small = cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)
        else:
            small = image
        scale = np.array([small.shape[1] / image.shape[1], small.shape[0] / image.shape[0]], np.float32)
        # Pixel k of the cut covers [k, k + 1) / size of the square, and its middle is what warpAffine asks for.
        middle = (np.array([[0, 0], [1, 0], [0, 1]], np.float32) + 0.5) / size_px
        corners = self.to_picture(middle) * scale - 0.5
        matrix = np.stack([corners[1] - corners[0], corners[2] - corners[0], corners[0]], axis=1)
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        cut = cv2.warpAffine(small, matrix, (size_px, size_px), flags=flags, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(cut, np.uint8)


def around(points_px: Floats, start_px: Floats, end_px: Floats, /, *, margin: float, flipped: bool = False) -> Roi:
    """The square around points (N, 2), with start -> end level in it, `margin` times the longer side of their box."""
    angle_rad = math.atan2(float(end_px[1] - start_px[1]), float(end_px[0] - start_px[0]))
    cos, sin = math.cos(angle_rad), math.sin(angle_rad)
    turned = points_px[:, :2] @ np.array([[cos, -sin], [sin, cos]], np.float32)
    low, high = turned.min(axis=0), turned.max(axis=0)
    x, y = (low + high) / 2
    side_px = max(1.0, margin * float((high - low).max()))
    return Roi(float(cos * x - sin * y), float(sin * x + cos * y), side_px, angle_rad, flipped)
