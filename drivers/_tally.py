"""What was heard, counted: the figures behind `drivers.base.Statistics`."""

from collections import deque
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import FaceFrame

MOVED: Final = 0.02
"""A shape has moved when its weight has covered more than this: less is noise."""

_BUCKET_S: Final = 0.25
_BUCKETS: Final = 8


@lru_cache(maxsize=64)
def _mask(channels: frozenset[str]) -> npt.NDArray[np.bool_]:
    return np.array([name in channels for name in arkit.NAMES])


class Tally:
    """Counts since `start_s`."""

    def __init__(self, start_s: float) -> None:
        self.start_s = start_s
        self.packets = self.unparseable = self.foreign = self.skipped = self.faces = 0
        self.sender = ""
        self.last_s: float | None = None
        self._buckets: deque[tuple[int, int]] = deque(maxlen=_BUCKETS)
        self._least = np.full(arkit.COUNT, np.inf, np.float32)
        self._most = np.full(arkit.COUNT, -np.inf, np.float32)

    def arrived(self, count: int, now_s: float) -> None:
        """`count` packets have come, from whomever."""
        self.packets += count
        bucket = int(now_s // _BUCKET_S)
        if self._buckets and self._buckets[-1][0] == bucket:
            count += self._buckets.pop()[1]
        self._buckets.append((bucket, count))

    def face(self, frame: FaceFrame) -> None:
        """A new face."""
        self.faces += 1
        if frame.face_seen:
            spoken = _mask(frame.channels)  # the others are not zero but unknown
            np.minimum(self._least, frame.weights, out=self._least, where=spoken)
            np.maximum(self._most, frame.weights, out=self._most, where=spoken)

    def packets_per_s(self, now_s: float) -> float:
        """Over the last two seconds, or since the start when that is less."""
        oldest = int(now_s // _BUCKET_S) - _BUCKETS + 1
        recent = sum(count for bucket, count in self._buckets if bucket >= oldest)
        return recent / max(_BUCKET_S, min(now_s - oldest * _BUCKET_S, now_s - self.start_s))

    def moved(self) -> tuple[str, ...]:
        """Which shapes have covered more than `MOVED`, in ARKit order."""
        return tuple(
            name
            for name, least, most in zip(arkit.NAMES, self._least.tolist(), self._most.tolist(), strict=True)
            if most - least > MOVED
        )
