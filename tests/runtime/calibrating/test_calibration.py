"""runtime.calibrating.calibration: rest is zero, the most is one, left is left."""

import math
from dataclasses import astuple, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose
from drivers.protocols import pose
from runtime.calibrating.calibration import GROWTH_S, MIN_FULL, Calibration, Calibrator, gaze_of

ANGLE = st.floats(-0.9, 0.9)


def array(default: float, **values: float) -> np.ndarray:
    out = np.full(arkit.COUNT, default)
    for name, value in values.items():
        out[arkit.INDEX[name]] = value
    return out


def read(calibration: Calibration, head: HeadPose | None = None, **weights: float) -> FaceFrame:
    return Calibrator(calibration).read(FaceFrame.from_mapping(weights, head=head or HeadPose(), time_s=1.0))


@settings(deadline=None)
@given(st.integers(0, 2**32), ANGLE)
def test_the_default_changes_nothing(seed: int, yaw_rad: float) -> None:
    frame = FaceFrame(np.random.default_rng(seed).random(arkit.COUNT, np.float32), HeadPose(yaw_rad), 2.0)
    assert Calibrator(Calibration()).read(frame) is frame


def test_a_shape_runs_from_rest_to_its_most() -> None:
    smile = Calibration(
        rest=array(0.0, mouthSmileLeft=0.1), full=array(1.0, mouthSmileLeft=0.7), slack=array(0.0, mouthSmileLeft=0.1)
    )
    told = [read(smile, mouthSmileLeft=v).weight("mouthSmileLeft") for v in (0.0, 0.15, 0.2, 0.45, 0.7, 0.9)]
    assert told == pytest.approx([0.0, 0.0, 0.0, 0.5, 1.0, 1.0], abs=1e-6)


def test_lids_are_stretched_so_that_they_still_close() -> None:
    heavy = Calibration(rest=array(0.0, eyeBlinkLeft=0.3), full=array(1.0, eyeBlinkLeft=0.5))
    told = [read(heavy, eyeBlinkLeft=v).weight("eyeBlinkLeft") for v in (0.2, 0.3, 0.4, 0.5, 0.9)]
    assert told == pytest.approx([0.0, 0.0, 0.5, 1.0, 1.0], abs=1e-6)


def test_the_gaze_loses_its_own_centre_in_each_eye() -> None:
    askew = Calibration(rest=array(0.0, eyeLookOutLeft=0.2, eyeLookDownLeft=0.1, eyeLookInRight=0.05))
    ahead = read(askew, eyeLookOutLeft=0.2, eyeLookDownLeft=0.1, eyeLookInRight=0.05)
    assert np.abs(ahead.weights).max() < 1e-6
    left = read(askew, eyeLookOutLeft=0.5, eyeLookUpLeft=0.2, eyeLookOutRight=0.1)
    assert gaze_of(left.weights, 0) == pytest.approx((0.3, 0.3), abs=1e-6)
    assert gaze_of(left.weights, 1) == pytest.approx((0.15, 0.0), abs=1e-6)


@settings(deadline=None, max_examples=50)
@given(ANGLE, ANGLE, ANGLE, ANGLE, ANGLE, ANGLE)
def test_the_head_at_rest_is_straight_and_turns_are_seen_from_there(
    y0: float, p0: float, r0: float, y1: float, p1: float, r1: float
) -> None:
    rest = HeadPose(y0, p0, r0, 0.1, -0.2, 0.3)
    own = HeadPose(y1, p1, r1)
    # A camera that stands askew by `rest` sees the person's own turn after its own.
    seen = pose.matrix_from_angles(y0, p0, r0) @ pose.matrix_from_angles(y1, p1, r1)
    told = read(Calibration(head=rest), HeadPose(*pose.angles_from_matrix(seen), 0.1, -0.2, 0.3)).head
    turned = pose.matrix_from_angles(told.yaw_rad, told.pitch_rad, told.roll_rad)
    np.testing.assert_allclose(turned, pose.matrix_from_angles(own.yaw_rad, own.pitch_rad, own.roll_rad), atol=1e-7)
    assert (told.x_m, told.y_m, told.z_m) == pytest.approx((0.0, 0.0, 0.0), abs=1e-12)


def test_a_tracker_that_sees_everyone_look_down_is_put_right() -> None:
    bias = Calibration(head=HeadPose.from_degrees(pitch_deg=-8.0))
    for yaw_deg in (0.0, 5.0, -5.0):
        told = read(bias, HeadPose.from_degrees(yaw_deg=yaw_deg, pitch_deg=-8.0)).head
        assert math.degrees(told.pitch_rad) == pytest.approx(0.0, abs=0.05)
        assert math.degrees(told.yaw_rad) == pytest.approx(yaw_deg, abs=0.1)


