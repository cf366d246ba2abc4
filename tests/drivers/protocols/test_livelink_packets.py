"""Live Link Face's packets: a genuine frame, other encoders, both units, no face, and whatever may be wrong."""

import csv
import dataclasses
import math
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pylivelinkface import FaceBlendShape, PyLiveLinkFace

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.protocols.livelink import LiveLinkReader, decode
from tests.soak.phone_samples import LIVE_LINK_ORDER, live_link, live_link_header, recordings

GENUINE = bytes.fromhex(
    "06 00000020 44454144433044452d313333372d313333372d313333372d4341464542414245"
    "00000012 4c4c562044656661756c7420446576696365 005206f7 3df9b400 0000003c 00000001 3d 393a75c3 3e283bb3 3dd56991"
) + bytes(4 * 58)
"""The beginning of a frame that an iPhone sent; the values that follow the third are zeros here."""


def fed(reader: LiveLinkReader, data: bytes, time_s: float = 0.0) -> FaceFrame:
    frame = reader.feed(data, time_s)
    assert frame is not None
    return frame


def face(values: dict[str, float]) -> FaceFrame:
    return fed(LiveLinkReader(), live_link(values))


# ---- what is in a packet --------------------------------------------------------------------------------------------


def test_a_genuine_frame() -> None:
    packet = decode(GENUINE)
    assert packet is not None
    assert (len(GENUINE), packet.subject, packet.frame) == (320, "LLV Default Device", 0x5206F7)
    frame = fed(LiveLinkReader(), GENUINE, 7.0)
    assert frame.face_seen
    assert frame.time_s == 7.0
    assert frame.weight("eyeBlinkLeft") == pytest.approx(0.00017782, rel=1e-4)
    assert frame.weight("eyeLookDownLeft") == pytest.approx(0.16429, rel=1e-4)
    assert frame.weight("eyeLookInLeft") == pytest.approx(0.10420, rel=1e-4)


def test_the_order_of_the_shapes() -> None:
    for index, name in enumerate(LIVE_LINK_ORDER[:52]):
        frame = fed(LiveLinkReader(), live_link({name: 0.5}))
        assert frame.weight(name) == 0.5
        assert frame.weights.sum() == 0.5
        assert arkit.INDEX[name] == index


@settings(max_examples=40)
@given(
    st.lists(st.floats(0.0, 1.0, width=32), min_size=52, max_size=52),
    st.lists(st.floats(-3.0, 3.0, width=32), min_size=3, max_size=3),
    st.integers(0, 2**31 - 1),
    st.text(max_size=20),
)
def test_what_is_sent_arrives(weights: list[float], angles: list[float], frame: int, subject: str) -> None:
    values = dict(zip(LIVE_LINK_ORDER, [*weights, *angles], strict=False))
    data = live_link(values, frame=frame, subject=subject.encode())
    packet = decode(data)
    assert packet is not None
    assert (packet.frame, packet.subject) == (frame, subject)
    received = fed(LiveLinkReader(), data)
    assert received.weights.tolist() == weights
    if any(angles):
        assert received.channels == ALL_CHANNELS | {HEAD}
        assert (received.head.yaw_rad, received.head.pitch_rad, -received.head.roll_rad) == tuple(angles)


def test_values_beyond_the_range_are_clipped() -> None:
    frame = face({"jawOpen": 1.5, "mouthClose": -0.25})
    assert (frame.weight("jawOpen"), frame.weight("mouthClose")) == (1.0, 0.0)


# ---- the head and its unit ------------------------------------------------------------------------------------------


def test_the_head_turns_left_and_up_and_tilts_right() -> None:
    """The wire's roll is positive toward the side named Right, ours toward the left shoulder."""
    head = face({"headYaw": 0.25, "headPitch": 0.125, "headRoll": 0.5}).head
    assert dataclasses.astuple(head) == (0.25, 0.125, -0.5, 0.0, 0.0, 0.0)


def looking(*, down: float, unit: float, head_yaw: float = 0.25) -> bytes:
    """Eyes turned down, their angle in `unit` for each radian, as the app or the engine sends it."""
    pitch = 0.61 * down * unit
    return live_link(
        {"eyeLookDownLeft": down, "eyeLookDownRight": down, "leftEyePitch": pitch, "rightEyePitch": pitch}
        | {"headYaw": head_yaw * unit}
    )


@pytest.mark.parametrize("down", [0.15, 0.3, 0.9])
def test_radians_are_the_default_and_recognised(down: float) -> None:
    reader = LiveLinkReader()
    yaws = [fed(reader, looking(down=down, unit=1.0)).head.yaw_rad for _ in range(30)]
    assert yaws == [0.25] * 30


