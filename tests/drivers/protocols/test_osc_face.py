"""All OSC dialects through one ear: what is heard, what is refused, and thousands of datagrams gone wrong."""

import faulthandler
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from oscpy.parser import format_message

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.protocols.heard import Heard
from drivers.protocols.osc_face import OscFace
from tests.soak.mutants import mutants
from tests.soak.osc_samples import GOODS, message


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


@pytest.mark.parametrize(
    ("datagram", "verdict"),
    [
        (message("/jawOpen", 0.5), Heard.FACE),
        (message("/W", 24, 1), Heard.FACE),
        (message("/VMC/Ext/Blend/Val", "jawOpen", 0.5), Heard.FACE),
        (message("/VMC/Ext/Blend/Apply"), Heard.OTHER),
        (message("/VMC/Ext/T", 12.5), Heard.OTHER),
        (message("/VMC/Ext/Blend/Val", "HairClip", 0.5), Heard.OTHER),
        (message("/ELR", 1.0, 2.0), Heard.OTHER),
        (message("/avatar/parameters/v2/JawOpen", 0.5), Heard.FACE),
        (message("/avatar/parameters/EyeTrackingActive", True), Heard.OTHER),
        (message("/avatar/parameters/GestureLeft", 3), Heard.OTHER),
        (message("/avatar/change", "avtr_1"), Heard.OTHER),
        (message("/phiz/blendshapes", *[0.5] * 52), Heard.FACE),
        (message("/mpmocap/version", "1.0"), Heard.OTHER),
        (message("/jawOpen", "wide"), Heard.NOISE),
        (message("/someone/else", 0.5), Heard.NOISE),
        (b"hello", Heard.NOISE),
        (b"", Heard.NOISE),
    ],
)
def test_what_a_datagram_turns_out_to_be(datagram: bytes, verdict: Heard) -> None:
    assert OscFace().feed(datagram, 0.0) is verdict


@pytest.mark.parametrize(
    ("address", "values", "name", "weight"),
    [
        ("/W", [24, 0.5], "jawOpen", 0.5),
        ("/W", [13, 1], "eyeBlinkLeft", 1.0),
        ("/avatar/parameters/v2/EyeLidLeft", [0.0], "eyeBlinkLeft", 1.0),
        ("/phiz/blendshapes", [0.25] * 52, "tongueOut", 0.25),
        ("/VMC/Ext/Blend/Val/MouthSmile_L", [0.75], "mouthSmileLeft", 0.75),
        ("/my/own/cheek_puff", [0.5], "cheekPuff", 0.5),
    ],
)
def test_two_libraries_say_the_same(address: str, values: list[float], name: str, weight: float) -> None:
    theirs, _ = format_message(address.encode(), values)
    assert theirs == message(address, *values)
    face = OscFace()
    assert face.feed(theirs, 1.0) is Heard.FACE
    frame = face.frame(2.0)  # by now a shape of VMC counts without its Apply
    assert frame is not None
    assert frame.weight(name) == weight


# ---- whatever the network does --------------------------------------------------------------------------------------


def test_duplicates_losses_and_changed_order_leave_what_arrived_last(rng: np.random.Generator) -> None:
    """Datagrams carry no number: 30 % are lost, 10 % come twice, neighbours swap; what came last of each holds."""
    sent = [(arkit.NAMES[number % 8], (number % 100) / 128.0) for number in range(3000)]
    kept = [each for each in sent if rng.random() >= 0.3]
    doubled = [each for each in kept for _ in range(1 + (rng.random() < 0.1))]
    order = np.argsort(np.arange(len(doubled)) + rng.uniform(0.0, 3.0, len(doubled)))
    face, last = OscFace(), dict[str, float]()
    for number, place in enumerate(order):
        name, value = doubled[place]
        last[name] = value
        face.feed(message(f"/x/{name}", value), number / 60.0)
        frame = face.frame(number / 60.0)
        assert frame is not None
        assert {each: frame.weight(each) for each in last} == last
        assert frame.time_s == number / 60.0


@pytest.mark.parametrize("bad", [math.nan, math.inf, -math.inf, 1e38, -1e38, "0.5"])
@pytest.mark.parametrize(
    "address",
    ["/jawOpen", "/VMC/Ext/Blend/Val/jawOpen", "/avatar/parameters/v2/JawOpen", "/avatar/parameters/FT/v2/Head/Yaw",
     "/VMC/Ext/Bone/Pos/Head", "/HR", "/HT", "/phiz/headRotation"],
)  # fmt: skip
def test_a_value_that_is_none_does_not_stick(address: str, bad: float | str) -> None:
    face = OscFace()
    face.feed(message(address, *[bad] * (7 if "Bone" in address else 3 if address[1] == "H" else 1)), 1.0)
    face.feed(message("/W", 24, bad), 1.0)
    face.feed(message("/phiz/blendshapes", *[bad] * 52), 1.0)
    assert face.frame(2.0) is None
    face.feed(message("/W", 24, 0.5), 2.0)
    frame = face.frame(2.0)
    assert frame is not None
    assert (frame.weight("jawOpen"), frame.channels) == (0.5, {"jawOpen"})


@pytest.mark.parametrize("dialect", GOODS)
def test_mutants_do_no_harm(rng: np.random.Generator, dialect: str) -> None:
    """No exception, no endless loop, never a number outside its range, and the next good packet counts at once."""
    face = OscFace()
    faulthandler.dump_traceback_later(300, exit=True)  # an endless loop shows itself instead of hanging
    try:
        for number, datagram in enumerate(mutants(rng, 4000, GOODS[dialect])):
            now_s = number / 60.0
            face.feed(datagram, now_s)
            # FaceFrame and HeadPose refuse what isn't finite. By then what waited for its Apply counts, and no later.
            frame = face.frame(now_s + 0.1)
            if number % 100 == 0:
                assert frame is None or (frame.weights.min() >= 0.0 and frame.weights.max() <= 1.0)
                value = (number // 100) / 100.0
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
         "/VMC/Ext/Bone/Pos/LeftEye", "/VMC/Ext/OK", "/VMC/Ext/Blend/Apply", "/jawOpen",
         "/avatar/parameters/v2/JawX", "/avatar/parameters/v2/JawX2", "/avatar/parameters/v2/JawXNegative",
         "/avatar/parameters/v2/Head/Pitch", "/avatar/parameters/v2/HeadRoll", "/avatar/parameters/EyeTrackingActive",
         "/tracking/eye/CenterPitchYaw", "/phiz/headRotation"]
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
