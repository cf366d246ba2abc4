"""Phiz and MPMoCap: an array in their own order, and a quaternion."""

import math
import struct

import pytest

from assets import arkit
from assets.face import HEAD, FaceFrame
from drivers.protocols import facecap
from drivers.protocols.heard import Heard
from drivers.protocols.osc import Argument, Message, messages
from drivers.protocols.phiz import ORDER, PhizReader
from drivers.protocols.state import FaceState


def heard(*spoken: Message) -> FaceFrame | None:
    state = FaceState()
    reader = PhizReader(state)
    for message in spoken:
        assert reader.feed(message, 1.0) is not None
    return state.frame()


def test_an_array_from_the_wire() -> None:
    """`/phiz/blendshapes` with 52 floats: zeros but for the 48th, which is 0.5."""
    data = bytes.fromhex("2f7068697a2f626c656e64736861706573000000 2c") + b"f" * 52 + b"\0\0\0"
    data += struct.pack(">52f", *(0.5 if index == 47 else 0.0 for index in range(52)))
    frame = heard(*messages(data))
    assert frame is not None
    assert frame.channels == set(arkit.NAMES)
    assert {name for name in arkit.NAMES if frame.weight(name)} == {"jawOpen"}
    assert (frame.weight("jawOpen"), frame.time_s) == (0.5, 1.0)


def test_the_order_begins_as_face_caps_and_ends_otherwise() -> None:
    assert sorted(ORDER) == sorted(arkit.NAMES)
    assert ORDER[:24] == facecap.ORDER[:24]
    assert ORDER[24:26] == ("mouthFunnel", "mouthPucker")
    assert ORDER[45:] == ("mouthLeft", "mouthRight", "jawOpen", "jawForward", "jawLeft", "jawRight", "tongueOut")


@pytest.mark.parametrize(("index", "name"), [(0, "browInnerUp"), (13, "eyeBlinkLeft"), (31, "mouthSmileLeft"),
                                             (36, "mouthDimpleRight"), (44, "mouthStretchRight")])  # fmt: skip
def test_places_in_the_order(index: int, name: str) -> None:
    frame = heard(Message("/mpmocap/blendshapes", tuple(int(place == index) for place in range(52))))
    assert frame is not None
    assert {each for each in arkit.NAMES if frame.weight(each)} == {name}


@pytest.mark.parametrize("prefix", ["phiz", "mpmocap"])
def test_a_head_from_the_wire(prefix: str) -> None:
    """The quaternion 0 0.5 0 0.8660254 about y, which points up: 60 degrees to the subject's own left."""
    address = f"/{prefix}/headRotation".encode()
    address += b"\0" * (4 - len(address) % 4)
    data = address + bytes.fromhex("2c66666666000000 00000000 3f000000 00000000 3f5db3d7")
    frame = heard(*messages(data))
    assert frame is not None
    assert frame.channels == {HEAD}
    assert math.degrees(frame.head.yaw_rad) == pytest.approx(60.0, abs=1e-4)


@pytest.mark.parametrize(
    ("what", "arguments"),
    [("blendshapes", (0.5,) * 51), ("blendshapes", ("a",) * 52), ("blendshapes", (None,) * 52), ("blendshapes", ()),
     ("headRotation", (0.0, 0.0, 0.0)), ("headRotation", (0.0, 0.0, 0.0, 0.0)), ("leftEyeRotation", (0, 0, 0, 1)),
     ("rightEyeRotation", (0, 0, 0, 1)), ("version", ("1.0",))],
)  # fmt: skip
def test_what_is_incomplete_or_not_needed_does_nothing(what: str, arguments: tuple[Argument, ...]) -> None:
    state = FaceState()
    assert PhizReader(state).feed(Message(f"/phiz/{what}", arguments), 0.0) is Heard.OTHER
    assert state.frame() is None


def test_a_value_that_is_none_spoils_only_itself() -> None:
    frame = heard(Message("/phiz/blendshapes", (None, *[0.5] * 51)))
    assert frame is not None
    assert frame.channels == set(arkit.NAMES) - {"browInnerUp"}


@pytest.mark.parametrize("address", ["/phiz", "/phiz/blendshapes/x", "/other/blendshapes", "/PHIZ/blendshapes"])
def test_other_addresses_are_left_to_others(address: str) -> None:
    assert PhizReader(FaceState()).feed(Message(address, (0.0,) * 52), 0.0) is None
