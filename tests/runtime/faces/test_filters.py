"""runtime.faces.filters: no overshoot, no drift, a blink that closes, and the same calm at every frame rate."""

from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from OneEuroFilter import OneEuroFilter

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose
from runtime.faces.filters import TUNINGS, FaceFilter, OneEuro


def blink(time_s: np.ndarray) -> np.ndarray:
    """Closed in 75 ms, held 50, opened in 150, from second 1 on."""
    return np.interp(time_s - 1.0, [0.0, 0.075, 0.125, 0.275], [0.0, 1.0, 1.0, 0.0])


def turn(time_s: np.ndarray) -> np.ndarray:
    """0 to 1 within 250 ms, from second 1 on."""
    return np.interp(time_s - 1.0, [0.0, 0.25], [0.0, 1.0])


def phases(rate_hz: float) -> list[np.ndarray]:
    """Moments of capture in 1.6 seconds, for a camera that started earlier or later by tenths of a picture."""
    return [(np.arange(int(1.6 * rate_hz)) + phase) / rate_hz for phase in np.arange(0.0, 1.0, 0.1)]


def run(times_s: np.ndarray, signal: np.ndarray, name: str = "eyeBlinkLeft") -> np.ndarray:
    """The signal as one shape, filtered."""
    calm = FaceFilter()
    frames = [FaceFrame.from_mapping({name: value}) for value in signal]
    return np.array([calm.step(frame, t).weight(name) for frame, t in zip(frames, times_s, strict=True)])


def run_yaw(times_s: np.ndarray, yaw_deg: np.ndarray) -> np.ndarray:
    """Degrees of yaw, filtered."""
    calm = FaceFilter()
    poses = [HeadPose.from_degrees(yaw_deg=angle) for angle in yaw_deg]
    frames = [calm.step(FaceFrame(head=head), t) for head, t in zip(poses, times_s, strict=True)]
    return np.degrees([frame.head.yaw_rad for frame in frames])


def half_s(times_s: np.ndarray, signal: np.ndarray) -> float:
    """When the signal first reaches one half."""
    after = int(np.argmax(signal >= 0.5))
    return float(np.interp(0.5, signal[after - 1 : after + 1], times_s[after - 1 : after + 1]))


def one(beta: float = 1.0) -> OneEuro:
    return OneEuro(np.array([1.0]), np.array([beta]), np.array([4.0]))


def test_every_region_and_the_head_is_tuned() -> None:
    assert set(TUNINGS) == {*arkit.REGIONS, HEAD}


@settings(deadline=None, max_examples=50)
@given(st.lists(st.tuples(st.floats(-5.0, 5.0), st.floats(0.0, 0.5)), min_size=1, max_size=40))
def test_output_stays_within_what_came_in(samples: list[tuple[float, float]]) -> None:
    calm = one()
    seen = []
    for raw, dt_s in samples:
        seen.append(raw)
        value = float(calm.step(np.array([raw]), dt_s)[0])
        assert min(seen) - 1e-9 <= value <= max(seen) + 1e-9


def test_first_sample_passes_and_a_constant_stays() -> None:
    calm = one()
    for _ in range(20):
        assert calm.step(np.array([0.7]), 1 / 60)[0] == 0.7


def test_no_time_no_change() -> None:
    calm = one()
    calm.step(np.array([0.0]), 0.0)
    assert calm.step(np.array([1.0]), 0.0)[0] == 0.0
    assert calm.step(np.array([1.0]), -1.0)[0] == 0.0


def test_results_do_not_change_behind_their_reader() -> None:
    calm = one()
    first = calm.step(np.array([0.0]), 0.0)
    calm.step(np.array([1.0]), 0.1)
    assert first[0] == 0.0


def test_reset_forgets() -> None:
    calm = one()
    calm.step(np.array([0.0]), 0.0)
    calm.reset()
    assert calm.step(np.array([1.0]), 1 / 60)[0] == 1.0


