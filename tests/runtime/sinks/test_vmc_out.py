"""runtime.sinks.vmc: what we send is what two independent readers hear, ours and python-osc's."""

import math
import socket
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle import OscBundle
from pythonosc.osc_message import OscMessage

from assets import arkit
from assets.errors import UsageError
from assets.face import FaceFrame, HeadPose
from drivers.protocols.osc_face import OscFace
from runtime.sinks.vmc import PRESETS, VALUES_IN_BUNDLE, VmcSender

ANGLE = st.floats(-1.2, 1.2)
TURNED = HeadPose.from_degrees(yaw_deg=30.0, pitch_deg=-10.0, roll_deg=5.0)


def said(datagrams: list[bytes]) -> list[OscMessage]:
    """All messages, read by python-osc."""
    return [message for datagram in datagrams for message in OscBundle(datagram)]


def values(datagrams: list[bytes]) -> dict[str, float]:
    return {m.params[0]: m.params[1] for m in said(datagrams) if m.address == "/VMC/Ext/Blend/Val"}


def bones(datagrams: list[bytes]) -> dict[str, list[float]]:
    return {m.params[0]: m.params[1:] for m in said(datagrams) if m.address == "/VMC/Ext/Bone/Pos"}


@pytest.fixture
def sender() -> VmcSender:
    return VmcSender("127.0.0.1", 39539)


def test_a_face_in_four_small_datagrams(sender: VmcSender) -> None:
    sent = sender.datagrams(FaceFrame.from_mapping({"jawOpen": 0.5, "tongueOut": 1.0}), 10.0)
    assert [len(datagram) <= 1200 for datagram in sent] == [True] * 4
    addresses = [[message.address for message in OscBundle(datagram)] for datagram in sent]
    val = "/VMC/Ext/Blend/Val"
    assert addresses[0] == ["/VMC/Ext/OK", "/VMC/Ext/T", "/VMC/Ext/Root/Pos"] + ["/VMC/Ext/Bone/Pos"] * 4
    assert addresses[1:3] == [[val] * VALUES_IN_BUNDLE] * 2
    assert addresses[3] == [val] * (len(arkit.NAMES) - 2 * VALUES_IN_BUNDLE) + ["/VMC/Ext/Blend/Apply"]
    heard = values(sent)
    assert list(heard) == [name[0].upper() + name[1:] for name in arkit.NAMES]
    assert {name: value for name, value in heard.items() if value} == {"JawOpen": 0.5, "TongueOut": 1.0}
    assert all(isinstance(value, float) for value in heard.values())


def test_bytes_of_one_value(sender: VmcSender) -> None:
    datagram = sender.datagrams(FaceFrame.from_mapping({"jawOpen": 0.5}), 0.0)[1]
    message = b"/VMC/Ext/Blend/Val\0\0,sf\0JawOpen\0" + bytes.fromhex("3f000000")
    assert b"\0\0\0\x24" + message in datagram
    assert datagram.startswith(b"#bundle\0\0\0\0\0\0\0\0\x01")


def test_time_counts_from_the_first_face(sender: VmcSender) -> None:
    times = [said(sender.datagrams(FaceFrame(), now_s))[1].params for now_s in (100.0, 100.5, 103.0)]
    assert times == [[0.0], [0.5], [3.0]]


def test_unitys_axes(sender: VmcSender) -> None:
    """Facing +z with x to the right, turning to the own left is a negative turn about y, looking up one about x."""
    neck, head = (bones(sender.datagrams(FaceFrame(head=HeadPose(yaw_rad=0.6)), 0.0))[b][3:] for b in ("Neck", "Head"))
    assert neck == head == pytest.approx([0.0, -math.sin(0.15), 0.0, math.cos(0.15)])
    up = bones(sender.datagrams(FaceFrame(head=HeadPose(pitch_rad=0.6)), 0.0))["Head"][3:]
    assert up == pytest.approx([-math.sin(0.15), 0.0, 0.0, math.cos(0.15)])
    tilted = bones(sender.datagrams(FaceFrame(head=HeadPose(roll_rad=0.6)), 0.0))["Head"][3:]
    assert tilted == pytest.approx([0.0, 0.0, math.sin(0.15), math.cos(0.15)])
    left = bones(sender.datagrams(FaceFrame.from_mapping({"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}), 0.0))
    half = math.radians(17.5)
    for eye in ("LeftEye", "RightEye"):
        assert left[eye][3:] == pytest.approx([0.0, -math.sin(half), 0.0, math.cos(half)])
    assert left["LeftEye"][0] < 0.0 < left["RightEye"][0]


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 2**32), ANGLE, ANGLE, ANGLE)
def test_our_own_ear_hears_the_same_face(seed: int, yaw: float, pitch: float, roll: float) -> None:
    face = FaceFrame(np.random.default_rng(seed).random(arkit.COUNT, np.float32), HeadPose(yaw, pitch, roll))
    ear = OscFace()
    for datagram in VmcSender("127.0.0.1", 1).datagrams(face, 1.0):
        ear.feed(datagram, 1.0)
    heard = ear.frame(1.0)
    assert heard is not None
    np.testing.assert_allclose(heard.weights, face.weights, atol=1e-6)
    angles = [heard.head.yaw_rad, heard.head.pitch_rad, heard.head.roll_rad]
    assert angles == pytest.approx([yaw, pitch, roll], abs=1e-5)


def test_presets_for_models_without_perfect_sync() -> None:
    sender = VmcSender("127.0.0.1", 39539, presets=True)

    def shown(**weights: float) -> dict[str, float]:
        heard = values(sender.datagrams(FaceFrame.from_mapping(weights), 0.0))
        assert list(heard) == list(PRESETS)
        return {name: pytest.approx(value, abs=1e-6) for name, value in heard.items() if value}

    assert shown() == {}
    assert shown(jawOpen=0.7) == {"A": 1.0}
    assert shown(eyeBlinkLeft=1.0) == {"Blink_L": 1.0}
    assert shown(mouthPucker=1.0) == {"U": 1.0}
    assert shown(mouthFunnel=1.0, jawOpen=0.35) == {"O": 1.0}
    assert shown(mouthStretchLeft=1.0, mouthStretchRight=1.0) == {"I": 1.0}
    assert shown(mouthSmileLeft=0.5, mouthSmileRight=0.5) == {"Joy": 0.5}


@pytest.fixture
def receiver() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listening:
        listening.bind(("127.0.0.1", 0))
        listening.setblocking(False)
        yield listening


def waiting(receiver: socket.socket) -> int:
    count = 0
    while True:
        try:
            receiver.recv(4096)
        except BlockingIOError:
            return count
        count += 1


def test_sent_at_sixty_a_second_at_most(receiver: socket.socket) -> None:
    with VmcSender("127.0.0.1", receiver.getsockname()[1]) as sender:
        for picture in range(144):
            sender.send(FaceFrame(head=TURNED), picture / 144.0)
            assert waiting(receiver) == (0 if picture % 3 else 4)  # 48 of 144 a second
        sender.send(FaceFrame(), 1.2)
        assert waiting(receiver) == 4
    sender.send(FaceFrame(), 2.0)  # after leaving nothing goes out
    assert waiting(receiver) == 0


def test_nobody_listening_is_no_trouble() -> None:
    with VmcSender("127.0.0.1", 9) as sender:
        for picture in range(5):
            sender.send(FaceFrame(), float(picture))


def test_an_unknown_computer_is_named() -> None:
    with pytest.raises(UsageError, match=r"no computer named 'no such host\.invalid'"):
        VmcSender("no such host.invalid", 39539)
