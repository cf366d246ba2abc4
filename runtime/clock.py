"""Time, passed in: the loop and its tests share one small protocol and nothing sleeps behind anyone's back."""

import time
from typing import Protocol


class Clock(Protocol):
    """Monotonic seconds and a way to let them pass."""

    def now_s(self) -> float:
        """Seconds on the axis of `FaceFrame.time_s`."""
        ...

    def wait_until(self, time_s: float, /) -> None:
        """Return at `time_s`, or at once when it has passed."""
        ...


class RealClock:
    """`time.perf_counter()` and `time.sleep`."""

    def now_s(self) -> float:
        """Seconds of `time.perf_counter()`."""
        return time.perf_counter()

    def wait_until(self, time_s: float, /) -> None:
        """Sleep until `time_s`."""
        if (rest_s := time_s - time.perf_counter()) > 0.0:
            time.sleep(rest_s)


class ManualClock:
    """A clock that moves only when told to; waiting moves it."""

    def __init__(self, start_s: float = 0.0) -> None:
        self._now_s = start_s

    def now_s(self) -> float:
        """The time it was last moved to."""
        return self._now_s

    def wait_until(self, time_s: float, /) -> None:
        """Jump to `time_s`; never backwards."""
        self._now_s = max(self._now_s, time_s)

    def advance(self, duration_s: float, /) -> None:
        """Let `duration_s` pass."""
        self._now_s += duration_s
