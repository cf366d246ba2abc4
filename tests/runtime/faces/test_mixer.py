"""runtime.faces.mixer"""

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose
from runtime.faces.mixer import (
    EVERYTHING,
    FADE_S,
    GONE_S,
    HOLD_S,
    SPOKEN,
    Input,
    Mixer,
    Rules,
    channels_of,
    freshness,
    mix,
    order_of,
    shared,
)
from runtime.faces.signals import vector

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


def voice(speech: float, time_s: float = 0.0, **weights: float) -> FaceFrame:
    return FaceFrame.from_mapping(weights, time_s=time_s, channels=channels_of(["mouth", "tongue"]), speech=speech)


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


@settings(deadline=None, max_examples=50)
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


@settings(deadline=None, max_examples=50)
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


@settings(deadline=None, max_examples=50)
@given(st.lists(frames(), max_size=3), st.floats(0.0, 1.9), st.floats(0.0, 0.1))
def test_silence_is_smooth(faces: list[FaceFrame], now_s: float, step_s: float) -> None:
    inputs = [Input(frame) for frame in faces]
    change = np.abs(mix(inputs, now_s + step_s).weights - mix(inputs, now_s).weights)
    assert change.max() <= 2.0 * step_s * max(1, len(faces)) + 1e-6
    assert math.isfinite(mix(inputs, now_s).head.yaw_rad)


def test_numbers_between_two_frames_count_instead_of_the_frame() -> None:
    frame = face(jawOpen=1.0)
    assert mix([Input(frame, values=vector(face(jawOpen=0.25)))], 0.0).weight("jawOpen") == 0.25


CAMERA = {"jawOpen": 0.5, "mouthFunnel": 0.25, "mouthSmileLeft": 0.75}


@pytest.mark.parametrize(("speech", "share"), [(0.0, 1.0), (1.0, 1.0), (0.5, 0.5), (1.0, 0.25)])
def test_a_voice_moves_the_seen_mouth_as_far_as_it_speaks(speech: float, share: float) -> None:
    heard = voice(speech, jawOpen=1.0, mouthPucker=0.5, mouthSmileLeft=0.1, jawLeft=1.0, tongueOut=1.0)
    w = speech * share
    for inputs in ([Input(heard), Input(face(**CAMERA))], [Input(face(**CAMERA)), Input(heard)]):
        mixed = mix(inputs, 0.0, Rules(voice=share))
        assert mixed.weight("jawOpen") == pytest.approx((1 - w) * 0.5 + w)
        assert mixed.weight("mouthFunnel") == pytest.approx((1 - w) * 0.25)
        assert mixed.weight("mouthPucker") == pytest.approx(w * 0.5)
        assert [mixed.weight(name) for name in ("mouthSmileLeft", "jawLeft", "tongueOut")] == [0.75, 0.0, 0.0]


def test_a_voice_may_only_open_the_jaw_wider() -> None:
    rules = Rules(voice_mode="max")
    for speech, wide, expected in ((1.0, 0.75, 0.75), (1.0, 0.25, 0.5), (0.5, 0.8, 0.5), (0.0, 1.0, 0.5)):
        mixed = mix([Input(voice(speech, jawOpen=wide, mouthPucker=1.0)), Input(face(**CAMERA))], 0.0, rules)
        assert mixed.weight("jawOpen") == pytest.approx(expected)
        assert (mixed.weight("mouthFunnel"), mixed.weight("mouthPucker")) == (0.25, 0.0)


@pytest.mark.parametrize("mode", ["blend", "max"])
def test_a_voice_alone_has_the_whole_mouth(mode: str) -> None:
    heard = voice(0.5, jawOpen=0.8, mouthPucker=0.5, mouthSmileLeft=0.25)
    blind = face(channels=channels_of(["lids", "gaze"]) | {HEAD}, eyeBlinkLeft=1.0)
    mixed = mix([Input(blind), Input(heard)], 0.0, Rules(voice_mode=mode))  # type: ignore[arg-type]
    shapes = ("jawOpen", "mouthPucker", "mouthSmileLeft", "eyeBlinkLeft")
    assert [mixed.weight(name) for name in shapes] == pytest.approx([0.8, 0.5, 0.25, 1.0])


