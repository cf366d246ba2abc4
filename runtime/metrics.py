"""What a frame costs, stage by stage, and how old a face is when it is shown."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

import numpy as np

from runtime.clock import Clock

WARM_UP_FRAMES: Final = 30
"""Samples left out at the start: compiling shaders and filling caches is not what a frame costs."""
CAPACITY: Final = 36_000
"""Newest samples kept of each series: ten minutes at 60 frames a second."""


class Series:
    """Durations in seconds, the newest `CAPACITY` after the first `warm_up` ones. Its memory is taken once."""

    def __init__(self, warm_up: int = WARM_UP_FRAMES) -> None:
        self._seen = -warm_up
        self._ring = np.zeros(CAPACITY)

    def add(self, value_s: float, /) -> None:
        """Take one sample."""
        if self._seen >= 0:
            self._ring[self._seen % CAPACITY] = value_s
        self._seen += 1

    def newest_s(self, count: int) -> float | None:
        """The mean of the newest `count` samples; None before any."""
        known = min(len(self), count)
        if not known:
            return None
        rows = np.arange(self._seen - known, self._seen) % CAPACITY
        return float(self._ring[rows].mean())

    def __len__(self) -> int:
        return min(max(self._seen, 0), CAPACITY)

    def summary_ms(self) -> dict[str, float]:
        """Count, p50, p95, p99 and max in milliseconds; only the count when there is nothing to say."""
        if not len(self):
            return {"count": 0}
        p50, p95, p99, most = np.percentile(self._ring[: len(self)], [50, 95, 99, 100]) * 1000.0
        return {
            "count": len(self), "p50": round(float(p50), 3), "p95": round(float(p95), 3),
            "p99": round(float(p99), 3), "max": round(float(most), 3),
        }  # fmt: skip


class Metrics:
    """Stage times, frame times and capture-to-present latency of one run."""

    def __init__(self, clock: Clock, *, warm_up: int = WARM_UP_FRAMES) -> None:
        self._clock = clock
        self._warm_up = warm_up
        self._stages: dict[str, Series] = {}
        self._latency: dict[str, Series] = {}
        self._interval = Series(warm_up)
        self._shown_s: float | None = None
        self._first_s: float | None = None
        self.frames = 0

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        """Time the body as one sample of stage `name`."""
        start_s = self._clock.now_s()
        try:
            yield
        finally:
            self.add(name, self._clock.now_s() - start_s)

    def add(self, name: str, duration_s: float) -> None:
        """One sample of stage `name` that was timed elsewhere."""
        self._stages.setdefault(name, Series(self._warm_up)).add(duration_s)

    def presented(self, new: Mapping[str, float]) -> None:
        """A frame was shown now; `new` has the capture time of each source whose newest face it shows first."""
        now_s = self._clock.now_s()
        if self._shown_s is None:
            self._first_s = now_s
        else:
            self._interval.add(now_s - self._shown_s)
        self._shown_s = now_s
        self.frames += 1
        for source, captured_s in new.items():
            self._latency.setdefault(source, Series(0)).add(now_s - captured_s)

    def newest_ms(self, count: int = 60) -> float | None:
        """What a frame cost lately, all stages together, without waiting; None before any."""
        parts = [series.newest_s(count) for name, series in list(self._stages.items()) if name != "present"]
        known = [part for part in parts if part is not None]
        return round(1000.0 * sum(known), 2) if known else None

    @property
    def duration_s(self) -> float:
        """From the first to the last frame shown."""
        return 0.0 if self._first_s is None or self._shown_s is None else self._shown_s - self._first_s

    def summary(self) -> dict[str, Any]:
        """One JSON-ready object; times in milliseconds."""
        duration_s = self.duration_s
        return {
            "frames": self.frames,
            "seconds": round(duration_s, 3),
            "fps": round((self.frames - 1) / duration_s, 2) if duration_s > 0.0 else 0.0,
            "frame_ms": self._interval.summary_ms(),
            "stages_ms": {name: series.summary_ms() for name, series in self._stages.items()},
            "latency_ms": {name: series.summary_ms() for name, series in self._latency.items()},
        }