def test_switches_are_independent() -> None:
    head = HeadPose(0.1, 0.2, 0.3, 0.01, 0.02, 0.03)
    weights = {"browDownLeft": 1.0, "jawRight": 0.5, "eyeLookOutLeft": 0.25, "mouthLeft": 0.125}
    frame = FaceFrame.from_mapping(weights, head=head, channels=frozenset({*weights, HEAD}))
    shapes = Calibrator(Calibration(swap_shapes=True)).read(frame)
    assert shapes.channels == {"browDownRight", "jawLeft", "eyeLookOutLeft", "mouthRight", HEAD}
    assert [shapes.weight(n) for n in ("browDownRight", "jawLeft", "mouthRight", "eyeLookOutLeft")] == [
        1.0, 0.5, 0.125, 0.25,
    ]  # fmt: skip
    assert shapes.head == head
    turned = Calibrator(Calibration(flip_head=True)).read(frame)
    assert turned.head == head.mirrored()
    assert (turned.weights == frame.weights).all()
    gaze = Calibrator(Calibration(flip_gaze=True)).read(frame)
    assert gaze.channels == {"browDownLeft", "jawRight", "eyeLookOutRight", "mouthLeft", HEAD}
    assert (gaze.weight("eyeLookOutRight"), gaze.weight("eyeLookOutLeft"), gaze.head) == (0.25, 0.0, head)


@settings(deadline=None)
@given(st.integers(0, 2**32), ANGLE)
def test_all_three_switches_are_the_mirror(seed: int, yaw_rad: float) -> None:
    frame = FaceFrame(np.random.default_rng(seed).random(arkit.COUNT, np.float32), HeadPose(yaw_rad))
    # Opposite looks at once say nothing: an eye looks out or in.
    weights = frame.weights.copy()
    for side in ("Left", "Right"):
        weights[arkit.INDEX[f"eyeLookIn{side}"]] = weights[arkit.INDEX[f"eyeLookDown{side}"]] = 0.0
    frame = replace(frame, weights=weights)
    out = Calibrator(Calibration(swap_shapes=True, flip_head=True, flip_gaze=True)).read(frame)
    np.testing.assert_allclose(out.weights, frame.mirrored().weights, atol=1e-6)
    assert (out.head, out.channels) == (frame.mirrored().head, frame.mirrored().channels)


def test_the_most_grows_slowly_where_it_is_exceeded() -> None:
    reader = Calibrator(Calibration(full=array(1.0, mouthPucker=0.5, eyeBlinkLeft=0.5)))

    def told(time_s: float, value: float) -> float:
        return reader.read(FaceFrame.from_mapping({"mouthPucker": value}, time_s=time_s)).weight("mouthPucker")

    assert told(0.0, 0.5) == 1.0
    assert told(0.03, 1.0) == 1.0  # one wild frame
    assert told(0.06, 0.5) > 0.98
    for index in range(int(3 * GROWTH_S * 30)):
        told(0.1 + index / 30, 1.0)
    assert told(10.0, 0.5) == pytest.approx(0.5, abs=0.02)
    lids = [
        reader.read(FaceFrame.from_mapping({"eyeBlinkLeft": v}, time_s=11.0)).weight("eyeBlinkLeft") for v in (1.0, 0.5)
    ]
    assert lids == [1.0, 1.0]


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"rest": np.zeros(3)}, "rest must be 52 numbers"),
        ({"full": array(1.0, jawOpen=MIN_FULL - 0.1)}, "full must be 52 numbers in 0.4..1"),
        ({"slack": array(0.0, jawOpen=math.nan)}, "slack must be"),
        ({"rest": array(0.0, jawOpen=0.5), "full": array(1.0, jawOpen=0.55)}, "jawOpen has too little room"),
    ],
)
def test_what_makes_no_sense_is_refused(changes: dict[str, np.ndarray], named: str) -> None:
    with pytest.raises(ValueError, match=named):
        Calibration(**changes)  # type: ignore[arg-type]


def test_equal_when_all_is_equal() -> None:
    assert Calibration() == Calibration()
    assert Calibration() != Calibration(flip_gaze=True)
    assert Calibration() != Calibration(rest=array(0.0, jawOpen=0.1))
    assert astuple(Calibration().head) == (0.0,) * 6
    assert Calibration() != "webcam"
