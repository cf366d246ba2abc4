"""VTube Studio's JSON: a frame as the vendor describes it, the lease, what may be missing, late or wrong."""

import json
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.protocols.vtubestudio import PHONE_PORT, VTubeStudioReader, decode, request
from tests.soak.phone_samples import vtubestudio

VENDOR = (
    b'{"Timestamp":1667000000000,"Hotkey":-1,"FaceFound":true,"Rotation":{"x":10.0,"y":-20.0,"z":5.0},'
    b'"Position":{"x":1.0,"y":2.0,"z":-30.0},"EyeLeft":{"x":0.0,"y":0.0,"z":0.0},"EyeRight":{"x":0.0,"y":0.0,"z":0.0},'
    b'"BlendShapes":[{"k":"EyeBlinkLeft","v":0.12},{"k":"JawOpen","v":0.5}]}'
)


def fed(data: bytes, time_s: float = 0.0, reader: VTubeStudioReader | None = None) -> FaceFrame:
    frame = (reader or VTubeStudioReader()).feed(data, time_s)
    assert frame is not None
    return frame


def changed(**fields: Any) -> bytes:
    """The vendor's frame with other fields; None takes one out."""
    frame = json.loads(VENDOR) | fields
    return json.dumps({key: value for key, value in frame.items() if value is not None}).encode()


# ---- a frame --------------------------------------------------------------------------------------------------------


def test_a_frame_to_the_letter() -> None:
    frame = fed(VENDOR, 3.0)
    assert (frame.time_s, frame.face_seen) == (3.0, True)
    assert (frame.weight("eyeBlinkLeft"), frame.weight("jawOpen")) == (pytest.approx(0.12), 0.5)
    assert frame.channels == {"eyeBlinkLeft", "jawOpen", HEAD}


def test_x_turns_y_looks_up_z_tilts() -> None:
    """Named after Live2D's parameters; see the protocol's docstring for whose reading this is."""
    head = fed(VENDOR).head
    degrees = [math.degrees(angle) for angle in (head.yaw_rad, head.pitch_rad, head.roll_rad)]
    assert degrees == pytest.approx([10.0, -20.0, 5.0])


def test_the_position_is_in_centimetres_from_the_first() -> None:
    reader = VTubeStudioReader()
    assert fed(VENDOR, reader=reader).head.x_m == 0.0
    head = fed(changed(Position={"x": 3.0, "y": 1.0, "z": -25.0}), reader=reader).head
    assert (head.x_m, head.y_m, head.z_m) == pytest.approx((0.02, -0.01, 0.05))


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(arkit.NAMES), st.floats(0.0, 1.0, width=32), min_size=1),
    st.tuples(*[st.floats(-90, 90)] * 3),
    st.booleans(),
)
def test_what_is_sent_arrives(shapes: dict[str, float], rotation: tuple[float, ...], capital: bool) -> None:
    data = vtubestudio(shapes, rotation=rotation, capital=capital)
    packet, frame = decode(data), fed(data)
    assert packet is not None
    assert (packet.shapes, packet.rotation_deg) == (shapes, rotation)
    assert frame.channels == set(shapes) | {HEAD}
    assert {name: frame.weight(name) for name in shapes} == shapes


@given(st.permutations(list(json.loads(VENDOR).items())))
def test_the_order_of_fields_means_nothing(fields: list[tuple[str, Any]]) -> None:
    frame = fed(json.dumps({"SomethingNew": [1, {"x": 2}], **dict(fields)}).encode())
    assert frame.weight("jawOpen") == 0.5
    assert math.degrees(frame.head.yaw_rad) == pytest.approx(10.0)


@pytest.mark.parametrize("name", ["EyeBlinkLeft", "eyeBlinkLeft", "eyeBlink_L", "EYEBLINKLEFT"])
def test_names_in_any_casing(name: str) -> None:
    assert fed(changed(BlendShapes=[{"k": name, "v": 1}])).weight("eyeBlinkLeft") == 1.0


def test_all_fifty_two() -> None:
    weights = {name: index / 64 for index, name in enumerate(arkit.NAMES)}
    frame = fed(vtubestudio(weights))
    assert frame.weights.tolist() == list(weights.values())
    assert frame.channels == ALL_CHANNELS | {HEAD}


# ---- the face is lost, buttons are pressed --------------------------------------------------------------------------


def test_frames_without_a_face_go_on() -> None:
    reader = VTubeStudioReader()
    lost = {"FaceFound": False, "Position": {"x": 0.0, "y": 0.0, "z": 0.0}, "BlendShapes": []}
    assert not fed(changed(**lost), 0.0, reader).face_seen
    assert fed(VENDOR, 1.0, reader).face_seen
    assert fed(VENDOR, 2.0, reader).head.x_m == 0.0, "the position counts from the first face"


def test_a_hotkey_is_told() -> None:
    reader = VTubeStudioReader()
    fed(VENDOR, reader=reader)
    assert reader.remark == ""
    packet = decode(changed(Hotkey=3))
    assert packet is not None
    assert packet.hotkey == 3
    fed(changed(Hotkey=3), reader=reader)
    fed(VENDOR, reader=reader)
    assert reader.remark == "hotkey 3 was pressed"


