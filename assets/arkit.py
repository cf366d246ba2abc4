"""The 52 ARKit blendshapes in one order, their mirror images, regions, and a tolerant reading of their names.

Order and spelling follow Apple's `ARFaceAnchor.BlendShapeLocation` symbols as grouped in its documentation
(eyes, jaw, mouth, brows, cheeks, nose, tongue), left before right.
"""

from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

NAMES: Final[tuple[str, ...]] = (
    "eyeBlinkLeft", "eyeLookDownLeft", "eyeLookInLeft", "eyeLookOutLeft", "eyeLookUpLeft", "eyeSquintLeft",
    "eyeWideLeft",
    "eyeBlinkRight", "eyeLookDownRight", "eyeLookInRight", "eyeLookOutRight", "eyeLookUpRight", "eyeSquintRight",
    "eyeWideRight",
    "jawForward", "jawLeft", "jawRight", "jawOpen",
    "mouthClose", "mouthFunnel", "mouthPucker", "mouthLeft", "mouthRight", "mouthSmileLeft", "mouthSmileRight",
    "mouthFrownLeft", "mouthFrownRight", "mouthDimpleLeft", "mouthDimpleRight", "mouthStretchLeft",
    "mouthStretchRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthPressLeft",
    "mouthPressRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight",
    "cheekPuff", "cheekSquintLeft", "cheekSquintRight", "noseSneerLeft", "noseSneerRight",
    "tongueOut",
)  # fmt: skip
COUNT: Final = len(NAMES)
INDEX: Final[Mapping[str, int]] = {name: index for index, name in enumerate(NAMES)}


def mirror_name(name: str, /) -> str:
    """The same movement on the other side: `eyeBlinkLeft` <-> `eyeBlinkRight`, `jawLeft` <-> `jawRight`."""
    if name.endswith("Left"):
        return name.removesuffix("Left") + "Right"
    if name.endswith("Right"):
        return name.removesuffix("Right") + "Left"
    return name


MIRROR: Final[npt.NDArray[np.intp]] = np.array([INDEX[mirror_name(name)] for name in NAMES])
"""Permutation (52,): `weights[MIRROR]` is the mirrored face."""
MIRROR.setflags(write=False)


def _region(name: str) -> str:
    if name.startswith("eyeLook"):
        return "gaze"
    if name.startswith("eye"):
        return "lids"
    if name.startswith("brow"):
        return "brows"
    if name.startswith(("cheek", "nose")):
        return "cheeks"
    return "tongue" if name == "tongueOut" else "mouth"


REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    region: tuple(name for name in NAMES if _region(name) == region)
    for region in ("lids", "gaze", "brows", "cheeks", "mouth", "tongue")
}
"""The regions by which sources are mixed; every name is in exactly one."""


def _key(name: str) -> str:
    name = name.rsplit(".", 1)[-1].strip()
    for suffix, side in (("_L", "left"), ("_R", "right"), ("_l", "left"), ("_r", "right")):
        if name.endswith(suffix):
            name = name[:-2] + side
    return name.replace("_", "").casefold()


_BY_KEY: Final[Mapping[str, str]] = {_key(name): name for name in NAMES}


def normalise(name: str, /) -> str | None:
    """The ARKit name meant by `name`, or None.

    Accepts the spellings seen on the wire (protocols 0.2): `eyeBlinkLeft`, `EyeBlinkLeft`, `eyeBlink_L`,
    `eyeblinkleft`, `eye_blink_left`, `BlendShape.EyeBlinkLeft`.
    """
    return _BY_KEY.get(_key(name))
