"""A recorded take, played at its own pace: a show without a camera, and the same show every time."""

import time
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from assets import takes
from assets.errors import DriverError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from assets.takes import Take
from drivers.base import Clock


@dataclass(frozen=True)
class Options:
    """What to play."""

    take: Path | None = field(default=None, metadata={"help": "take file (.jsonl) or Live Link Face recording (.csv)"})
    loop: bool = field(default=True, metadata={"help": "begin anew at the end"})


def create(options: Options) -> "ReplayDriver":
    """A driver that has read nothing yet."""
    return ReplayDriver(options)


class ReplayDriver:
    """See `drivers.base.Driver`. Runs from the moment of entering; a pure function of the clock after that."""

    name: Final = "replay"
    channels: Final = ALL_CHANNELS | {HEAD}

    def __init__(self, options: Options, *, take: Take | None = None, clock: Clock = time.perf_counter) -> None:
        """take: one that is in memory already, instead of `options.take`."""
        self._options = options
        self._given = take
        self._take: Take | None = None
        self._clock = clock
        self._start_s = 0.0

    def __enter__(self) -> Self:
        if self._take is None:
            if self._given is None and self._options.take is None:
                raise DriverError("replay has nothing to play: give it a take, a .jsonl file or a Live Link Face .csv")
            self._take = self._given if self._options.take is None else takes.load(self._options.take)
            self._start_s = self._clock()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._take = None

    def latest(self) -> FaceFrame | None:
        """The take at this moment. After the end of a take that isn't looped: its last frame, growing old."""
        if self._take is None:
            return None
        now_s = self._clock()
        played_s = max(0.0, now_s - self._start_s)
        length_s = self._take.duration_s
        if played_s < length_s:
            return replace(self._take.at(played_s), time_s=now_s)
        if self._options.loop:
            return replace(self._take.at(played_s % length_s), time_s=now_s)
        return replace(self._take.frames[-1], time_s=self._start_s + length_s)

    def status(self) -> str:
        """Such as `replay: smile.jsonl, 2.4 of 6.0 s, looped`."""
        if self._take is None:
            return "replay: not playing"
        name = self._options.take.name if self._options.take else "a take"
        played_s, length_s = max(0.0, self._clock() - self._start_s), self._take.duration_s
        if self._options.loop:
            return f"replay: {name}, {played_s % length_s:.1f} of {length_s:.1f} s, looped"
        return f"replay: {name}, {min(played_s, length_s):.1f} of {length_s:.1f} s"
