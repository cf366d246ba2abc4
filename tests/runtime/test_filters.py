"""runtime.filters: no overshoot, no drift, a blink that closes, and the same calm at every frame rate."""

import math
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose
from runtime.filters import TUNINGS, FaceFilter, OneEuro


def blink(time_s: float) -> float:
    """Closed in 75 ms, held 50, opened in 150, from second 1 on (runtime-notes 3.3)."""
    t = time_s - 1.0
    return float(np.interp(t, [0.0, 0.075, 0.125, 0.275], [0.0, 1.0, 1.0, 0.0]))


def run(rate_hz: float, signal: "np.ndarray", name: str = "eyeBlinkLeft") -> "np.ndarray":
    calm = FaceFilter()
    out = [
        calm.step(FaceFrame.from_mapping({name: value}), index / rate_hz).weight(name)
        for index, value in enumerate(signal)
    ]
    return np.array(out)


def one(beta: float = 1.0) -> OneEuro:
    return OneEuro(np.array([1.0]), np.array([beta]), np.array([4.0]))


def test_every_region_and_the_head_is_tuned() -> None:
    assert set(TUNINGS) == {*arkit.REGIONS, HEAD}


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


@pytest.mark.parametrize("rate_hz", [30.0, 60.0, 144.0])
def test_a_blink_closes_the_eye_at_once(rate_hz: float) -> None:
    times_s = np.arange(int(2 * rate_hz)) / rate_hz
    raw = np.array([blink(t) for t in times_s])
    calm = run(rate_hz, raw)
    assert calm.max() >= 0.95
    closing = [slice(0, each.argmax() + 1) for each in (raw, calm)]
    half_raw, half_calm = (np.interp(0.5, each[p], times_s[p]) for each, p in zip((raw, calm), closing, strict=True))
    assert half_calm - half_raw <= 0.012


@pytest.mark.parametrize("name", ["eyeBlinkLeft", "jawOpen", "browInnerUp", "eyeLookInLeft"])
def test_noise_at_rest_is_halved(name: str, rng: np.random.Generator) -> None:
    raw = np.clip(0.5 + 0.02 * rng.standard_normal(600), 0.0, 1.0)
    assert run(60.0, raw, name)[60:].std() <= 0.6 * raw[60:].std()


def test_a_turning_head_lags_by_less_than_two_and_a_half_degrees() -> None:
    calm = FaceFilter()
    worst = 0.0
    for index in range(120):
        t = index / 60.0
        yaw_deg = 30.0 * float(np.interp(t, [0.5, 0.75], [0.0, 1.0]))
        out = calm.step(FaceFrame(head=HeadPose.from_degrees(yaw_deg=yaw_deg)), t).head.yaw_rad
        worst = max(worst, abs(math.degrees(out) - yaw_deg))
    assert worst <= 2.5


def test_the_same_calm_at_every_frame_rate() -> None:
    settled = []
    for rate_hz in (30.0, 60.0, 120.0):
        raw = np.array([0.0 if index / rate_hz < 0.5 else 0.05 for index in range(int(rate_hz))])
        settled.append(run(rate_hz, raw, "browInnerUp")[int(0.75 * rate_hz) - 1])
    assert max(settled) - min(settled) <= 0.004


def test_lively_follows_closer_than_calm() -> None:
    after = []
    for lively in (0.25, 1.0, 4.0):
        each = FaceFilter(lively=lively)
        each.step(FaceFrame(), 0.0)
        after.append(each.step(FaceFrame.from_mapping({"browInnerUp": 0.1}), 1 / 60).weight("browInnerUp"))
    assert after == sorted(after)
    assert after[0] < after[2]


def test_everything_else_is_handed_on() -> None:
    frame = FaceFrame.from_mapping(
        {"jawOpen": 0.5}, head=HeadPose(0.1, 0.2, 0.3, 0.01, 0.02, 0.03), time_s=4.0,
        channels=frozenset({"jawOpen", HEAD}), face_seen=False,
    )  # fmt: skip
    out = FaceFilter().step(frame, 9.0)
    assert (out.time_s, out.channels, out.face_seen) == (4.0, frame.channels, False)
    assert out.weight("jawOpen") == 0.5
    assert astuple(out.head) == pytest.approx(astuple(frame.head))