@pytest.mark.parametrize("down", [0.15, 0.3, 0.9])
def test_half_turns_are_recognised_within_five_packets(down: float) -> None:
    reader = LiveLinkReader()
    yaws = [fed(reader, looking(down=down, unit=1 / math.pi)).head.yaw_rad for _ in range(30)]
    assert yaws[:4] == pytest.approx([0.25 / math.pi] * 4)
    assert yaws[4:] == pytest.approx([0.25] * 26)


def test_a_sender_without_eye_angles_is_taken_for_radians() -> None:
    reader = LiveLinkReader()
    for _ in range(30):
        frame = fed(reader, live_link({"eyeLookDownLeft": 0.5, "eyeLookDownRight": 0.5, "headYaw": 0.25}))
    assert frame.head.yaw_rad == 0.25


def test_eyes_that_look_straight_tell_nothing() -> None:
    reader = LiveLinkReader()
    for _ in range(100):
        frame = fed(reader, looking(down=0.05, unit=1 / math.pi))
    assert frame.head.yaw_rad == pytest.approx(0.25 / math.pi)


def test_a_head_that_is_switched_off_is_not_spoken_for() -> None:
    assert face({"jawOpen": 0.5}).channels == ALL_CHANNELS


def test_one_zero_is_no_switch_but_a_second_of_them_is() -> None:
    reader = LiveLinkReader()
    turned, straight = live_link({"headYaw": 0.25}), live_link({})
    assert HEAD in fed(reader, turned, 10.0).channels
    assert HEAD in fed(reader, straight, 10.1).channels
    assert HEAD in fed(reader, straight, 10.9).channels
    assert HEAD not in fed(reader, straight, 11.1).channels
    assert HEAD in fed(reader, turned, 11.2).channels


# ---- no face --------------------------------------------------------------------------------------------------------

TIME = struct.pack(">ifii", 9, 0.0, 60, 1)


@pytest.mark.parametrize("rest", [TIME, TIME + b"\0", TIME[:12], TIME[:4], b""])
def test_a_packet_that_ends_early_says_that_there_is_no_face(rest: bytes) -> None:
    reader = LiveLinkReader()
    assert fed(reader, live_link({"jawOpen": 0.5})).face_seen
    assert not fed(reader, live_link_header() + rest, 1.0).face_seen
    assert fed(reader, live_link({"jawOpen": 0.5}, frame=10), 2.0).face_seen


# ---- other versions, broken headers ---------------------------------------------------------------------------------


@pytest.mark.parametrize("version", [1, 4, 5, 7])
def test_other_versions_are_read_from_the_end(version: int) -> None:
    data = bytes([version]) + b"some other header" + live_link({"jawOpen": 0.5, "headYaw": 0.25})[-245:]
    frame = fed(LiveLinkReader(), data)
    assert (frame.weight("jawOpen"), frame.head.yaw_rad) == (0.5, 0.25)


@pytest.mark.parametrize("subject", ["Ünïcödé", "顔", "a"])
def test_a_length_in_characters_instead_of_bytes(subject: str) -> None:
    name = subject.encode()
    whole = live_link({"jawOpen": 0.5}, subject=name)
    lying = whole.replace(struct.pack(">i", len(name)) + name, struct.pack(">i", len(subject)) + name)
    assert fed(LiveLinkReader(), lying).weight("jawOpen") == 0.5


def test_values_follow_the_count_even_when_more_follows() -> None:
    assert fed(LiveLinkReader(), live_link({"jawOpen": 0.5}) + b"more").weight("jawOpen") == 0.5


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e38, 11.0])
@pytest.mark.parametrize("name", ["jawOpen", "headYaw", "rightEyeRoll"])
def test_a_number_that_can_not_be_meant_spoils_the_packet(name: str, value: float) -> None:
    assert LiveLinkReader().feed(live_link({name: value}), 0.0) is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x06",
        b"\x06\0\0\0\0\0\0\0\0",
        b"\x06\xff\xff\xff\xff" + b"x" * 300,
        b"\x06\x7f\xff\xff\xff" + b"x" * 300,
        b"\x06\0\0\0\x04devi\xff\xff\xff\xf8",
        GENUINE[:-1],
        live_link({})[-245:],
        live_link_header() + TIME + bytes([52]) + bytes(4 * 52),
        b"x" * 60_000,
        bytes(2048),
        b"jawOpen-50|=head#0,0,0,0,0,0|",
    ],
)
def test_what_is_no_packet(data: bytes) -> None:
    assert LiveLinkReader().feed(data, 0.0) is None


