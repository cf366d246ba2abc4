"""The upper half of an ellipse about the brows, as wide on either side as it must be to pass a given point: the
outline of a head, and of a forehead within it."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Point = tuple[float, float]

FLATTEST: Final = 0.4
"""A point near the top would make its half as wide as you like: no wider than 1 over this times its distance."""


@dataclass(frozen=True, slots=True)
class Dome:
    """middle_px: (x, y) of the ellipse. tall_px: its height. left_px, right_px: half widths, in the picture's sense.

    ends_px: columns of the two points that it was made to pass.
    """

    middle_px: Point
    tall_px: float
    left_px: float
    right_px: float
    ends_px: tuple[float, float] = (-np.inf, np.inf)

    def level(self, shape: tuple[int, int], /) -> Floats:
        """(H, W): 0 in the middle, 1 on the outline; below the middle it goes on as the other half of the ellipse."""
        rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        aside = columns - self.middle_px[0]
        half = np.where(aside < 0.0, self.left_px, self.right_px).astype(np.float32)
        return np.asarray(np.hypot(aside / half, (self.middle_px[1] - rows) / self.tall_px), np.float32)

    def turn(self, shape: tuple[int, int], /) -> Floats:
        """(H, W): the angle about the middle, 0 at the right, pi/2 at the top, pi at the left."""
        rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
        return np.asarray(np.arctan2(self.middle_px[1] - rows, columns - self.middle_px[0]), np.float32)


def through(middle_px: Point, top_px: float, left: Point, right: Point, /) -> Dome:
    """The dome about `middle_px` up to row `top_px` whose outline passes the points left and right (x, y)."""
    tall = max(middle_px[1] - top_px, 1.0)

    def half(point: Point) -> float:
        up = float(np.clip((middle_px[1] - point[1]) / tall, 0.0, 1.0))
        return max(abs(point[0] - middle_px[0]), 1.0) / max(float(np.sqrt(1.0 - up * up)), FLATTEST)

    return Dome(middle_px, tall, half(left), half(right), (left[0], right[0]))
