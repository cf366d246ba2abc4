"""Facemotion3D's lines: the vendor's sample, its own names, and the format that is another one."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import HEAD
from drivers.protocols.facemotion3d import FAREWELL, HELLO, PHONE_PORT, PORTS, decode, reader
from tests.soak.phone_samples import facemotion3d

VENDOR = (
    b"eyeLookOutLeft&3|mouthPressRight&14|FM_browUpLeft&0|=head#-22.167973,0.45402408,-4.8798294,-0.039975993,"
    b"-0.048437987,-0.45562273|rightEye#12.759762,5.527712,1.2244859|leftEye#12.862795,1.264116,0.28145725|"
)


def test_the_vendors_sample() -> None:
    frame = reader().feed(VENDOR, 3.0)
    assert frame is not None
    assert frame.weight("eyeLookOutLeft") == pytest.approx(0.03)
    assert frame.weight("mouthPressRight") == pytest.approx(0.14)
    assert frame.channels == {"eyeLookOutLeft", "mouthPressRight", HEAD}
    assert (frame.time_s, frame.face_seen) == (3.0, True)
    degrees = [math.degrees(angle) for angle in (frame.head.yaw_rad, frame.head.pitch_rad, frame.head.roll_rad)]
    assert degrees == pytest.approx([0.45402408, 22.167973, 4.8798294])


@settings(max_examples=50)
@given(st.dictionaries(st.sampled_from(arkit.NAMES), st.integers(-100, 100), min_size=1))
def test_what_is_sent_arrives(percent: dict[str, int]) -> None:
    packet = decode(facemotion3d(percent, [1.0, 2.0, 3.0, 0.0, 0.0, -0.5]))
    assert packet is not None
    assert packet.shapes == {name: value / 100 for name, value in percent.items()}
    assert packet.angles_deg == (1.0, 2.0, 3.0)


def test_what_it_streams_to_unity_is_another_format() -> None:
    assert decode(b"faceObjGrp!eyeBlinkLeft&3|jawOpen&5|") is None
    assert decode(b"jawOpen&5|faceObjGrp!Head#0,0,0|") is None


def test_the_handshake_to_the_letter() -> None:
    assert (HELLO, FAREWELL) == (b"FACEMOTION3D_OtherStreaming", b"StopStreaming_FACEMOTION3D")
    assert (PHONE_PORT, PORTS) == (49993, (49983, 49993))
