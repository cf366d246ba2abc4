"""A face that arrives in pieces: shape by shape, bone by bone."""

from collections.abc import Iterable, Mapping
from typing import Final

import numpy as np

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame, HeadPose

ABSURD: Final = 10.0
"""A weight beyond this, either way, is no weight: the message is ignored rather than clipped to 1."""


_NUMBERS: Final = (float, int)


def number(argument: object, /) -> float | None:
    """An argument as a number, whatever type its sender chose: float, int (JavaScript sends `1` for 1.0) or bool."""
    return float(argument) if isinstance(argument, _NUMBERS) else None


_INDEX: Final = dict(arkit.INDEX)


class FaceState:
    """What has been heard so far. Holds the last value of each shape; speaks only for what it has heard of."""

    def __init__(self) -> None:
        self._weights = [0.0] * arkit.COUNT
        self._channels: set[str] = set()
        self._head = NEUTRAL_POSE
        self._seen = True
        self._time_s = 0.0
        self._frame: FaceFrame | None = None

    def shape(self, name: str, value: object, /) -> bool:
        """Sets one ARKit shape, clipped to 0..1; tells whether `value` was a sensible number."""
        if not isinstance(value, _NUMBERS) or not -ABSURD <= value <= ABSURD:
            return False
        self._weights[_INDEX[name]] = 0.0 if value < 0.0 else 1.0 if value > 1.0 else float(value)
        self._channels.add(name)
        self._frame = None
        return True

    def shapes(self, weights: Mapping[str, float], /) -> None:
        """Sets several at once; every weight is a sensible number already."""
        mine = self._weights
        for name, weight in weights.items():
            mine[_INDEX[name]] = 0.0 if weight < 0.0 else 1.0 if weight > 1.0 else weight
        self._channels.update(weights)
        self._frame = None

    def forget(self, names: Iterable[str], /) -> None:
        """Speaks no longer for some shapes: they are unknown again."""
        self._channels.difference_update(names)
        self._frame = None

    def head(self, pose: HeadPose, /) -> None:
        """Sets the head pose."""
        self._head = pose
        self._channels.add(HEAD)
        self._frame = None

    @property
    def pose(self) -> HeadPose:
        """The head pose so far."""
        return self._head

    def seen(self, seen: bool, /) -> None:
        """Whether the source says that it sees a face."""
        if seen != self._seen:
            self._seen, self._frame = seen, None

    def alive(self, now_s: float, /) -> None:
        """The source has spoken: what it said before still holds."""
        if now_s != self._time_s:
            self._time_s, self._frame = now_s, None

    def frame(self) -> FaceFrame | None:
        """All of it; None while nothing has been heard. The same object until something changes."""
        if self._frame is None and self._channels:
            channels = frozenset(self._channels)
            self._frame = FaceFrame(np.array(self._weights, np.float32), self._head, self._time_s, channels, self._seen)
        return self._frame
