"""VRCFaceTracking's parameters (OSC, to VRChat's port 9000), and VRChat's own eye addresses.

`/avatar/parameters/<any path>/v2/JawOpen 0.5`: shapes of the Unified Expressions, some from 0 to 1, some from -1 to 1,
or in bits (`JawOpen1`, `JawOpen2`, `JawOpen4`, `JawOpenNegative`). Only what changes is sent, and only what the avatar
of the moment wants, until `/vrcft/settings/forceRelevant True` asks for all: `ASK_FOR_ALL`. As an unchanged value is
never repeated, silence means nothing by itself: `settle` keeps a face alive for `STILL_S` beyond the last packet.
`drivers.protocols.unified` says what the parameters mean for ARKit's shapes.

Head (its own comments): left-handed, y up; Yaw, Pitch, Roll in quarter turns, positive to the subject's own right,
down, to the own left; PosX, PosY, PosZ in half metres, positive to the own right, up, forward.
"""

import functools
import math
import re
from typing import Final

from assets import arkit
from assets.face import HeadPose
from drivers.protocols import unified
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Argument, Message
from drivers.protocols.state import FaceState, number

ASK_FOR_ALL: Final = b"/vrcft/settings/forceRelevant\0\0\0,T\0\0"
"""Sent to VRCFaceTracking's own port, it makes it send every parameter, whatever the avatar wants."""
ASK_PORT: Final = 9001
STILL_S: Final = 2.0

_PREFIX: Final = "/avatar/parameters/"
_BITS: Final = re.compile(r"([A-Za-z/]+?)(1|2|4|8|16|32|64|128|Negative)")
_EYE_REGIONS: Final = (*arkit.REGIONS["lids"], *arkit.REGIONS["gaze"])
_OTHER_REGIONS: Final = tuple(name for name in arkit.NAMES if name not in _EYE_REGIONS)
_TRACKING: Final = {
    "EyeTrackingActive": _EYE_REGIONS,
    "ExpressionTrackingActive": _OTHER_REGIONS,
    "LipTrackingActive": _OTHER_REGIONS,
}
_RIGHT_ANGLE_RAD: Final = math.pi / 2.0
_HALF_METRE_M: Final = 0.5
_GAZE_DEG: Final = 35.0
"""eyeLook* = 1 in degrees of eyeball rotation."""


@functools.lru_cache(maxsize=1024)
def _parameter(address: str) -> str | None:
    """The part of a parameter's address that counts: behind the last `/v2/`, or the name of a tracking status."""
    if not address.startswith(_PREFIX):
        return None
    path = address.removeprefix(_PREFIX)
    if path in _TRACKING:
        return path
    _, found, name = f"/{path}".rpartition("/v2/")
    return name if found else None


class VrcftReader:
    """Messages in, changes of a `FaceState` out, once a picture: see `settle`."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._values: dict[str, float] = {}
        self._bits: dict[str, dict[str, bool]] = {}
        self._tracking: dict[str, bool] = {}
        self._changed = False
        self._last_s: float | None = None

    @property
    def heard(self) -> int:
        """How many different parameters have been heard: all of them are well over a hundred."""
        return len(self._values) + len(self._bits)

    def feed(self, message: Message, now_s: float) -> Heard | None:
        """Takes one message; None when it isn't VRCFaceTracking's. A message with wrong arguments does nothing."""
        if message.address.startswith("/tracking/eye/"):
            heard = self._native(message.address.removeprefix("/tracking/eye/"), message.arguments)
        elif (name := _parameter(message.address)) is not None:
            heard = self._take(name, message.arguments)
        else:
            return None
        self._state.alive(now_s)
        self._last_s = now_s
        return heard

    def _take(self, name: str, arguments: tuple[Argument, ...]) -> Heard:
        value = number(arguments[0]) if len(arguments) == 1 else None
        if value is None or not abs(value) <= unified.ABSURD:
            return Heard.OTHER
        if name in _TRACKING:
            self._track(name, value > 0.0)
            return Heard.OTHER
        if name in unified.PARAMETERS:
            self._values[name] = value
        elif (bit := _BITS.fullmatch(name)) is not None and bit[1] in unified.PARAMETERS:
            self._bits.setdefault(bit[1], {})[bit[2]] = value > 0.0
        else:
            return Heard.OTHER
        self._changed = True
        return Heard.FACE

    def _track(self, name: str, active: bool) -> None:
        """What isn't tracked is unknown, not zero."""
        self._tracking[name] = active
        self._changed = True
        if not active:
            self._state.forget(_TRACKING[name])

    def _native(self, name: str, arguments: tuple[Argument, ...]) -> Heard:
        """VRChat's own addresses: degrees, positive down and to the subject's own right."""
        values = [value for value in map(number, arguments) if value is not None and abs(value) <= 180.0]
        if len(values) != len(arguments):
            return Heard.OTHER
        match name, values:
            case "EyesClosedAmount", [closed]:
                self._values |= {"EyeClosedLeft": closed, "EyeClosedRight": closed}
            case "LeftRightPitchYaw", [left_pitch, left_yaw, right_pitch, right_yaw]:
                self._look("Left", left_pitch, left_yaw)
                self._look("Right", right_pitch, right_yaw)
            case "CenterPitchYaw", [pitch, yaw]:
                self._look("Left", pitch, yaw)
                self._look("Right", pitch, yaw)
            case _:
                return Heard.OTHER
        self._changed = True
        return Heard.FACE

    def _look(self, side: str, pitch_deg: float, yaw_deg: float) -> None:
        self._values |= {f"Eye{side}X": yaw_deg / _GAZE_DEG, f"Eye{side}Y": -pitch_deg / _GAZE_DEG}

    def settle(self, now_s: float) -> None:
        """Turns what has come since the last call into shapes. Call before each use of the state."""
        if self._last_s is None:
            return
        if 0.0 < now_s - self._last_s <= STILL_S and any(self._tracking.values()):
            self._state.alive(now_s)
        if not self._changed:
            return
        self._changed = False
        values = {name: known for name, bits in self._bits.items() if (known := _from_bits(bits)) is not None}
        values |= self._values
        asleep = {shape for name, active in self._tracking.items() if not active for shape in _TRACKING[name]}
        for shape, weight in unified.shapes(values).items():
            if shape not in asleep:
                self._state.shape(shape, weight)
        if (pose := _head(values)) is not None:
            self._state.head(pose)
        self._state.seen(not self._tracking or any(self._tracking.values()))


def _from_bits(bits: dict[str, bool]) -> float | None:
    """A number sent in bits: the sum of those set, as a share of what all would make."""
    weights = {int(bit): is_set for bit, is_set in bits.items() if bit != "Negative"}
    if not weights:
        return None
    share = sum(bit for bit, is_set in weights.items() if is_set) / (2 * max(weights) - 1)
    return -share if bits.get("Negative") else share


def _head(values: dict[str, float]) -> HeadPose | None:
    if not values.keys() & unified.HEAD:
        return None
    turn = {name: values.get(f"Head/{name}", 0.0) * _RIGHT_ANGLE_RAD for name in ("Yaw", "Pitch", "Roll")}
    place = {axis: values.get(f"Head/Pos{axis}", 0.0) * _HALF_METRE_M for axis in "XYZ"}
    # Without the slash, and then in radians as Live Link Face has them: one program that forwards an iPhone.
    return HeadPose(
        values.get("HeadYaw", -turn["Yaw"]),
        values.get("HeadPitch", -turn["Pitch"]),
        -values["HeadRoll"] if "HeadRoll" in values else turn["Roll"],
        -place["X"],
        place["Y"],
        place["Z"],
    )
