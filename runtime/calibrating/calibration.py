"""How to read one source's numbers for one person: what rest looks like, how far a shape goes, which side is which.

`Calibration` is what is kept between shows, `Calibrator` applies it to frames. A weight v becomes
(v - rest - slack) / (full - rest - slack), so that rest is 0 and the person's own most is 1. For the lids, rest is the
open eye and full the closed one; they are stretched, never shifted, or a lid that rests half-way would never close.
The gaze loses its centre, one for each eye; the head loses its rest as a rotation, as if the camera stood straight
before the face. The numbers are in the source's own sides; the three switches come after them.
"""

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame, HeadPose
from drivers.protocols import pose

Weights = npt.NDArray[np.float64]

MIN_RANGE: Final = 0.2
"""From rest to full, at least: a shape that never moved further isn't stretched to its whole."""
MIN_FULL: Final = 0.4
"""A smile of less than this isn't the person's most."""
MAX_REST: Final = 0.6
GROWTH_S: Final = 2.0
"""A shape that goes beyond its full makes it larger, with this time constant: one wild frame doesn't."""

LIDS: Final = (arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"])
_GAZE: Final = np.array([name in arkit.REGIONS["gaze"] for name in arkit.NAMES])
_EYES: Final = tuple(
    [arkit.INDEX[f"eyeLook{way}{side}"] for way in ("Out", "In", "Up", "Down")] for side in ("Left", "Right")
)
GAZE_NAMES: Final = frozenset(arkit.REGIONS["gaze"])


def _each(value: float) -> Weights:
    return np.full(arkit.COUNT, value)


@dataclass(frozen=True, slots=True, eq=False)
class Calibration:
    """What is known of one person before one source. The default changes nothing.

    rest, full, slack: (52,), weights at rest and at their most, and the noise at rest that is to be still.
    head: the pose at rest. swap_shapes: left and right shapes are exchanged (the gaze apart). flip_head: yaw, roll and
    x have the wrong sign. flip_gaze: looking left is told as looking right.
    Raises ValueError when an array has another shape, or leaves its range.
    """

    rest: Weights = field(default_factory=lambda: _each(0.0))
    full: Weights = field(default_factory=lambda: _each(1.0))
    slack: Weights = field(default_factory=lambda: _each(0.0))
    head: HeadPose = NEUTRAL_POSE
    swap_shapes: bool = False
    flip_head: bool = False
    flip_gaze: bool = False

    def __post_init__(self) -> None:
        for name, low, high in (("rest", 0.0, 1.0), ("full", MIN_FULL, 1.0), ("slack", 0.0, 0.5)):
            values = np.array(getattr(self, name), np.float64)
            if values.shape != (arkit.COUNT,) or not ((values >= low) & (values <= high)).all():
                raise ValueError(f"Calibration.{name} must be {arkit.COUNT} numbers in {low:g}..{high:g}")
            values.setflags(write=False)
            object.__setattr__(self, name, values)
        room = self.full - self.rest - self.slack
        if (short := (room < MIN_RANGE / 2) & ~_GAZE).any():
            name = arkit.NAMES[int(np.argmax(short))]
            raise ValueError(f"Calibration: {name} has too little room between rest and full")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Calibration):
            return NotImplemented
        arrays = all(np.array_equal(getattr(self, name), getattr(other, name)) for name in ("rest", "full", "slack"))
        return arrays and self.head == other.head and self.switches == other.switches

    @property
    def switches(self) -> tuple[bool, bool, bool]:
        """(swap_shapes, flip_head, flip_gaze)."""
        return self.swap_shapes, self.flip_head, self.flip_gaze


class Calibrator:
    """Applies one calibration to the frames of a source; the upper ends of its ranges grow slowly where exceeded."""

    def __init__(self, calibration: Calibration) -> None:
        self.calibration = calibration
        self._changes_nothing = calibration == Calibration()
        self._rest = np.where(_GAZE, 0.0, calibration.rest)
        self._slack = np.where(_GAZE, 0.0, calibration.slack)
        self._full = np.where(_GAZE, 1.0, calibration.full)
        self._may_grow = ~_GAZE
        self._may_grow[list(LIDS)] = False
        self._centres = [gaze_of(calibration.rest, eye) for eye in (0, 1)]
        self._from_rest = _rotation(calibration.head).T
        self._then_s: float | None = None

    def read(self, frame: FaceFrame) -> FaceFrame:
        """The frame as it is meant: rest is zero, the most is one, left is left."""
        if self._changes_nothing:
            return frame
        raw = frame.weights.astype(np.float64)
        self._grow(raw, frame.time_s)
        weights = np.clip((raw - self._rest - self._slack) / (self._full - self._rest - self._slack), 0.0, 1.0)
        for eye, centre in zip(_EYES, self._centres, strict=True):
            sideways, upward = raw[eye[0]] - raw[eye[1]] - centre[0], raw[eye[2]] - raw[eye[3]] - centre[1]
            weights[eye] = np.clip([sideways, -sideways, upward, -upward], 0.0, 1.0)
        swap, flip_head, flip_gaze = self.calibration.switches
        head = self._head(frame.head)
        mirrored = weights[arkit.MIRROR]
        return dataclasses.replace(
            frame,
            weights=np.where(_GAZE, mirrored if flip_gaze else weights, mirrored if swap else weights),
            head=head.mirrored() if flip_head else head,
            channels=_sides(frame.channels, swap=swap, flip_gaze=flip_gaze),
        )

    def _head(self, head: HeadPose) -> HeadPose:
        rest = self.calibration.head
        if rest == NEUTRAL_POSE:
            return head
        yaw_rad, pitch_rad, roll_rad = pose.angles_from_matrix(self._from_rest @ _rotation(head))
        x_m, y_m, z_m = self._from_rest @ (head.x_m - rest.x_m, head.y_m - rest.y_m, head.z_m - rest.z_m)
        return HeadPose(yaw_rad, pitch_rad, roll_rad, float(x_m), float(y_m), float(z_m))

    def _grow(self, raw: Weights, time_s: float) -> None:
        step_s = 0.0 if self._then_s is None else min(max(time_s - self._then_s, 0.0), 0.1)
        self._then_s = time_s
        beyond = np.where(self._may_grow, np.maximum(raw - self._full, 0.0), 0.0)
        self._full = self._full + beyond * (1.0 - math.exp(-step_s / GROWTH_S))


def gaze_of(weights: npt.NDArray[np.floating], eye: int) -> tuple[float, float]:
    """Where eye 0 (left) or 1 (right) looks: outward and upward, -1..1."""
    out, inward, up, down = (float(weights[row]) for row in _EYES[eye])
    return out - inward, up - down


def _rotation(head: HeadPose) -> Weights:
    return pose.matrix_from_angles(head.yaw_rad, head.pitch_rad, head.roll_rad)


def _sides(channels: frozenset[str], *, swap: bool, flip_gaze: bool) -> frozenset[str]:
    if not (swap or flip_gaze):
        return channels
    return frozenset(
        arkit.mirror_name(name) if name != HEAD and (flip_gaze if name in GAZE_NAMES else swap) else name
        for name in channels
    )
