"""The filter that keeps landmarks still at rest and lets them go when they move. Pure.

One-euro (Casiez, Roussel, Vogel 2012), for all coordinates at once, with the numbers of MediaPipe's own graph: a
cut-off of 0.05 Hz at rest, raised by 80 Hz for each face size a second; true times, so that it behaves the same at
every rate.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]

_REST_HZ: Final = 0.05
_HZ_PER_SPEED: Final = 80.0
_SPEED_HZ: Final = 1.0
_LONGEST_S: Final = 0.5
"""After a longer gap nothing is known any more."""


class Steady:
    """Filters the points of one face."""

    def __init__(self) -> None:
        self._points: Points | None = None
        self._raw: Points | None = None
        self._speed: Points | None = None
        self._last_s = 0.0

    def forget(self) -> None:
        """The next face is a new one."""
        self._points = None

    def __call__(self, points: Points, size: float, time_s: float, /) -> Points:
        """The points at rest where they are; size: of the face, in the points' units."""
        step_s = time_s - self._last_s
        if self._points is None or self._raw is None or self._speed is None or not 0.0 < step_s <= _LONGEST_S:
            self._speed = np.zeros_like(points)
            self._points = points
        else:
            speed = (points - self._raw) / (step_s * size)
            self._speed = self._speed + _share(_SPEED_HZ, step_s) * (speed - self._speed)
            cut_hz = _REST_HZ + _HZ_PER_SPEED * np.abs(self._speed)
            follow = 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cut_hz * step_s))
            self._points = self._points + follow * (points - self._points)
        self._raw, self._last_s = points, time_s
        return self._points


def _share(cut_hz: float, step_s: float) -> float:
    return 1.0 / (1.0 + 1.0 / (2.0 * math.pi * cut_hz * step_s))
