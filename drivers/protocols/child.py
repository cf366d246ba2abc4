"""What the webcam child writes to its pipe: records of 264 bytes, found again after any garbage.

    offset  0   4s   magic b"CAk1"
            4   u8   kind
            5   u8   flags, or for words the number of bytes
            6   254s body, see below, zero-padded
          260   u32  CRC-32 of all before it

Little-endian. Bodies:

    FACE    f64 time_s (`time.perf_counter()`, system-wide), f64 source_s (seconds in the source), 52 x f32 weights
            in ARKit order, 6 x f32 head pose as in `HeadPose`; flag 1: a face is seen (else weights and pose are 0)
    OPENED  f64 frames per second (0: unknown), u32 number of frames (0: unknown), UTF-8 words: what it is
    CAMERA  u32 number, UTF-8 words: its name
    NEWS    UTF-8 words: what the child is doing or waiting for
    FATAL   UTF-8 words: why it stops; trying again won't help
    END     nothing: the source is over
"""

import math
import struct
import zlib
from dataclasses import dataclass
from typing import Final

import numpy as np

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose

SIZE: Final = 264
MAGIC: Final = b"CAk1"
CHANNELS: Final = frozenset(arkit.NAMES) - {"tongueOut"} | {HEAD}
"""What MediaPipe's face landmarker speaks for: its blendshape network has no tongue."""

_FACE, _OPENED, _NEWS, _FATAL, _END, _CAMERA = range(1, 7)
_HEAD: Final = struct.Struct("<4sBB")
_BODY: Final = SIZE - _HEAD.size - 4
_FACE_BODY: Final = struct.Struct(f"<dd{arkit.COUNT}f6f")
_OPENED_BODY: Final = struct.Struct("<dI")
_CAMERA_BODY: Final = struct.Struct("<I")
_LIMIT_M: Final = 100.0


@dataclass(frozen=True, slots=True)
class Face:
    """One picture tracked: `frame.time_s` is the moment of capture, `source_s` its place in the source."""

    frame: FaceFrame
    source_s: float


@dataclass(frozen=True, slots=True)
class Opened:
    """The source is open. 0 stands for unknown. words: which camera it is; empty for files."""

    fps: float
    frames: int
    words: str = ""


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera that is there, when asked which are."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class News:
    """What the child is doing or waiting for."""

    text: str


@dataclass(frozen=True, slots=True)
class Fatal:
    """Why the child stops, when another try would end the same way."""

    text: str


@dataclass(frozen=True, slots=True)
class End:
    """The source is over: a file has been read to its end."""


Record = Face | Opened | News | Fatal | End | Camera


def encode(record: Record, /) -> bytes:
    """The `SIZE` bytes of one record; words too long are cut."""
    match record:
        case Face(frame, source_s):
            pose = frame.head
            numbers = (pose.yaw_rad, pose.pitch_rad, pose.roll_rad, pose.x_m, pose.y_m, pose.z_m)
            return _seal(
                _FACE, int(frame.face_seen), _FACE_BODY.pack(frame.time_s, source_s, *frame.weights.tolist(), *numbers)
            )
        case Opened(fps, frames, words):
            return _words(_OPENED, words, _OPENED_BODY.pack(fps, frames))
        case Camera(number, name):
            return _words(_CAMERA, name, _CAMERA_BODY.pack(number))
        case News(text):
            return _words(_NEWS, text)
        case Fatal(text):
            return _words(_FATAL, text)
        case End():
            return _seal(_END, 0, b"")


def decode(data: bytes, /) -> Record | None:
    """The record in `SIZE` bytes; None when they are none, or hold numbers that no face has."""
    if zlib.crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
        return None
    _, kind, flags = _HEAD.unpack_from(data)
    body = data[_HEAD.size : -4]
    if kind == _FACE:
        return _face(body, bool(flags))
    if kind == _OPENED:
        fps, frames = _OPENED_BODY.unpack_from(body)
        words = _text(body[_OPENED_BODY.size :], flags)
        return Opened(fps, frames, words) if math.isfinite(fps) and fps >= 0 else None
    if kind == _CAMERA:
        (number,) = _CAMERA_BODY.unpack_from(body)
        return Camera(number, _text(body[_CAMERA_BODY.size :], flags))
    if kind in (_NEWS, _FATAL):
        return News(_text(body, flags)) if kind == _NEWS else Fatal(_text(body, flags))
    return End() if kind == _END else None


class Decoder:
    """Bytes in pieces of any size -> records. Garbage between records is skipped; nothing raises."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    @property
    def waiting_bytes(self) -> int:
        """Bytes kept because a record may begin in them; less than `SIZE`."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Record]:
        """The records completed by `data`, in order."""
        records: list[Record] = []
        buffer = self._buffer
        buffer += data
        while (start := buffer.find(MAGIC)) >= 0 and len(buffer) >= start + SIZE:
            record = decode(bytes(buffer[start : start + SIZE]))
            del buffer[: start + (SIZE if record else 1)]
            if record:
                records.append(record)
        # Whatever can't begin a record any more is dropped, so that garbage never piles up.
        del buffer[: start if start >= 0 else max(0, len(buffer) - len(MAGIC) + 1)]
        return records


def _seal(kind: int, flags: int, body: bytes) -> bytes:
    data = _HEAD.pack(MAGIC, kind, flags) + body.ljust(_BODY, b"\0")
    return data + zlib.crc32(data).to_bytes(4, "little")


def _words(kind: int, text: str, before: bytes = b"") -> bytes:
    data = " ".join(text.split()).encode("utf-8", "replace")[: _BODY - len(before)]
    data = data.decode("utf-8", "ignore").encode("utf-8")  # never half a character
    return _seal(kind, len(data), before + data)


def _text(body: bytes, length: int) -> str:
    return body[:length].decode("utf-8", "replace")


def _face(body: bytes, seen: bool) -> Face | None:
    numbers = np.array(_FACE_BODY.unpack_from(body))
    if not np.isfinite(numbers).all() or np.abs(numbers[-6:]).max() > _LIMIT_M:
        return None
    pose = HeadPose(*(float(number) for number in numbers[-6:]))
    frame = FaceFrame(numbers[2 : 2 + arkit.COUNT], pose, float(numbers[0]), CHANNELS, seen)
    return Face(frame, float(numbers[1]))
