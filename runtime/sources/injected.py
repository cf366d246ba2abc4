"""A face from outside, said in pieces: plugins move shapes through the show's door; what isn't said again is let go."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame, HeadPose

NAME: Final = "plugin"


@dataclass(slots=True)
class _Said:
    value: float
    until_s: float


class Injected:
    """A source that says what it was told last. It falls silent, and the mixer eases it out, when nothing is said."""

    name: Final = NAME

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._now_s = now_s
        self._weights: dict[str, _Said] = {}
        self._head: tuple[HeadPose, float] | None = None
        self._frame: FaceFrame | None = None
        self._count = 0

    def say(self, weights: Mapping[str, float], head: Mapping[str, float] | None, for_s: float) -> None:
        """Weights by ARKit name; head: yaw_deg, pitch_deg, roll_deg, x_m, y_m, z_m, what is left out is neutral."""
        until_s = self._now_s() + for_s
        self._weights |= {name: _Said(value, until_s) for name, value in weights.items()}
        self._count += 1
        if head is not None:
            turned = HeadPose.from_degrees(
                yaw_deg=head.get("yaw_deg", 0.0), pitch_deg=head.get("pitch_deg", 0.0),
                roll_deg=head.get("roll_deg", 0.0),
            )  # fmt: skip
            where = (head.get("x_m", 0.0), head.get("y_m", 0.0), head.get("z_m", 0.0))
            self._head = HeadPose(turned.yaw_rad, turned.pitch_rad, turned.roll_rad, *where), until_s

    def at(self, now_s: float) -> FaceFrame | None:
        """What is still meant at `now_s`; afterwards the last frame, growing old. None before anything was said."""
        weights = {name: said for name, said in self._weights.items() if said.until_s >= now_s}
        head = self._head if self._head is not None and self._head[1] >= now_s else None
        if not weights and head is None:
            return self._frame
        self._weights = weights
        row = np.zeros(arkit.COUNT, np.float32)
        for name, said in weights.items():
            row[arkit.INDEX[name]] = said.value
        channels = frozenset(weights) | ({HEAD} if head is not None else frozenset())
        self._frame = FaceFrame(row, NEUTRAL_POSE if head is None else head[0], now_s, channels)
        return self._frame

    def latest(self) -> FaceFrame | None:
        """See `drivers.base.Driver`."""
        return self.at(self._now_s())

    def status(self) -> str:
        """One line."""
        return f"{self.name}: {self._count} messages"
