"""runtime.metrics"""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runtime.clock import ManualClock
from runtime.metrics import CAPACITY, Metrics, Series


@given(st.lists(st.floats(0.0, 10.0), max_size=200), st.integers(0, 50))
def test_percentiles_after_the_warm_up(values: list[float], warm_up: int) -> None:
    series = Series(warm_up)
    for value in values:
        series.add(value)
    kept = values[warm_up:]
    assert len(series) == len(kept)
    summary = series.summary_ms()
    assert summary["count"] == len(kept)
    if kept:
        wanted = np.percentile(kept, [50, 95, 99, 100]) * 1000.0
        assert [summary[name] for name in ("p50", "p95", "p99", "max")] == pytest.approx(wanted.tolist(), abs=5e-4)
    else:
        assert set(summary) == {"count"}


def test_memory_is_bounded() -> None:
    series = Series(0)
    for value in range(CAPACITY + 10):
        series.add(float(value))
    assert len(series) == CAPACITY
    assert series.summary_ms()["max"] == (CAPACITY + 9) * 1000.0


def test_stages_frames_and_latency() -> None:
    clock = ManualClock(100.0)
    metrics = Metrics(clock, warm_up=0)
    for index in range(11):
        captured_s = clock.now_s() - 0.030
        with metrics.stage("draw"):
            clock.advance(0.004)
        metrics.presented({"webcam": captured_s} if index % 2 == 0 else {})
        clock.advance(0.006)
    summary = metrics.summary()
    assert (summary["frames"], summary["seconds"], summary["fps"]) == (11, 0.1, 100.0)
    assert summary["stages_ms"]["draw"] == {"count": 11, "p50": 4.0, "p95": 4.0, "p99": 4.0, "max": 4.0}
    assert summary["frame_ms"]["p50"] == 10.0
    assert summary["latency_ms"]["webcam"] == {"count": 6, "p50": 34.0, "p95": 34.0, "p99": 34.0, "max": 34.0}
    json.dumps(summary, allow_nan=False)


def test_a_stage_that_raises_is_timed_and_raises() -> None:
    clock = ManualClock()
    metrics = Metrics(clock, warm_up=0)

    def fall() -> None:
        with metrics.stage("draw"):
            clock.advance(0.5)
            raise RuntimeError("boom")

    with pytest.raises(RuntimeError, match="boom"):
        fall()
    assert metrics.summary()["stages_ms"]["draw"]["p50"] == 500.0


def test_no_frames_no_rate() -> None:
    summary = Metrics(ManualClock()).summary()
    assert (summary["frames"], summary["fps"], summary["seconds"]) == (0, 0.0, 0.0)
