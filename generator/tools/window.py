"""A rectangle of the canvas, for work that only concerns what lies in it.

Curves and points keep the coordinates of the canvas; pictures, masks and distances are those of the rectangle.
"""

from dataclasses import dataclass
from typing import Any, Self, TypeVar

import cv2
import numpy as np
import numpy.typing as npt

from generator.tools import repaint

Floats = npt.NDArray[np.float32]
Points = npt.NDArray[np.floating]
Array = TypeVar("Array", bound=npt.NDArray[Any])


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels from (left, top) up to, and without, (right, bottom)."""

    left: int
    top: int
    right: int
    bottom: int

    @classmethod
    def whole(cls, shape: tuple[int, int], /) -> Self:
        """All of a canvas of (height, width)."""
        return cls(0, 0, shape[1], shape[0])

    def around(self, points_px: Points, margin_px: int, /) -> Self:
        """The part of this window that lies within a margin of points (N, 2), and never less than a pixel."""
        low, high = points_px.min(axis=0).astype(int) - margin_px, points_px.max(axis=0).astype(int) + margin_px
        left, top = min(max(self.left, int(low[0])), self.right - 1), min(max(self.top, int(low[1])), self.bottom - 1)
        right, bottom = min(self.right, max(int(high[0]), left + 1)), min(self.bottom, max(int(high[1]), top + 1))
        return type(self)(left, top, right, bottom)

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width)."""
        return self.bottom - self.top, self.right - self.left

    @property
    def origin_px(self) -> tuple[int, int]:
        """(x, y) of the upper left pixel."""
        return self.left, self.top

    @property
    def x(self) -> npt.NDArray[np.intp]:
        """Where the columns lie on the canvas, (width,)."""
        return np.arange(self.left, self.right)

    @property
    def y(self) -> npt.NDArray[np.intp]:
        """Where the rows lie on the canvas, (height,)."""
        return np.arange(self.top, self.bottom)

    def within(self, other: "Window", /) -> tuple[slice, slice]:
        """The rows and columns of another window's pictures that show this one."""
        return (
            slice(self.top - other.top, self.bottom - other.top),
            slice(self.left - other.left, self.right - other.left),
        )

    def of(self, canvas: Array, /) -> Array:
        """A copy of this part of the canvas."""
        return canvas[self.top : self.bottom, self.left : self.right].copy()  # type: ignore[return-value]

    def pasted(self, canvas: Array, part: Array, /) -> Array:
        """A canvas with this part of it replaced."""
        result = canvas.copy()
        result[self.top : self.bottom, self.left : self.right] = part
        return result

    def below(self, curve: Points, /) -> npt.NDArray[np.float64]:
        """As `curves.below`: how far every pixel lies below a curve (N, 2), x rising."""
        return np.asarray(self.y[:, None] - np.interp(self.x, curve[:, 0], curve[:, 1])[None, :])

    def polygon(self, points_px: Points, /) -> npt.NDArray[np.bool_]:
        """As `repaint.polygon`: the pixels inside an outline (N, 2)."""
        return repaint.polygon(points_px - np.array(self.origin_px), self.shape)

    def remap(self, image: Floats, x: Points, y: Points, border: int = cv2.BORDER_CONSTANT, /) -> Floats:
        """Bilinear values, in the shape of x and y, of this part of the canvas at points of the canvas."""
        across, down = x.astype(np.float32) - np.float32(self.left), y.astype(np.float32) - np.float32(self.top)
        return np.asarray(cv2.remap(image, across, down, cv2.INTER_LINEAR, borderMode=border), np.float32)
