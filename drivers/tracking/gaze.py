"""Where the eyes look, from the irises. Pure.

Sideways: the iris' place between the corners of its eye, in the head's own frame. On a film of eyes rolling to their
limits it is a fifth of the noise of MediaPipe's scores closer to zero in the middle and runs evenly to both sides,
where the scores run into their limits early. Up and down the lids move along and hide the iris, and MediaPipe's scores,
which see the lids as well, tell the directions apart better: those are kept, about the user's own middle.

While an eye is closing nothing of this can be seen; what was seen last is held, instead of the plunge that every blink
leaves in the scores.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.tracking.habits import Habit
from drivers.tracking.headframe import IRIS, LEFT, RIGHT, Points

_CORNERS: Final = ((362, 263), (133, 33))
"""Inner and outer corner of the left and the right eye."""
_FULL: Final = 0.34
"""How far an iris travels from the middle to its limit, in eye widths (0.27 to 0.32 seen in eyes rolled on purpose)."""
_APART: Final = 0.05
"""At rest each iris lies this much farther out than the middle of its corners, in eye widths (0.02 to 0.07 seen)."""
_HIDDEN: Final = 0.55
"""A blink of this much hides the iris."""
_MIDDLE_SIDE: Final = 0.06
_MIDDLE_UP: Final = 0.25
"""How far the user's own middle may lie from ours: a camera beside the screen, not somebody who looks aside."""


@dataclass(frozen=True, slots=True)
class Gaze:
    """Both eyes, -1..1: positive to the subject's own left, and up."""

    to_left: float
    up: float


def iris_offsets(head: Points, /) -> tuple[float, float]:
    """How far the left and the right iris lie toward the subject's left from where they rest, in eye widths."""
    left, right = (
        float(head[IRIS[side], 0] - head[list(_CORNERS[side]), 0].mean())
        / max(float(np.linalg.norm(head[_CORNERS[side][0]] - head[_CORNERS[side][1]])), 1e-9)
        for side in (LEFT, RIGHT)
    )
    return left - _APART, right + _APART


class Eyes:
    """The gaze of one user, whose middle is learnt."""

    def __init__(self) -> None:
        self._aside = Habit(0.0)
        self._up = Habit(0.0)
        self._last = Gaze(0.0, 0.0)

    def __call__(self, head: Points, *, up: float, blink: tuple[float, float], time_s: float) -> Gaze:
        """The gaze in one picture. up: what the network says, -1..1, positive up. blink: left, right."""
        if max(blink) > _HIDDEN and min(blink) > 0.5 * _HIDDEN:
            return self._last
        # Eyes look together: the mean of both is calmer than either, and no avatar squints by accident.
        left, right = iris_offsets(head)
        if blink[LEFT] > _HIDDEN:
            left = right
        elif blink[RIGHT] > _HIDDEN:
            right = left
        to_left = (left + right) / 2.0
        self._aside.see(to_left, time_s)
        self._up.see(up, time_s)
        aside = min(_MIDDLE_SIDE, max(-_MIDDLE_SIDE, self._aside.value))
        middle = min(_MIDDLE_UP, max(-_MIDDLE_UP, self._up.value))
        self._last = Gaze(_unit((to_left - aside) / _FULL), _unit(up - middle))
        return self._last


def _unit(value: float) -> float:
    return min(1.0, max(-1.0, value))
