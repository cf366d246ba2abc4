"""runtime.sources.recorder"""

import numpy as np
import pytest

from assets.face import FaceFrame
from assets.takes import Take
from runtime.clock import ManualClock
from runtime.sources.recorder import nominal_fps, record


class Source:
    """Speaks at `rate_hz` by the clock; the same object until the next one."""

    name = "source"

    def __init__(self, clock: ManualClock, rate_hz: float) -> None:
        self._clock, self._rate_hz = clock, rate_hz
        self._frames: dict[int, FaceFrame] = {}

    def latest(self) -> FaceFrame | None:
        number = int(self._clock.now_s() * self._rate_hz)
        if number == 0:
            return None
        frame = FaceFrame.from_mapping({"jawOpen": number % 2}, time_s=number / self._rate_hz)
        return self._frames.setdefault(number, frame)


@pytest.mark.parametrize("rate_hz", [15.0, 30.0, 60.0])
def test_each_frame_once_timed_from_the_first(rate_hz: float) -> None:
    clock = ManualClock()
    shares: list[float] = []
    source = Source(clock, rate_hz)
    frames = record(source, 2.0, clock=clock, poll_s=1 / 240, advance=lambda _, share: shares.append(share))
    assert len(frames) == pytest.approx(2.0 * rate_hz - 1, abs=1)
    assert frames[0].time_s == 0.0
    assert np.diff([frame.time_s for frame in frames]) == pytest.approx(np.full(len(frames) - 1, 1 / rate_hz))
    assert nominal_fps(frames) == rate_hz
    assert shares == sorted(shares)
    Take(frames, nominal_fps(frames))


def test_silence_records_nothing() -> None:
    clock = ManualClock()
    assert record(Source(clock, 0.001), 1.0, clock=clock, poll_s=0.01, advance=lambda *_: None) == ()


@pytest.mark.parametrize(
    ("steps_s", "fps"),
    [([], 30.0), ([1 / 29.97] * 9, 30.0), ([0.1] * 4, 10.0), ([1e-9] * 4, 240.0), ([10.0], 1.0), ([1 / 40] * 5, 40.0)],
)
def test_nominal_rate(steps_s: list[float], fps: float) -> None:
    times_s = np.concatenate([[0.0], np.cumsum(steps_s)])
    assert nominal_fps([FaceFrame(time_s=float(time_s)) for time_s in times_s]) == pytest.approx(fps)
