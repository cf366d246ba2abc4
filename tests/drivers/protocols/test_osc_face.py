"""All OSC dialects through one ear: what is heard, what is refused, and 100,000 datagrams gone wrong."""

import faulthandler
import math
import struct
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import IMMEDIATELY, OscBundleBuilder
from pythonosc.osc_message_builder import OscMessageBuilder

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.protocols.osc_face import OscFace


def message(address: str, *values: float | int | str | bool) -> bytes:
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, "f" if isinstance(value, float) else None)
    return bytes(builder.build().dgram)


def heard(*datagrams: bytes, now_s: float = 10.0) -> FaceFrame | None:
    face = OscFace()
    for datagram in datagrams:
        face.feed(datagram, now_s)
    return face.frame(now_s)


def test_nothing_heard_is_no_face() -> None:
    assert heard() is None
    assert heard(b"hello", message("/VMC/Ext/OK", 1), message("/VMC/Ext/T", 1.0)) is None


@pytest.mark.parametrize(
    "address",
    ["/jawOpen", "/face/JawOpen", "/a/b/c/jaw_open", "/avatar/parameters/v2/JawOpen", "/x/BlendShape.JawOpen"],
)
def test_any_address_that_ends_in_a_name(address: str) -> None:
    frame = heard(message(address, 0.25))
    assert frame is not None
    assert frame.channels == {"jawOpen"}
    assert frame.weight("jawOpen") == 0.25
    assert frame.time_s == 10.0


@pytest.mark.parametrize(
    ("value", "weight"),
    [(1, 1.0), (0.5, 0.5), (True, 1.0), (False, 0.0), (1.2, 1.0), (-5.0, 0.0), (10, 1.0)],
)
def test_numbers_of_any_type_are_clipped(value: float, weight: float) -> None:
    frame = heard(message("/jawOpen", value))
    assert frame is not None
    assert frame.weight("jawOpen") == weight


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e38, -1e38, 10.5, 2_000_000, "0.5", "nan"])
@pytest.mark.parametrize("address", ["/jawOpen", "/VMC/Ext/Blend/Val/jawOpen"])
def test_what_is_no_weight_is_ignored(address: str, value: float | str) -> None:
    frame = heard(message("/jawOpen", 0.25), message(address, value), message("/VMC/Ext/Blend/Apply"))
    assert frame is not None
    assert frame.weight("jawOpen") == 0.25


def test_surplus_arguments_and_unknown_names_are_not_generic() -> None:
    assert heard(message("/jawOpen", 0.5, 0.5), message("/jawOpenWide", 0.5), message("/jawOpen")) is None


def test_the_frame_is_the_same_until_something_changes() -> None:
    face = OscFace()
    face.feed(message("/jawOpen", 0.5), 1.0)
    first = face.frame(1.0)
    assert face.frame(2.0) is first
    face.feed(message("/jawOpen", 0.75), 3.0)
    second = face.frame(3.0)
    assert second is not None
    assert (second.weight("jawOpen"), second.time_s) == (0.75, 3.0)


def test_dialects_mix_and_the_newest_wins() -> None:
    frame = heard(
        message("/W", 24, 0.5),
        message("/VMC/Ext/Blend/Val", "JawOpen", 0.75),
        message("/VMC/Ext/Blend/Apply"),
        message("/W", 13, 1),
    )
    assert frame is not None
    assert frame.weight("jawOpen") == 0.75
    assert frame.weight("eyeBlinkLeft") == 1.0


# ---- 100,000 datagrams gone wrong -----------------------------------------------------------------------------------


def good_datagrams() -> list[bytes]:
    full = OscBundleBuilder(IMMEDIATELY)
    for index, name in enumerate(arkit.NAMES):
        value = OscMessageBuilder("/VMC/Ext/Blend/Val")
        value.add_arg(name)
        value.add_arg(index / 52.0, "f")
        full.add_content(value.build())
    full.add_content(OscMessageBuilder("/VMC/Ext/Blend/Apply").build())
    nested = OscBundleBuilder(IMMEDIATELY)
    nested.add_content(full.build())
    return [
        full.build().dgram,
        nested.build().dgram,
        message("/VMC/Ext/Bone/Pos", "Head", 0.0, 0.0, 0.0, 0.1, 0.2, 0.3, 0.9),
        message("/VMC/Ext/Bone/Pos", "LeftEye", 0.0, 0.0, 0.0, 0.1, 0.0, 0.0, 0.99),
        message("/VMC/Ext/OK", 1, 3, 0, 1),
        message("/VMC/Ext/Blend/Val", "A", 0.5),
        message("/VMC/Ext/Blend/Apply"),
        message("/W", 24, 0.5),
        message("/HR", 1.0, -2.0, 3.0),
        message("/HRQ", 0.0, 0.0, 0.0, 1.0),
        message("/HT", 0.0, 0.1, -0.6),
        message("/face/jawOpen", 0.5),
    ]


