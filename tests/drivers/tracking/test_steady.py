"""The landmarks' filter."""

import numpy as np
import pytest

from drivers.tracking.steady import Steady


def test_what_rests_is_stilled_and_what_moves_is_followed() -> None:
    random = np.random.default_rng(3)
    steady, noise = Steady(), random.normal(scale=0.1, size=(300, 50, 3))
    shown = np.array([steady(np.full((50, 3), 100.0) + noise[n], 200.0, n / 30.0) for n in range(300)])
    assert shown[60:].std() < 0.5 * noise.std()
    moving = np.array([steady(np.full((50, 3), 100.0 + 20.0 * n), 200.0, 10.0 + n / 30.0) for n in range(12)])
    late_px = (100.0 + 20.0 * np.arange(12) - moving[:, 0, 0])[4:]
    assert late_px.max() < 0.3 * 20.0  # three face widths a second, less than a third of a picture behind


def test_the_rate_changes_little() -> None:
    """The same swing seen at 30 and at 60 pictures a second ends within a hundredth of itself."""

    def swing(rate: int) -> float:
        steady = Steady()
        shown = [steady(np.full((1, 3), 50.0 * np.sin(3.0 * n / rate)), 200.0, n / rate) for n in range(rate + 1)]
        return float(shown[-1][0, 0])

    assert swing(60) == pytest.approx(swing(30), abs=1.0)


@pytest.mark.parametrize("step_s", [0.0, -1.0, 0.6])
def test_after_a_gap_or_a_step_back_it_starts_anew(step_s: float) -> None:
    steady = Steady()
    steady(np.zeros((1, 3)), 200.0, 1.0)
    np.testing.assert_array_equal(steady(np.full((1, 3), 9.0), 200.0, 1.0 + step_s), np.full((1, 3), 9.0))


def test_another_face_starts_anew() -> None:
    steady = Steady()
    steady(np.zeros((1, 3)), 200.0, 1.0)
    steady.forget()
    np.testing.assert_array_equal(steady(np.full((1, 3), 9.0), 200.0, 1.01), np.full((1, 3), 9.0))
