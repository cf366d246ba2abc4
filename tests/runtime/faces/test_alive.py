"""runtime.faces.alive"""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose
from drivers import idle
from renderer.deform import STILL, Body
from runtime.faces.alive import BREATH_S, GAP_S, INHALES, LETS_GO_S, LIFT, TAKES_OVER_S, Alive, Bearing, inhaled

HEAD_ONLY = frozenset({HEAD, "jawOpen"})
SEEN = ALL_CHANNELS | {HEAD}
BLINKS = [arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]
GAZE = [arkit.INDEX[name] for name in arkit.REGIONS["gaze"]]


def face(head: HeadPose | None = None, channels: frozenset[str] = HEAD_ONLY, **weights: float) -> FaceFrame:
    return FaceFrame.from_mapping(weights, head=head or HeadPose(), channels=channels)


def lived(seconds: float, fps: float = 60.0, frame: FaceFrame | None = None, **options: float) -> np.ndarray:
    """Weights (N, 52) of a face of which only head and jaw are driven."""
    alive = Alive(**options)  # type: ignore[arg-type]
    shown = frame or face()
    return np.array([alive.step(shown, number / fps).weights for number in range(round(seconds * fps))])


def begins(closure: np.ndarray, fps: float = 60.0) -> np.ndarray:
    """When lids begin to close, in seconds."""
    return np.flatnonzero((closure[1:] > 0.02) & (closure[:-1] <= 0.02)) / fps


def test_what_is_driven_stays_as_it_is() -> None:
    alive, seen = Alive(), face(channels=SEEN, eyeBlinkLeft=0.3, eyeLookUpLeft=0.2)
    for number in range(600):
        assert alive.step(seen, number / 60) is seen


def test_lids_that_nobody_drives_blink_every_few_seconds() -> None:
    shown = lived(100, 30.0)
    left, right = shown[:, BLINKS].T
    assert np.array_equal(left, right)
    assert left.max() == 1.0
    gaps = np.diff(begins(left, 30.0))
    apart = gaps[gaps > 1.0]  # the second of a double one comes at once
    assert apart.min() >= GAP_S[0] - 0.4
    assert apart.max() <= GAP_S[1] + 0.1
    assert 0.05 < (gaps < 1.0).mean() < 0.4
    assert 5.0 < apart.mean() < 9.0


def test_a_blink_has_the_measured_times() -> None:
    closure = lived(6, 500.0)[:, BLINKS[0]]
    first = int(np.flatnonzero(closure > 0)[0])
    shut = np.flatnonzero(closure[first:] == 1.0)
    assert shut[0] == pytest.approx(500 * idle.CLOSE_S, abs=2)
    assert np.flatnonzero(closure[first:] == 0.0)[0] == pytest.approx(500 * idle.BLINK_S, abs=3)


def test_strength_makes_blinks_more_frequent_and_none_means_none() -> None:
    often, usual, never = (len(begins(lived(80, 20.0, blink=blink)[:, BLINKS[0]], 20.0)) for blink in (2.0, 1.0, 0.0))
    assert often > 1.6 * usual
    assert never == 0


def test_the_same_seed_is_the_same_life_and_another_another() -> None:
    assert np.array_equal(lived(10), lived(10))
    assert not np.array_equal(lived(10), lived(10, seed=1))


def test_the_frame_rate_does_not_matter() -> None:
    slow, fast = begins(lived(20, 30.0)[:, BLINKS[0]], 30.0), begins(lived(20, 144.0)[:, BLINKS[0]], 144.0)
    assert len(slow) == len(fast)
    assert np.abs(slow - fast).max() <= 1 / 30 + 1 / 144


def test_a_far_and_quick_turn_of_the_head_blinks_and_a_slow_one_does_not() -> None:
    for seconds, blinks in ((0.3, True), (6.0, False)):
        alive, closed = Alive(), 0.0
        for number in range(100):  # within the first 1.5 s none comes by itself
            now_s = number / 60 * min(1.0, seconds)
            turn = min(now_s / seconds, 1.0)
            shown = alive.step(face(HeadPose(yaw_rad=math.radians(35) * turn)), now_s)
            closed = max(closed, shown.weight("eyeBlinkLeft"))
            if now_s > 1.4:
                break
        assert (closed > 0.9) == blinks


def test_a_head_that_swings_blinks_no_more_than_every_two_seconds() -> None:
    alive, closure = Alive(), []
    for number in range(1200):
        head = HeadPose(yaw_rad=0.7 * math.sin(number / 60 * 6))
        closure.append(alive.step(face(head), number / 60).weight("eyeBlinkLeft"))
    assert np.diff(begins(np.array(closure))).min() >= 1.9


def test_eyes_that_nobody_drives_wander_within_a_few_degrees() -> None:
    gaze = lived(20, 30.0)[:, GAZE]
    assert 0.02 < gaze.max() < 0.15
    assert lived(20, 30.0, gaze=0.0)[:, GAZE].max() == 0.0
    assert lived(20, 30.0, gaze=2.0)[:, GAZE].max() == pytest.approx(2 * gaze.max(), rel=1e-5)


