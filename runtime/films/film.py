"""A take drawn to a sink, exactly: no smoothing, no idle motion, no mirror. The same input gives the same bytes."""

import math
from collections.abc import Callable
from typing import Protocol

from assets.face import FaceFrame
from runtime.loop import FrameSink, Stage


class Recording(Protocol):
    """The part of `assets.takes.Take` that a film needs."""

    @property
    def duration_s(self) -> float:
        """Until the last frame has been shown for its time."""
        ...

    def at(self, time_s: float, /) -> FaceFrame:
        """The face at that moment."""
        ...


class PlayHead:
    """A recording that remembers the moment last asked for: the time in which hair swings in a film."""

    def __init__(self, take: Recording) -> None:
        self._take = take
        self.duration_s = take.duration_s
        self._time_s = 0.0

    def at(self, time_s: float, /) -> FaceFrame:
        """The face at that moment."""
        self._time_s = time_s
        return self._take.at(time_s)

    def now_s(self) -> float:
        """The moment last asked for."""
        return self._time_s


def moments_s(duration_s: float, fps: float) -> list[float]:
    """When pictures are taken: every 1/fps from 0 until the take is over.

    Rounded to the five decimals of a take file, so that a take drawn at its own rate shows its own frames.
    """
    count = max(1, math.ceil(duration_s * fps - 0.01))
    return [round(index / fps, 5) for index in range(count)]


def shoot(
    take: Recording, times_s: list[float], stage: Stage, sink: FrameSink, *, advance: Callable[[str, float], None]
) -> None:
    """Draw `take` at each of `times_s` and hand the pictures to `sink`. What either raises is raised."""
    for count, time_s in enumerate(times_s, start=1):
        stage.draw(take.at(time_s))
        sink.write(stage.read_rgba())
        advance("", count / len(times_s))
