"""The VMC protocol (Virtual Motion Capture, V3.1): faces from VSeeFace, Waidayo, XR Animator and many more.

Blend shapes collect (`/VMC/Ext/Blend/Val name value`) until `/VMC/Ext/Blend/Apply` makes them count; a lost Apply must
not freeze the face, so after 50 ms they count anyway. A shape that stops being sent keeps its value. Names are the 52
ARKit names in any casing ("Perfect Sync") or the presets of VRM models (A I U E O, Blink, Joy ...), from which ARKit
shapes are derived while no Perfect Sync is heard. Bones turn the head, and the eyes where no gaze shapes come.

Unity's space: left-handed, x right, y up, z forward, the avatar facing +z; a bone's rotation is relative to its parent.
The address may end in the name (`/VMC/Ext/Blend/Val/jawOpen 0.5`), as Inochi receivers allow.
"""

import functools
import math
from collections.abc import Sequence
from typing import Final

from assets import arkit
from assets.face import HeadPose
from drivers.protocols import pose
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Argument, Message
from drivers.protocols.state import ABSURD, FaceState, number

APPLY_AFTER_S: Final = 0.050
PERFECT_SYNC_FROM: Final = 26
"""With this many ARKit names heard, the sender means them all, and presets are its model's own business."""
EYE_RAD_PER_WEIGHT: Final = math.radians(35.0)
"""eyeLook* = 1 in degrees of eyeball rotation: fitted on recordings of ARKit faces, correlation 0.9996."""

_PREFIX: Final = "/VMC/Ext/"
BLEND_VAL: Final = "/VMC/Ext/Blend/Val"
_CHAIN: Final = ("spine", "chest", "upperchest", "neck", "head")
"""Senders share the head's rotation among these. Not the hips: they turn the whole person in the studio."""
_EYES: Final = {"lefteye": ("Left", "Out", "In"), "righteye": ("Right", "In", "Out")}
"""Bone -> side, and the shape for turning to the subject's own left, and right."""
_FACE, _OTHER = Heard.FACE, Heard.OTHER
_NOTHING: Final = (None, None)
_GAZE: Final = frozenset(arkit.REGIONS["gaze"])

_PRESETS: Final = {
    "a": "a", "aa": "a", "i": "i", "ih": "i", "u": "u", "ou": "u", "e": "e", "ee": "e", "o": "o", "oh": "o",
    "blink": "blink", "blinkl": "blink left", "blinkleft": "blink left", "blinkr": "blink right",
    "blinkright": "blink right", "joy": "joy", "happy": "joy", "fun": "fun", "relaxed": "fun", "angry": "angry",
    "sorrow": "sorrow", "sad": "sorrow", "surprised": "surprised", "lookup": "look up", "lookdown": "look down",
    "lookleft": "look left", "lookright": "look right",
}  # fmt: skip
"""VRM 0 and VRM 1 preset names, casefolded and without underscores."""

_FROM_PRESETS: Final[dict[str, tuple[tuple[str, float], ...]]] = {
    "jawOpen": (("a", 0.7), ("o", 0.5), ("e", 0.35), ("u", 0.2), ("i", 0.15), ("surprised", 0.2)),
    "mouthFunnel": (("o", 1.0),),
    "mouthPucker": (("u", 1.0),),
    "mouthStretchLeft": (("i", 0.6), ("e", 0.4)),
    "mouthStretchRight": (("i", 0.6), ("e", 0.4)),
    "mouthSmileLeft": (("joy", 1.0), ("fun", 0.7)),
    "mouthSmileRight": (("joy", 1.0), ("fun", 0.7)),
    "mouthFrownLeft": (("sorrow", 1.0),),
    "mouthFrownRight": (("sorrow", 1.0),),
    "browInnerUp": (("sorrow", 1.0), ("surprised", 1.0)),
    "browOuterUpLeft": (("surprised", 1.0),),
    "browOuterUpRight": (("surprised", 1.0),),
    "browDownLeft": (("angry", 1.0),),
    "browDownRight": (("angry", 1.0),),
    "eyeWideLeft": (("surprised", 1.0),),
    "eyeWideRight": (("surprised", 1.0),),
    "eyeBlinkLeft": (("blink", 1.0), ("blink left", 1.0)),
    "eyeBlinkRight": (("blink", 1.0), ("blink right", 1.0)),
    "eyeLookUpLeft": (("look up", 1.0),),
    "eyeLookUpRight": (("look up", 1.0),),
    "eyeLookDownLeft": (("look down", 1.0),),
    "eyeLookDownRight": (("look down", 1.0),),
    "eyeLookOutLeft": (("look left", 1.0),),
    "eyeLookInRight": (("look left", 1.0),),
    "eyeLookInLeft": (("look right", 1.0),),
    "eyeLookOutRight": (("look right", 1.0),),
}
"""ARKit shape -> presets with their shares; the largest product wins. Plausible, not measured."""


