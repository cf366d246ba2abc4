"""What a source of faces says about one moment: `FaceFrame`, with its `HeadPose`. Frozen, checked at construction."""

import dataclasses
import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from assets import arkit

ALL_CHANNELS: Final[frozenset[str]] = frozenset(arkit.NAMES)
HEAD: Final = "head"
"""The name under which a source says that it speaks for the head pose (beside the 52 shape names)."""
_KNOWN: Final = ALL_CHANNELS | {HEAD}


# Arrays of no dimension: a ufunc takes them more quickly than it takes numbers.
_ZERO: Final = np.array(0.0, np.float32)
_ONE: Final = np.array(1.0, np.float32)


@functools.lru_cache(maxsize=64)
def _known(channels: frozenset[str]) -> bool:
    """Whether all of them are; sources say the same few sets for ever."""
    return channels <= _KNOWN


@dataclass(frozen=True, slots=True)
class HeadPose:
    """Where the head is, relative to the source's own neutral. Signs: see `assets`.

    Angles in radians: yaw > 0 to the subject's own left, pitch > 0 up, roll > 0 toward the subject's own left
    shoulder. Positions in metres: x > 0 toward the subject's own left, y > 0 up, z > 0 toward the camera.
    Raises ValueError when a number isn't finite.
    """

    yaw_rad: float = 0.0
    pitch_rad: float = 0.0
    roll_rad: float = 0.0
    x_m: float = 0.0
    y_m: float = 0.0
    z_m: float = 0.0

    def __post_init__(self) -> None:
        for name in self.__slots__:
            if not math.isfinite(getattr(self, name)):
                raise ValueError(f"HeadPose.{name} must be finite, got {getattr(self, name)!r}")

    @classmethod
    def from_degrees(cls, *, yaw_deg: float = 0.0, pitch_deg: float = 0.0, roll_deg: float = 0.0) -> Self:
        """A pose from degrees, position zero."""
        return cls(math.radians(yaw_deg), math.radians(pitch_deg), math.radians(roll_deg))

    def mirrored(self) -> Self:
        """The pose seen in a mirror: yaw, roll and x change sign."""
        return dataclasses.replace(self, yaw_rad=-self.yaw_rad, roll_rad=-self.roll_rad, x_m=-self.x_m)


NEUTRAL_POSE: Final = HeadPose()


def _neutral_weights() -> npt.NDArray[np.float32]:
    return np.zeros(arkit.COUNT, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class FaceFrame:
    """One moment of a face.

    weights: float32 (52,), ARKit order, each 0..1 (values outside are clipped); read-only after construction.
    head: the head pose.
    time_s: moment of capture, `time.perf_counter()` seconds (in a take: seconds from its start).
    channels: the shape names, and "head", for which this source speaks; the others are not "zero" but "unknown".
    face_seen: False when the source runs but sees no face; weights and head then mean nothing.
    speech: from a source that listens: how surely somebody speaks now, 0..1 (clipped); its weights are what a mouth
        driven by it alone shows, closed in silence. None from a source that sees. The mixer lets a listening source
        in as far as it hears speech, instead of by its place in the order.
    Raises ValueError for a wrong shape, a number that isn't finite, or an unknown channel.
    """

    weights: npt.NDArray[np.float32] = field(default_factory=_neutral_weights)
    head: HeadPose = NEUTRAL_POSE
    time_s: float = 0.0
    channels: frozenset[str] = ALL_CHANNELS | {HEAD}
    face_seen: bool = True
    speech: float | None = None

    def __post_init__(self) -> None:
        weights = np.array(self.weights, np.float32)  # a copy: a frame never changes behind its reader's back
        if weights.shape != (arkit.COUNT,):
            raise ValueError(f"FaceFrame.weights must have shape ({arkit.COUNT},), got {weights.shape}")
        # A finite sum of squares is quickly had; where there is none, it may only have been too large.
        if not (math.isfinite(np.vdot(weights, weights)) or np.isfinite(weights).all()):
            raise ValueError("FaceFrame.weights must be finite")
        if not math.isfinite(self.time_s):
            raise ValueError(f"FaceFrame.time_s must be finite, got {self.time_s!r}")
        if not _known(self.channels):
            raise ValueError(f"FaceFrame.channels has unknown names: {', '.join(sorted(self.channels - _KNOWN))}")
        if self.speech is not None:
            if not math.isfinite(self.speech):
                raise ValueError(f"FaceFrame.speech must be finite or None, got {self.speech!r}")
            object.__setattr__(self, "speech", min(max(float(self.speech), 0.0), 1.0))
        np.maximum(weights, _ZERO, out=weights)
        np.minimum(weights, _ONE, out=weights)
        weights.setflags(write=False)
        object.__setattr__(self, "weights", weights)

    @classmethod
    def vouched(
        cls, weights: npt.NDArray[np.float32], /, *, time_s: float, channels: frozenset[str], speech: float | None
    ) -> Self:
        """A frame, head at rest, of a source that vouches for its numbers: nothing is checked or copied.

        For sources that make one at every picture: it takes a sixth of the time. weights: float32 (52,), finite,
        0..1, and nobody else's; read-only from here on. channels, speech: as they should be.
        """
        weights.setflags(write=False)
        frame = object.__new__(cls)
        put_weights, put_head, put_time, put_channels, put_seen, put_speech = _PUTS
        put_weights(frame, weights)
        put_head(frame, NEUTRAL_POSE)
        put_time(frame, time_s)
        put_channels(frame, channels)
        put_seen(frame, True)
        put_speech(frame, speech)
        return frame

    @classmethod
    def from_mapping(
        cls,
        shapes: Mapping[str, float],
        /,
        *,
        head: HeadPose = NEUTRAL_POSE,
        time_s: float = 0.0,
        channels: frozenset[str] = ALL_CHANNELS | {HEAD},
        face_seen: bool = True,
        speech: float | None = None,
    ) -> Self:
        """A frame from `{ARKit name: weight}`; names left out are 0. Raises KeyError for an unknown name."""
        weights = _neutral_weights()
        for name, value in shapes.items():
            weights[arkit.INDEX[name]] = value
        return cls(weights, head, time_s, channels, face_seen, speech)

    def weight(self, name: str, /) -> float:
        """The weight of one ARKit name."""
        return float(self.weights[arkit.INDEX[name]])

    def mirrored(self) -> Self:
        """The face as a mirror shows it; mirroring twice is the identity."""
        channels = frozenset(arkit.mirror_name(name) for name in self.channels)
        return dataclasses.replace(
            self, weights=self.weights[arkit.MIRROR], head=self.head.mirrored(), channels=channels
        )


_PUTS: Final = tuple(getattr(FaceFrame, slot).__set__ for slot in FaceFrame.__slots__)
"""What sets each field of a frame although it is frozen."""
