"""The template's codec, with bytes as its device sends them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import DriverError
from drivers.stub import CHANNELS, Options, create, decode


def test_a_packet() -> None:
    frame = decode(b"jawOpen=0.25 eyeBlinkLeft=1 battery=87", 3.0)
    assert frame is not None
    assert (frame.weight("jawOpen"), frame.weight("eyeBlinkLeft")) == (0.25, 1.0)
    assert (frame.time_s, frame.channels) == (3.0, CHANNELS)


@pytest.mark.parametrize(
    "packet",
    [b"", b"battery=87", b"jawOpen", b"jawOpen=", b"jawOpen=nan", b"jawOpen=1.5", b"jawOpen=-0.1", b"\xff=\xfe"],
)
def test_what_is_no_face(packet: bytes) -> None:
    assert decode(packet, 0.0) is None


@given(st.binary())
def test_any_bytes_are_harmless(packet: bytes) -> None:
    decode(packet, 0.0)
    decode(b"jawOpen=" + packet, 0.0)


@pytest.mark.parametrize("period_s", [0.0, -1.0, float("nan")])
def test_options_that_make_no_sense(period_s: float) -> None:
    with pytest.raises(DriverError, match=r"^stub: period_s must be more than 0 seconds, got "):
        create(Options(period_s=period_s)).__enter__()