@functools.lru_cache(maxsize=1024)
def _meaning(name: str) -> tuple[str | None, str | None] | None:
    """(ARKit shape, preset) meant by a clip's name, one of them None; None for a name that means nothing."""
    if (shape := arkit.normalise(name)) is not None:
        return shape, None
    preset = _PRESETS.get(name.rsplit(".", 1)[-1].strip().casefold().replace("_", ""))
    return None if preset is None else (None, preset)


class VmcReader:
    """Messages in, changes of a `FaceState` out."""

    def __init__(self, state: FaceState) -> None:
        self._state = state
        self._pending: dict[str, float] = {}
        self._pending_since_s = 0.0
        self._direct: set[str] = set()
        self._presets: dict[str, float] = {}
        self._bones: dict[str, pose.Quaternion] = {}
        self._gaze_by_shapes = False
        self._gaze_by_bones = False

    def feed(self, message: Message, now_s: float) -> Heard | None:
        """Takes one message; None when it isn't VMC's. A message with missing or wrong arguments does nothing."""
        address, arguments = message
        if address == BLEND_VAL:
            return self.value(message, now_s)
        if not address.startswith(_PREFIX):
            return None
        taken = self._rarer(address.removeprefix(_PREFIX).split("/"), arguments, now_s)
        self._state.alive(now_s)
        return _FACE if taken else _OTHER

    def value(self, message: Message, now_s: float) -> Heard:
        """`feed` for a message to `BLEND_VAL`, by far the most frequent."""
        self._state.alive(now_s)
        arguments = message[1]
        return _FACE if len(arguments) >= 2 and self._val(arguments[0], arguments[1], now_s) else _OTHER

    def _rarer(self, path: list[str], arguments: tuple[Argument, ...], now_s: float) -> bool:
        match path, arguments:
            case ["Blend", "Val", name], (value, *_):
                return self._val(name, value, now_s)
            case ["Blend", "Apply"], _:
                self._apply()
            case ["Bone", "Pos"], (str(name), *numbers):
                return self._bone(name, numbers)
            case ["Bone", "Pos", name], numbers:
                return self._bone(name, numbers)
            case ["OK"], (_, _, _, status, *_) if number(status) is not None:
                self._state.seen(number(status) != 0.0)
        return False

    def settle(self, now_s: float) -> None:
        """Makes shapes count whose Apply hasn't come in time. Call before each use of the state."""
        if self._pending and now_s - self._pending_since_s >= APPLY_AFTER_S:
            self._apply()

    def _val(self, name: Argument, value: Argument, now_s: float) -> bool:
        weight = value if type(value) is float else number(value)
        if weight is None or not -ABSURD <= weight <= ABSURD or not isinstance(name, str) or _meaning(name) is None:
            return False
        if not self._pending:
            self._pending_since_s = now_s
        self._pending[name] = weight
        return True

    def _apply(self) -> None:
        direct: dict[str, float] = {}
        for name, weight in self._pending.items():
            shape, preset = _meaning(name) or _NOTHING
            if shape is not None:
                direct[shape] = weight
            elif preset is not None:
                self._presets[preset] = weight
        self._pending.clear()
        self._direct.update(direct)
        self._set(direct)
        if self._presets and len(self._direct) < PERFECT_SYNC_FROM:
            derived = {}
            for shape, parts in _FROM_PRESETS.items():
                heard = [share * self._presets[preset] for preset, share in parts if preset in self._presets]
                if heard and shape not in self._direct:
                    derived[shape] = max(heard)
            self._set(derived)

    def _set(self, weights: dict[str, float]) -> None:
        gaze = weights.keys() & _GAZE
        self._gaze_by_shapes |= any(weights[shape] > 0.0 for shape in gaze)
        if self._gaze_by_bones and not self._gaze_by_shapes:
            for shape in gaze:  # an avatar that has both is moved by its eye bones, and sends its clips as zeros
                del weights[shape]
        self._state.shapes(weights)

    def _bone(self, name: str, numbers: Sequence[Argument]) -> bool:
        bone = name.casefold()
        if bone not in _CHAIN and bone not in _EYES:
            return False
        rotation = pose.unit_quaternion(numbers[3:7])
        if rotation is None:
            return False
        rotation = pose.from_unity(rotation)
        if bone in _EYES:
            self._gaze(bone, rotation)
            return True
        self._bones[bone] = rotation
        turned = pose.IDENTITY
        for link in _CHAIN:
            turned = pose.multiply(turned, self._bones.get(link, pose.IDENTITY))
        self._state.head(HeadPose(*pose.angles_from_quaternion(turned)))
        return True

    def _gaze(self, bone: str, rotation: pose.Quaternion) -> None:
        if self._gaze_by_shapes:
            return
        self._gaze_by_bones = True
        side, left, right = _EYES[bone]
        yaw_rad, pitch_rad, _ = pose.angles_from_quaternion(rotation)
        for direction, angle_rad in ((left, yaw_rad), (right, -yaw_rad), ("Up", pitch_rad), ("Down", -pitch_rad)):
            self._state.shape(f"eyeLook{direction}{side}", angle_rad / EYE_RAD_PER_WEIGHT)
