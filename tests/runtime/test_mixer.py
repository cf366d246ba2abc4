"""runtime.mixer"""

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose
from runtime.mixer import EVERYTHING, GONE_S, HOLD_S, Input, channels_of, freshness, mix

ANGLE = st.floats(-1.0, 1.0)
REGIONS = st.sets(st.sampled_from([*arkit.REGIONS, HEAD])).map(channels_of)


@st.composite
def frames(draw: st.DrawFn) -> FaceFrame:
    return FaceFrame(
        weights=np.random.default_rng(draw(st.integers(0, 2**32))).random(52, np.float32),
        head=HeadPose(*(draw(ANGLE) for _ in range(6))),
        time_s=draw(st.floats(-2.0, 0.0)),
        channels=draw(REGIONS),
        face_seen=draw(st.booleans()),
    )


def face(time_s: float = 0.0, *, channels: frozenset[str] = EVERYTHING, **weights: float) -> FaceFrame:
    return FaceFrame.from_mapping(weights, time_s=time_s, channels=channels)


def test_nobody_gives_the_resting_face() -> None:
    for inputs in ([], [Input(None)], [Input(FaceFrame(face_seen=False))]):
        mixed = mix(inputs, 3.0)
        assert not mixed.weights.any()
        assert mixed.head == HeadPose()
        assert (mixed.face_seen, mixed.time_s, mixed.channels) == (False, 3.0, frozenset())


def test_first_source_wins_its_channels_and_leaves_the_others() -> None:
    microphone = face(1.0, channels=channels_of(["mouth"]), jawOpen=0.75)
    camera = face(2.0, jawOpen=0.25, eyeBlinkLeft=0.5)
    mixed = mix([Input(microphone), Input(camera)], 2.0 - 1e-9 + HOLD_S)
    assert mixed.weight("eyeBlinkLeft") == 0.5
    assert mix([Input(microphone), Input(camera)], 1.2).weight("jawOpen") == 0.75
    assert mix([Input(microphone), Input(camera)], 2.0).channels == EVERYTHING


def test_allowed_keeps_a_source_to_its_regions() -> None:
    loud = face(eyeBlinkLeft=1.0, jawOpen=1.0)
    quiet = face(eyeBlinkLeft=0.25, jawOpen=0.25)
    mixed = mix([Input(loud, channels_of(["mouth", "tongue"])), Input(quiet)], 0.0)
    assert (mixed.weight("jawOpen"), mixed.weight("eyeBlinkLeft")) == (1.0, 0.25)


def test_regions_are_all_channels_once() -> None:
    assert channels_of([*arkit.REGIONS, HEAD]) == ALL_CHANNELS | {HEAD}
    with pytest.raises(KeyError, match="ears"):
        channels_of(["ears"])


@pytest.mark.parametrize(
    ("age_s", "expected"),
    [(-1.0, 1.0), (0.0, 1.0), (HOLD_S, 1.0), ((HOLD_S + GONE_S) / 2, 0.5), (GONE_S, 0.0), (1e6, 0.0)],
)
def test_freshness_holds_then_eases_out(age_s: float, expected: float) -> None:
    assert freshness(age_s) == pytest.approx(expected, abs=1e-12)


@given(st.floats(0.0, 2.0), st.floats(0.0, 2.0))
def test_freshness_never_rises_and_never_jumps(a: float, b: float) -> None:
    early, late = sorted((a, b))
    fall = freshness(early) - freshness(late)
    assert 0.0 <= fall <= 2.0 * (late - early) + 1e-12  # the steepest slope of the ease is 1.5 / 0.75 s


def test_a_silent_source_melts_into_the_one_behind_it() -> None:
    camera, idle = face(0.0, jawOpen=1.0), face(0.625, jawOpen=0.0, browInnerUp=0.5)
    mixed = mix([Input(camera), Input(idle)], 0.625)
    assert mixed.weight("jawOpen") == pytest.approx(0.5)
    assert mixed.weight("browInnerUp") == pytest.approx(0.25)
    gone = mix([Input(camera), Input(face(1.0, browInnerUp=0.5))], 1.0)
    assert (gone.weight("jawOpen"), gone.weight("browInnerUp"), gone.time_s) == (0.0, 0.5, 1.0)


def test_the_head_is_mixed_as_a_channel() -> None:
    turned = FaceFrame(head=HeadPose(yaw_rad=0.4, x_m=0.1))
    mute = FaceFrame(head=HeadPose(yaw_rad=-9.0), channels=ALL_CHANNELS)
    assert mix([Input(mute), Input(turned)], 0.0).head == turned.head
    assert mix([Input(turned)], (HOLD_S + GONE_S) / 2).head.yaw_rad == pytest.approx(0.2)


@given(st.lists(frames(), max_size=4), st.floats(0.0, 2.0))
def test_result_lies_between_neutral_and_the_inputs(faces: list[FaceFrame], now_s: float) -> None:
    inputs = [Input(frame) for frame in faces]
    mixed, again = mix(inputs, now_s), mix(inputs, now_s)
    seen = [frame for frame in faces if frame.face_seen]
    top = np.max([frame.weights for frame in seen] or [np.zeros(52)], axis=0)
    assert (mixed.weights <= top + 1e-6).all()
    poses = np.array([astuple(frame.head) for frame in seen] or [[0.0] * 6])
    pose = np.array(astuple(mixed.head))
    assert (pose <= np.maximum(poses.max(axis=0), 0.0) + 1e-9).all()
    assert (pose >= np.minimum(poses.min(axis=0), 0.0) - 1e-9).all()
    assert (mixed.weights == again.weights).all()
    assert (mixed.head, mixed.time_s, mixed.channels) == (again.head, again.time_s, again.channels)
    for row, name in enumerate(arkit.NAMES):
        if name not in mixed.channels:
            assert mixed.weights[row] == 0.0


@given(st.lists(frames(), max_size=3), st.floats(0.0, 1.9), st.floats(0.0, 0.1))
def test_silence_is_smooth(faces: list[FaceFrame], now_s: float, step_s: float) -> None:
    inputs = [Input(frame) for frame in faces]
    change = np.abs(mix(inputs, now_s + step_s).weights - mix(inputs, now_s).weights)
    assert change.max() <= 2.0 * step_s * max(1, len(faces)) + 1e-6
    assert math.isfinite(mix(inputs, now_s).head.yaw_rad)
