"""VTube Studio on a phone, "3rd Party PC Clients": JSON, sixty times a second, while asked for.

    {"Timestamp": unix ms, "Hotkey": -1, "FaceFound": true, "Rotation": {"x": .., "y": .., "z": ..}, "Position": {..},
     "EyeLeft": {..}, "EyeRight": {..}, "BlendShapes": [{"k": "EyeBlinkLeft", "v": 0.12}, ...]}

In any order of fields; unknown ones are ignored, and so are single values that make no sense. MeowFace speaks the same.

* **Left and right** are taken as named. `Rotation` is in degrees and named after Live2D's parameters, not after axes:
  x is the turn (positive toward the side named Left), y looks up, z tilts toward the shoulder named Left. That is how
  the vendor's own sample and three other receivers read it; others read x, y, z as pitch, yaw, roll.
* **Position** grows to the side named Left, up and toward the phone, counted from the first one. The vendor names no
  unit; bridges hand it to a parameter of +-15 as it is, so it is taken for centimetres.
* **A lost face**: the packets go on with `FaceFound` false.
* `Hotkey` is the number of a button pressed on the phone, 1 to 8, in one packet.
* **Asking** is a lease of some seconds (`request`), to be renewed well before it ends.
"""

import functools
import json
import math
import re
from dataclasses import dataclass
from typing import Any, Final, NoReturn

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame
from drivers.protocols.intake import MAX_DEG, Order, Origin, bounded
from drivers.protocols.state import ABSURD

PHONE_PORT: Final = 21412
LEASE_S: Final = 5.0
RENEW_S: Final = 1.0

_SENT_BY: Final = "CartoonAlive"
_MAX_BYTES: Final = 65507
_MAX_SHAPES: Final = 256
_MAX_NAME: Final = 64
_MAX_UNITS: Final = 10_000.0
_M_PER_UNIT: Final = 0.01
_LATE_MS: Final = 5000.0
_STAMP: Final = re.compile(rb'"Timestamp"\s{0,4}:\s{0,4}(\d{1,15})\b')
_shape_named = functools.lru_cache(maxsize=1024)(arkit.normalise)


def request(port: int, /) -> bytes:
    """What to ask the phone with: frames for the next five seconds, to `port` of this computer."""
    question = {"messageType": "iOSTrackingDataRequest", "time": LEASE_S, "sentBy": _SENT_BY, "ports": [port]}
    return json.dumps(question).encode()


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame. Shapes by ARKit name, `others` by the sender's own, both as sent; vectors None where missing."""

    face_found: bool
    shapes: dict[str, float]
    others: dict[str, float]
    rotation_deg: tuple[float, float, float] | None = None
    position: tuple[float, float, float] | None = None
    timestamp_ms: float | None = None
    hotkey: int | None = None


def decode(data: bytes, /) -> Packet | None:
    """The frame in a datagram; None when it is no JSON object, or one that says nothing of a face."""
    if len(data) > _MAX_BYTES or data.lstrip()[:1] != b"{":
        return None
    try:
        fields = json.loads(data.decode("utf-8"), parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    found, listed = fields.get("FaceFound"), fields.get("BlendShapes")
    found = bool(found) if isinstance(found, int) else None
    shapes, others = _shapes(listed[:_MAX_SHAPES] if isinstance(listed, list) else [])
    if found is None and not shapes:
        return None
    hotkey = bounded(fields.get("Hotkey"), limit=100)
    return Packet(
        True if found is None else found,
        shapes,
        others,
        _vector(fields.get("Rotation"), limit=MAX_DEG),
        _vector(fields.get("Position"), limit=_MAX_UNITS),
        bounded(fields.get("Timestamp"), limit=1e15),
        int(hotkey) if hotkey is not None and hotkey >= 0.0 else None,
    )


def _no_constant(text: str) -> NoReturn:
    raise ValueError(text)


def _shapes(listed: list[Any]) -> tuple[dict[str, float], dict[str, float]]:
    """Those with ARKit's names, and the others."""
    shapes: dict[str, float] = {}
    others: dict[str, float] = {}
    for each in listed:
        if not isinstance(each, dict):
            continue
        name, value = each.get("k"), bounded(each.get("v"), limit=ABSURD)
        if value is None or not isinstance(name, str) or len(name) > _MAX_NAME:
            continue
        if (shape := _shape_named(name)) is not None:
            shapes[shape] = value
        else:
            others[name] = value
    return shapes, others


def _vector(field: Any, *, limit: float) -> tuple[float, float, float] | None:
    if not isinstance(field, dict):
        return None
    x, y, z = (bounded(field.get(axis), limit=limit) for axis in "xyz")
    return None if x is None or y is None or z is None else (x, y, z)


class VTubeStudioReader:
    """Datagrams of one phone in, frames out. Nothing that arrives can raise."""

    def __init__(self) -> None:
        self._order = Order(window=_LATE_MS)
        self._origin = Origin()
        self._frame: FaceFrame | None = None
        self._hotkey: int | None = None
        self.numbered = False
        """Whether the last face carried its time."""

    @property
    def remark(self) -> str:
        """What people might want to know."""
        return f"hotkey {self._hotkey} was pressed" if self._hotkey is not None else ""

    def feed(self, data: bytes, time_s: float) -> FaceFrame | None:
        """The face after a datagram that arrived at `time_s`: the one before when it is late, None when it is none."""
        stamp = _STAMP.search(data)
        if stamp and self._order.is_late(float(stamp[1]), time_s):
            return self._frame  # not decoded: after a stall there may be hundreds
        packet = decode(data)
        if packet is None:
            return None
        self.numbered = packet.timestamp_ms is not None
        if packet.timestamp_ms is not None:
            self._order.take(packet.timestamp_ms, time_s)
        if packet.hotkey is not None:
            self._hotkey = packet.hotkey
        shapes = self._shapes(packet)
        channels = frozenset(shapes)
        pose = NEUTRAL_POSE
        if packet.rotation_deg is not None:
            angles_rad = [math.radians(angle) for angle in packet.rotation_deg]
            position_m = [_M_PER_UNIT * each for each in packet.position] if packet.position else None
            pose = self._origin.place(angles_rad, position_m if packet.face_found else None)
            channels |= {HEAD}
        self._frame = FaceFrame.from_mapping(
            shapes, head=pose, time_s=time_s, channels=channels, face_seen=packet.face_found
        )
        return self._frame

    def _shapes(self, packet: Packet) -> dict[str, float]:
        return packet.shapes
