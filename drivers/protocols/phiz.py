"""Phiz and MPMoCap (OSC): all 52 shapes as one array, and the head as a quaternion.

    /phiz/blendshapes  52 floats        /phiz/headRotation  x y z w
    /mpmocap/...       the same

The order of the array begins as Face Cap's and differs after the nose. The axes are right-handed, y up, z out of the
face: those of `drivers.protocols.pose`. Eye rotations repeat what the eyeLook shapes say, and are not needed.
"""

from typing import Final

from assets import arkit
from assets.face import HeadPose
from drivers.protocols import pose
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Message
from drivers.protocols.state import FaceState

ORDER: Final[tuple[str, ...]] = (
    "browInnerUp", "browDownLeft", "browDownRight", "browOuterUpLeft", "browOuterUpRight", "eyeLookUpLeft",
    "eyeLookUpRight", "eyeLookDownLeft", "eyeLookDownRight", "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft",
    "eyeLookOutRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft",
    "eyeWideRight", "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight",
    "mouthFunnel", "mouthPucker", "mouthRollUpper", "mouthRollLower", "mouthShrugUpper", "mouthShrugLower",
    "mouthClose", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft",
    "mouthDimpleRight", "mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight",
    "mouthPressLeft", "mouthPressRight", "mouthStretchLeft", "mouthStretchRight", "mouthLeft", "mouthRight",
    "jawOpen", "jawForward", "jawLeft", "jawRight", "tongueOut",
)  # fmt: skip
"""Their own order of the 52 shapes."""

_PREFIXES: Final = frozenset({"phiz", "mpmocap"})


class PhizReader:
    """Messages in, changes of a `FaceState` out."""

    def __init__(self, state: FaceState) -> None:
        self._state = state

    def feed(self, message: Message, now_s: float) -> Heard | None:
        """Takes one message; None when it isn't theirs. A message with wrong arguments does nothing."""
        match message.address.split("/"):
            case ["", prefix, what] if prefix in _PREFIXES:
                self._state.alive(now_s)
                return Heard.FACE if self._take(what, message) else Heard.OTHER
        return None

    def _take(self, what: str, message: Message) -> bool:
        arguments = message.arguments
        if what == "blendshapes" and len(arguments) >= arkit.COUNT:
            shape, taken = self._state.shape, False
            for name, value in zip(ORDER, arguments, strict=False):
                taken |= shape(name, value)
            return taken
        if what == "headRotation" and (rotation := pose.unit_quaternion(arguments[:4])) is not None:
            self._state.head(HeadPose(*pose.angles_from_quaternion(rotation)))
            return True
        return False
