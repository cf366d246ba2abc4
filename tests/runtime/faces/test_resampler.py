"""runtime.faces.resampler: a slow source moves evenly on a fast screen, and never beyond what it said."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets import arkit
from runtime.faces.resampler import LONGEST_S, Resampler
from runtime.faces.signals import COUNT

HEAD_YAW = arkit.COUNT
LID = arkit.INDEX["eyeBlinkLeft"]


def played(times_s: np.ndarray, values: np.ndarray, screen_hz: float, row: int = HEAD_YAW) -> np.ndarray:
    """What a screen shows of samples that arrive at `times_s`: (time, value, newest value) of each picture."""
    resampler = Resampler()
    shown, last = [], -1
    for now_s in np.arange(times_s[0] + 0.004, times_s[-1], 1.0 / screen_hz):  # never at the moment of an arrival
        newest = int(np.searchsorted(times_s, now_s, side="right")) - 1
        if newest != last:
            resampler.put(np.full(COUNT, values[newest]), float(times_s[newest]))
            last = newest
        shown.append((now_s, resampler.at(now_s)[row], values[newest]))
    return np.array(shown)


def arrivals(rate_hz: float, rng: np.random.Generator, jitter: float, seconds: float = 6.0) -> np.ndarray:
    even = np.arange(int(seconds * rate_hz)) / rate_hz
    return even + jitter * rng.random(len(even)) / rate_hz


@pytest.mark.parametrize("screen_hz", [60.0, 144.0])
@pytest.mark.parametrize(("jitter", "unevenness"), [(0.0, 0.05), (0.2, 0.2)])
@pytest.mark.parametrize("rate_hz", [24.0, 30.0])
def test_a_steady_motion_is_shown_in_even_steps(
    rate_hz: float, jitter: float, unevenness: float, screen_hz: float, rng: np.random.Generator
) -> None:
    times_s = arrivals(rate_hz, rng, jitter)
    shown = played(times_s, np.arange(len(times_s)) / rate_hz, screen_hz)
    steps = np.diff(shown[:, 1])[int(screen_hz) :]
    assert steps.mean() == pytest.approx(1.0 / screen_hz, rel=0.01)
    assert steps.std() <= unevenness * steps.mean()
    assert np.diff(shown[:, 2]).std() >= 0.9 * steps.mean()  # shown as they come, the samples would jerk
    lag_s = (shown[:, 0] - shown[:, 1])[int(screen_hz) :]
    assert lag_s.mean() <= 1.3 / rate_hz + 1.0 / screen_hz


@pytest.mark.parametrize("rate_hz", [60.0, 90.0, 240.0])
def test_a_source_as_fast_as_the_screen_is_shown_without_delay(rate_hz: float, rng: np.random.Generator) -> None:
    times_s = arrivals(rate_hz, rng, 0.0)
    shown = played(times_s, rng.random(len(times_s)), 60.0)
    assert np.abs(shown[:, 1] - shown[:, 2])[10:].max() <= 0.03


def test_a_step_is_half_done_with_the_first_picture_and_whole_within_the_interval() -> None:
    times_s = np.arange(60) / 30.0
    shown = played(times_s, (np.arange(60) >= 30).astype(float), 60.0)
    first = int(np.argmax(shown[:, 2]))
    assert 0.4 <= shown[first, 1] <= 0.6
    assert shown[first + 2, 1] == 1.0


def test_lids_are_shown_as_they_come(rng: np.random.Generator) -> None:
    times_s = arrivals(30.0, rng, 0.2)
    shown = played(times_s, rng.random(len(times_s)), 144.0, LID)
    assert (shown[:, 1] == shown[:, 2]).all()


def test_a_very_slow_source_waits_less_than_its_interval() -> None:
    times_s = np.arange(20) / 5.0
    shown = played(times_s, np.arange(20.0), 60.0)
    arrived = np.flatnonzero(np.diff(shown[:, 2]) > 0) + 1
    done = int(LONGEST_S * 60.0) + 2
    assert (shown[arrived[2:-1] + done, 1] == shown[arrived[2:-1] + done, 2]).all()


def test_after_a_restart_the_past_is_forgotten() -> None:
    resampler = Resampler()
    for index in range(5):
        resampler.put(np.full(COUNT, float(index)), index / 30.0)
        resampler.at(index / 30.0)
    resampler.restart()
    resampler.put(np.full(COUNT, 100.0), 9.0)
    assert (resampler.at(9.0) == 100.0).all()


def test_results_belong_to_the_reader() -> None:
    resampler = Resampler()
    sample = np.zeros(COUNT)
    resampler.put(sample, 0.0)
    resampler.at(0.0)[:] = 5.0
    assert not resampler.at(0.1).any()


@settings(deadline=None)
@given(
    st.lists(st.tuples(st.floats(-1.0, 1.0), st.floats(0.001, 0.3)), min_size=1, max_size=30),
    st.sampled_from([30.0, 60.0, 144.0]),
)
def test_nothing_is_shown_that_was_not_measured(samples: list[tuple[float, float]], screen_hz: float) -> None:
    values, gaps_s = np.array(samples).T
    times_s = np.cumsum(gaps_s)
    resampler = Resampler()
    last = -1
    recent: list[float] = []
    for now_s in np.arange(times_s[0], times_s[-1] + 0.1, 1.0 / screen_hz):
        newest = int(np.searchsorted(times_s, now_s, side="right")) - 1
        if newest != last:
            resampler.put(np.full(COUNT, values[newest]), float(times_s[newest]))
            recent = [*recent[-2:], float(values[newest])]
            last = newest
        shown = resampler.at(float(now_s))[HEAD_YAW]
        assert min(recent) - 1e-12 <= shown <= max(recent) + 1e-12
