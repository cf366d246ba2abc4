"""What lives by itself beneath all that is driven: blinks and glances where nobody drives them, breath, a body.

`Alive` completes the face: where no source speaks for the lids they blink, and blink once more when the head turns far,
as people do; where none speaks for the gaze it wanders a little. What a source takes over, or lets go, is handed over
within a moment, so a blink is never cut off in its middle. `Bearing` moves the body under the face that is shown: it
breathes, and it follows the head a little late.

Nothing here depends on the rate of frames, and the same seed and times give the same life. The times of blinks are
those of `drivers.idle`.
"""

import math
import random
from dataclasses import replace
from typing import Final

import numpy as np

from assets import arkit
from assets.face import FaceFrame, HeadPose
from drivers import idle
from renderer.deform import STILL, Body

GAP_S: Final = (3.0, 12.0)
"""Between two blinks."""
TURN_RAD: Final = math.radians(20.0)
"""A head that turns so far, faster than it gets used to, blinks."""
USED_TO_S: Final = 0.8
"""How soon it gets used to where it looks."""
COOL_S: Final = 2.0
"""After a blink, a turn brings no other for so long."""
TAKES_OVER_S: Final = 0.4
LETS_GO_S: Final = 0.15
"""How long it takes until lids or gaze that nobody drives are its own, and until a source has them again."""

BREATH_S: Final = 4.0
INHALES: Final = 0.4
"""A breath, and the part of it that goes in."""
LIFT: Final = 0.0045
"""How far a breath lifts the shoulders, in widths of the canvas."""
_PER_YAW, _PER_ROLL, _PER_X, _PER_PITCH = 0.020, 0.030, 0.40, 0.008
"""How far the body follows: widths of the canvas for a radian, or a metre."""
_FARTHEST: Final = 0.04
_FOLLOWS_HZ: Final = 1.1
_DAMPING: Final = 0.8
_STEP_S: Final = 1.0 / 240.0
_LONGEST_S: Final = 0.5
_TAKEN_UP_PER_S: Final = 2.0

_LIDS: Final = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]
_GAZE: Final = [arkit.INDEX[name] for name in arkit.REGIONS["gaze"]]


class Alive:
    """The life of a face. blink, gaze: 0 none, 1 natural, 2 much; may be changed at any time."""

    def __init__(self, *, seed: int = 0, blink: float = 1.0, gaze: float = 1.0) -> None:
        self.blink, self.gaze = blink, gaze
        self._seed = seed
        self._random = random.Random(f"{seed} alive")
        self._lids, self._eyes = _Share(), _Share()
        self._strength = _Slow(gaze)
        self._begun_s = -math.inf
        self._double = False
        self._next_s: float | None = None
        self._used_to: tuple[float, float] | None = None
        self._last_s: float | None = None

    def step(self, face: FaceFrame, now_s: float, driven: frozenset[str] | None = None) -> FaceFrame:
        """The face with what nobody drives in it.

        driven: the channels that people drive; None for all that anybody speaks for. (The idle motion may speak for
        lids and gaze as well; what isn't in `driven` is replaced.) Times must not run backwards.
        """
        channels = face.channels if driven is None else driven
        dt_s = 0.0 if self._last_s is None else max(now_s - self._last_s, 0.0)
        self._last_s = now_s
        lids = self._lids.step("eyeBlinkLeft" not in channels and "eyeBlinkRight" not in channels, dt_s)
        eyes = self._eyes.step(not any(name in channels for name in arkit.REGIONS["gaze"]), dt_s)
        strength = self._strength.step(self.gaze, dt_s)
        self._plan(face.head, now_s, dt_s)
        if lids == eyes == 0.0:
            return face
        weights = face.weights.astype(np.float64)
        if lids > 0.0:
            weights[_LIDS] += lids * (self._closure(now_s) - weights[_LIDS])
        if eyes > 0.0:
            glance = idle.idle_frame(now_s, seed=self._seed).weights[_GAZE].astype(np.float64)
            weights[_GAZE] += eyes * (strength * glance - weights[_GAZE])
        return replace(face, weights=weights.astype(np.float32))

    def _plan(self, head: HeadPose, now_s: float, dt_s: float) -> None:
        """When the next blink begins."""
        if self._next_s is None:
            self._next_s = now_s + self._random.uniform(0.5, 1.0) * GAP_S[0]
        if self._turned(head, dt_s) and self.blink > 0.0 and now_s - self._begun_s > COOL_S:
            self._begin(now_s, False)
        elif now_s >= self._next_s:
            late = now_s - self._next_s > 1.0  # after a pause a blink may be over that nobody saw
            if self.blink > 0.0:
                self._begin(now_s if late else self._next_s, self._random.random() < idle.DOUBLE_SHARE)
            else:
                self._next_s = now_s + GAP_S[0]

    def _begin(self, at_s: float, double: bool) -> None:
        shortest, longest = GAP_S
        self._begun_s, self._double = at_s, double
        gap_s = shortest + (longest - shortest) * self._random.random() ** 1.5
        self._next_s = at_s + max(gap_s / self.blink, idle.DOUBLE_AFTER_S + idle.BLINK_S)

    def _turned(self, head: HeadPose, dt_s: float) -> bool:
        yaw, pitch = self._used_to or (head.yaw_rad, head.pitch_rad)
        far = math.hypot(head.yaw_rad - yaw, head.pitch_rad - pitch) > TURN_RAD
        kept = 0.0 if far else math.exp(-dt_s / USED_TO_S)
        self._used_to = head.yaw_rad + kept * (yaw - head.yaw_rad), head.pitch_rad + kept * (pitch - head.pitch_rad)
        return far

    def _closure(self, now_s: float) -> float:
        since_s = now_s - self._begun_s
        closed = idle.closure(since_s)
        return max(closed, idle.closure(since_s - idle.DOUBLE_AFTER_S)) if self._double else closed