def test_what_the_idle_motion_drives_is_replaced_when_people_drive_none_of_it() -> None:
    alive = Alive(blink=0.0, gaze=0.0)
    blinking = face(channels=SEEN, eyeBlinkLeft=1.0, eyeBlinkRight=1.0, eyeLookUpLeft=0.5, jawOpen=0.4)
    shown = alive.step(blinking, 0.0, frozenset({"jawOpen"}))
    assert (shown.weight("eyeBlinkLeft"), shown.weight("eyeLookUpLeft")) == (0.0, 0.0)
    assert shown.weight("jawOpen") == np.float32(0.4)


@settings(deadline=None, max_examples=12)
@given(st.lists(st.tuples(st.booleans(), st.booleans()), min_size=1, max_size=8), st.integers(0, 9))
def test_handing_over_never_jumps(hands: list[tuple[bool, bool]], seed: int) -> None:
    """Lids and gaze come and go at any moment: a step is never faster than a blink, or a hand-over."""
    alive, before = Alive(seed=seed, blink=2.0), None
    steepest = 1.5 / 500 * max(1 / idle.CLOSE_S, 1 / LETS_GO_S, 1 / TAKES_OVER_S) * 2
    for turn, (lids, gaze) in enumerate(hands):
        driven = HEAD_ONLY | (set(arkit.REGIONS["lids"]) if lids else set())
        driven = frozenset(driven | (set(arkit.REGIONS["gaze"]) if gaze else set()))
        for number in range(90):
            shown = alive.step(face(channels=driven), (turn * 90 + number) / 500).weights.astype(float)
            if before is not None:
                assert np.abs(shown - before).max() <= steepest
            before = shown


# ---- the body ---------------------------------------------------------------------------------


def borne(fps: float, seconds: float = 3.0, *, mirrored: bool = False, **options: float) -> np.ndarray:
    bearing, places = Bearing(**options), []
    for number in range(round(seconds * fps) + 1):
        now_s = number / fps
        turn = min(max(now_s - 0.5, 0.0) / 0.25, 1.0)
        head = HeadPose(yaw_rad=0.5 * turn, roll_rad=0.2 * turn, pitch_rad=0.2 * turn, x_m=0.03 * turn)
        places.append(bearing.step(head.mirrored() if mirrored else head, now_s))
    return np.array(places)


def test_a_breath() -> None:
    assert [inhaled(part * BREATH_S) for part in (0.0, INHALES, 1.0)] == pytest.approx([0.0, 1.0, 0.0])
    lift = borne(60, 8.0, body=0.0)
    assert not lift[:, 0].any()
    assert lift[:, 1].max() == pytest.approx(LIFT, rel=1e-3)
    assert lift[:, 1].min() == 0.0
    assert np.abs(np.diff(lift[:, 1])).max() < LIFT / 40


def test_the_body_follows_the_head_a_little_late() -> None:
    aside = borne(60, 4.0, breath=0.0)[:, 0]
    end = aside[-1]
    assert 0.015 < end < 0.04
    assert not aside[:31].any()  # the head has not moved yet
    assert aside[45] < 0.6 * end  # it has turned, the body is on its way
    assert aside.max() < 1.1 * end
    assert np.abs(aside[-30:] - end).max() < 1e-3


@pytest.mark.parametrize("fps", [30, 144])
def test_the_rate_of_frames_makes_no_difference_to_the_body(fps: float) -> None:
    usual, other = borne(60), borne(fps)
    times = np.linspace(0, 3, len(usual))
    for axis in (0, 1):  # half a pixel of a canvas of 1024
        assert np.abs(np.interp(times, np.linspace(0, 3, len(other)), other[:, axis]) - usual[:, axis]).max() < 5e-4


def test_a_mirrored_head_has_a_mirrored_body() -> None:
    np.testing.assert_allclose(borne(60, mirrored=True), borne(60) * (-1.0, 1.0), atol=1e-12)


def test_nothing_asked_for_is_a_still_body() -> None:
    bearing = Bearing(breath=0.0, body=0.0)
    assert all(bearing.step(HeadPose(yaw_rad=0.1 * number), number / 60) == STILL for number in range(30))


def test_settings_are_taken_up_without_a_jump() -> None:
    bearing, head = Bearing(), HeadPose(yaw_rad=0.5)
    before: Body | None = None
    for number in range(400):
        if number == 100:
            bearing.breath, bearing.body = 2.0, 2.0
        if number == 250:
            bearing.breath = bearing.body = 0.0
        place = bearing.step(head, number / 60)
        if before is not None:
            assert max(abs(place.aside - before.aside), abs(place.lift - before.lift)) < 1e-3
        before = place
    assert before == pytest.approx((0.0, 0.0), abs=1e-4)


@settings(deadline=None, max_examples=25)
@given(st.lists(st.tuples(st.floats(-1.0, 3.0), st.floats(-30, 30), st.floats(-3, 3)), min_size=1, max_size=20))
def test_a_body_never_leaves_its_bounds(steps: list[tuple[float, float, float]]) -> None:
    bearing, now_s = Bearing(breath=2.0, body=2.0), 0.0
    for dt_s, yaw, x in steps:
        now_s += dt_s
        place = bearing.step(HeadPose(yaw_rad=yaw, roll_rad=yaw, x_m=x), now_s)
        assert abs(place.aside) <= 0.09
        assert abs(place.lift) <= 0.09
