"""Running percentiles."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.tracking.habits import Habit, percentile


@settings(max_examples=30, deadline=None)
@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=50), st.floats(0.0, 100.0))
def test_percentiles_are_numpys(values: list[float], percent: float) -> None:
    assert percentile(sorted(values), percent) == pytest.approx(np.percentile(values, percent), abs=1e-9)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(-10.0, 10.0), min_size=1, max_size=900))
def test_the_last_minute_counts(values: list[float]) -> None:
    habit = Habit()
    for number, value in enumerate(values):
        habit.see(value, 0.1 * number)
    assert habit.value == pytest.approx(np.median(values[-600:]), abs=1e-9)


def test_it_starts_from_a_guess_and_leaves_it() -> None:
    habit = Habit(1.0)
    assert habit.value == 1.0
    for number in range(8):
        habit.see(3.0, 0.1 * number)
    assert habit.value == 2.0
    habit.see(3.0, 0.8)
    assert habit.value == 3.0


def test_more_than_ten_a_second_count_as_ten() -> None:
    habit = Habit()
    for number in range(100):
        habit.see(float(number), 0.01 * number)
    assert habit.value == pytest.approx(45.0)


def test_without_guess_or_value_it_is_zero() -> None:
    assert Habit().value == 0.0
