"""How much memory the tracker holds, and when to start it anew: native libraries leak (mediapipe 6152). Nearly pure."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

_LIMIT_BYTES: Final = 600 << 20
_GROWTH_BYTES_PER_H: Final = 64 << 20
_EVERY_S: Final = 10.0
_WARM_UP_S: Final = 120.0
_RESTART_S: Final = 3600.0
_PAGE_BYTES: Final = 4096
_STATM: Final = Path("/proc/self/statm")


def resident_bytes() -> int:
    """Memory that this process holds now; 0 where the system doesn't tell (all but Linux)."""
    if sys.platform != "linux":
        return 0
    try:
        return int(_STATM.read_text().split()[1]) * _PAGE_BYTES
    except (OSError, ValueError, IndexError):
        return 0


class Appetite:
    """Whether it is time to start anew: too much memory held, nobody in the picture, and the last start long ago."""

    def __init__(self, start_s: float, measure: Callable[[], int] = resident_bytes) -> None:
        self._start_s = start_s
        self._measure = measure
        self._measured_s = start_s
        self._warm: tuple[float, int] | None = None
        self._too_much = False

    def __call__(self, now_s: float, *, face_seen: bool) -> bool:
        """Asked at every picture; measures now and then."""
        if now_s - self._measured_s >= _EVERY_S:
            self._measured_s = now_s
            held = self._measure()
            if self._warm is None and now_s - self._start_s >= _WARM_UP_S:
                self._warm = (now_s, held)
            if self._warm is not None:
                warm_s, warm_bytes = self._warm
                grown = held - warm_bytes - _GROWTH_BYTES_PER_H * max(1.0, (now_s - warm_s) / 3600.0)
                self._too_much = held > _LIMIT_BYTES or grown > 0
        return self._too_much and not face_seen and now_s - self._start_s >= _RESTART_S
