"""What the readers of whole-face packets share: numbers within bounds, late packets, positions from a first one."""

import math
from collections.abc import Sequence
from typing import Final

from assets.face import HeadPose

MAX_DEG: Final = 360.0
MAX_M: Final = 100.0


def bounded(value: object, /, *, limit: float) -> float | None:
    """`value` as a number of at most `limit` either way; None for anything else, NaN and booleans included."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) <= limit:
        return None
    return float(value)


class Order:
    """Tells a packet that comes late from a sender that has begun anew.

    Senders number their packets or stamp them with a time. A number a little lower than the newest is late; one that
    is lower by more than `window` belongs to a clock that was set anew, and everything counts from there.
    """

    def __init__(self, *, window: float) -> None:
        self._window = window
        self._newest = -math.inf

    def is_late(self, number: float, /) -> bool:
        """Takes the next packet's number; the same one twice is not late."""
        late = 0.0 < self._newest - number <= self._window
        if not late:
            self._newest = number
        return late


class Origin:
    """Positions count from the first one that was heard, as `HeadPose` wants them."""

    def __init__(self) -> None:
        self._origin_m: tuple[float, ...] | None = None

    def place(self, angles_rad: Sequence[float], position_m: Sequence[float] | None, /) -> HeadPose:
        """The pose of (yaw, pitch, roll), at (x, y, z) relative to the first position; at zero without one."""
        if position_m is None:
            return HeadPose(*angles_rad)
        self._origin_m = self._origin_m or tuple(position_m)
        return HeadPose(*angles_rad, *(here - origin for here, origin in zip(position_m, self._origin_m, strict=True)))