def test_a_lost_camera_hands_the_mouth_to_the_voice() -> None:
    half_gone_s = (HOLD_S + GONE_S) / 2
    mixed = mix([Input(face(jawOpen=1.0)), Input(voice(0.0, half_gone_s, jawOpen=0.5))], half_gone_s)
    assert mixed.weight("jawOpen") == pytest.approx(0.5 * 1.0 + 0.5 * 0.5)


def test_the_spoken_shapes_are_mouth_shapes() -> None:
    assert frozenset(arkit.REGIONS["mouth"]) > SPOKEN
    assert {arkit.mirror_name(name) for name in SPOKEN} == SPOKEN


def test_hold_keeps_the_last_face() -> None:
    inputs = [Input(face(0.0, jawOpen=1.0)), Input(face(60.0, jawOpen=0.0))]
    assert mix(inputs, 60.0, Rules(hold=True)).weight("jawOpen") == 1.0
    assert mix([Input(None), inputs[1]], 60.0, Rules(hold=True)).weight("jawOpen") == 0.0


STEP_S = 1.0 / 60.0


def test_the_first_face_is_shown_as_it_is() -> None:
    assert Mixer().step([Input(face(jawOpen=1.0))], 0.0).weight("jawOpen") == 1.0


@pytest.mark.parametrize("hold", [False, True])
@pytest.mark.parametrize("silence_s", [0.3, 0.6, 1.5])
def test_a_source_comes_back_at_once_and_without_a_jump(silence_s: float, hold: bool) -> None:
    mixer = Mixer(Rules(hold=hold))
    gone = face(0.0, jawOpen=0.0)
    shown = [mixer.step([Input(gone)], index * STEP_S) for index in range(int(silence_s / STEP_S) + 1)]
    now_s = back_s = len(shown) * STEP_S
    after = []
    while now_s < back_s + 0.3:  # from the first frame on it moves again: a steady motion around 0.8
        after.append(mixer.step([Input(face(now_s, jawOpen=0.8 + 0.5 * (now_s - back_s)))], now_s).weight("jawOpen"))
        now_s += STEP_S
    opening = np.array([shown[-1].weight("jawOpen"), *after])
    assert opening[2] > opening[1] > opening[0]  # seen within two pictures
    assert (
        np.diff(opening).max() <= 1.5 * 0.8 * STEP_S / FADE_S + 0.5 * STEP_S + 1e-6
    )  # of fade and motion
    whole = int(FADE_S / STEP_S) + 1
    moving = 0.8 + 0.5 * STEP_S * np.arange(len(after))
    np.testing.assert_allclose(after[whole:], moving[whole:], atol=1e-6)


def test_lost_to_idle_and_back_never_jumps() -> None:
    mixer = Mixer()
    opening = []
    for index in range(300):
        now_s = index * STEP_S
        camera = face(now_s if now_s < 1.0 or now_s > 3.0 else 1.0, jawOpen=1.0)
        idle = face(now_s, jawOpen=0.25)
        opening.append(mixer.step([Input(camera), Input(idle)], now_s).weight("jawOpen"))
    assert opening[int(2.1 / STEP_S)] == pytest.approx(0.25)
    assert opening[-1] == 1.0
    assert np.abs(np.diff(opening)).max() <= 1.5 * 0.75 * STEP_S / FADE_S + 1e-6
    assert (opening[int(1.2 / STEP_S)], opening[59]) == (1.0, 1.0)


