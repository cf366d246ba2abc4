import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from generator.tools.curves import resample, smoothstep

steps = st.floats(0.5, 40.0)
heights = st.floats(-200.0, 200.0, width=32)


@st.composite
def polylines(draw: st.DrawFn) -> np.ndarray:
    """(N, 2), x rising."""
    x = np.cumsum(draw(st.lists(steps, min_size=2, max_size=15)))
    y = draw(arrays(np.float64, len(x), elements=heights))
    return np.stack([x, y], axis=1)


@given(polylines(), st.integers(2, 60), st.floats(0.0, 1.0), st.integers(2, 5))
def test_both_ends_stay_and_x_is_evenly_spaced(line: np.ndarray, count: int, smooth: float, degree: int) -> None:
    curve = resample(line, count, smooth=smooth, degree=degree)
    assert curve.shape == (count, 2)
    assert curve.dtype == np.float32
    assert curve[[0, -1]] == pytest.approx(line[[0, -1]].astype(np.float32), abs=1e-3)
    assert np.allclose(np.diff(curve[:, 0]), (line[-1, 0] - line[0, 0]) / (count - 1), atol=1e-3)
    assert (np.diff(curve[:, 0]) > 0.0).all()


@given(polylines(), st.integers(2, 60))
def test_without_smoothing_it_is_the_polyline(line: np.ndarray, count: int) -> None:
    curve = resample(line, count, smooth=0.0)
    at = np.linspace(line[0, 0], line[-1, 0], count)
    assert curve[:, 1] == pytest.approx(np.interp(at, line[:, 0], line[:, 1]), abs=1e-3)


@given(arrays(np.float64, 5, elements=st.floats(-3.0, 3.0)), st.floats(-500.0, 500.0), st.floats(5.0, 300.0))
def test_a_quartic_is_reproduced_by_the_fit(coefficients: np.ndarray, left: float, width: float) -> None:
    def quartic(x: np.ndarray) -> np.ndarray:
        return np.polyval(coefficients, (x - left) / width) * 10.0

    # unevenly placed samples, as landmarks are
    x = left + width * np.array([0.0, 0.08, 0.2, 0.37, 0.5, 0.61, 0.8, 0.93, 1.0])
    curve = resample(np.stack([x, quartic(x)], axis=1), 33, smooth=1.0, degree=4)
    assert curve[:, 1] == pytest.approx(quartic(np.linspace(left, left + width, 33)), abs=2e-3)


@given(polylines(), st.floats(0.0, 1.0))
def test_smooth_blends_between_polyline_and_fit(line: np.ndarray, smooth: float) -> None:
    straight, bowed = resample(line, 17, smooth=0.0), resample(line, 17, smooth=1.0)
    blend = (1.0 - smooth) * straight.astype(np.float64) + smooth * bowed.astype(np.float64)
    tolerance = 1e-5 * max(1.0, float(np.abs(bowed).max()))
    assert resample(line, 17, smooth=smooth) == pytest.approx(blend, abs=tolerance)


@given(polylines())
def test_order_of_the_points_does_not_matter(line: np.ndarray) -> None:
    assert np.array_equal(resample(line, 20), resample(line[::-1], 20))


@given(st.floats(-1e3, 1e3), st.floats(-10.0, 10.0), st.floats(0.1, 20.0), st.sampled_from([-1.0, 1.0]))
def test_smoothstep_limits_and_symmetry(x: float, low: float, width: float, direction: float) -> None:
    high = low + direction * width
    value = float(smoothstep(x, low, high))
    assert 0.0 <= value <= 1.0
    if (x - low) * direction <= 0.0:
        assert value == 0.0
    if (x - high) * direction >= 0.0:
        assert value == 1.0
    assert value == pytest.approx(1.0 - float(smoothstep(x, high, low)), abs=1e-9)


@pytest.mark.parametrize(("low", "high"), [(0.0, 1.0), (3.0, -2.0)])
def test_smoothstep_is_monotonic_and_flat_at_both_ends(low: float, high: float) -> None:
    t = np.linspace(0.0, 1.0, 1001)
    value = smoothstep(low + t * (high - low), low, high)
    assert (np.diff(value) >= 0.0).all()
    assert value[500] == pytest.approx(0.5)
    assert np.diff(value)[[0, -1]] == pytest.approx(0.0, abs=1e-5)


def test_smoothstep_is_defined_by_its_defaults_on_arrays() -> None:
    assert smoothstep([[-1.0, 0.0], [0.5, 2.0]]) == pytest.approx(np.array([[0.0, 0.0], [0.5, 1.0]]))