@pytest.mark.parametrize("region", [*arkit.REGIONS, HEAD])
def test_the_authors_own_filter_agrees(region: str, rng: np.random.Generator) -> None:
    tuning = TUNINGS[region]
    ours = OneEuro(*(np.array([number]) for number in astuple(tuning)))
    theirs = OneEuroFilter(30.0, *astuple(tuning))
    times_s = 1.0 + np.cumsum(rng.uniform(0.005, 0.1, 400))
    signal = np.cumsum(rng.standard_normal(400)) * (3.0 if region == HEAD else 0.1)
    for then_s, now_s, raw in zip([times_s[0], *times_s], times_s, signal, strict=False):
        assert ours.step(np.array([raw]), now_s - then_s)[0] == pytest.approx(theirs(raw, now_s), rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 144.0])
def test_a_blink_closes_the_eye_at_once(rate_hz: float) -> None:
    for times_s in phases(rate_hz):
        raw = blink(times_s)
        calm = run(times_s, raw)
        assert calm.max() >= 0.98 * raw.max()
        assert calm.max() <= 1.0
        assert half_s(times_s, calm) - half_s(times_s, raw) <= 0.008


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 144.0])
def test_a_turning_head_is_followed_without_overshoot(rate_hz: float) -> None:
    for times_s in phases(rate_hz):
        raw = 30.0 * turn(times_s)
        calm = run_yaw(times_s, raw)
        assert half_s(times_s, calm / 30.0) - half_s(times_s, raw / 30.0) <= 0.010
        assert calm.max() <= 30.0 * 1.02
        assert np.abs(calm - raw).max() <= 2.5


@pytest.mark.parametrize("rate_hz", [30.0, 60.0])
@pytest.mark.parametrize("name", ["eyeBlinkLeft", "jawOpen", "browInnerUp", "eyeLookInLeft"])
def test_noise_at_rest_is_halved(name: str, rate_hz: float, rng: np.random.Generator) -> None:
    raw = 0.5 + 0.02 * rng.standard_normal(1200)
    assert run(np.arange(1200) / rate_hz, raw, name)[60:].std() <= 0.55 * raw[60:].std()


def test_a_still_head_is_calm(rng: np.random.Generator) -> None:
    raw = 0.15 * rng.standard_normal(1200)
    assert run_yaw(np.arange(1200) / 30.0, raw)[60:].std() <= 0.4 * raw[60:].std()


def test_the_same_calm_at_every_frame_rate() -> None:
    settled = []
    for rate_hz in (30.0, 60.0, 120.0):
        raw = np.array([0.0 if index / rate_hz < 0.5 else 0.05 for index in range(int(rate_hz))])
        settled.append(run(np.arange(len(raw)) / rate_hz, raw, "browInnerUp")[int(0.75 * rate_hz) - 1])
    assert max(settled) - min(settled) <= 0.006


def test_lively_follows_closer_than_calm() -> None:
    after = []
    for lively in (0.25, 1.0, 4.0):
        each = FaceFilter(lively=lively)
        each.step(FaceFrame(), 0.0)
        after.append(each.step(FaceFrame.from_mapping({"browInnerUp": 0.1}), 1 / 60).weight("browInnerUp"))
    assert after == sorted(after)
    assert after[0] < after[2]


def test_after_a_restart_the_next_frame_passes_as_it_is() -> None:
    calm = FaceFilter()
    calm.step(FaceFrame(), 0.0)
    calm.restart()
    assert calm.step(FaceFrame.from_mapping({"jawOpen": 1.0}), 0.01).weight("jawOpen") == 1.0


def test_everything_else_is_handed_on() -> None:
    frame = FaceFrame.from_mapping(
        {"jawOpen": 0.5}, head=HeadPose(0.1, 0.2, 0.3, 0.01, 0.02, 0.03), time_s=4.0,
        channels=frozenset({"jawOpen", HEAD}), face_seen=False,
    )  # fmt: skip
    out = FaceFilter().step(frame, 9.0)
    assert (out.time_s, out.channels, out.face_seen) == (4.0, frame.channels, False)
    assert out.weight("jawOpen") == 0.5
    assert astuple(out.head) == pytest.approx(astuple(frame.head))
