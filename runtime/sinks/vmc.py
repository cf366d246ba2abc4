"""The face of the show for other programs: VMC (Virtual Motion Capture protocol, V3.1) over UDP.

A picture becomes four datagrams of at most 1200 bytes: that the sender lives, its time, root, neck, head and eyes; then
the blend shapes in bundles of twenty, whose last carries the Apply. Names are the 52 of ARKit in PascalCase ("Perfect
Sync"), or the presets that every VRM model has. The face is the person's own: a receiver mirrors as it likes.

python-osc writes each datagram once, at the start; a picture only puts its numbers in their places, which costs a
hundredth of writing 52 messages anew.
"""

import socket
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Self

from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from assets import arkit
from assets.errors import UsageError
from assets.face import FaceFrame
from drivers.protocols import pose
from drivers.protocols.vmc import EYE_RAD_PER_WEIGHT
from runtime.sinks import options

MAX_RATE_HZ: Final = 60.0
VALUES_IN_BUNDLE: Final = 20

_BONES: Final[Mapping[str, tuple[float, float, float]]] = {
    "Neck": (0.0, 0.13, 0.0),
    "Head": (0.0, 0.10, 0.0),
    "LeftEye": (-0.02, 0.06, 0.03),
    "RightEye": (0.02, 0.06, 0.03),
}
"""Bone -> its place in its parent, metres in Unity's axes: usual proportions, for receivers that insist on a place."""

Weight = Callable[[str], float]


def _both(weight: Weight, shape: str) -> float:
    return (weight(f"{shape}Left") + weight(f"{shape}Right")) / 2.0


def _wide(weight: Weight) -> float:
    return min(weight("jawOpen") / 0.7, 1.0)


PRESETS: Final[Mapping[str, Callable[[Weight], float]]] = {
    "A": lambda w: _wide(w) * (1.0 - max(w("mouthFunnel"), w("mouthPucker"))),
    "I": lambda w: _both(w, "mouthStretch") * (1.0 - _wide(w)),
    "U": lambda w: w("mouthPucker"),
    "E": lambda w: _both(w, "mouthStretch") * _wide(w),
    "O": lambda w: max(w("mouthFunnel"), _wide(w) * w("mouthPucker")),
    "Blink_L": lambda w: w("eyeBlinkLeft"),
    "Blink_R": lambda w: w("eyeBlinkRight"),
    "Joy": lambda w: _both(w, "mouthSmile"),
    "Angry": lambda w: _both(w, "browDown"),
    "Sorrow": lambda w: _both(w, "mouthFrown"),
}
"""VRM 0 preset -> how much of it a face shows. Plausible, not measured."""


@dataclass(frozen=True)
class Options:
    """address: HOST:PORT of who listens. presets: see `VmcSender`."""

    address: str = "127.0.0.1:39539"
    presets: bool = False


def from_options(values: Mapping[str, Any], /) -> "VmcSender":
    """As an output that is turned on while the show runs. Raises UsageError."""
    asked = options.parsed("vmc", Options, values)
    host, _, port = asked.address.rpartition(":")
    if not host or not port.isdigit() or not 0 < int(port) < 65536:
        raise UsageError(f"vmc: address must be HOST:PORT such as 127.0.0.1:39539, got {asked.address!r}")
    try:
        return VmcSender(host.strip("[]"), int(port), presets=asked.presets)
    except UsageError as error:
        raise UsageError(str(error).removeprefix("--vmc-out: ")) from None


