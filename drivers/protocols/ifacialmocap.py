"""iFacialMocap: one line of text for each frame, about a kilobyte, sixty times a second.

    v1  trackingStatus-1|jawOpen-12|eyeBlink_L-100| ... |=head#rx,ry,rz,px,py,pz|rightEye#x,y,z|leftEye#x,y,z|
    v2  the same with `&` instead of `-`, so that values may be negative

Shapes are whole numbers from 0 to 100, in another order after every start of the app. Angles are degrees, positions
metres. Tokens that can't be read are passed over, unknown names are normal (`hapihapi`, `FM_*`), the eyes may be
missing, and so may the position (the version for PCs).

* **Left and right** are taken as named. The frame is ARKit's, so the head nods down for positive x, turns toward the
  side named Left for positive y, tilts toward the side named Right for positive z; x of the position grows toward the
  side named Left, y up, z toward the phone. It counts from the first one heard.
* **A lost face**: `trackingStatus` is 0; older apps don't send it, and repeat the last frame to the letter instead.
* What the app's user has switched off (upper or lower face) arrives as zeros and can't be told from rest.

The phone sends when asked (`HELLO`), and whenever somebody has typed this computer's address into it.
"""

import functools
import math
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from assets import arkit
from assets.face import HEAD, NEUTRAL_POSE, FaceFrame
from drivers.protocols.intake import MAX_DEG, MAX_M, Origin, bounded
from drivers.protocols.state import ABSURD

PORT: Final = 49983
"""Of the phone, and of this computer."""
HELLO_V1: Final = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
HELLO: Final = (HELLO_V1 + b"|sendDataVersion=v2", HELLO_V1)
"""What to ask with: older apps know only the second."""
SAME_S: Final = 0.2
"""The same frame for so long is a lost face; a packet may well arrive twice."""

_MAX_BYTES: Final = 8192
_MAX_TOKENS: Final = 200
_MAX_TOKEN: Final = 64
_TRACKING: Final = "trackingStatus"
_NUMBER: Final = re.compile(r"[+-]?\d{1,12}(\.\d{0,20})?([eE][+-]?\d{1,3})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Packet:
    """One frame. tracking: None where the app doesn't say; angles and position as sent, None where missing."""

    shapes: dict[str, float]
    tracking: bool | None = None
    angles_deg: tuple[float, ...] | None = None
    position_m: tuple[float, ...] | None = None


def decode(data: bytes, /) -> Packet | None:
    """The frame in a datagram, of either version; None when it holds neither a shape nor a head."""
    if len(data) > _MAX_BYTES:
        return None
    shapes: dict[str, float] = {}
    tracking: bool | None = None
    head: tuple[float, ...] | None = None
    for token in data.decode("utf-8", "replace").split("|", _MAX_TOKENS)[:_MAX_TOKENS]:
        if "#" in token:
            name, _, numbers = token.partition("#")
            if name.strip().lstrip("=") == "head":
                head = _numbers(numbers)
            continue
        meaning = _meaning(token) if len(token) <= _MAX_TOKEN else None
        if meaning is None:
            continue
        name, value = meaning
        if name == _TRACKING:
            tracking = value != 0.0
        else:
            shapes[name] = value
    if not shapes and head is None:
        return None
    angles_deg = head[:3] if head and all(abs(angle) <= MAX_DEG for angle in head[:3]) else None
    position_m = head[3:6] if head and len(head) >= 6 and all(abs(each) <= MAX_M for each in head[3:6]) else None
    return Packet(shapes, tracking, angles_deg, position_m)


@functools.lru_cache(maxsize=8192)  # there are 52 names with 101 values each
def _meaning(token: str) -> tuple[str, float] | None:
    """The shape and its weight, or the tracking status; None for anything else."""
    name, mark, text = token.partition("&" if "&" in token else "-")
    value = _number(text) if mark else None
    if value is None:
        return None
    name = name.strip()
    if name == _TRACKING:
        return name, value
    shape = arkit.normalise(name)
    return None if shape is None or abs(value) > 100.0 * ABSURD else (shape, value / 100.0)


def _numbers(text: str) -> tuple[float, ...] | None:
    """Three numbers or more, separated by commas."""
    numbers = [_number(part) for part in text.split(",", 16)]
    known = tuple(number for number in numbers if number is not None)
    return known if len(known) == len(numbers) >= 3 else None


def _number(text: str) -> float | None:
    text = text.strip()
    return bounded(float(text), limit=1e9) if _NUMBER.fullmatch(text) else None


class IFacialMocapReader:
    """Datagrams of one phone in, frames out. Nothing that arrives can raise."""

    numbered: Final = False
    """Frames carry neither number nor time."""

    def __init__(self, decode: Callable[[bytes], Packet | None] = decode) -> None:
        self._decode = decode
        self._origin = Origin()
        self._data = b""
        self._new_s = -math.inf

    @property
    def remark(self) -> str:
        """What people might want to know."""
        return ""

    def feed(self, data: bytes, time_s: float) -> FaceFrame | None:
        """The face after a datagram that arrived at `time_s`; None when it is none."""
        packet = self._decode(data)
        if packet is None:
            return None
        if data != self._data:
            self._data, self._new_s = data, time_s
        seen = packet.tracking if packet.tracking is not None else time_s - self._new_s < SAME_S
        channels = frozenset(packet.shapes)
        pose = NEUTRAL_POSE
        if packet.angles_deg is not None:
            x_rad, y_rad, z_rad = map(math.radians, packet.angles_deg)
            pose = self._origin.place((y_rad, 0.0 - x_rad, 0.0 - z_rad), packet.position_m)
            channels |= {HEAD}
        return FaceFrame.from_mapping(packet.shapes, head=pose, time_s=time_s, channels=channels, face_seen=seen)
