"""runtime.faces.correctors"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import FaceFrame, HeadPose
from runtime.faces.correctors import HIDDEN_BY_RAD, HIDDEN_FROM_RAD, correct

SEEDS = st.integers(0, 2**32)


def corrected(yaw_rad: float = 0.0, link_eyes: float = 0.0, **weights: float) -> FaceFrame:
    return correct(FaceFrame.from_mapping(weights, head=HeadPose(yaw_rad=yaw_rad)), link_eyes=link_eyes)


def test_a_resting_face_stays() -> None:
    frame = FaceFrame(time_s=4.0, speech=0.5)
    out = correct(frame)
    assert not out.weights.any()
    assert (out.head, out.time_s, out.speech, out.channels) == (frame.head, 4.0, 0.5, frame.channels)


def test_mouth_close_only_undoes_what_the_jaw_opens() -> None:
    assert corrected(mouthClose=0.75).weight("mouthClose") == 0.0
    assert corrected(mouthClose=0.75, jawOpen=0.25).weight("mouthClose") == 0.25
    assert corrected(mouthClose=0.25, jawOpen=0.75).weight("mouthClose") == 0.25


def test_rolled_lips_open_with_the_mouth() -> None:
    assert corrected(mouthRollLower=0.5).weight("mouthRollLower") == 0.5
    assert corrected(mouthRollLower=0.5, jawOpen=1.0).weight("mouthRollLower") == 0.0
    assert corrected(mouthRollUpper=0.5, jawOpen=0.5, mouthClose=0.5).weight("mouthRollUpper") == 0.5


def test_a_closing_eye_is_neither_wide_nor_squinting() -> None:
    out = corrected(eyeBlinkLeft=0.75, eyeWideLeft=1.0, eyeSquintLeft=1.0, eyeWideRight=1.0, eyeSquintRight=0.5)
    assert [out.weight(f"eye{shape}Left") for shape in ("Wide", "Squint")] == [0.25, 0.25]
    assert [out.weight(f"eye{shape}Right") for shape in ("Wide", "Squint")] == [1.0, 0.5]


@pytest.mark.parametrize(("link", "lids"), [(0.0, (1.0, 0.0)), (0.5, (0.75, 0.25)), (1.0, (0.5, 0.5))])
def test_lids_may_be_linked(link: float, lids: tuple[float, float]) -> None:
    out = corrected(link_eyes=link, eyeBlinkLeft=1.0)
    assert (out.weight("eyeBlinkLeft"), out.weight("eyeBlinkRight")) == lids


def test_the_far_eye_follows_the_near_one() -> None:
    for yaw_rad, near, far in ((0.8, "Right", "Left"), (-0.8, "Left", "Right")):
        guessed = corrected(yaw_rad, **{f"eyeBlink{far}": 1.0})
        assert guessed.weight(f"eyeBlink{far}") == 0.0
        both = corrected(yaw_rad, **{f"eyeBlink{near}": 1.0})
        assert (both.weight("eyeBlinkLeft"), both.weight("eyeBlinkRight")) == (1.0, 1.0)
    half = corrected((HIDDEN_FROM_RAD + HIDDEN_BY_RAD) / 2, eyeBlinkLeft=1.0)
    assert half.weight("eyeBlinkLeft") == pytest.approx(0.5)
    assert corrected(HIDDEN_FROM_RAD, eyeBlinkLeft=1.0).weight("eyeBlinkLeft") == 1.0


@settings(deadline=None)
@given(SEEDS, st.floats(-1.2, 1.2), st.floats(0.0, 1.0))
def test_nothing_grows_but_a_linked_lid_and_the_mirror_changes_nothing(seed: int, yaw_rad: float, link: float) -> None:
    weights = np.random.default_rng(seed).random(arkit.COUNT, np.float32)
    frame = FaceFrame(weights, HeadPose(yaw_rad=yaw_rad))
    out = correct(frame, link_eyes=link)
    lids = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]
    others = np.setdiff1d(np.arange(arkit.COUNT), lids)
    assert (out.weights[others] <= weights[others] + 1e-6).all()
    assert (
        weights[lids].min() - 1e-6 <= out.weights[lids].min() <= out.weights[lids].max() <= weights[lids].max() + 1e-6
    )
    np.testing.assert_allclose(correct(frame.mirrored(), link_eyes=link).mirrored().weights, out.weights, atol=1e-6)


def test_a_small_turn_is_a_small_change() -> None:
    closures = [corrected(math.radians(deg / 10), eyeBlinkLeft=1.0).weight("eyeBlinkLeft") for deg in range(-500, 500)]
    assert np.abs(np.diff(closures)).max() <= 0.012