def test_channels_that_come_and_go_cross_fade() -> None:
    mixer = Mixer()
    opening = []
    for index in range(120):
        now_s = index * STEP_S
        channels = EVERYTHING if index < 40 or index >= 80 else channels_of(["lids"])
        opening.append(mixer.step([Input(face(now_s, channels=channels, jawOpen=1.0))], now_s).weight("jawOpen"))
    assert (opening[39], opening[60], opening[100]) == (1.0, 0.0, 1.0)
    assert np.abs(np.diff(opening)).max() <= 1.5 * STEP_S / FADE_S + 1e-6


def test_a_voice_comes_and_goes_softly() -> None:
    mixer = Mixer()
    opening = []
    for index in range(60):
        now_s = index * STEP_S
        heard = voice(1.0 if 20 <= index < 40 else 0.0, now_s, jawOpen=1.0)
        opening.append(mixer.step([Input(face(now_s)), Input(heard)], now_s).weight("jawOpen"))
    assert (opening[19], opening[39], opening[-1]) == (0.0, pytest.approx(1.0), 0.0)
    assert np.abs(np.diff(opening)).max() == pytest.approx(STEP_S / FADE_S)


def test_softened_on_request() -> None:
    mixer = Mixer()
    mixer.step([Input(face(0.0))], 0.0)
    mixer.soften()
    after = mixer.step([Input(face(STEP_S, jawOpen=1.0))], STEP_S).weight("jawOpen")
    assert 0.0 < after < 0.1
    assert mixer.step([Input(face(1.0, jawOpen=1.0))], 1.0).weight("jawOpen") == 1.0


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(frames(), min_size=2, max_size=2), min_size=1, max_size=6))
def test_whatever_comes_the_mixer_shows_a_face_in_range(moments: list[list[FaceFrame]]) -> None:
    mixer = Mixer()
    for index, pair in enumerate(moments):
        shown = mixer.step([Input(frame) for frame in pair], index * 0.1)
        assert np.isfinite(shown.weights).all()
        assert abs(shown.head.yaw_rad) <= 4.0


def test_every_region_may_have_its_own_order_and_shares_tell_who_drives() -> None:
    first = Input(FaceFrame.from_mapping({"jawOpen": 0.2, "browInnerUp": 0.2}, time_s=0.0))
    second = Input(FaceFrame.from_mapping({"jawOpen": 0.8, "browInnerUp": 0.8}, time_s=0.0))
    order = order_of(["a", "b"], {"mouth": ["b"]})
    face, shares = shared([first, second], 0.0, order=order)
    jaw, brow = arkit.INDEX["jawOpen"], arkit.INDEX["browInnerUp"]
    assert (round(float(face.weights[jaw]), 3), round(float(face.weights[brow]), 3)) == (0.8, 0.2)
    assert shares[:, jaw].tolist() == [0.0, 1.0]
    assert shares[:, brow].tolist() == [1.0, 0.0]


def test_orders_name_who_is_there_and_the_rest_follow() -> None:
    assert order_of(["a", "b"], {}) is None
    assert order_of(["a", "b"], {"all": ["a"], "mouth": ["nobody"]}) is None
    order = order_of(["a", "b", "c"], {"all": ["c", "c"], "head": ["b", "c"]})
    assert order is not None
    assert order[:, 0].tolist() == [2, 0, 1]
    assert order[:, -1].tolist() == [1, 2, 0]


def test_a_source_that_is_taken_away_melts() -> None:
    mixer = Mixer()
    frame = FaceFrame.from_mapping({"jawOpen": 0.8}, time_s=0.0)
    mixer.step([Input(frame), Input(None)], 0.0)
    mixer.recast([1], None)
    jaw = arkit.INDEX["jawOpen"]
    shown = [float(mixer.step([Input(None)], time_s).weights[jaw]) for time_s in (0.02, 0.06, FADE_S + 0.01)]
    assert 0.6 < shown[0] <= 0.8
    assert 0.0 < shown[1] < shown[0]
    assert shown[2] == 0.0
