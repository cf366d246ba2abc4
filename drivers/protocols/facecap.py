"""Face Cap's live mode (OSC): `/W index value`, `/HR x y z` in degrees, `/HRQ x y z w`, `/HT x y z` in metres.

The axes are ARKit's: y up, z toward the viewer, x to the picture's right, so the subject's own left. Messages come
alone or bundled, with no mark between frames; when the face is lost they stop. `/ELR` and `/ERR` repeat as angles what
the eyeLook shapes say, and are not needed.
"""

import math
from dataclasses import replace
from typing import Final

from assets import arkit
from drivers.protocols import pose
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Argument, Message
from drivers.protocols.state import FaceState, number

ORDER: Final[tuple[str, ...]] = (
    "browInnerUp", "browDownLeft", "browDownRight", "browOuterUpLeft", "browOuterUpRight", "eyeLookUpLeft",
    "eyeLookUpRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft",
    "eyeLookOutRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft",
    "eyeWideRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight", "jawOpen",
    "jawForward", "jawLeft", "jawRight", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthRollUpper",
    "mouthRollLower", "mouthShrugUpper", "mouthShrugLower", "mouthClose", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthUpperUpLeft",
    "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight",
    "mouthStretchLeft", "mouthStretchRight", "tongueOut",
)  # fmt: skip
"""Face Cap's own order of the 52 shapes."""

_ADDRESSES: Final = frozenset({"/W", "/HR", "/HRQ", "/HT", "/ELR", "/ERR"})
_MAX_DEG: Final = 360.0
_MAX_M: Final = 100.0


class FaceCapReader:
    """Messages in, changes of a `FaceState` out. Positions count from the first one heard."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._origin_m: tuple[float, float, float] | None = None

    def feed(self, message: Message, now_s: float) -> Heard | None:
        """Takes one message; None when it isn't Face Cap's. A message with wrong arguments does nothing."""
        if message.address not in _ADDRESSES:
            return None
        self._state.alive(now_s)
        return Heard.FACE if self._take(message) else Heard.OTHER

    def _take(self, message: Message) -> bool:
        match message:
            case "/W", (index, value, *_):
                return self._shape(index, value)
            case "/HR", (x, y, z, *_) if (degrees := _three(x, y, z, limit=_MAX_DEG)) is not None:
                x_rad, y_rad, z_rad = map(math.radians, degrees)
                self._turn(pose.quaternion_from_yxz(y_rad, x_rad, z_rad))
            case "/HRQ", (x, y, z, w, *_) if (rotation := pose.unit_quaternion((x, y, z, w))) is not None:
                self._turn(rotation)
            case "/HT", (x, y, z, *_) if (place := _three(x, y, z, limit=_MAX_M)) is not None:
                self._origin_m = self._origin_m or place
                x_m, y_m, z_m = (here - origin for here, origin in zip(place, self._origin_m, strict=True))
                self._state.head(replace(self._state.pose, x_m=x_m, y_m=y_m, z_m=z_m))
            case _:
                return False
        return True

    def _shape(self, index: Argument, value: Argument) -> bool:
        place = number(index)
        if place is None or not place.is_integer() or not 0 <= place < arkit.COUNT:
            return False
        return self._state.shape(ORDER[int(place)], value)

    def _turn(self, rotation: pose.Quaternion) -> None:
        yaw_rad, pitch_rad, roll_rad = pose.angles_from_quaternion(rotation)
        self._state.head(replace(self._state.pose, yaw_rad=yaw_rad, pitch_rad=pitch_rad, roll_rad=roll_rad))


def _three(*values: Argument, limit: float) -> tuple[float, float, float] | None:
    numbers = [float(value) for value in values if isinstance(value, int | float) and abs(value) <= limit]
    return (numbers[0], numbers[1], numbers[2]) if len(numbers) == 3 else None