# ---- the lease ------------------------------------------------------------------------------------------------------


def test_the_request_to_the_letter() -> None:
    assert request(11125) == (
        b'{"messageType": "iOSTrackingDataRequest", "time": 5.0, "sentBy": "CartoonAlive", "ports": [11125]}'
    )
    assert PHONE_PORT == 21412


def test_the_request_keeps_the_vendors_limits() -> None:
    asked = json.loads(request(65535))
    assert 0.5 <= asked["time"] <= 10.0
    assert 1 <= len(asked["sentBy"]) <= 32
    assert 1 <= len(asked["ports"]) <= 16


# ---- late frames ----------------------------------------------------------------------------------------------------


def test_a_late_frame_changes_nothing() -> None:
    reader = VTubeStudioReader()
    newest = fed(changed(Timestamp=1_667_000_000_100), 1.0, reader)
    assert reader.feed(changed(Timestamp=1_667_000_000_083), 1.1) is newest
    assert fed(changed(Timestamp=1_667_000_000_117), 1.2, reader).time_s == 1.2


def test_a_clock_that_is_set_back_is_a_new_start() -> None:
    reader = VTubeStudioReader()
    fed(changed(Timestamp=1_667_000_000_100), 1.0, reader)
    assert fed(changed(Timestamp=1_666_999_990_000), 1.1, reader).time_s == 1.1


# ---- what may be missing or wrong -----------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["Timestamp", "Hotkey", "Position", "EyeLeft", "FaceFound"])
def test_a_field_may_be_missing(field: str) -> None:
    frame = fed(changed(**{field: None}))
    assert frame.face_seen
    assert frame.channels == {"eyeBlinkLeft", "jawOpen", HEAD}


@pytest.mark.parametrize(
    "rotation",
    [None, 5, [], {}, {"x": 1, "y": 2}, {"x": "1", "y": 2, "z": 3}, {"x": True, "y": 2, "z": 3},
     {"x": 1e9, "y": 2, "z": 3}],
)  # fmt: skip
def test_a_rotation_that_is_none_is_not_spoken_for(rotation: Any) -> None:
    assert fed(changed(Rotation=rotation)).channels == {"eyeBlinkLeft", "jawOpen"}


@pytest.mark.parametrize(
    "shape",
    [{}, {"k": "MouthClose"}, {"v": 0.5}, {"k": 5, "v": 0.5}, {"k": "MouthClose", "v": "0.5"}, [], None, 3,
     {"k": "MouthClose", "v": None}, {"k": "MouthClose", "v": 11}, {"k": "SomethingNew", "v": 0.5},
     {"k": "x" * 1000, "v": 0.5}, {"k": "MouthClose", "v": 10**300}, {"k": "MouthClose", "v": True}],
)  # fmt: skip
def test_a_shape_that_makes_no_sense_is_passed_over(shape: Any) -> None:
    frame = fed(changed(BlendShapes=[shape, {"k": "JawOpen", "v": 1.5}, shape]))
    assert frame.channels == {"jawOpen", HEAD}
    assert frame.weight("jawOpen") == 1.0


@pytest.mark.parametrize(
    "data",
    [b"", b"{", b"{}", b"[]", b"null", b"\xff", b'{"a":', b"[" * 60_000, b'{"a":' * 10_000, b"x" * 70_000,
     b'{"FaceFound":"yes"}', b'{"BlendShapes":[]}', b'{"BlendShapes":{}}', b'{"FaceFound":true,"v":NaN}',
     b'{"FaceFound":true,"v":' + b"9" * 5000 + b"}", b'{"Rotation":{"x":1,"y":2,"z":3}}'],
)  # fmt: skip
def test_what_is_no_frame(data: bytes) -> None:
    assert VTubeStudioReader().feed(data, 0.0) is None


def test_infinite_numbers_are_passed_over() -> None:
    data = VENDOR.replace(b"0.12", b"1e999").replace(b"10.0", b"-1e999")
    assert fed(data).channels == {"jawOpen"}


@given(st.binary(max_size=200), st.integers(0, len(VENDOR)))
def test_any_bytes_are_harmless(data: bytes, place: int) -> None:
    reader = VTubeStudioReader()
    for each in (data, b"{" + data, VENDOR[:place] + data + VENDOR[place:], VENDOR[:place] + data):
        frame = reader.feed(each, 0.0)
        assert frame is None or np.isfinite(frame.weights).all()


ANYTHING = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5)


@settings(max_examples=50)
@given(
    st.sampled_from(["Timestamp", "Hotkey", "FaceFound", "Rotation", "Position", "BlendShapes"]),
    ANYTHING | st.lists(ANYTHING, max_size=3) | st.dictionaries(st.sampled_from("xyzkv"), ANYTHING),
)
def test_any_json_is_harmless(field: str, value: Any) -> None:
    frame = VTubeStudioReader().feed(json.dumps(json.loads(VENDOR) | {field: value}).encode(), 0.0)
    assert frame is None or np.isfinite(frame.weights).all()
