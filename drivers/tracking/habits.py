"""The user's own values: running medians and percentiles that no single odd moment can bend. Pure."""

from bisect import bisect_left, insort
from collections import deque
from typing import Final

_EVERY_S: Final = 0.1
_MEMORY: Final = 600
"""Values kept: one in a tenth of a second, for a minute."""
_PRIOR: Final = 8
"""How many kept values the first guess is worth: after as many tenths of a second the user's own outweigh it."""


class Habit:
    """A percentile of what was seen in the last minute. Times in seconds, rising.

    It starts from a guess, or without one from the first value seen.
    """

    def __init__(self, guess: float | None = None, *, percent: float = 50.0) -> None:
        self._percent = percent
        self._values: deque[float] = deque([] if guess is None else [guess] * _PRIOR)
        self._sorted = list(self._values)
        self._last_s = float("-inf")
        self._value = 0.0 if guess is None else guess

    @property
    def value(self) -> float:
        """The percentile now; 0 while there was neither a guess nor a value."""
        return self._value

    def see(self, value: float, time_s: float) -> None:
        """Takes a value into account; more than ten a second count as ten."""
        if 0.0 <= time_s - self._last_s < 0.99 * _EVERY_S:  # a source of ten a second is heard in full
            return
        self._last_s = time_s
        self._values.append(value)
        insort(self._sorted, value)
        if len(self._values) > _MEMORY:
            del self._sorted[bisect_left(self._sorted, self._values.popleft())]
        self._value = percentile(self._sorted, self._percent)


def percentile(rising: list[float], percent: float, /) -> float:
    """A percentile of sorted values, linear between neighbours."""
    place = (len(rising) - 1) * percent / 100.0
    low = int(place)
    high = min(low + 1, len(rising) - 1)
    return rising[low] + (place - low) * (rising[high] - rising[low])
