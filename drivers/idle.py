"""A face that lives by itself: it blinks, breathes and looks about. For when nobody is there to drive it.

`idle_frame` is a pure function of time and seed: the same moment is always the same face, and any moment can be asked
for at once. What happens at random (a blink, a glance) happens once in each slot of time, at a moment within the slot
that comes from the slot's own random numbers.

Blinks have the times that VMagicMirror found good: every 3 to 12 s, closing in 50 ms, shut for 40, opening in 100; one
in five is double. Breath takes 4 s. Glances stay within a few degrees and are as quick as real saccades (40 ms).
"""

import functools
import math
import random
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

import numpy as np

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose
from drivers.base import Clock

CLOSE_S: Final = 0.050
SHUT_S: Final = 0.040
OPEN_S: Final = 0.100
BLINK_S: Final = CLOSE_S + SHUT_S + OPEN_S
DOUBLE_SHARE: Final = 0.2
DOUBLE_AFTER_S: Final = 0.28

_BLINK_SLOT_S: Final = 7.5
_BLINK_SPREAD_S: Final = 4.5
"""One blink a slot, at its start plus 0..4.5 s: so 3 to 12 s lie between two, 7.5 on average."""
_GLANCE_SLOT_S: Final = 1.6
_GLANCE_SPREAD_S: Final = 1.1
_SACCADE_S: Final = 0.040
_GLANCE_SIDEWAYS: Final = 0.12
_GLANCE_UPWARD: Final = 0.06
"""Weights: 1 is about 35 degrees of the eyeball, so these are 4 and 2."""
_BREATH_PERIOD_S: Final = 4.0
_BREATH_PITCH_RAD: Final = math.radians(0.4)
_BREATH_RISE_M: Final = 0.002
_SWAY: Final = (
    # period_s, yaw, pitch, roll in degrees: periods without a common measure, so it never visibly repeats
    (7.3, 0.7, 0.0, 0.2),
    (11.9, 0.6, 0.4, 0.0),
    (17.7, 0.0, 0.3, 0.5),
)

CHANNELS: Final = frozenset(arkit.REGIONS["gaze"]) | {"eyeBlinkLeft", "eyeBlinkRight", HEAD}
"""Lids, gaze and head; brows and mouth are left to others."""


@dataclass(frozen=True)
class Options:
    """How it behaves."""

    seed: int = field(default=0, metadata={"help": "another number, another person's moments"})


def create(options: Options) -> "IdleDriver":
    """A driver that hasn't come to life yet."""
    return IdleDriver(options)


def idle_frame(time_s: float, *, seed: int = 0) -> FaceFrame:
    """The idling face at one moment, any finite number of seconds."""
    weights = np.zeros(arkit.COUNT, np.float32)
    for name, weight in (*_lids(time_s, seed), *_gaze(time_s, seed)):
        weights[arkit.INDEX[name]] = weight
    return FaceFrame(weights, _head(time_s), time_s, CHANNELS)


def _smooth(x: float) -> float:
    x = min(1.0, max(0.0, x))
    return x * x * (3.0 - 2.0 * x)


@functools.lru_cache(maxsize=64)
def _chance(seed: int, kind: str, slot: int) -> tuple[float, float, float]:
    """Three numbers in 0..1 that belong to this slot for ever."""
    generator = random.Random(f"{seed} {kind} {slot}")
    return generator.random(), generator.random(), generator.random()


def closure(since_s: float) -> float:
    """How far a lid is closed, 0..1, so long after its blink began."""
    if since_s <= CLOSE_S + SHUT_S:
        return _smooth(since_s / CLOSE_S)
    return 1.0 - _smooth((since_s - CLOSE_S - SHUT_S) / OPEN_S)


def _lids(time_s: float, seed: int) -> tuple[tuple[str, float], ...]:
    slot = math.floor(time_s / _BLINK_SLOT_S)
    offset, double, _ = _chance(seed, "blink", slot)
    since_s = time_s - slot * _BLINK_SLOT_S - offset * _BLINK_SPREAD_S
    closed = closure(since_s)
    if double < DOUBLE_SHARE:
        closed = max(closed, closure(since_s - DOUBLE_AFTER_S))
    return ("eyeBlinkLeft", closed), ("eyeBlinkRight", closed)


def _glance(seed: int, slot: int) -> tuple[float, float, float]:
    """(when it begins, toward the subject's left, up): a moment in seconds and two weights, -1..1 times the limits."""
    offset, sideways, upward = _chance(seed, "glance", slot)
    # Cubed: mostly near the middle, now and then farther off.
    left = _GLANCE_SIDEWAYS * (2.0 * sideways - 1.0) ** 3
    return slot * _GLANCE_SLOT_S + offset * _GLANCE_SPREAD_S, left, _GLANCE_UPWARD * (2.0 * upward - 1.0) ** 3


def _gaze(time_s: float, seed: int) -> tuple[tuple[str, float], ...]:
    slot = math.floor(time_s / _GLANCE_SLOT_S)
    _, left_before, up_before = _glance(seed, slot - 1)
    start_s, left, up = _glance(seed, slot)
    share = _smooth((time_s - start_s) / _SACCADE_S)
    left = left_before + share * (left - left_before)
    up = up_before + share * (up - up_before)
    return (
        ("eyeLookOutLeft", max(0.0, left)), ("eyeLookInRight", max(0.0, left)),
        ("eyeLookInLeft", max(0.0, -left)), ("eyeLookOutRight", max(0.0, -left)),
        ("eyeLookUpLeft", max(0.0, up)), ("eyeLookUpRight", max(0.0, up)),
        ("eyeLookDownLeft", max(0.0, -up)), ("eyeLookDownRight", max(0.0, -up)),
    )  # fmt: skip


def _head(time_s: float) -> HeadPose:
    breath = math.sin(2.0 * math.pi * time_s / _BREATH_PERIOD_S)
    waves = [(math.sin(2.0 * math.pi * time_s / period_s), angles) for period_s, *angles in _SWAY]
    yaw_deg, pitch_deg, roll_deg = (sum(wave * angles[axis] for wave, angles in waves) for axis in range(3))
    return HeadPose(
        math.radians(yaw_deg),
        math.radians(pitch_deg) + breath * _BREATH_PITCH_RAD,
        math.radians(roll_deg),
        y_m=breath * _BREATH_RISE_M,
    )


class IdleDriver:
    """See `drivers.base.Driver`. No thread: each call computes the present."""

    name: Final = "idle"
    channels: Final = CHANNELS

    def __init__(self, options: Options, *, clock: Clock = time.perf_counter) -> None:
        self._seed = options.seed
        self._clock = clock
        self._alive = False

    def __enter__(self) -> Self:
        self._alive = True
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._alive = False

    def latest(self) -> FaceFrame | None:
        """The face at this moment."""
        return idle_frame(self._clock(), seed=self._seed) if self._alive else None

    def status(self) -> str:
        """One line."""
        return "idle: blinking and breathing" if self._alive else "idle: not started"
