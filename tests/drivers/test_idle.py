"""Idle: blinks, breath and glances as a pure function of time."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from assets.face import FaceFrame
from drivers import idle
from drivers.idle import CHANNELS, IdleDriver, Options, closure, idle_frame

BLINK = arkit.INDEX["eyeBlinkLeft"]


def blinks(seed: int, duration_s: float) -> list[float]:
    """When each blink begins to shut the lids, doubles counted twice."""
    times_s = np.arange(0.0, duration_s, 0.02)
    closed = np.array([idle_frame(float(t), seed=seed).weights[BLINK] for t in times_s]) > 0.5
    return [float(times_s[n]) for n in np.flatnonzero(closed[1:] & ~closed[:-1]) + 1]


@given(st.floats(-1e6, 1e6), st.integers(0, 5))
def test_any_moment_is_a_sane_face_and_always_the_same(time_s: float, seed: int) -> None:
    one, two = idle_frame(time_s, seed=seed), idle_frame(time_s, seed=seed)
    assert np.array_equal(one.weights, two.weights)
    assert one.head == two.head
    assert one.channels == CHANNELS
    assert one.time_s == time_s
    assert one.weight("eyeBlinkLeft") == one.weight("eyeBlinkRight")
    gaze = [one.weight(name) for name in arkit.REGIONS["gaze"]]
    assert max(gaze) <= 0.12
    assert math.degrees(max(abs(one.head.yaw_rad), abs(one.head.pitch_rad), abs(one.head.roll_rad))) < 2.0
    assert abs(one.head.y_m) <= 0.002


def test_brows_and_mouth_are_left_to_others() -> None:
    silent = set(arkit.NAMES) - CHANNELS
    assert {"jawOpen", "browInnerUp", "mouthSmileLeft", "tongueOut"} <= silent
    frame = idle_frame(12.3)
    assert all(frame.weight(name) == 0.0 for name in silent)


@pytest.mark.parametrize(
    ("since_s", "closed"),
    [
        (-1.0, 0.0),
        (0.0, 0.0),
        (0.025, 0.5),
        (0.050, 1.0),
        (0.070, 1.0),
        (0.090, 1.0),
        (0.140, 0.5),
        (0.190, 0.0),
        (9.0, 0.0),
    ],
)
def test_a_blink_closes_in_50_ms_stays_40_and_opens_in_100(since_s: float, closed: float) -> None:
    assert closure(since_s) == pytest.approx(closed, abs=1e-9)


def test_blinks_come_every_3_to_12_seconds_and_one_in_five_is_double() -> None:
    starts = blinks(seed=3, duration_s=750.0)
    gaps = np.diff(starts)
    doubles = gaps < 1.0
    assert gaps[doubles] == pytest.approx(idle.DOUBLE_AFTER_S, abs=0.021)
    singles = np.diff([start for n, start in enumerate(starts) if n == 0 or not doubles[n - 1]])
    assert singles.min() >= 3.0 - 0.04
    assert singles.max() <= 12.0 + 0.04
    assert len(singles) == pytest.approx(100, abs=2)
    assert 0.1 < doubles.sum() / len(singles) < 0.3


def test_eyes_move_together_and_rest_between_glances() -> None:
    frames = [idle_frame(n / 100.0, seed=1) for n in range(3000)]
    for frame in frames:
        assert frame.weight("eyeLookOutLeft") == frame.weight("eyeLookInRight")
        assert frame.weight("eyeLookInLeft") == frame.weight("eyeLookOutRight")
        assert frame.weight("eyeLookUpLeft") == frame.weight("eyeLookUpRight")
        assert min(frame.weight("eyeLookUpLeft"), frame.weight("eyeLookDownLeft")) == 0.0
        assert min(frame.weight("eyeLookInLeft"), frame.weight("eyeLookOutLeft")) == 0.0
    gaze = np.array([frame.weight("eyeLookOutLeft") - frame.weight("eyeLookInLeft") for frame in frames])
    moving = np.abs(np.diff(gaze)) > 1e-6
    assert gaze.min() < -0.02
    assert gaze.max() > 0.02
    assert 0.01 < moving.mean() < 0.06  # 40 ms out of 1.6 s, and some of it very little


def test_breath_takes_four_seconds() -> None:
    rise = np.array([idle_frame((n + 0.5) / 50.0).head.y_m for n in range(400)])
    assert rise[:200] == pytest.approx(rise[200:], abs=1e-9)
    assert np.flatnonzero((rise[:-1] < 0) & (rise[1:] >= 0)).tolist() == [199]


def test_nothing_jumps() -> None:
    frames = [idle_frame(n / 240.0) for n in range(240 * 60)]
    steps = np.abs(np.diff(np.array([frame.weights for frame in frames]), axis=0))
    assert steps.max() < 0.13  # a lid closing in 50 ms
    yaw = np.array([frame.head.yaw_rad for frame in frames])
    assert np.abs(np.diff(yaw)).max() < math.radians(0.02)


def test_seeds_are_different_people() -> None:
    assert blinks(0, 60.0) != blinks(1, 60.0)


def test_the_driver_asks_its_clock() -> None:
    with IdleDriver(Options(seed=7), clock=lambda: 42.0) as driver:
        frame = driver.latest()
        assert isinstance(frame, FaceFrame)
        assert np.array_equal(frame.weights, idle_frame(42.0, seed=7).weights)
        assert frame.time_s == 42.0
    assert driver.latest() is None
