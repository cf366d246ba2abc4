"""iFacialMocap's lines: the vendor's samples, real frames, both versions, and every habit of the app."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers.protocols.ifacialmocap import HELLO, PORT, SAME_S, IFacialMocapReader, decode
from tests.soak.phone_samples import ifacialmocap, recordings, underscored

VENDOR = (
    b"mouthSmile_R-0|eyeLookOut_L-0|mouthUpperUp_L-11|mouthLeft-1|=head#-21.488958,-6.038993,-6.6019735,-0.030653415,"
    b"-0.10287084,-0.6584072|rightEye#6.0297494,2.4403017,0.25649446|leftEye#6.034903,-1.6660284,-0.17520553|"
)
NEWER = (
    b"trackingStatus-1|eyeLookIn_R-7|hapihapi-0|=head#-5.0568147,0.51878923,-1.9728191,-0.0022842719,-0.026130209,"
    b"-0.55329144|rightEye#6.593492,2.801933,0.32198337|leftEye#6.60017,-1.5836788,-0.18207395|"
)


def fed(data: bytes, time_s: float = 0.0, reader: IFacialMocapReader | None = None) -> FaceFrame:
    frame = (reader or IFacialMocapReader()).feed(data, time_s)
    assert frame is not None
    return frame


# ---- the vendor's samples -------------------------------------------------------------------------------------------


def test_the_vendors_sample() -> None:
    frame = fed(VENDOR, 3.0)
    assert (frame.time_s, frame.face_seen) == (3.0, True)
    assert frame.weight("mouthUpperUpLeft") == pytest.approx(0.11)
    assert frame.weight("mouthLeft") == pytest.approx(0.01)
    assert frame.weights.sum() == pytest.approx(0.12)
    assert frame.channels == {"mouthSmileRight", "eyeLookOutLeft", "mouthUpperUpLeft", "mouthLeft", HEAD}


def test_the_vendors_newer_sample() -> None:
    packet = decode(NEWER)
    assert packet is not None
    assert packet.tracking is True
    assert packet.shapes == {"eyeLookInRight": 0.07}
    assert packet.angles_deg == (-5.0568147, 0.51878923, -1.9728191)
    assert packet.position_m == (-0.0022842719, -0.026130209, -0.55329144)
    assert fed(NEWER).face_seen


def test_x_nods_down_y_turns_to_the_left_z_tilts_to_the_right() -> None:
    """ARKit's frame, as the eyes of the samples show; see the protocol's docstring."""
    head = fed(VENDOR).head
    degrees = [math.degrees(angle) for angle in (head.yaw_rad, head.pitch_rad, head.roll_rad)]
    assert degrees == pytest.approx([-6.038993, 21.488958, 6.6019735])


def test_the_position_counts_from_the_first() -> None:
    reader = IFacialMocapReader()
    assert fed(ifacialmocap({}, [0, 0, 0, 0.5, 0.25, -0.5]), reader=reader).head.x_m == 0.0
    head = fed(ifacialmocap({}, [0, 0, 0, 0.625, 0.0, -0.25]), reader=reader).head
    assert (head.x_m, head.y_m, head.z_m) == (0.125, -0.25, 0.25)


def test_the_handshake_to_the_letter() -> None:
    assert HELLO == (
        b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719|sendDataVersion=v2",
        b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719",
    )
    assert PORT == 49983


# ---- both versions --------------------------------------------------------------------------------------------------

percents = st.dictionaries(st.sampled_from(arkit.NAMES), st.integers(0, 100), min_size=1)
degrees = st.floats(-90, 90).map(lambda angle: round(angle, 4))


@pytest.mark.parametrize("mark", ["-", "&"])
@settings(max_examples=50)
@given(percent=percents, angles=st.tuples(degrees, degrees, degrees), tracking=st.sampled_from([None, 0, 1]))
def test_what_is_sent_arrives(
    mark: str, percent: dict[str, int], angles: tuple[float, ...], tracking: int | None
) -> None:
    packet = decode(ifacialmocap(percent, [*angles, 0.0, 0.0, -0.5], mark=mark, tracking=tracking))
    assert packet is not None
    assert packet.shapes == {name: value / 100 for name, value in percent.items()}
    assert packet.angles_deg == angles
    assert packet.position_m == (0.0, 0.0, -0.5)
    assert packet.tracking is (None if tracking is None else bool(tracking))


@pytest.mark.parametrize(
    ("token", "weight"),
    [("jawOpen&50", 0.5), ("jawOpen-50", 0.5), (" jawOpen - 50 ", 0.5), ("jawOpen&-5", -0.05), ("jawOpen--5", -0.05),
     ("jawOpen&12.5", 0.125), ("jawOpen&5e1", 0.5), ("JawOpen-50", 0.5), ("jawOpen-150", 1.5)],
)  # fmt: skip
def test_how_a_value_may_be_written(token: str, weight: float) -> None:
    packet = decode(token.encode())
    assert packet is not None
    assert packet.shapes == {"jawOpen": weight}
    assert fed(token.encode()).weight("jawOpen") == pytest.approx(min(1.0, max(0.0, weight)))


@pytest.mark.parametrize(
    "token",
    ["jawOpen", "jawOpen-", "jawOpen&", "jawOpen-nan", "jawOpen-inf", "jawOpen-1,5", "jawOpen-1_0", "jawOpen-0x1",
     "jawOpen-50%", "jawOpen-1e9", "jawOpen-٥", "-50", "&", "", "hapihapi-1", "FM_SAD&3", "=head", "tail#1,2,3"],
)  # fmt: skip
def test_a_token_that_says_nothing_is_passed_over(token: str) -> None:
    packet = decode(f"{token}|mouthClose-25|{token}|".encode())
    assert packet is not None
    assert packet.shapes == {"mouthClose": 0.25}
    assert packet.angles_deg is None


def test_every_name_in_the_apps_spelling() -> None:
    for name in arkit.NAMES:
        packet = decode(f"{underscored(name)}-100".encode())
        assert packet is not None
        assert packet.shapes == {name: 1.0}


@given(st.permutations(ifacialmocap({"jawOpen": 50, "eyeBlinkLeft": 25, "mouthLeft": 75}).decode().split("|")))
def test_the_order_means_nothing(tokens: list[str]) -> None:
    packet = decode("|".join(tokens).encode())
    assert packet is not None
    assert packet.shapes == {"jawOpen": 0.5, "eyeBlinkLeft": 0.25, "mouthLeft": 0.75}


# ---- what may be missing --------------------------------------------------------------------------------------------


def test_eyes_may_be_missing() -> None:
    frame = fed(b"jawOpen-50|=head#1,2,3,0,0,0|")
    assert frame.channels == {"jawOpen", HEAD}


def test_a_head_without_position_has_angles_only() -> None:
    """As the version for PCs sends it."""
    head = fed(b"jawOpen-50|=head#10,20,30|").head
    assert math.degrees(head.yaw_rad) == pytest.approx(20.0)
    assert (head.x_m, head.y_m, head.z_m) == (0.0, 0.0, 0.0)


@pytest.mark.parametrize("head", ["1,2", "1,2,x", "1,,3", "nan,0,0", "1e4,0,0", "", "1;2;3"])
def test_a_head_that_is_none_is_not_spoken_for(head: str) -> None:
    assert fed(f"jawOpen-50|=head#{head}|".encode()).channels == {"jawOpen"}


def test_a_position_from_nowhere_is_no_position() -> None:
    assert fed(b"=head#10,20,30,1e5,0,0|").head.x_m == 0.0


def test_shapes_that_are_not_sent_are_not_spoken_for() -> None:
    """The version for PCs has neither tongue nor puffed cheeks."""
    percent = dict.fromkeys(set(arkit.NAMES) - {"tongueOut", "cheekPuff"}, 5)
    assert fed(ifacialmocap(percent)).channels == ALL_CHANNELS - {"tongueOut", "cheekPuff"}


# ---- a lost face ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mark", ["-", "&"])
def test_tracking_status(mark: str) -> None:
    assert fed(ifacialmocap({"jawOpen": 5}, mark=mark, tracking=1)).face_seen
    assert not fed(ifacialmocap({"jawOpen": 5}, mark=mark, tracking=0)).face_seen


def test_older_apps_repeat_the_last_frame_when_the_face_is_lost() -> None:
    reader = IFacialMocapReader()
    frame = ifacialmocap({"jawOpen": 50}, [1.0, 2.0, 3.0, 0.0, 0.0, -0.5])
    assert fed(frame, 5.0, reader).face_seen
    assert fed(frame, 5.0, reader).face_seen  # a packet that came twice
    assert fed(frame, 5.0 + 0.9 * SAME_S, reader).face_seen
    assert not fed(frame, 5.0 + 1.1 * SAME_S, reader).face_seen
    assert fed(ifacialmocap({"jawOpen": 51}, [1.0, 2.0, 3.0, 0.0, 0.0, -0.5]), 5.0 + 1.2 * SAME_S, reader).face_seen


def test_newer_apps_may_hold_still() -> None:
    reader = IFacialMocapReader()
    frame = ifacialmocap({"jawOpen": 50}, tracking=1)
    assert fed(frame, 5.0, reader).face_seen
    assert fed(frame, 50.0, reader).face_seen


# ---- what is none ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [b"", b"|", b"hello", b"trackingStatus-1|", b"hapihapi-0|FM_SAD&0|", b"\xff\xfe\x00", HELLO[0], b"jawOpen",
     b"=head#1,2|", b"jawOpen-50|" * 1000, b"|" * 5000 + b"jawOpen-50|", b'{"FaceFound":true,"BlendShapes":[]}'],
)  # fmt: skip
def test_what_is_no_frame(data: bytes) -> None:
    assert IFacialMocapReader().feed(data, 0.0) is None


@given(st.binary(max_size=200))
def test_any_bytes_are_harmless(data: bytes) -> None:
    reader = IFacialMocapReader()
    for each in (data, VENDOR + data, data + b"jawOpen-50|", b"=head#" + data, b"jawOpen&" + data):
        frame = reader.feed(each, 0.0)
        assert frame is None or np.isfinite(frame.weights).all()


# ---- real frames ----------------------------------------------------------------------------------------------------


def test_real_frames() -> None:
    first, second = (recordings() / "ifacialmocap_packets.txt").read_bytes().splitlines()
    frame = fed(first)
    assert frame.channels == ALL_CHANNELS | {HEAD}
    assert frame.face_seen
    assert frame.weight("eyeLookInRight") == pytest.approx(0.54)
    assert frame.weight("eyeLookOutLeft") == pytest.approx(0.44)
    assert frame.weight("eyeWideLeft") == pytest.approx(0.26)
    assert math.degrees(frame.head.yaw_rad) == pytest.approx(-7.3032465)
    assert math.degrees(frame.head.pitch_rad) == pytest.approx(1.6704091)
    assert math.degrees(frame.head.roll_rad) == pytest.approx(-2.886358)
    packet = decode(second)
    assert packet is not None
    assert (packet.tracking, len(packet.shapes)) == (True, 52)


def test_in_real_frames_the_eyes_turn_back_toward_the_phone() -> None:
    """Who looks at the phone while the head turns left looks right with the eyes: head and shapes agree in side."""
    for data in (recordings() / "ifacialmocap_packets.txt").read_bytes().splitlines():
        frame = fed(data)
        to_the_left = (
            frame.weight("eyeLookOutLeft") + frame.weight("eyeLookInRight")
            - frame.weight("eyeLookInLeft") - frame.weight("eyeLookOutRight")
        )  # fmt: skip
        assert to_the_left * frame.head.yaw_rad < 0.0
