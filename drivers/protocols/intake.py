"""What the readers of whole-face packets share: numbers within bounds, late packets, positions from a first one."""

import math
from collections.abc import Sequence
from typing import Final

from assets.face import HeadPose

MAX_DEG: Final = 360.0
MAX_M: Final = 100.0
_LATE_S: Final = 1.0


def bounded(value: object, /, *, limit: float) -> float | None:
    """`value` as a number of at most `limit` either way; None for anything else, NaN and booleans included."""
    if type(value) is not float and type(value) is not int:
        return None
    return float(value) if abs(value) <= limit else None


class Order:
    """Tells a packet that comes late from a sender that has begun anew.

    Senders number their packets or stamp them with a time. A number lower than the newest is late, unless it is lower
    by more than `window`, or the newest has been heard a second ago: then a clock was set back, and counts from there.
    """

    def __init__(self, *, window: float) -> None:
        self._window = window
        self._newest = -math.inf
        self._newest_s = -math.inf

    def is_late(self, number: float, time_s: float, /) -> bool:
        """Whether the packet with this number, heard at `time_s`, is late; the same number twice is not."""
        return 0.0 < self._newest - number <= self._window and time_s - self._newest_s < _LATE_S

    def take(self, number: float, time_s: float, /) -> None:
        """From now on this number is the newest."""
        self._newest, self._newest_s = number, time_s


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
