"""MeowFace: VTube Studio's JSON with lower-case names, halves of a brow, and gaps."""

import pytest

from assets import arkit
from assets.face import HEAD, FaceFrame
from drivers.protocols.meowface import MISSING, PORT, MeowFaceReader
from tests.soak.phone_samples import vtubestudio

EXTRAS = ("headUp", "headDown", "headLeft", "headRight", "headRollLeft", "headRollRight")
SENT = [name for name in arkit.NAMES if name not in MISSING]


def fed(shapes: dict[str, float]) -> FaceFrame:
    frame = MeowFaceReader().feed(vtubestudio(shapes, capital=False, rotation=(10.0, 5.0, 0.0)), 3.0)
    assert frame is not None
    return frame


def test_a_frame_to_the_letter() -> None:
    data = (
        b'{"Timestamp":1667000000000,"Hotkey":-1,"FaceFound":true,"Rotation":{"x":0,"y":0,"z":0},"Position":{"x":0,'
        b'"y":0,"z":0},"BlendShapes":[{"k":"mouthSmileLeft","v":0.25},{"k":"headRollLeft","v":0.75}]}'
    )
    frame = MeowFaceReader().feed(data, 3.0)
    assert frame is not None
    assert frame.channels == {"mouthSmileLeft", HEAD}
    assert frame.weight("mouthSmileLeft") == 0.25


def test_what_the_app_sends() -> None:
    """The shapes that it doesn't send are left to other sources: not zero but unknown."""
    frame = fed(dict.fromkeys([*SENT, *EXTRAS, "browInnerUpLeft", "browInnerUpRight"], 0.5))
    assert frame.channels == set(SENT) | {HEAD}
    assert all(frame.weight(name) == 0.5 for name in SENT)
    assert len(MISSING) == 11
    assert PORT == 12345


@pytest.mark.parametrize(
    ("shapes", "weight"),
    [
        ({"browInnerUpLeft": 0.25, "browInnerUpRight": 0.75}, 0.5),
        ({"browInnerUpRight": 0.75}, 0.75),
        ({"browInnerUp": 0.125, "browInnerUpLeft": 0.25, "browInnerUpRight": 0.75}, 0.125),
    ],
)
def test_the_inner_brow_may_come_in_halves(shapes: dict[str, float], weight: float) -> None:
    assert fed(shapes).weight("browInnerUp") == weight


def test_no_brow_is_no_brow() -> None:
    assert fed({"jawOpen": 0.5}).channels == {"jawOpen", HEAD}


def test_values_may_exceed_one() -> None:
    assert fed({"jawOpen": 1.75}).weight("jawOpen") == 1.0