class Bearing:
    """The body under a head. breath, body: 0 none, 1 natural, 2 much; may be changed at any time."""

    def __init__(self, *, breath: float = 1.0, body: float = 1.0) -> None:
        self.breath, self.body = breath, body
        self._breathing = _Slow(breath)
        self._place = self._speed = (0.0, 0.0)
        self._before = (0.0, 0.0)
        self._last_s: float | None = None

    def step(self, head: HeadPose, now_s: float) -> Body:
        """Where the body is now, under the head that is shown. A mirrored head has a mirrored body."""
        wanted = self._wanted(head)
        dt_s = -1.0 if self._last_s is None else now_s - self._last_s
        self._last_s = now_s
        if not 0.0 <= dt_s <= _LONGEST_S:  # after a pause nothing is caught up
            self._place, self._speed = wanted, (0.0, 0.0)
        elif dt_s > 0.0:
            self._follow(wanted, dt_s)
        self._before = wanted
        breath = self._breathing.step(self.breath, max(dt_s, 0.0)) * LIFT * inhaled(now_s)
        aside, lift = self._place
        return Body(aside, lift + breath) if (aside, lift, breath) != (0.0, 0.0, 0.0) else STILL

    def _wanted(self, head: HeadPose) -> tuple[float, float]:
        aside = _PER_YAW * head.yaw_rad + _PER_ROLL * head.roll_rad + _PER_X * head.x_m
        return _within(self.body * aside), _within(self.body * _PER_PITCH * head.pitch_rad)

    def _follow(self, wanted: tuple[float, float], dt_s: float) -> None:
        """Semi-implicit steps of one length, the head moving evenly in between."""
        steps = max(1, round(dt_s / _STEP_S))
        step_s, omega = dt_s / steps, 2.0 * math.pi * _FOLLOWS_HZ
        axes = []
        for place, speed, before, after in zip(self._place, self._speed, self._before, wanted, strict=True):
            for number in range(1, steps + 1):
                target = before + (after - before) * (number / steps)
                speed += step_s * (omega**2 * (target - place) - 2.0 * _DAMPING * omega * speed)
                place += step_s * speed
            axes.append((place, speed))
        (x, vx), (y, vy) = axes
        self._place, self._speed = (x, y), (vx, vy)


def inhaled(time_s: float, /) -> float:
    """How full the lungs are, 0..1: in within `INHALES` of a breath, out in the rest, without a corner."""
    phase = time_s / BREATH_S % 1.0
    if phase < INHALES:
        return 0.5 - 0.5 * math.cos(math.pi * phase / INHALES)
    return 0.5 + 0.5 * math.cos(math.pi * (phase - INHALES) / (1.0 - INHALES))


def _within(far: float) -> float:
    return _FARTHEST * math.tanh(far / _FARTHEST)


class _Share:
    """0..1: how far something is one's own."""

    def __init__(self) -> None:
        self._progress: float | None = None

    def step(self, own: bool, dt_s: float) -> float:
        if self._progress is None:
            self._progress = float(own)
        moved = self._progress + (dt_s / TAKES_OVER_S if own else -dt_s / LETS_GO_S)
        self._progress = min(max(moved, 0.0), 1.0)
        return self._progress * self._progress * (3.0 - 2.0 * self._progress)


class _Slow:
    """A setting that is taken up by and by."""

    def __init__(self, value: float) -> None:
        self._value = value

    def step(self, wanted: float, dt_s: float) -> float:
        most = _TAKEN_UP_PER_S * dt_s
        self._value += min(max(wanted - self._value, -most), most)
        return self._value
