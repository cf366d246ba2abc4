"""OpenSeeFace, a webcam tracker for PCs: 1785 bytes a face, little-endian, several faces in a row.

When it sees no face it sends nothing. It has 14 features of its own instead of ARKit's shapes, each about -1..1 around
the median of what it has seen so far. What they are (read in the tracker's source) and what becomes of them:

    lids     open (0..1), and how far apart            eyeBlink = 1 - open; eyeWide beyond rest
    brows    up-down u, and s: inner end above outer   inner end u + s/2, outer end u - s/2: browInnerUp, browOuterUp;
                                                       browDown where the inner end is low
    corners  up-down, positive when *low*              mouthFrown; negative: mouthSmile
             in-out, distance from the middle          mouthLeft, mouthRight where one side has more than the other
    mouth    open                                      jawOpen
             wide                                      mouthStretch where no smile explains it; negative: mouthPucker,
                                                       or mouthFunnel in an open mouth
    eyes     pupil and eyeball in 3D                   eyeLook, 35 degrees a unit, while the pupils are found

Brow quirks are not used; tongue, cheeks, squint and the rest aren't seen by this tracker, and are left to others.

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
_GAZE_RAD: Final = math.radians(35.0)
_M_PER_UNIT: Final = 0.142
"""The tracker's face is 0.63 units wide at the outer corners of the eyes, a real one about 9 cm."""
_REST_FRAMES: Final = 24
_LATE_S: Final = 20.0
_TIME: Final = struct.Struct("<d")

GAZE: Final = frozenset(f"eyeLook{way}{side}" for way in ("Down", "In", "Out", "Up") for side in ("Left", "Right"))
SHAPES: Final = frozenset(
    {"eyeBlinkLeft", "eyeBlinkRight", "eyeWideLeft", "eyeWideRight", "browInnerUp", "browOuterUpLeft",
     "browOuterUpRight", "browDownLeft", "browDownRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
     "mouthFrownRight", "mouthLeft", "mouthRight", "jawOpen", "mouthStretchLeft", "mouthStretchRight", "mouthPucker",
     "mouthFunnel"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """The tracker's own measures, in the order of the wire; `_l` and `_r` are the subject's own sides."""

    eye_l: float = 0.0
    eye_r: float = 0.0
    brow_steepness_l: float = 0.0
    brow_updown_l: float = 0.0
    brow_quirk_l: float = 0.0
    brow_steepness_r: float = 0.0
    brow_updown_r: float = 0.0
    brow_quirk_r: float = 0.0
    corner_updown_l: float = 0.0
    corner_inout_l: float = 0.0
    corner_updown_r: float = 0.0
    corner_inout_r: float = 0.0
    mouth_open: float = 0.0
    mouth_wide: float = 0.0


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


def shapes(face: Face, /) -> dict[str, float]:
    """ARKit's shapes from one face, not clipped; those that can't be told are left out."""
    of = face.features
    brows = {}
    for side, up, steep in (
        ("Left", of.brow_updown_l, of.brow_steepness_l),
        ("Right", of.brow_updown_r, of.brow_steepness_r),
    ):
        brows[side] = (_unit(up + 0.5 * steep), _unit(up - 0.5 * steep))
    smile_l, smile_r = _plus(-of.corner_updown_l), _plus(-of.corner_updown_r)
    jaw, wide, narrow = _plus(of.mouth_open), _plus(of.mouth_wide), _plus(-of.mouth_wide)
    sideways = 0.5 * (of.corner_inout_l - of.corner_inout_r)
    found = {
        "eyeBlinkLeft": 1.0 - face.open_l,
        "eyeBlinkRight": 1.0 - face.open_r,
        "eyeWideLeft": _plus(of.eye_l),
        "eyeWideRight": _plus(of.eye_r),
        "browInnerUp": 0.5 * sum(_plus(inner) for inner, _ in brows.values()),
        **{f"browOuterUp{side}": _plus(outer) for side, (_, outer) in brows.items()},
        **{f"browDown{side}": _plus(-inner) for side, (inner, _) in brows.items()},
        "mouthSmileLeft": smile_l,
        "mouthSmileRight": smile_r,
        "mouthFrownLeft": _plus(of.corner_updown_l),
        "mouthFrownRight": _plus(of.corner_updown_r),
        "mouthLeft": _plus(sideways),
        "mouthRight": _plus(-sideways),
        "jawOpen": jaw,
        "mouthStretchLeft": _plus(wide - smile_l),
        "mouthStretchRight": _plus(wide - smile_r),
        "mouthPucker": narrow * (1.0 - jaw),
        "mouthFunnel": narrow * jaw,
    }
    if face.gaze_l is not None and face.gaze_r is not None:
        found |= _looks(face.gaze_l, "Left", 1.0) | _looks(face.gaze_r, "Right", -1.0)
    return found


def _unit(value: float) -> float:
    return min(1.0, max(-1.0, value))


def _plus(value: float) -> float:
    return min(1.0, max(0.0, value))


def _looks(gaze: tuple[float, float], side: str, outward: float) -> dict[str, float]:
    out, up = outward * gaze[0] / _GAZE_RAD, gaze[1] / _GAZE_RAD
    ways = {"Out": out, "In": -out, "Up": up, "Down": -up}
    return {f"eyeLook{way}{side}": _plus(amount) for way, amount in ways.items()}


_WORLD_FROM_CAMERA: Final = np.array([[0.0, 1.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 0.0, -1.0]])
_MODEL_FROM_FACE: Final = np.diag([-1.0, 1.0, 1.0])


def angles_rad(rotation: pose.Quaternion, /) -> tuple[float, float, float]:
    """(yaw, pitch, roll) of the head from the tracker's quaternion, before its neutral is subtracted."""
    matrix = pose.matrix_from_quaternion(rotation).T  # the tracker writes the inverse rotation
    yaw, pitch, roll = pose.angles_from_matrix(_WORLD_FROM_CAMERA @ matrix @ _MODEL_FROM_FACE)
    return -yaw, -pitch, math.remainder(roll + math.pi, math.tau)


class OpenSeeFaceReader:
    """Datagrams of one tracker in, frames out. Nothing that arrives can raise."""

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
        weights = shapes(face)
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
