"""Mouth and jaw to one side, told apart."""

from typing import Any

import numpy as np
import pytest

from drivers.tracking import sideways
from drivers.tracking.headframe import Points, to_head
from drivers.tracking.sideways import Sides, Sideways, shifts

LIPS, CHIN = (61, 291, 0, 17, 13, 14), (152, 148, 377, 175, 199)
SPAN = 1.402
"""Distance of the outer corners of the mean face's eyes, in distances between its irises."""


def shifted(head: Any, *, mouth: float = 0.0, jaw: float = 0.0) -> Points:
    """The head with lips and chin where a mouth and a jaw moved by so many eye spans would take them."""
    points = head.moved()
    points[list(LIPS), 0] += SPAN * (mouth + 0.9 * jaw)
    points[list(CHIN), 0] += SPAN * (0.3 * mouth + jaw)
    return to_head(points * (1.0, -1.0, 1.0), np.eye(3))


def sides(head: Any, *, turn_sine: float = 0.0, jaw_open: float = 0.0, **moved: float) -> Sides:
    """What is seen after a second of rest."""
    solver = Sideways()
    for number in range(10):
        solver(shifted(head), turn_sine=0.0, jaw_open=0.0, time_s=number / 10)
    return solver(shifted(head, **moved), turn_sine=turn_sine, jaw_open=jaw_open, time_s=1.05)


def test_each_is_found_by_itself(head: Any) -> None:
    rest = shifts(shifted(head))
    moved = shifts(shifted(head, mouth=0.05, jaw=-0.03))
    assert moved["mouth"] - rest["mouth"] == pytest.approx(0.05, abs=1e-3)
    assert moved["jaw"] - rest["jaw"] == pytest.approx(-0.03, abs=1e-3)


@pytest.mark.parametrize("name", ["mouth", "jaw"])
def test_left_is_the_subjects_own_and_both_sides_are_equal(head: Any, name: str) -> None:
    left, right = sides(head, **{name: 0.06}), sides(head, **{name: -0.06})
    assert getattr(left, name) > 0.4
    assert getattr(right, name) == pytest.approx(-getattr(left, name), abs=0.02)
    other = "jaw" if name == "mouth" else "mouth"
    assert getattr(left, other) == pytest.approx(0.0, abs=0.05)


def test_a_little_is_nothing(head: Any) -> None:
    assert sides(head, mouth=0.01, jaw=-0.02) == Sides(0.0, 0.0)


def test_a_turned_head_and_an_open_jaw_ask_for_more(head: Any) -> None:
    assert sides(head, jaw=0.08).jaw > sides(head, jaw=0.08, turn_sine=0.15).jaw > 0.0
    assert sides(head, jaw=0.08).jaw > sides(head, jaw=0.08, jaw_open=0.5).jaw > 0.0


def test_a_crooked_face_is_its_own_middle(head: Any) -> None:
    solver = Sideways()
    crooked = shifted(head, jaw=0.06)
    assert all(
        solver(crooked, turn_sine=0.0, jaw_open=0.0, time_s=number / 30) == Sides(0.0, 0.0) for number in range(60)
    )


def test_what_is_measured_of_the_chin_is_in_the_module() -> None:
    assert (sideways._LIPS, sideways._CHIN) == (LIPS, CHIN)