@given(st.binary(max_size=400))
def test_any_bytes_are_harmless(data: bytes) -> None:
    reader = LiveLinkReader()
    for each in (data, b"\x06" + data, GENUINE[:41] + data, GENUINE + data, data + GENUINE[-245:]):
        frame = reader.feed(each, 0.0)
        assert frame is None or np.isfinite(frame.weights).all()


# ---- order of arrival -----------------------------------------------------------------------------------------------


def test_a_late_packet_changes_nothing() -> None:
    reader = LiveLinkReader()
    newest = fed(reader, live_link({"jawOpen": 0.5}, frame=100), 1.0)
    assert reader.feed(live_link({"jawOpen": 0.25}, frame=99), 1.1) is newest
    assert fed(reader, live_link({"jawOpen": 0.75}, frame=101), 1.2).weight("jawOpen") == 0.75


def test_a_clock_that_is_set_back_is_a_new_start() -> None:
    """At midnight, or when the app is started anew."""
    reader = LiveLinkReader()
    fed(reader, live_link({"jawOpen": 0.5}, frame=5_183_999))
    assert fed(reader, live_link({"jawOpen": 0.25}, frame=0)).weight("jawOpen") == 0.25


# ---- another encoder ------------------------------------------------------------------------------------------------


def test_pylivelinkface_sends_what_we_read() -> None:
    sender = PyLiveLinkFace(name="somebody", uuid="01234567-89ab-cdef-0123-456789abcdef")
    for index, shape in enumerate(FaceBlendShape):
        sender.set_blendshape(shape, index / 128, no_filter=True)
    reader = LiveLinkReader()
    packet, frame = decode(sender.encode()), fed(reader, sender.encode())
    assert packet is not None
    assert packet.subject == "somebody"
    assert packet.frame is not None
    for shape in FaceBlendShape:
        name = shape.name[0].lower() + shape.name[1:]
        if name in arkit.INDEX:
            assert frame.weight(name) == shape.value / 128
    assert frame.head.yaw_rad == FaceBlendShape.HeadYaw.value / 128


@pytest.mark.parametrize("uuid", ["short", "0123456789abcdef0123456789abcdef012345678"])
def test_pylivelinkface_with_a_length_that_lies(uuid: str) -> None:
    """Its `$` before the identifier is the 36 of a length, however long the identifier is."""
    sender = PyLiveLinkFace(name="somebody", uuid=uuid)
    sender.set_blendshape(FaceBlendShape.JawOpen, 0.5, no_filter=True)
    assert fed(LiveLinkReader(), sender.encode()).weight("jawOpen") == 0.5


@pytest.mark.parametrize("name", ["Jürgen", "顔"])
def test_pylivelinkface_counts_characters_instead_of_bytes(name: str) -> None:
    sender = PyLiveLinkFace(name=name)
    sender.set_blendshape(FaceBlendShape.JawOpen, 0.5, no_filter=True)
    assert fed(LiveLinkReader(), sender.encode()).weight("jawOpen") == 0.5


def test_pylivelinkfaces_frame_numbers_fall_every_second() -> None:
    """It counts the milliseconds of the second as frames; that is no late packet."""
    reader = LiveLinkReader()
    for frame, time_s in ((60_983, 0.983), (60_999, 0.999), (60_075, 1.015), (60_091, 1.031)):
        assert fed(reader, live_link({"jawOpen": 0.5}, frame=frame), time_s).time_s == time_s


# ---- real recordings ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["livelinkface_MySlate_3_jason.csv", "livelinkface_alex_rom_3.csv"])
def test_real_recordings_are_radians(name: str) -> None:
    """Replayed as packets, in radians as the app sends and in half turns as the engine does."""
    path = recordings() / name
    with path.open(newline="") as file:
        rows = [
            {column[0].lower() + column[1:]: float(value) for column, value in list(row.items())[2:]}
            for row in list(csv.DictReader(file))[::10]
        ]
    for unit in (1.0, 1 / math.pi):
        reader = LiveLinkReader()
        for number, row in enumerate(rows):
            values = {key: value if key in arkit.INDEX else value * unit for key, value in row.items()}
            values["headYaw"] = 0.25 * unit  # these were recorded without the head
            frame = fed(reader, live_link(values, frame=number))
            assert frame.weights.tolist() == [np.float32(row[shape]) for shape in arkit.NAMES]
            if number >= 20:
                assert frame.head.yaw_rad == pytest.approx(0.25)
