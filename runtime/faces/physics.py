"""Hair that swings: every joint of a chain is a damped pendulum that follows where the head takes it.

The time is cut into steps of one length, so that 30 and 144 frames a second swing alike, and each is semi-implicit
(first the speed, then the place), so that it never explodes. Between two frames the head is taken to move evenly.

A joint is pulled to where the mesh wants it, carried along by the joint above it; the farther down the chain, the
softer the pull. When the head tilts, locks hang toward the ground, and a breath of wind keeps them from standing still.
"""

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.avatar import JOINTS, AvatarModel

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

STEP_S: Final = 1.0 / 240.0
LONGEST_S: Final = 0.25
"""After a longer pause nothing is caught up: the hair hangs still."""
PULLS_HZ: Final = (0.0, 2.6, 2.0, 1.6)
"""Own frequency of each joint, root to tip, of a chain of `MEAN_LENGTH` canvas widths."""
MEAN_LENGTH: Final = 0.20
DAMPING: Final = 0.30
"""Of critical damping; a swing is over after two or three times."""
AIR: Final = 0.25
"""The part of the damping that the air does, and not the joint."""
CARRIED: Final = 0.75
"""How much of its swing a joint hands on to the next."""
HANG: Final = 0.55
"""How much of a tilt the tip of a lock undoes."""
REACH: Final = 0.35
"""The farthest that a tip swings, in lengths of its chain."""
TAKEN_UP_PER_S: Final = 3.0
"""How fast another strength is taken up."""
WIND: Final = 0.012
"""The swing that a wind of 1 brings, in lengths of a chain."""


class Physics:
    """The swing of one avatar's chains; `sway` is what `renderer.deform` asks for.

    strength: 0 stiff, 1 natural, 2 wild. wind: 0 none, 1 a breath. Both may be changed at any time and are taken up
    without a jump. The same steps give the same swing; a mirrored head has its hair swing mirrored, but for the wind.
    """

    def __init__(self, model: AvatarModel, /, *, strength: float = 1.0, wind: float = 1.0) -> None:
        rest = model.rest_px[model.chains.joints.astype(np.intp)].astype(np.float64)
        self._hanging = rest - rest[:, :1]
        segments = np.linalg.norm(np.diff(rest, axis=1), axis=2)
        self._length = np.maximum(segments.sum(axis=1), 1.0)
        pace = np.sqrt(MEAN_LENGTH * model.canvas_px[0] / self._length).clip(0.6, 1.6)
        self._omega = 2.0 * math.pi * np.array(PULLS_HZ)[None, :] * pace[:, None]  # (C, J)
        self.strength, self.wind = strength, wind
        self._felt = strength
        self._hang = HANG * np.linspace(0.0, 1.0, JOINTS) ** 2
        self._place, self._speed = np.zeros((2, *rest.shape))
        self._target: Doubles | None = None
        self._time_s = 0.0
        self._dt_s = 0.0

    def advance(self, dt_s: float, /) -> None:
        """Time that passes before the next `sway`."""
        self._dt_s = dt_s

    def sway(self, joints_px: Floats, /) -> Floats:
        """joints_px: float32 (C, JOINTS, 2), where the mesh has the joints. Returns how far they swing from there."""
        wanted = self._hung(joints_px.astype(np.float64))
        before = self._target
        self._target = wanted
        if before is None or not 0.0 <= self._dt_s <= LONGEST_S or not np.isfinite(wanted).all():
            self._place, self._speed = wanted.copy(), np.zeros_like(wanted)
        elif self._dt_s > 0.0:
            self._move(before, wanted)
        return self._limited(self._place - joints_px)

    def _move(self, before: Doubles, after: Doubles) -> None:
        steps = max(1, round(self._dt_s / STEP_S))
        step_s = self._dt_s / steps
        carried = (after - before) / self._dt_s  # the speed at which the head takes the joints along
        self._time_s += self._dt_s
        most = TAKEN_UP_PER_S * self._dt_s
        self._felt += min(max(self.strength - self._felt, -most), most)
        breeze = self._breeze()
        for number in range(1, steps + 1):
            target = before + (after - before) * (number / steps)
            swing = self._place - target
            goal = target.copy()
            goal[:, 1:] += CARRIED * swing[:, :-1]
            goal[..., 0] += breeze
            pull = self._omega[..., None] ** 2 * (goal - self._place)
            drag = 2.0 * DAMPING * self._omega[..., None] * (self._speed - (1.0 - AIR) * carried)
            self._speed += step_s * (pull - drag)
            self._place += step_s * self._speed
            self._place[:, 0], self._speed[:, 0] = target[:, 0], carried[:, 0]

    def _breeze(self) -> Doubles:
        """(C, J): a few slow waves that run along the head."""
        phase = 1.7 * np.arange(len(self._length))[:, None] + 0.8 * np.arange(JOINTS)[None, :]
        t = self._time_s
        waves = np.sin(1.1 * t + phase) + 0.6 * np.sin(2.3 * t + 1.3 * phase) + 0.3 * np.sin(4.1 * t + 0.7 * phase)
        return np.asarray(self.wind * WIND * self._length[:, None] * waves * np.linspace(0.0, 1.0, JOINTS))

    def _hung(self, joints: Doubles) -> Doubles:
        """The joints with the lock turned back toward the ground about its root."""
        lock = joints - joints[:, :1]
        now, rest = lock[:, -1], self._hanging[:, -1]
        turned = np.arctan2(now[:, 1], now[:, 0]) - np.arctan2(rest[:, 1], rest[:, 0])
        turned = (turned + math.pi) % (2.0 * math.pi) - math.pi
        back = -turned[:, None] * self._hang[None, :] * min(self._felt, 1.0)
        cos, sin = np.cos(back), np.sin(back)
        hung = np.stack([cos * lock[..., 0] - sin * lock[..., 1], sin * lock[..., 0] + cos * lock[..., 1]], axis=-1)
        return np.asarray(joints[:, :1] + hung)

    def _limited(self, offset: Doubles) -> Floats:
        """Softly within `REACH`, less near the root."""
        offset = offset * self._felt
        most = REACH * self._length[:, None] * np.linspace(0.0, 1.0, JOINTS)[None, :] + 1e-9
        far = np.linalg.norm(offset, axis=-1)
        return np.asarray(offset * (np.tanh(far / most) * most / np.maximum(far, 1e-9))[..., None], np.float32)
