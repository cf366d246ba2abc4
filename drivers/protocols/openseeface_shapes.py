"""OpenSeeFace's 14 features, each about -1..1 around the median of what the tracker has seen so far -> ARKit's shapes.

What they are was read in the tracker's source:

    lids     open (0..1), and how far apart            eyeBlink = 1 - open; eyeWide beyond rest
    brows    up-down u, and s: inner end above outer   inner end u + s/2, outer end u - s/2: browInnerUp, browOuterUp;
                                                       browDown where the inner end is low
    corners  up-down, positive when *low*              mouthFrown; negative: mouthSmile
             in-out, distance from the middle          mouthLeft, mouthRight where one side has more than the other
    mouth    open                                      jawOpen
             wide                                      mouthStretch where no smile explains it; negative: mouthPucker,
                                                       or mouthFunnel in an open mouth
    eyes     pupil and eyeball in 3D                   eyeLook, 35 degrees a unit, while the pupils are found

Brow quirks are not used; tongue, cheeks, squint and the rest aren't seen by this tracker, and are left to others.
"""

import math
from dataclasses import dataclass
from typing import Final

_GAZE_RAD: Final = math.radians(35.0)

GAZE: Final = frozenset(f"eyeLook{way}{side}" for way in ("Down", "In", "Out", "Up") for side in ("Left", "Right"))
SHAPES: Final = frozenset(
    {"eyeBlinkLeft", "eyeBlinkRight", "eyeWideLeft", "eyeWideRight", "browInnerUp", "browOuterUpLeft",
     "browOuterUpRight", "browDownLeft", "browDownRight", "mouthSmileLeft", "mouthSmileRight", "mouthFrownLeft",
     "mouthFrownRight", "mouthLeft", "mouthRight", "jawOpen", "mouthStretchLeft", "mouthStretchRight", "mouthPucker",
     "mouthFunnel"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Features:
    """The tracker's own measures, in the order of the wire; `_l` and `_r` are the subject's own sides."""

    eye_l: float = 0.0
    eye_r: float = 0.0
    brow_steepness_l: float = 0.0
    brow_updown_l: float = 0.0
    brow_quirk_l: float = 0.0
    brow_steepness_r: float = 0.0
    brow_updown_r: float = 0.0
    brow_quirk_r: float = 0.0
    corner_updown_l: float = 0.0
    corner_inout_l: float = 0.0
    corner_updown_r: float = 0.0
    corner_inout_r: float = 0.0
    mouth_open: float = 0.0
    mouth_wide: float = 0.0


Gaze = tuple[float, float]
"""(yaw, pitch) in radians, to the subject's own left and up."""


def shapes(
    of: Features, /, *, open_l: float, open_r: float, gazes: tuple[Gaze | None, Gaze | None]
) -> dict[str, float]:
    """ARKit's shapes from one face, not all of them clipped; gaze is left out where an eye has none.

    open_l, open_r: how open the lids are, 0..1. gazes: of the left and the right eye.
    """
    brows = {}
    for side, up, steep in (
        ("Left", of.brow_updown_l, of.brow_steepness_l),
        ("Right", of.brow_updown_r, of.brow_steepness_r),
    ):
        brows[side] = (_unit(up + 0.5 * steep), _unit(up - 0.5 * steep))
    smile_l, smile_r = _plus(-of.corner_updown_l), _plus(-of.corner_updown_r)
    jaw, wide, narrow = _plus(of.mouth_open), _plus(of.mouth_wide), _plus(-of.mouth_wide)
    sideways = 0.5 * (of.corner_inout_l - of.corner_inout_r)
    found = {
        "eyeBlinkLeft": 1.0 - open_l,
        "eyeBlinkRight": 1.0 - open_r,
        "eyeWideLeft": _plus(of.eye_l),
        "eyeWideRight": _plus(of.eye_r),
        "browInnerUp": 0.5 * sum(_plus(inner) for inner, _ in brows.values()),
        **{f"browOuterUp{side}": _plus(outer) for side, (_, outer) in brows.items()},
        **{f"browDown{side}": _plus(-inner) for side, (inner, _) in brows.items()},
        "mouthSmileLeft": smile_l,
        "mouthSmileRight": smile_r,
        "mouthFrownLeft": _plus(of.corner_updown_l),
        "mouthFrownRight": _plus(of.corner_updown_r),
        "mouthLeft": _plus(sideways),
        "mouthRight": _plus(-sideways),
        "jawOpen": jaw,
        "mouthStretchLeft": _plus(wide - smile_l),
        "mouthStretchRight": _plus(wide - smile_r),
        "mouthPucker": narrow * (1.0 - jaw),
        "mouthFunnel": narrow * jaw,
    }
    left, right = gazes
    if left is not None and right is not None:
        found |= _looks(left, "Left", 1.0) | _looks(right, "Right", -1.0)
    return found


def _unit(value: float) -> float:
    return min(1.0, max(-1.0, value))


def _plus(value: float) -> float:
    return min(1.0, max(0.0, value))


def _looks(gaze: Gaze, side: str, outward: float) -> dict[str, float]:
    out, up = outward * gaze[0] / _GAZE_RAD, gaze[1] / _GAZE_RAD
    ways = {"Out": out, "In": -out, "Up": up, "Down": -up}
    return {f"eyeLook{way}{side}": _plus(amount) for way, amount in ways.items()}
