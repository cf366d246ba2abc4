"""drivers.speech.mapping: literal mouths, and what must hold for all of them."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from assets import arkit
from drivers.speech.mapping import (
    ATTACK_S,
    BROWS,
    CLOSE,
    HOP_S,
    MOUTH,
    OPEN,
    PLAIN,
    Follower,
    Manner,
    Shaper,
    Stress,
    shapes,
)

REST, AH, EE, OO, MM = ([0, 0, 0, 0], [0.88, 0, 0, 0], [0.1, 0.9, 0, 0], [0.1, 0, 0.66, 0], [0.4, 0, 0, 0.5])
TRACKS = arrays.arrays(np.float32, st.tuples(st.integers(1, 8), st.just(4)), elements=st.floats(0.0, 1.0, width=32))


def weights(track: list[float], manner: Manner = PLAIN, accent: float = 0.0) -> dict[str, float]:
    row = shapes(np.array([track], np.float32), manner, accent=np.array([accent], np.float32))[0]
    return {name: round(float(weight), 3) for name, weight in zip(arkit.NAMES, row, strict=True) if weight > 5e-4}


def test_rest_is_rest() -> None:
    assert weights(REST) == {}
    assert weights([0.02, 0.05, 0.06, 0.12]) == {}


def test_five_mouths() -> None:
    assert weights(AH) == {"jawOpen": 0.7, "mouthLowerDownLeft": 0.3, "mouthLowerDownRight": 0.3,
                          "mouthUpperUpLeft": 0.2, "mouthUpperUpRight": 0.2}  # fmt: skip
    wide = weights(EE)
    assert (wide["mouthStretchLeft"], wide["mouthSmileRight"]) == (0.35, 0.25)
    assert wide["jawOpen"] < 0.1
    small = weights(OO)
    assert small["mouthPucker"] > 0.85
    assert small["mouthFunnel"] > 0.15
    assert "mouthStretchLeft" not in small
    assert set(weights(MM)) == {"jawOpen", "mouthClose"}


@settings(max_examples=40)
@given(TRACKS)
def test_lips_that_meet_are_closed_whatever_else_is_heard(tracks: np.ndarray) -> None:
    tracks[:, CLOSE] = 1.0
    made = shapes(tracks)
    jaw = made[:, arkit.INDEX["jawOpen"]]
    assert np.abs(made[:, arkit.INDEX["mouthClose"]] - jaw).max() <= 1e-6
    assert jaw.max() <= 0.7 * 0.3 + 1e-6
    for name in ("mouthLowerDownLeft", "mouthUpperUpRight", "mouthFunnel"):
        assert made[:, arkit.INDEX[name]].max() == 0.0


@settings(max_examples=40)
@given(TRACKS, st.floats(0.0, 3.0), st.floats(0.0, 1.0))
def test_weights_stay_in_range_and_in_their_channels(tracks: np.ndarray, openness: float, expression: float) -> None:
    made = shapes(tracks, Manner(openness, 1.0, expression), accent=np.ones(len(tracks), np.float32))
    assert made.shape == (len(tracks), 52)
    assert made.dtype == np.float32
    assert made.min() >= 0.0
    assert made.max() <= 1.0
    moved = {arkit.NAMES[index] for index in np.flatnonzero(made.any(axis=0))}
    assert moved <= (MOUTH | BROWS if expression > 0.0 else MOUTH)
    # What closes never closes more than the jaw has opened.
    assert (made[:, arkit.INDEX["mouthClose"]] <= made[:, arkit.INDEX["jawOpen"]] + 1e-6).all()


@settings(max_examples=40)
@given(TRACKS, st.floats(0.0, 3.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_one_moment_is_as_many(tracks: np.ndarray, openness: float, expression: float, accent: float) -> None:
    manner = Manner(openness, 1.0, expression)
    many = shapes(tracks, manner, accent=np.full(len(tracks), accent, np.float32))
    shaper = Shaper(manner)
    for track, row in zip(tracks.tolist(), many, strict=True):
        assert shaper.shape(track, accent) == pytest.approx(row, abs=1e-6)


@settings(max_examples=40)
@given(TRACKS)
def test_without_expression_both_sides_are_equal(tracks: np.ndarray) -> None:
    made = shapes(tracks)
    assert (made == made[:, arkit.MIRROR]).all()


def test_expression_is_uneven_and_raises_the_brows() -> None:
    plain, lively = weights(EE), weights(EE, Manner(expression=1.0), accent=1.0)
    assert lively["mouthSmileLeft"] > plain["mouthSmileLeft"] > lively["mouthSmileRight"]
    assert (lively["browInnerUp"], lively["browOuterUpLeft"], lively["browOuterUpRight"]) == (0.35, 0.25, 0.15)
    assert weights(EE, Manner(), accent=1.0) == plain


def test_openness_scales_the_opening_alone() -> None:
    assert weights(AH, Manner(openness=0.5))["jawOpen"] == pytest.approx(0.35)
    assert weights(AH, Manner(openness=0.0)) == {}
    assert weights(AH, Manner(openness=3.0))["jawOpen"] == 1.0
    assert weights(EE, Manner(openness=0.5))["mouthStretchLeft"] == weights(EE)["mouthStretchLeft"]


def step_response(hops: int, smoothing: float = 1.0) -> np.ndarray:
    return Follower(smoothing).push(np.ones((hops, 4), np.float32))


def test_lips_meet_at_once_and_the_jaw_takes_its_time() -> None:
    made = step_response(12)
    assert made[0, CLOSE] == 1.0
    assert made[0, OPEN] == pytest.approx((1.0 - np.exp(-HOP_S / ATTACK_S[OPEN])) ** 2, abs=1e-6)
    assert made[3, OPEN] > 0.75
    assert made[11, OPEN] > 0.99
    assert (np.diff(made, axis=0) >= 0.0).all()


def test_it_opens_faster_than_it_closes() -> None:
    follower = Follower()
    follower.push(np.ones((200, 4), np.float32))
    falling = follower.push(np.zeros((30, 4), np.float32))
    assert (1.0 - falling[:10] <= step_response(10) + 1e-6).all()
    assert falling[-1].max() < 0.01


def test_smoothing_scales_and_zero_is_none() -> None:
    assert step_response(1, 0.0)[0].tolist() == [1.0, 1.0, 1.0, 1.0]
    assert step_response(5, 3.0)[4, OPEN] < step_response(5)[4, OPEN]


@settings(max_examples=40)
@given(TRACKS, st.integers(0, 8))
def test_a_follower_does_not_care_how_the_hops_come(tracks: np.ndarray, cut: int) -> None:
    follower = Follower()
    pieces = np.concatenate([follower.push(tracks[:cut]), follower.push(tracks[cut:])])
    assert (pieces == Follower().push(tracks)).all()


def test_a_louder_syllable_is_stressed_and_the_usual_is_not() -> None:
    stress = Stress()
    assert max(stress.step(-2.0, 1.0, HOP_S) for _ in range(300)) == 0.0
    louder = [stress.step(-1.3, 1.0, HOP_S) for _ in range(15)]
    assert louder == sorted(louder)
    assert louder[-1] > 0.5
    for _ in range(100):
        last = stress.step(-2.0, 1.0, HOP_S)
    assert last < 0.05


def test_noise_is_no_stress() -> None:
    stress = Stress()
    assert max(stress.step(level_b, 0.0, HOP_S) for level_b in (-6.0, -1.0, 0.0)) == 0.0
