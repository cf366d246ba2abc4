"""runtime.calibrating.calibration_measures: what a second of frames says about a person and a source."""

import math
from collections.abc import Callable, Sequence

import numpy as np
import pytest

from assets import arkit
from assets.face import FaceFrame, HeadPose
from runtime.calibrating.calibration import Calibration, Calibrator
from runtime.calibrating.calibration_measures import MIN_FRAMES, SIDES, at_most, at_rest, eyes_closed, side


def second(
    rng: np.random.Generator, head: HeadPose | None = None, noise: float = 0.01, **shapes: float
) -> list[FaceFrame]:
    """Thirty frames of one face, a little noisy where it moves at all."""
    base = FaceFrame.from_mapping(shapes).weights
    return [
        FaceFrame(
            base + (base > 0) * noise * rng.standard_normal(arkit.COUNT).astype(np.float32), head or HeadPose(), i / 30
        )
        for i in range(30)
    ]


REST = {
    "mouthSmileLeft": 0.15,
    "browDownRight": 0.1,
    "eyeBlinkLeft": 0.25,
    "eyeBlinkRight": 0.2,
    "eyeLookDownLeft": 0.1,
}
HEAD = HeadPose.from_degrees(yaw_deg=3.0, pitch_deg=-9.0, roll_deg=1.5)


def test_rest_becomes_stillness(rng: np.random.Generator) -> None:
    made = at_rest(Calibration(), second(rng, HEAD, **REST))
    for frame in second(rng, HEAD, **REST):
        told = Calibrator(made).read(frame)
        lids = [told.weight("eyeBlinkLeft"), told.weight("eyeBlinkRight")]
        assert max(lids) <= 0.06  # lids have no slack: their small motion is seen
        assert told.weight("mouthSmileLeft") == told.weight("browDownRight") == 0.0
        assert told.weight("eyeLookDownLeft") <= 0.04
        assert max(abs(told.head.yaw_rad), abs(told.head.pitch_rad), abs(told.head.roll_rad)) < 1e-9
    assert Calibrator(made).read(FaceFrame.from_mapping({"mouthSmileLeft": 1.0})).weight("mouthSmileLeft") == 1.0


def test_a_blink_among_the_frames_of_rest_is_no_rest(rng: np.random.Generator) -> None:
    frames = second(rng, **REST)
    frames[10:16] = second(rng, eyeBlinkLeft=1.0, eyeBlinkRight=1.0)[:6]
    assert at_rest(Calibration(), frames).rest[arkit.INDEX["eyeBlinkLeft"]] == pytest.approx(0.25, abs=0.02)


def test_a_face_far_from_rest_is_taken_with_a_grain_of_salt(rng: np.random.Generator) -> None:
    made = at_rest(Calibration(), second(rng, jawOpen=0.9, eyeBlinkLeft=0.9))
    assert made.rest[arkit.INDEX["jawOpen"]] == 0.6
    assert Calibrator(made).read(FaceFrame.from_mapping({"jawOpen": 1.0, "eyeBlinkLeft": 1.0})).weights.max() == 1.0


def test_a_moving_head_is_refused(rng: np.random.Generator) -> None:
    frames = second(rng, HeadPose()) + second(rng, HeadPose.from_degrees(yaw_deg=8.0))
    with pytest.raises(ValueError, match="the head moved by 8 degrees"):
        at_rest(Calibration(), frames)


@pytest.mark.parametrize("measure", [at_rest, eyes_closed, at_most])
def test_too_few_frames_are_refused(measure: Callable[..., Calibration], rng: np.random.Generator) -> None:
    with pytest.raises(ValueError, match=f"in only 7 pictures, {MIN_FRAMES} are needed"):
        measure(Calibration(), second(rng)[:7])


