"""OpenSeeFace, a webcam tracker for PCs: 1785 bytes a face, little-endian, several faces in a row.

When it sees no face it sends nothing. What its 14 features mean, and what they become, is in
`drivers.protocols.openseeface_shapes`.

**Head.** The tracker fits a face whose x grows to the subject's right to image rows (x) and columns (y), from a first
guess that leads to a fit behind the camera: so every distance is negative, turns and nods come out inverted, and the
head stands on its crown. It also swaps the middles of the picture's two axes, which bends the pose by up to 15
degrees: angles and position therefore count from the mean of the first second. A pose that fits badly is no pose.
"""

import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.face import HEAD, FaceFrame, HeadPose
from drivers.protocols import pose
from drivers.protocols.intake import MAX_M, Order
from drivers.protocols.openseeface_shapes import Features, shapes

PORT: Final = 11573
FACE_BYTES: Final = 1785

_FACES: Final = 36
_HEAD_OF_FACE: Final = struct.Struct("<diffffBf4f3f3f")
_CONFIDENCES_AT: Final = 73
_POINTS_AT: Final = 889
_FEATURES_AT: Final = 1729
_POINTS: Final = 70
_RIGHT, _LEFT = (66, 68), (67, 69)
"""Pupil and middle of the eyeball, among the points."""

_WORST_FIT: Final = 100.0
_PUPIL_FOUND: Final = 0.3
_ABSURD: Final = 1e6
_M_PER_UNIT: Final = 0.142
"""The tracker's face is 0.63 units wide at the outer corners of the eyes, a real one about 9 cm."""
_REST_FRAMES: Final = 24
_LATE_S: Final = 20.0
_TIME: Final = struct.Struct("<d")


@dataclass(frozen=True, slots=True)
class Face:
    """One face of a packet. rotation, translation: as sent; None when the fit is bad. gaze: None without pupils."""

    time_s: float
    number: int
    open_l: float
    open_r: float
    features: Features
    rotation: pose.Quaternion | None
    translation: tuple[float, float, float] | None
    gaze_l: tuple[float, float] | None
    gaze_r: tuple[float, float] | None


def decode(data: bytes, /) -> tuple[Face, ...] | None:
    """The faces in a datagram; None when it is none. (yaw, pitch) of a gaze in radians, to the own left and up."""
    count, rest = divmod(len(data), FACE_BYTES)
    if rest or not 1 <= count <= _FACES:
        return None
    faces = [_face(data, FACE_BYTES * index) for index in range(count)]
    known = tuple(face for face in faces if face is not None)
    return known if len(known) == count else None


def _face(data: bytes, at: int) -> Face | None:
    time_s, number, _, _, open_r, open_l, fitted, error, *fit = _HEAD_OF_FACE.unpack_from(data, at)
    features = struct.unpack_from("<14f", data, at + _FEATURES_AT)
    if not all(abs(each) <= _ABSURD for each in (open_l, open_r, *features)) or not math.isfinite(time_s):
        return None
    rotation = translation = gaze_l = gaze_r = None
    if fitted and 0.0 <= error <= _WORST_FIT:
        rotation = pose.unit_quaternion(fit[:4])
        x, y, z = fit[7:10]
        translation = (x, y, z) if all(abs(each) <= MAX_M / _M_PER_UNIT for each in (x, y, z)) else None
        points = np.frombuffer(data, "<f4", 3 * _POINTS, at + _POINTS_AT).reshape(_POINTS, 3)
        found = struct.unpack_from("<2f", data, at + _CONFIDENCES_AT + 4 * 66)
        gaze_r, gaze_l = (
            _gaze(points[pupil], points[eyeball]) if confidence >= _PUPIL_FOUND else None
            for (pupil, eyeball), confidence in zip((_RIGHT, _LEFT), found, strict=True)
        )
    return Face(time_s, number, open_l, open_r, Features(*features), rotation, translation, gaze_l, gaze_r)


def _gaze(pupil: npt.NDArray[np.float32], eyeball: npt.NDArray[np.float32]) -> tuple[float, float] | None:
    """On the wire x grows to the subject's right, y down and z away from the camera."""
    x, y, z = (there - here for there, here in zip(pupil.tolist(), eyeball.tolist(), strict=True))
    if not all(abs(each) <= _ABSURD for each in (x, y, z)) or not z < 0.0:
        return None
    return math.atan2(-x, -z), math.atan2(-y, -z)


_WORLD_FROM_CAMERA: Final = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
_MODEL_FROM_FACE: Final = np.diag([-1.0, 1.0, 1.0])


def angles_rad(rotation: pose.Quaternion, /) -> tuple[float, float, float]:
    """(yaw, pitch, roll) of the head from the tracker's quaternion, before its neutral is subtracted."""
    matrix = pose.matrix_from_quaternion(rotation).T  # the tracker writes the inverse rotation
    yaw, pitch, roll = pose.angles_from_matrix(_WORLD_FROM_CAMERA @ matrix @ _MODEL_FROM_FACE)
    return -yaw, -pitch, math.remainder(roll + math.pi, math.tau)


class OpenSeeFaceReader:
    """Datagrams of one tracker in, frames out. Nothing that arrives can raise."""

    numbered: Final = True
    """Every face carries its time."""

    def __init__(self) -> None:
        self._order = Order(window=_LATE_S)
        self._number: int | None = None
        self._rest = np.zeros(6)
        self._rested = 0
        self._frame: FaceFrame | None = None

    @property
    def remark(self) -> str:
        """What people might want to know."""
        return ""

    def feed(self, data: bytes, time_s: float) -> FaceFrame | None:
        """The face after a datagram that arrived at `time_s`: the one before when it is late, None when it is none.

        Of several faces the one that was there before counts, else the first.
        """
        if len(data) >= FACE_BYTES and self._order.is_late(_TIME.unpack_from(data)[0], time_s):
            return self._frame  # not decoded: after a stall there may be many
        faces = decode(data)
        if faces is None:
            return None
        self._order.take(faces[0].time_s, time_s)
        face = next((face for face in faces if face.number == self._number), faces[0])
        self._number = face.number
        weights = shapes(face.features, open_l=face.open_l, open_r=face.open_r, gazes=(face.gaze_l, face.gaze_r))
        channels = frozenset(weights)
        head = HeadPose()
        if face.rotation is not None and face.translation is not None:
            x, y, z = face.translation
            head = self._since_rest((*angles_rad(face.rotation), *(_M_PER_UNIT * each for each in (-y, x, z))))
            channels |= {HEAD}
        self._frame = FaceFrame.from_mapping(weights, head=head, time_s=time_s, channels=channels)
        return self._frame

    def _since_rest(self, numbers: Sequence[float]) -> HeadPose:
        if self._rested < _REST_FRAMES:
            self._rested += 1
            self._rest += (np.array(numbers) - self._rest) / self._rested
        since = np.array(numbers) - self._rest
        since[:3] = np.remainder(since[:3] + math.pi, math.tau) - math.pi
        return HeadPose(*since.tolist())
