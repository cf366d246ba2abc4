"""VRCFaceTracking's Unified Expressions -> the 52 ARKit shapes.

Each shape has a list of ways to it, the best first; the first whose parameters have all been heard is taken. A way is
a sum of parameters with factors, plus a constant, clipped to 0..1: a parameter that runs from -1 to 1 gives the shapes
at its two ends in this way. The factors are those by which VRCFaceTracking itself makes its combined parameters.
X and Y are positive to the subject's own right, and up.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

ABSURD: Final = 10.0
"""A value beyond this, either way, is no parameter."""


class Way(NamedTuple):
    """constant + sum of factor * parameter."""

    terms: tuple[tuple[str, float], ...]
    constant: float = 0.0


def _way(*names: str) -> Way:
    """The mean of some parameters; `-name` counts negatively."""
    share = 1.0 / len(names)
    return Way(tuple((name.removeprefix("-"), -share if name.startswith("-") else share) for name in names))


def _ways(*names: str) -> tuple[Way, ...]:
    return tuple(_way(*name.split("+")) for name in names)


def _of_side(side: str) -> dict[str, tuple[Way, ...]]:
    outward, inward = ("-", "") if side == "Left" else ("", "-")
    return {
        f"eyeBlink{side}": (
            _way(f"EyeClosed{side}"),
            Way(((f"EyeOpen{side}", -1.0),), 1.0),
            Way(((f"EyeLid{side}", -1.0 / 0.75),), 1.0),  # 0 closed, 0.75 open, 1 wide open
            _way("EyeClosed"),
            Way((("EyeOpen", -1.0),), 1.0),
            Way((("EyeLid", -1.0 / 0.75),), 1.0),
        ),
        f"eyeWide{side}": (
            _way(f"EyeWide{side}"),
            Way(((f"EyeLid{side}", 4.0),), -3.0),
            _way("EyeWide"),
            Way((("EyeLid", 4.0),), -3.0),
        ),
        f"eyeSquint{side}": _ways(f"EyeSquint{side}", "EyeSquint", "EyesSquint"),
        f"eyeLookOut{side}": _ways(f"{outward}Eye{side}X", f"{outward}EyeX"),
        f"eyeLookIn{side}": _ways(f"{inward}Eye{side}X", f"{inward}EyeX"),
        f"eyeLookUp{side}": _ways(f"Eye{side}Y", "EyeY"),
        f"eyeLookDown{side}": _ways(f"-Eye{side}Y", "-EyeY"),
        f"browDown{side}": (
            _way(f"BrowDown{side}"),
            Way(((f"BrowLowerer{side}", 0.75), (f"BrowPinch{side}", 0.25))),
            _way(f"-BrowExpression{side}"),
            *_ways("BrowDown", "-BrowExpression"),
        ),
        f"browOuterUp{side}": _ways(
            f"BrowOuterUp{side}", f"BrowUp{side}", "BrowOuterUp", f"BrowExpression{side}", "BrowUp", "BrowExpression"
        ),
        f"cheekSquint{side}": _ways(f"CheekSquint{side}", "CheekSquint"),
        f"noseSneer{side}": _ways(f"NoseSneer{side}", "NoseSneer"),
        f"mouthSmile{side}": (
            _way(f"MouthSmile{side}"),
            Way(((f"MouthCornerPull{side}", 0.8), (f"MouthCornerSlant{side}", 0.2))),
            *_ways(f"SmileFrown{side}", f"SmileSad{side}", "MouthSmile", "SmileFrown", "SmileSad"),
        ),
        f"mouthFrown{side}": _ways(
            f"MouthFrown{side}", f"-SmileFrown{side}", f"MouthSad{side}", f"-SmileSad{side}", "MouthFrown",
            "-SmileFrown", "MouthSad", "-SmileSad",
        ),
        **{
            f"mouth{what}{side}": _ways(f"Mouth{what}{side}", f"Mouth{what}")
            for what in ("Stretch", "Dimple", "Press", "UpperUp", "LowerDown")
        },
    }  # fmt: skip


def _quarters(shape: str) -> str:
    return "+".join(f"{shape}{row}{side}" for row in ("Upper", "Lower") for side in ("Left", "Right"))


WAYS: Final[Mapping[str, tuple[Way, ...]]] = {
    **_of_side("Left"),
    **_of_side("Right"),
    "browInnerUp": _ways("BrowInnerUp", "BrowInnerUpLeft+BrowInnerUpRight", "BrowExpressionLeft+BrowExpressionRight",
                         "BrowUp", "BrowExpression"),
    "cheekPuff": _ways("CheekPuff", "CheekPuffLeft+CheekPuffRight", "CheekPuffSuck",
                       "CheekPuffSuckLeft+CheekPuffSuckRight"),
    "jawOpen": _ways("JawOpen"),
    "jawForward": _ways("JawForward", "JawZ"),
    "jawLeft": _ways("JawLeft", "-JawX"),
    "jawRight": _ways("JawRight", "JawX"),
    "mouthClose": _ways("MouthClosed"),
    "mouthFunnel": _ways("LipFunnel", "LipFunnelUpper+LipFunnelLower", _quarters("LipFunnel")),
    "mouthPucker": _ways("LipPucker", "LipPuckerUpper+LipPuckerLower", "LipPuckerLeft+LipPuckerRight",
                         _quarters("LipPucker")),
    "mouthRollUpper": _ways("LipSuckUpper", "LipSuckUpperLeft+LipSuckUpperRight", "LipSuckFunnelUpper", "LipSuck"),
    "mouthRollLower": _ways("LipSuckLower", "LipSuckLowerLeft+LipSuckLowerRight", "LipSuckFunnelLower", "LipSuck"),
    "mouthShrugUpper": _ways("MouthRaiserUpper"),
    "mouthShrugLower": _ways("MouthRaiserLower"),
    "mouthLeft": _ways("-MouthX", "MouthUpperLeft+MouthLowerLeft", "-MouthUpperX+-MouthLowerX"),
    "mouthRight": _ways("MouthX", "MouthUpperRight+MouthLowerRight", "MouthUpperX+MouthLowerX"),
    "tongueOut": _ways("TongueOut"),
}  # fmt: skip
"""ARKit shape -> ways to it."""

HEAD: Final = frozenset(
    {"Head/Yaw", "Head/Pitch", "Head/Roll", "Head/PosX", "Head/PosY", "Head/PosZ", "HeadYaw", "HeadPitch", "HeadRoll"}
)
PARAMETERS: Final = frozenset(name for ways in WAYS.values() for way in ways for name, _ in way.terms) | HEAD
"""All parameters that mean something to us. Their names are case-sensitive."""


def shapes(values: Mapping[str, float], /) -> dict[str, float]:
    """The ARKit shapes for which enough has been heard, each 0..1."""
    found = {}
    for shape, ways in WAYS.items():
        for terms, constant in ways:
            weight = constant
            for name, factor in terms:
                if (value := values.get(name)) is None:
                    break
                weight += factor * value
            else:
                found[shape] = min(1.0, max(0.0, weight))
                break
    return found