class VmcSender:
    """A context manager that sends faces to `host`:`port`; losing them is nobody's business, as always with UDP.

    presets: send VRM 0 presets instead of the 52 ARKit shapes. Raises UsageError for a host that isn't known.
    """

    name: Final = "vmc-out"

    def __init__(self, host: str, port: int, *, presets: bool = False) -> None:
        self._address = _resolved(host, port)
        self._presets = presets
        names = list(PRESETS) if presets else [f"{name[0].upper()}{name[1:]}" for name in arkit.NAMES]
        values = [_message("/VMC/Ext/Blend/Val", name, 0.0) for name in names]
        self._body = _Datagram([
            _message("/VMC/Ext/OK", 1),
            _message("/VMC/Ext/T", 0.0),
            _message("/VMC/Ext/Root/Pos", "root", *_IDENTITY),
            *(_message("/VMC/Ext/Bone/Pos", bone, *_IDENTITY) for bone in _BONES),
        ])  # fmt: skip
        chunks = [values[start : start + VALUES_IN_BUNDLE] for start in range(0, len(values), VALUES_IN_BUNDLE)]
        chunks[-1].append(_message("/VMC/Ext/Blend/Apply"))
        self._blends = [_Datagram(chunk) for chunk in chunks]
        self._socket: socket.socket | None = None
        self._first_s: float | None = None
        self._due_s = float("-inf")

    def __enter__(self) -> Self:
        family = socket.AF_INET6 if ":" in self._address[0] else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.setblocking(False)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Send the face of this picture; at most `MAX_RATE_HZ` of them a second. Raises OSError."""
        if self._socket is None or now_s < self._due_s:
            return
        self._due_s = now_s + 0.9 / MAX_RATE_HZ  # a tenth early: pictures don't come exactly in time
        for datagram in self.datagrams(face, now_s):
            self._socket.sendto(datagram, self._address)

    def datagrams(self, face: FaceFrame, now_s: float) -> list[bytes]:
        """The face as it goes out."""
        if self._first_s is None:
            self._first_s = now_s
        half = _half(face)
        numbers = [now_s - self._first_s, *_IDENTITY]
        for place, rotation in zip(_BONES.values(), (half, half, *_eyes(face)), strict=True):
            numbers += [*place, *pose.from_unity(rotation)]  # the mirror in x leads there as well as back
        weights = [share(face.weight) for share in PRESETS.values()] if self._presets else face.weights.tolist()
        sent = [self._body.filled(numbers)]
        for index, datagram in enumerate(self._blends):
            sent.append(datagram.filled(weights[index * VALUES_IN_BUNDLE : (index + 1) * VALUES_IN_BUNDLE]))
        return sent


_IDENTITY: Final = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
"""A place and a rotation of none."""


class _Datagram:
    """A bundle written once, whose floats can be exchanged. In every message they come last."""

    def __init__(self, messages: Sequence[OscMessage]) -> None:
        bundle = OscBundleBuilder(IMMEDIATELY)
        self._places: list[int] = []
        end = 16  # the bundle's head: "#bundle" and a time-tag
        for message in messages:
            bundle.add_content(message)
            end += 4 + message.size
            count = sum(isinstance(value, float) for value in message.params)
            self._places += range(end - 4 * count, end, 4)
        self._bytes = bytearray(bundle.build().dgram)

    def filled(self, numbers: Iterable[float]) -> bytes:
        """The bundle with these numbers, one for each float in order."""
        for place, number in zip(self._places, numbers, strict=True):
            _FLOAT.pack_into(self._bytes, place, number)
        return bytes(self._bytes)


_FLOAT: Final = struct.Struct(">f")


def _message(address: str, *values: str | int | float) -> OscMessage:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, {str: "s", int: "i", float: "f"}[type(value)])
    return builder.build()


def _half(face: FaceFrame) -> pose.Quaternion:
    """Half the head's turn: neck and head share it."""
    head = face.head
    x, y, z, w = pose.quaternion_from_yxz(head.yaw_rad, -head.pitch_rad, -head.roll_rad)
    sign = 1.0 if w >= 0.0 else -1.0
    x, y, z, w = sign * x, sign * y, sign * z, sign * w + 1.0
    length = (x * x + y * y + z * z + w * w) ** 0.5
    return x / length, y / length, z / length, w / length


def _eyes(face: FaceFrame) -> tuple[pose.Quaternion, pose.Quaternion]:
    """The turns of the left and the right eye."""
    turns = []
    for side, left, right in (("Left", "Out", "In"), ("Right", "In", "Out")):
        yaw = face.weight(f"eyeLook{left}{side}") - face.weight(f"eyeLook{right}{side}")
        pitch = face.weight(f"eyeLookUp{side}") - face.weight(f"eyeLookDown{side}")
        turns.append(pose.quaternion_from_yxz(yaw * EYE_RAD_PER_WEIGHT, -pitch * EYE_RAD_PER_WEIGHT, 0.0))
    return turns[0], turns[1]


def _resolved(host: str, port: int) -> tuple[str, int]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_DGRAM)
    except (OSError, UnicodeError):
        raise UsageError(f"--vmc-out: there is no computer named {host!r}; give an address such as 127.0.0.1") from None
    return str(found[0][4][0]), port