def test_closed_lids_close(rng: np.random.Generator) -> None:
    rested = at_rest(Calibration(), second(rng, **REST))
    made = eyes_closed(rested, second(rng, eyeBlinkLeft=0.6, eyeBlinkRight=0.5))
    told = Calibrator(made).read(FaceFrame.from_mapping({"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.5}))
    assert min(told.weight("eyeBlinkLeft"), told.weight("eyeBlinkRight")) >= 0.95
    half = Calibrator(made).read(FaceFrame.from_mapping({"eyeBlinkLeft": 0.425}))
    assert half.weight("eyeBlinkLeft") == pytest.approx(0.5, abs=0.05)
    with pytest.raises(ValueError, match="not seen to close"):
        eyes_closed(rested, second(rng, eyeBlinkLeft=0.6, eyeBlinkRight=0.3))


def test_the_most_of_what_moved(rng: np.random.Generator) -> None:
    rested = at_rest(Calibration(), second(rng, **REST))
    frames = second(rng, jawOpen=0.6, **REST) + second(rng, mouthSmileLeft=0.7, mouthPucker=0.3, eyeBlinkLeft=0.9)
    frames[3] = FaceFrame.from_mapping({"cheekPuff": 1.0, "jawOpen": 1.0})  # one wild frame
    made = at_most(rested, frames)
    full = {name: float(made.full[row]) for row, name in enumerate(arkit.NAMES)}
    assert full["jawOpen"] == pytest.approx(0.62, abs=0.02)
    assert full["mouthSmileLeft"] == pytest.approx(0.71, abs=0.02)
    assert full["mouthPucker"] == 0.4  # never less
    assert full["cheekPuff"] == 1.0
    assert full["eyeBlinkLeft"] == rested.full[arkit.INDEX["eyeBlinkLeft"]]


def winking(way: str, rng: np.random.Generator) -> Sequence[FaceFrame]:
    other = {"Left": "Right", "Right": "Left"}[way]
    return second(rng, **{f"eyeBlink{way}": 0.9, f"eyeBlink{other}": 0.3})


def turning(way: str, rng: np.random.Generator) -> Sequence[FaceFrame]:
    return second(rng, HeadPose.from_degrees(yaw_deg=20.0 if way == "Left" else -20.0))


def glancing(way: str, rng: np.random.Generator) -> Sequence[FaceFrame]:
    other = {"Left": "Right", "Right": "Left"}[way]
    return second(rng, **{f"eyeLookOut{way}": 0.4, f"eyeLookIn{other}": 0.4})


DONE = {"swap_shapes": winking, "flip_head": turning, "flip_gaze": glancing}


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("switch", list(SIDES))
def test_a_mirrored_source_gives_itself_away(switch: str, mirrored: bool, rng: np.random.Generator) -> None:
    left, right = (DONE[switch](way, rng) for way in (("Right", "Left") if mirrored else ("Left", "Right")))
    made = side(Calibration(), switch, left, right)
    assert made.switches == tuple(mirrored and name == switch for name in SIDES)
    again = side(made, switch, left, right)  # measured anew, whatever was believed before
    assert again.switches == made.switches


def test_who_winks_with_one_eye_only_is_understood(rng: np.random.Generator) -> None:
    both = second(rng, eyeBlinkLeft=0.9, eyeBlinkRight=0.9)
    assert side(Calibration(), "swap_shapes", winking("Left", rng), both).swap_shapes is False
    assert side(Calibration(), "swap_shapes", winking("Right", rng), both).swap_shapes is True


@pytest.mark.parametrize("switch", list(SIDES))
def test_no_difference_no_verdict(switch: str, rng: np.random.Generator) -> None:
    same = second(rng, HeadPose(yaw_rad=math.radians(10.0)), eyeBlinkLeft=0.9, eyeLookOutLeft=0.5, eyeLookInRight=0.5)
    with pytest.raises(ValueError, match="left and right looked the same"):
        side(Calibration(), switch, same, same)
    with pytest.raises(ValueError, match="in only 3 pictures"):
        side(Calibration(), switch, same, same[:3])
