"""Blinks and winks: how far each eye is closed, between this user's own open and closed eye. Pure.

The measure is the lids' distance over the eye's width in the head's own frame, so a turned or lowered head doesn't
close the eyes. (The eye aspect ratio of Soukupova and Cech, 2016, without its dependence on the pose.) On the people
measured, an open eye is 0.19 to 0.45 and a closed one 0 to 0.17: between people they overlap, within one they don't.
Glasses move the closed value most (0.02 without, 0.11 with, for the same person), so both are learnt:

* open: the 70th percentile of the last minute's eyes that weren't closing;
* closed: the lower quartile of the deepest points of the last closings, one value for each, so neither a nap nor a
  minute without any blink moves it.

In the first second nothing is learnt yet, and the network's scores are the better guess.
"""

from collections import deque
from dataclasses import dataclass
from typing import Final

import numpy as np

from drivers.tracking.habits import Habit, percentile
from drivers.tracking.headframe import LEFT, RIGHT, Points

_CORNERS: Final = ((263, 362), (33, 133))
_UPPER: Final = ([387, 386, 385], [160, 159, 158])
_LOWER: Final = ([373, 374, 380], [144, 145, 153])

_OPEN_GUESS: Final = 0.26
_OPEN_PERCENT: Final = 70.0
_CLOSED_GUESS: Final = 0.22
"""Of the open value, until the first blinks were seen."""
_CLOSED_RANGE: Final = (0.0, 0.5)
"""What a closed eye may be, of the open value: a squint doesn't pass for a closing."""
_CLOSINGS: Final = 15
_LEARNING_S: Final = 1.0
_CLOSING: Final = 0.55
"""Below this much of the way open, an eye is closing."""
_AT_REST: Final = 0.82
"""This much of the way open counts as open, and so does more: where lids tremble, nothing moves."""
_SHUT: Final = 0.12
"""So little of the way open counts as shut: a blink caught between two pictures still closes the eye."""
_APART: Final = (0.14, 0.40)
_APART_GAIN: Final = (0.25, 1.8)
"""What becomes of a difference between the eyes, in parts of the way open. The landmarks tie both eyes together: of a
real closed eye beside an open one they show 0.3 to 0.5 and 0.7 to 0.85, while eyes that blink together differ by up to
0.25 (99 in 100). So small differences are made smaller and large ones, which are winks, larger."""
_TURNED: Final = (0.40, 0.60)
"""Sine of the yaw from which, and to which, the far eye gives way to the near one: from 24 to 37 degrees."""


def apertures(head: Points, /) -> tuple[float, float]:
    """How far the left and the right eye are open, in eye widths, from points in the head's frame (478, 3)."""
    left, right = (
        float((head[_UPPER[side], 1] - head[_LOWER[side], 1]).mean())
        / max(float(np.linalg.norm(head[_CORNERS[side][0]] - head[_CORNERS[side][1]])), 1e-9)
        for side in (LEFT, RIGHT)
    )
    return left, right


@dataclass(frozen=True, slots=True)
class LidShapes:
    """blink, wide: (left, right), each 0..1."""

    blink: tuple[float, float]
    wide: tuple[float, float]


class Lids:
    """Both eyes of one user, learning."""

    def __init__(self) -> None:
        self._eyes = (Lid(), Lid())

    def __call__(self, head: Points, *, given: tuple[float, float], yaw_sine: float, time_s: float) -> LidShapes:
        """The lids in one picture.

        given: the network's scores for a blink (left, right). yaw_sine: of the head, positive to the subject's left.
        """
        openness = [eye(aperture, time_s) for eye, aperture in zip(self._eyes, apertures(head), strict=True)]
        left, right = (
            score + eye.known * (1.0 - _linear(value, _SHUT, _AT_REST) - score)
            for eye, value, score in zip(self._eyes, _told_apart(*openness), given, strict=True)
        )
        # A head turned to its left hides its left eye.
        far = _rise(abs(yaw_sine), *_TURNED)
        if yaw_sine > 0.0:
            left += far * (right - left)
        else:
            right += far * (left - right)
        wide = (1.0 - far) * min(eye.wide for eye in self._eyes)
        return LidShapes((left, right), (wide, wide))


def _told_apart(left: float, right: float) -> tuple[float, float]:
    left, right = min(left, 1.0), min(right, 1.0)
    low, high = _APART_GAIN
    gain = low + (high - low) * _rise(abs(left - right), *_APART)
    middle, half = (left + right) / 2.0, gain * (left - right) / 2.0
    return middle + half, middle - half


class Lid:
    """One eye of one user, learning."""

    def __init__(self) -> None:
        self._open = Habit(_OPEN_GUESS, percent=_OPEN_PERCENT)
        self._closings: deque[float] = deque([_CLOSED_GUESS] * 2, maxlen=_CLOSINGS)
        self._closed = _CLOSED_GUESS
        self._deepest: float | None = None
        self._start_s: float | None = None
        self.known = 0.0
        """0..1: how far its own values are learnt."""
        self.wide = 0.0
        """0..1: how much wider than usual it was last seen."""

    @property
    def open_value(self) -> float:
        """The aperture of this eye when open, in eye widths."""
        return self._open.value

    @property
    def closed_value(self) -> float:
        """The aperture of this eye when closed, in eye widths."""
        return self._closed * self._open.value

    def __call__(self, aperture: float, time_s: float) -> float:
        """How far it is open: 0 at this user's closed value, 1 at the open one; beyond both, too."""
        self._start_s = time_s if self._start_s is None else self._start_s
        self.known = _linear(time_s - self._start_s, 0.0, _LEARNING_S)
        openness = (aperture - self.closed_value) / (self._open.value - self.closed_value)
        if openness < _CLOSING:
            ratio = aperture / self._open.value
            self._deepest = ratio if self._deepest is None else min(ratio, self._deepest)
        else:
            if self._deepest is not None:
                self._closings.append(min(max(self._deepest, _CLOSED_RANGE[0]), _CLOSED_RANGE[1]))
                self._closed = percentile(sorted(self._closings), 25.0)
                self._deepest = None
            self._open.see(aperture, time_s)
        self.wide = self.known * _rise(aperture / self._open.value, 1.15, 1.5)
        return openness


def _linear(value: float, low: float, high: float) -> float:
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _rise(value: float, low: float, high: float) -> float:
    """0 below `low`, 1 above `high`, smooth between."""
    part = _linear(value, low, high)
    return part * part * (3.0 - 2.0 * part)
