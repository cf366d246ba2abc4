"""Live Link Face CSV: columns by name, two clocks, signs, and the app's habits."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit, livelink_csv
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose

# The header exactly as the app writes it: in two pairs, right comes before left.
HEADER = (
    "Timecode,BlendShapeCount,EyeBlinkLeft,EyeLookDownLeft,EyeLookInLeft,EyeLookOutLeft,EyeLookUpLeft,EyeSquintLeft,"
    "EyeWideLeft,EyeBlinkRight,EyeLookDownRight,EyeLookInRight,EyeLookOutRight,EyeLookUpRight,EyeSquintRight,"
    "EyeWideRight,JawForward,JawRight,JawLeft,JawOpen,MouthClose,MouthFunnel,MouthPucker,MouthRight,MouthLeft,"
    "MouthSmileLeft,MouthSmileRight,MouthFrownLeft,MouthFrownRight,MouthDimpleLeft,MouthDimpleRight,MouthStretchLeft,"
    "MouthStretchRight,MouthRollLower,MouthRollUpper,MouthShrugLower,MouthShrugUpper,MouthPressLeft,MouthPressRight,"
    "MouthLowerDownLeft,MouthLowerDownRight,MouthUpperUpLeft,MouthUpperUpRight,BrowDownLeft,BrowDownRight,BrowInnerUp,"
    "BrowOuterUpLeft,BrowOuterUpRight,CheekPuff,CheekSquintLeft,CheekSquintRight,NoseSneerLeft,NoseSneerRight,TongueOut,"
    "HeadYaw,HeadPitch,HeadRoll,LeftEyeYaw,LeftEyePitch,LeftEyeRoll,RightEyeYaw,RightEyePitch,RightEyeRoll"
)
COLUMNS = HEADER.split(",")


def table(*rows: tuple[str, dict[str, float]]) -> bytes:
    lines = [f"{stamp},61," + ",".join(f"{cells.get(name, 0.0):.10f}" for name in COLUMNS[2:]) for stamp, cells in rows]
    return "\n".join([HEADER, *lines, ""]).encode()


def times_s(*stamps: str) -> list[float]:
    frames, _ = livelink_csv.decode(table(*((stamp, {}) for stamp in stamps)))
    return [round(frame.time_s, 6) for frame in frames]


def test_a_sample_as_the_app_writes_it() -> None:
    data = table(
        ("13:13:04:31.652", {"EyeBlinkLeft": 0.25, "JawRight": 0.5, "HeadYaw": 0.1, "HeadPitch": 0.2, "HeadRoll": 0.3}),
        ("13:13:04:33.651", {"EyeBlinkLeft": 0.75, "MouthLeft": 1.0, "TongueOut": 0.125}),
        ("13:13:04:35.651", {"HeadRoll": -0.3, "LeftEyeYaw": 0.4}),
    )
    frames, fps = livelink_csv.decode(data)
    assert fps == 30.0
    assert [round(frame.time_s, 6) for frame in frames] == [0.0, 0.033317, 0.06665]
    assert frames[0].weight("eyeBlinkLeft") == 0.25
    assert frames[0].weight("jawRight") == 0.5
    assert frames[0].weights.sum() == 0.75
    assert frames[0].head == HeadPose(0.1, 0.2, -0.3)  # the app's roll is the other way round
    assert frames[1].weight("mouthLeft") == 1.0
    assert frames[1].weight("tongueOut") == 0.125
    assert frames[2].head == HeadPose(0.0, 0.0, 0.3)
    assert all(frame.face_seen and frame.channels == ALL_CHANNELS | {HEAD} for frame in frames)


def test_a_head_that_is_zero_throughout_was_not_recorded() -> None:
    frames, _ = livelink_csv.decode(table(("00:00:00:00.000", {"JawOpen": 1.0}), ("00:00:00:01.000", {})))
    assert all(frame.channels == ALL_CHANNELS for frame in frames)


def test_columns_are_found_by_name() -> None:
    header = "Timecode,BlendShapeCount,TongueOut,jawOpen,SomethingNew,EyeBlink_L"
    frames, _ = livelink_csv.decode(f"{header}\r\n01:02:03:04.5,61,0.5,0.25,9,1\r\n".encode())
    assert frames[0].channels == {"tongueOut", "jawOpen", "eyeBlinkLeft"}
    assert frames[0].weights.sum() == 1.75


def test_rows_without_a_face() -> None:
    data = table(("00:00:00:00.000", {"JawOpen": 1.0})) + b"00:00:00:01.000,0\n00:00:00:02.000,0,,,\n"
    frames, _ = livelink_csv.decode(data)
    assert [frame.face_seen for frame in frames] == [True, False, False]
    assert not frames[1].weights.any()


def test_values_beyond_the_range_are_clipped() -> None:
    frames, _ = livelink_csv.decode(table(("0:0:0:0", {"JawOpen": 1.5, "EyeBlinkLeft": -0.1, "HeadYaw": 1e5})))
    assert frames[0].weight("jawOpen") == 1.0
    assert frames[0].weight("eyeBlinkLeft") == 0.0
    assert abs(frames[0].head.yaw_rad) < 7.0


def test_the_clock_of_60() -> None:
    stamps = [f"00:00:0{n // 60}:{n % 60:02d}.000" for n in range(0, 180, 2)]
    assert times_s(*stamps) == [round(n / 60, 6) for n in range(0, 180, 2)]


def test_the_clock_of_30_is_known_by_its_even_steps() -> None:
    stamps = [f"00:00:0{n // 30}:{n % 30:02d}.000" for n in range(90)]
    assert times_s(*stamps) == [round(n / 30, 6) for n in range(90)]


def test_a_short_or_sparse_take_is_of_the_app_s_usual_clock() -> None:
    assert times_s("00:00:00:00", "00:00:00:06") == [0.0, 0.1]
    assert times_s("00:00:00:24", "00:00:01:24", "00:00:02:24", "00:00:03:24") == [0.0, 1.0, 2.0, 3.0]


def test_rounding_does_not_decide_the_clock() -> None:
    assert times_s("0:0:0:0", "0:0:0:1.001", "0:0:0:2.002", "0:0:0:3.003") == [0.0, 0.016683, 0.033367, 0.05005]


def test_over_midnight() -> None:
    assert times_s("23:59:59:30", "23:59:59:59", "00:00:00:00", "00:00:00:30") == [0.0, 0.483333, 0.5, 1.0]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"Timecode", "line 1: expected the columns"),
        (b"Timecode,Count\n", "line 1: expected the columns"),
        (b"Timecode,BlendShapeCount\n", "line 1: expected columns named after"),
        (b"Timecode,BlendShapeCount,Joy\n", "line 1: expected columns named after"),
        (b"Timecode,BlendShapeCount,JawOpen,jawOpen\n", "line 1: the column 'jawOpen' appears twice"),
        (b"Timecode,BlendShapeCount,JawOpen,JawOpen\n", "line 1: the column 'JawOpen' appears twice"),
        (b"Timecode,BlendShapeCount,\xff\n", "line 1"),
        (b"Timecode,BlendShapeCount,\"JawOpen\n", "line 1"),
        (HEADER.encode(), "line 2: no rows follow"),
        (table(("00:00:00:00", {}), ("00:00:00:01", {})) + b"x\n", "line 4: expected 63 columns, got 1"),
        (table(("12:00:00", {})), "line 2: Timecode: expected HH:MM:SS:FF.fff, got '12:00:00'"),
        (table(("24:00:00:00", {})), "line 2: Timecode: '24:00:00:00' is not a time of day"),
        (table(("00:60:00:00", {})), "line 2: Timecode"),
        (table(("00:00:00:60", {})), "line 2: Timecode"),
        (table(("٠٠:00:00:00", {})), "line 2: Timecode"),
        (table(("0:0:1:0", {}), ("0:0:0:0", {})).replace(b"\n", b"\n\n"), "line 5: Timecode: times must not fall"),
        (table(("0:0:0:0", {"JawOpen": math.nan})), "line 2: 'JawOpen': expected a number, got 'nan'"),
        (table(("0:0:0:0", {"JawOpen": math.inf})), "line 2: 'JawOpen': expected a number, got 'inf'"),
        (table(("0:0:0:0", {"HeadYaw": 1e9})), "line 2: 'HeadYaw': '1000000000.0000000000' is out of range"),
        (table(("0:0:0:0", {"HeadRoll": 7})).replace(b"7.0000000000", b""), "line 2: 'HeadRoll': expected a number"),
        (b"Timecode,BlendShapeCount,JawOpen\n0:0:0:0,61,1e999\n", "line 2: 'JawOpen': '1e999' is out of range"),
        (b"Timecode,BlendShapeCount,JawOpen\n0:0:0:0,61,0x1\n", "line 2: 'JawOpen': expected a number"),
        (b"Timecode,BlendShapeCount,JawOpen\n0:0:0:0,61,1_0\n", "line 2: 'JawOpen': expected a number"),
    ],
)  # fmt: skip
def test_refusals_name_the_line(data: bytes, said: str) -> None:
    with pytest.raises(ValueError, match=f"^({said})") as caught:
        livelink_csv.decode(data)
    assert str(caught.value).isprintable()


def test_what_is_written() -> None:
    frame = FaceFrame.from_mapping(
        {"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5, "eyeLookDownLeft": 1.0, "eyeLookUpRight": 1.0, "jawLeft": 0.25},
        head=HeadPose(0.1, 0.2, 0.3, x_m=9.0),
    )
    data = livelink_csv.encode((frame, FaceFrame(time_s=3661.5, face_seen=False)))
    header, row, unseen, end = data.decode().split("\n")
    assert header == HEADER
    assert end == ""
    cells = dict(zip(COLUMNS, row.split(","), strict=True))
    assert {name: cell for name, cell in cells.items() if cell != "0.0000000000"} == {
        "Timecode": "00:00:00:00.000",
        "BlendShapeCount": "61",
        "EyeLookInLeft": "0.5000000000",
        "EyeLookOutRight": "0.5000000000",
        "EyeLookDownLeft": "1.0000000000",
        "EyeLookUpRight": "1.0000000000",
        "JawLeft": "0.2500000000",
        "HeadYaw": "0.1000000000",
        "HeadPitch": "0.2000000000",
        "HeadRoll": "-0.3000000000",
        "LeftEyeYaw": "0.3050000000",  # both eyes look to the subject's right
        "RightEyeYaw": "0.3050000000",
        "LeftEyePitch": "0.6100000000",  # down
        "RightEyePitch": "-0.6100000000",  # up
    }
    assert unseen.startswith("01:01:01:30.000,0,")


angles = st.floats(-3.0, 3.0)
recordings = st.lists(
    st.tuples(st.lists(st.floats(0.0, 1.0, width=32), min_size=52, max_size=52), angles, angles, angles, st.booleans()),
    min_size=1,
    max_size=5,
)


@settings(deadline=None, max_examples=30)
@given(recordings, st.sampled_from((24.0, 30.0, 59.94, 60.0)))
def test_round_trip(rows: list[tuple[list[float], float, float, float, bool]], fps: float) -> None:
    frames = tuple(
        FaceFrame(np.array(weights, np.float32), HeadPose(yaw, pitch, roll), i / fps, face_seen=seen)
        for i, (weights, yaw, pitch, roll, seen) in enumerate(rows)
    )
    data = livelink_csv.encode(frames)
    loaded, _ = livelink_csv.decode(data)
    assert livelink_csv.encode(loaded) == _without_unseen_values(frames)
    for before, after in zip(frames, loaded, strict=True):
        assert after.face_seen == before.face_seen
        assert abs(after.time_s - before.time_s) < 1e-5 + 1 / 60_000
        if before.face_seen:
            np.testing.assert_allclose(after.weights, before.weights, rtol=0, atol=1e-7)
            if HEAD in after.channels:
                assert abs(after.head.roll_rad - before.head.roll_rad) < 1e-9


def _without_unseen_values(frames: tuple[FaceFrame, ...]) -> bytes:
    """What a frame without a face said means nothing: it is written as it is and read as zeros."""
    return livelink_csv.encode([f if f.face_seen else FaceFrame(time_s=f.time_s, face_seen=False) for f in frames])


def test_all_names_are_written() -> None:
    assert sorted(filter(None, map(arkit.normalise, COLUMNS))) == sorted(arkit.NAMES)