SIZES = np.frombuffer(struct.pack(">6i", -1, 0, -4, 2**31 - 1, 1 << 20, -(2**31)), np.uint8).reshape(6, 4)
ODD_FLOATS = np.frombuffer(struct.pack(">5f", math.nan, math.inf, -math.inf, 1e38, -5.0), np.uint8).reshape(5, 4)
TAGS = np.frombuffer(b"fisTFNIbdhtrcmS[]\0,z", np.uint8)


def mutants(rng: np.random.Generator, count: int) -> Iterator[bytes]:
    """Datagrams with flipped bytes, lying sizes, odd floats, exchanged tags, and ends cut off: all at once in numpy."""
    goods = good_datagrams()
    longest = max(map(len, goods))
    table = np.zeros((len(goods), longest), np.uint8)
    for row, good in enumerate(goods):
        table[row, : len(good)] = np.frombuffer(good, np.uint8)
    lengths = np.array([len(good) for good in goods])

    chosen = rng.integers(len(goods), size=count)
    data, length = table[chosen], lengths[chosen].copy()
    rows = np.arange(count)
    kind = rng.integers(5, size=count)

    def places(alignment: int) -> npt.NDArray[np.intp]:
        return np.asarray(rng.integers(0, length // alignment) * alignment, np.intp)

    for _ in range(3):
        some = kind == 0
        data[rows[some], places(1)[some]] ^= rng.integers(1, 256, size=count).astype(np.uint8)[some]
    for wanted, words in ((1, SIZES), (2, ODD_FLOATS)):
        some = kind == wanted
        picked = words[rng.integers(len(words), size=count)]
        data[rows[some, None], places(4)[some, None] + np.arange(4)] = picked[some]
    some = kind == 3
    for _ in range(4):
        data[rows[some], places(1)[some]] = rng.choice(TAGS, size=count)[some]
    some = kind == 4
    length[some] = rng.integers(0, length)[some]
    for row, end in zip(data, length.tolist(), strict=True):
        yield row[:end].tobytes()


def test_a_hundred_thousand_mutants_do_no_harm(rng: np.random.Generator) -> None:
    """No exception, no endless loop, never a number outside its range, and the next good packet counts at once."""
    face = OscFace()
    faulthandler.dump_traceback_later(300, exit=True)  # an endless loop shows itself instead of hanging
    try:
        for number, datagram in enumerate(mutants(rng, 100_000)):
            now_s = number / 60.0
            face.feed(datagram, now_s)
            frame = face.frame(now_s)  # FaceFrame and HeadPose refuse what isn't finite
            if number % 1000 == 0:
                assert frame is None or (frame.weights.min() >= 0.0 and frame.weights.max() <= 1.0)
                value = (number // 1000) / 100.0
                face.feed(message("/W", 24, value), now_s)
                good = face.frame(now_s)
                assert good is not None
                assert good.weight("jawOpen") == np.float32(value)
    finally:
        faulthandler.cancel_dump_traceback_later()


odd_numbers = st.one_of(
    st.floats(width=32), st.floats(allow_nan=False, allow_infinity=False, width=32), st.booleans(),
    st.integers(-(2**31), 2**31 - 1), st.text(max_size=5).filter(lambda text: "\0" not in text and text.isascii()),
)  # fmt: skip
odd_messages = st.builds(
    lambda address, values: message(address, *values),
    st.sampled_from(
        ["/W", "/HR", "/HRQ", "/HT", "/VMC/Ext/Blend/Val/jawOpen", "/VMC/Ext/Bone/Pos/Head",
         "/VMC/Ext/Bone/Pos/LeftEye", "/VMC/Ext/OK", "/VMC/Ext/Blend/Apply", "/jawOpen"]
    ),
    st.lists(odd_numbers, max_size=8),
)  # fmt: skip


@given(st.lists(odd_messages, max_size=20))
def test_well_formed_nonsense_never_reaches_a_frame(datagrams: list[bytes]) -> None:
    face = OscFace()
    for number, datagram in enumerate(datagrams):
        face.feed(datagram, float(number))
        frame = face.frame(float(number))
        if frame is not None:
            assert frame.channels <= ALL_CHANNELS | {HEAD}
            assert np.isfinite(frame.weights).all()
            assert abs(frame.head.yaw_rad) <= math.pi
            assert abs(frame.head.pitch_rad) <= math.pi / 2
            assert max(abs(frame.head.x_m), abs(frame.head.y_m), abs(frame.head.z_m)) <= 200.0
