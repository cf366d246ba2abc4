"""From the rate of a source to the rate of the screen: even steps, nothing beyond what was measured.

A camera at 30 pictures a second on a screen at 60 or 144 moves in jerks if each picture is shown when it comes. So a
play head runs through the samples at the source's own pace, as close behind the newest as evenness allows, and what is
shown lies between two samples. A source as fast as the screen is shown as it comes, with no delay at all; the lids
always are, because a blink is over in four samples and its closure is worth more than its evenness.
"""

from collections import deque
from statistics import fmean
from typing import Final

import numpy as np

from assets import arkit
from runtime.faces.signals import Floats, rows

LONGEST_S: Final = 0.042
"""The play head is never slower than 24 samples a second: a slower source stands still between its samples, or the
delay would be felt."""
MARGIN: Final = 0.15
"""How much farther behind than needed the play head runs, as a share: arrivals are not exactly even."""
GAIN: Final = 0.15
"""How much of a wrong distance is put right at each sample."""
AS_FAST: Final = 1.2
"""A source is as fast as the screen when a quarter of its intervals are up to this many times the screen's: arrivals
are seen a picture late now and then, and must not make a fast source look slow."""
_INTERVALS: Final = 24
_SCREEN_SHARE: Final = 0.1
_LIDS: Final = np.flatnonzero(rows(frozenset(arkit.REGIONS["lids"])))


class Resampler:
    """The signals (58,) of one source, asked for at every picture."""

    def __init__(self) -> None:
        self._samples: deque[Floats] = deque(maxlen=3)
        self._intervals_s: deque[float] = deque(maxlen=_INTERVALS)
        self._sample_s = 0.0
        self._interval_s = 0.0
        self._shortest_s = 0.0
        self._behind = 0.0
        self._then_s: float | None = None
        self._screen_s = 0.0

    def restart(self) -> None:
        """The next sample has nothing to do with the ones before."""
        self._samples.clear()
        self._behind = 0.0

    def put(self, values: Floats, time_s: float) -> None:
        """A new sample (58,), captured at `time_s`; at most one between two pictures."""
        if self._samples:
            self._intervals_s.append(time_s - self._sample_s)
            intervals_s = sorted(self._intervals_s)
            self._shortest_s = intervals_s[len(intervals_s) // 4]
            usual_s = 1.5 * intervals_s[len(intervals_s) // 2]  # a longer one means that a sample was lost
            self._interval_s = min(fmean(each for each in intervals_s if each <= usual_s), LONGEST_S)
            self._behind += 1.0
        self._samples.append(values)
        self._sample_s = time_s

    def at(self, now_s: float) -> Floats:
        """What to show at `now_s`. Raises IndexError before the first sample."""
        new = self._behind >= 1.0
        step_s = 0.0 if self._then_s is None else now_s - self._then_s
        self._then_s = now_s
        self._screen_s += (_SCREEN_SHARE if self._screen_s else 1.0) * (step_s - self._screen_s)
        if self._shortest_s <= AS_FAST * self._screen_s:
            self._behind = 0.0
        else:
            pace = step_s / self._interval_s
            self._behind -= pace
            if new:
                self._behind += GAIN * (max(0.0, 1.0 - pace) * (1.0 + MARGIN) - self._behind)
            self._behind = min(max(self._behind, 0.0), len(self._samples) - 1.0)
        whole = int(self._behind)
        newer = self._samples[-1 - whole]
        if self._behind == whole:
            shown = newer.copy()
        else:
            shown = newer + (self._behind - whole) * (self._samples[-2 - whole] - newer)
        shown[_LIDS] = self._samples[-1][_LIDS]
        return shown
