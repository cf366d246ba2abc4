"""Live Link Face, Epic's phone app: packets of version 6, big-endian.

    u8 version = 6 | i32 n, n bytes device id | i32 n, n bytes subject name | i32 frame, f32 sub-frame
    | i32, i32 frames a second as a fraction | u8 count = 61 | 61 f32

The values are the 52 shapes in ARKit's order, then yaw, pitch and roll of head, left eye and right eye. Never a
position.

* **Other versions**, and headers whose lengths don't fit (senders that count characters instead of bytes), are read
  from the end: the last 245 bytes are the count and the values.
* **No face**: the packet ends after the frame time or earlier.
* **Left and right** are taken as named. Yaw is positive toward the side named Left, pitch upward; the eyes have both
  the other way round. Roll is positive toward the side named Right and changes sign here (see `assets.livelink_csv`).
* **Angles** come in radians from the app, and in half turns (degrees / 180) from Unreal Engine, under the same version.
  The eyes tell which: their pitch is 0.61 rad for each unit of the eyeLook shapes. The eyes are read for nothing else.
* **Head angles that are exactly zero** mean that the app's user has switched them off.
"""

import math
import struct
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, NEUTRAL_POSE, FaceFrame, HeadPose
from assets.livelink_csv import EYE_RAD_PER_UNIT
from drivers.protocols.intake import Order
from drivers.protocols.state import ABSURD

PORT: Final = 11111
VERSION: Final = 6
COUNT: Final = 61

_TAIL: Final = struct.Struct(f">B{COUNT}f")
_TIME: Final = struct.Struct(">ifii")
_INT: Final = struct.Struct(">i")
_MAX_NAME_BYTES: Final = 512
_MAX_BYTES: Final = 2048
_LATE_FRAMES: Final = 300
"""PyLiveLinkFace's frame number falls by 700 and more at every full second, and means nothing by it."""
_HEAD_HOLD_S: Final = 1.0
"""A head that is switched off goes silent after this; a single zero is no switch."""


@dataclass(frozen=True, slots=True)
class Packet:
    """One packet. frame: the sender's frame number, None where only the tail was read; values: None without a face."""

    subject: str
    frame: int | None
    values: tuple[float, ...] | None


def decode(data: bytes, /) -> Packet | None:
    """The packet in a datagram; None when it is none, or when a value is no number that could be meant."""
    if len(data) > _MAX_BYTES:
        return None
    header = _header(data)
    return (_whole(data, header) if header else None) or _from_tail(data)


class _Header(NamedTuple):
    """What comes before the values, and where it would end."""

    subject: str
    frame: int | None
    end: int


def _header(data: bytes) -> _Header | None:
    if data[:1] != bytes([VERSION]):
        return None
    names = []
    at = 1
    for _ in range(2):
        if at + _INT.size > len(data):
            return None
        (length,) = _INT.unpack_from(data, at)
        at += _INT.size + length
        if not 0 <= length <= _MAX_NAME_BYTES or at > len(data):
            return None
        names.append(data[at - length : at])
    if not any(names):
        return None
    frame = _TIME.unpack_from(data, at)[0] if at + _TIME.size <= len(data) else None
    return _Header(names[1].decode("utf-8", "replace"), frame, at + _TIME.size)


def _whole(data: bytes, header: _Header) -> Packet | None:
    rest = len(data) - header.end
    if rest <= 0 or (rest == 1 and data[-1] == 0):
        return Packet(header.subject, header.frame, None)
    if rest < _TAIL.size or data[header.end] != COUNT:
        return None
    values = _values(data, header.end)
    return Packet(header.subject, header.frame, values) if values else None


def _from_tail(data: bytes) -> Packet | None:
    start = len(data) - _TAIL.size
    if start < 1 or data[start] != COUNT:
        return None
    values = _values(data, start)
    return Packet("", None, values) if values else None


def _values(data: bytes, at: int) -> tuple[float, ...] | None:
    values: tuple[float, ...] = _TAIL.unpack_from(data, at)[1:]
    return values if all(abs(value) <= ABSURD for value in values) else None


class AngleUnit:
    """Finds out whether a sender's angles are radians or half turns, from its eyes; radians until it is known."""

    _LOOK: Final = 0.1
    _PACKETS: Final = 5
    _MEMORY: Final = 0.99
    _BETWEEN: Final = EYE_RAD_PER_UNIT / math.sqrt(math.pi)
    _NO_EYES: Final = 0.1

    def __init__(self) -> None:
        self._packets = 0
        self._products = self._squares = 0.0

    def learn(self, values: tuple[float, ...]) -> None:
        """Takes the 61 values of one packet."""
        for side, pitch in (("Left", values[56]), ("Right", values[59])):
            look = abs(values[arkit.INDEX[f"eyeLookDown{side}"]] - values[arkit.INDEX[f"eyeLookUp{side}"]])
            if look > self._LOOK:
                self._packets += 1
                self._products = self._MEMORY * self._products + look * abs(pitch)
                self._squares = self._MEMORY * self._squares + look * look

    @property
    def rad(self) -> float:
        """The unit in radians: 1, or pi for half turns."""
        if self._packets < 2 * self._PACKETS:
            return 1.0
        return math.pi if self._NO_EYES < self._products / self._squares < self._BETWEEN else 1.0


class LiveLinkReader:
    """Datagrams of one sender in, frames out. Nothing that arrives can raise."""

    def __init__(self) -> None:
        self._order = Order(window=_LATE_FRAMES)
        self._unit = AngleUnit()
        self._turned_s = -math.inf
        self._frame: FaceFrame | None = None
        self._subject = ""
        self.numbered = False
        """Whether the last face carried its number."""

    @property
    def remark(self) -> str:
        """What people might want to know."""
        return f"subject {self._subject!r}" if self._subject else ""

    def feed(self, data: bytes, time_s: float) -> FaceFrame | None:
        """The face after a datagram that arrived at `time_s`: the one before when it is late, None when it is none."""
        header = _header(data)
        if header is not None and header.frame is not None and self._order.is_late(header.frame, time_s):
            return self._frame  # not decoded: after a stall there may be hundreds
        packet = decode(data)
        if packet is None:
            return None
        self.numbered = packet.frame is not None
        if packet.frame is not None:
            self._order.take(packet.frame, time_s)
        self._subject = packet.subject[:40]
        if packet.values is None:
            self._frame = FaceFrame(time_s=time_s, face_seen=False)
            return self._frame
        self._unit.learn(packet.values)
        angles = packet.values[52:55]
        if any(angles):
            self._turned_s = time_s
        pose, channels = NEUTRAL_POSE, ALL_CHANNELS
        if time_s - self._turned_s < _HEAD_HOLD_S:
            yaw_rad, pitch_rad, roll_rad = (angle * self._unit.rad for angle in angles)
            pose, channels = HeadPose(yaw_rad, pitch_rad, 0.0 - roll_rad), ALL_CHANNELS | {HEAD}
        weights = np.array(packet.values[: arkit.COUNT], np.float32)
        self._frame = FaceFrame(weights, pose, time_s, channels)
        return self._frame
