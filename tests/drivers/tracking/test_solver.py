"""Each shape from its source; sides, starts and bounds."""

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from drivers.tracking.solver import OWN, Solver


def scores(**values: float) -> np.ndarray:
    weights = np.zeros(arkit.COUNT, np.float32)
    for name, value in values.items():
        weights[arkit.INDEX[name]] = value
    return weights


def solved(solver: Solver, sight: Any, time_s: float, given_scores: np.ndarray | None = None) -> dict[str, float]:
    weights = solver(
        sight.points_px, sight.rotation, sight.scores if given_scores is None else given_scores, time_s=time_s
    )
    return {name: float(weights[index]) for name, index in arkit.INDEX.items()}


def rested(look: Any, head: Any) -> Solver:
    solver = Solver()
    for number in range(45):
        solved(solver, look(head.moved()), number / 30)
    return solver


def test_own_shapes_are_shapes() -> None:
    assert frozenset(arkit.NAMES) >= OWN
    assert {arkit.mirror_name(name) for name in OWN} == OWN


def test_the_networks_shapes_pass_untouched(head: Any, look: Any) -> None:
    given_scores = np.linspace(0.05, 0.95, arkit.COUNT, dtype=np.float32)
    found = solved(Solver(), look(head.moved()), 0.0, given_scores)
    for name, index in arkit.INDEX.items():
        if name not in OWN:
            assert found[name] == given_scores[index]


def test_a_resting_face_has_no_shape_of_ours(head: Any, look: Any) -> None:
    found = solved(rested(look, head), look(head.moved()), 1.5)
    assert {name: found[name] for name in OWN if found[name] > 0.1} == {}


@pytest.mark.parametrize("side", ["Left", "Right"])
def test_sides_are_the_subjects_own(head: Any, look: Any, side: str) -> None:
    other = "Right" if side == "Left" else "Left"
    found = solved(rested(look, head), look(head.moved(**{side.lower(): 0.9})), 1.5)
    assert found[f"eyeBlink{side}"] > 0.6 > 0.1 > found[f"eyeBlink{other}"]


def test_eyes_to_the_left_are_one_out_and_one_in(head: Any, look: Any) -> None:
    points = head.moved()
    points[[468, 473], 0] += 0.1
    found = solved(rested(look, head), look(points), 1.5)
    assert found["eyeLookOutLeft"] == found["eyeLookInRight"] > 0.3
    assert found["eyeLookInLeft"] == found["eyeLookOutRight"] == 0.0


def test_gaze_up_is_the_networks_about_the_users_middle(head: Any, look: Any) -> None:
    solver = Solver()
    low = scores(eyeLookDownLeft=0.2, eyeLookDownRight=0.2)
    for number in range(90):
        found = solved(solver, look(head.moved()), number / 30, low)
    assert found["eyeLookDownLeft"] == pytest.approx(0.0, abs=1e-6)
    found = solved(solver, look(head.moved()), 3.0, scores(eyeLookUpLeft=0.3, eyeLookUpRight=0.3))
    assert found["eyeLookUpLeft"] == found["eyeLookUpRight"] == pytest.approx(0.5)


def test_closing_eyes_are_not_wide(head: Any, look: Any) -> None:
    found = solved(rested(look, head), look(head.moved(left=1.0, right=1.0)), 1.5, scores(eyeWideLeft=0.8))
    assert found["eyeWideLeft"] < 0.1


def test_somebody_else_after_a_pause_starts_anew(head: Any, look: Any) -> None:
    """After three seconds nothing is known, so the network's blink passes; before, it doesn't."""
    blink = scores(eyeBlinkLeft=0.7, eyeBlinkRight=0.7)
    assert solved(rested(look, head), look(head.moved()), 4.0, blink)["eyeBlinkLeft"] < 0.1
    assert solved(rested(look, head), look(head.moved()), 5.0, blink)["eyeBlinkLeft"] == pytest.approx(0.7)
    assert solved(rested(look, head), look(head.moved()), 0.5, blink)["eyeBlinkLeft"] == pytest.approx(0.7)
    solver = rested(look, head)
    solver.forget()
    assert solved(solver, look(head.moved()), 1.5, blink)["eyeBlinkLeft"] == pytest.approx(0.7)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(0.0, 400.0))
def test_whatever_the_points_the_weights_are_weights(seed: int, spread_px: float) -> None:
    random = np.random.default_rng(seed)
    solver = Solver()
    for number in range(4):
        points = random.normal(scale=spread_px, size=(478, 3))
        weights = solver(points, np.eye(3), random.random(arkit.COUNT).astype(np.float32), time_s=number / 30)
        assert weights.shape == (arkit.COUNT,)
        assert ((weights >= 0.0) & (weights <= 1.0)).all()
