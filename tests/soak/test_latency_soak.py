"""From a datagram to the face that is drawn, in real time: another process sends 500 steps, a loop at 60 Hz shows them.

Nothing is drawn: what is measured ends where the renderer's work begins.
"""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets.face import FaceFrame
from drivers.osc import Options, OscDriver
from runtime.clock import RealClock
from runtime.loop import Loop, Picture
from runtime.metrics import Metrics
from runtime.sources.source import Source

pytestmark = pytest.mark.soak

FRAME_S = 1.0 / 60.0
STEPS = 500
PACKETS_A_STEP = 4


class Stage:
    """Notes every face and when it was handed over, until the sender has ended."""

    def __init__(self, clock: RealClock, sender: "subprocess.Popen[str]") -> None:
        self._clock, self._sender = clock, sender
        self.drawn: list[tuple[float, float]] = []

    def draw(self, frame: FaceFrame) -> None:
        self.drawn.append((self._clock.now_s(), frame.weight("jawOpen")))

    def present(self) -> None: ...

    def read_rgba(self) -> Picture:
        raise AssertionError

    def open(self) -> bool:
        return self._sender.poll() is None


def test_a_step_is_drawn_within_one_picture(tell: Callable[[str], None]) -> None:
    program = Path(__file__).with_name("step_sender.py")
    clock = RealClock()
    with OscDriver(Options(ports=(0,))) as driver:
        words = [sys.executable, str(program), str(driver.ports[0]), str(STEPS), str(PACKETS_A_STEP)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as sender:
            stage = Stage(clock, sender)
            metrics = Metrics(clock)
            Loop([Source(driver)], stage, clock=clock, metrics=metrics).run()
            assert sender.stdout is not None
            first_s = np.array([float(line) for line in sender.stdout])[1:]  # the first step is from nothing to nothing
    drawn_s, opening = np.array(stage.drawn).T
    crossed_s = drawn_s[1:][np.diff(opening >= 0.5)]
    first_s = first_s[first_s < crossed_s[-1]]  # the last one may have come after the end
    late_ms = 1e3 * (crossed_s[np.searchsorted(crossed_s, first_s)] - first_s)
    p50, p95, most = np.percentile(late_ms, [50, 95, 100])
    summary = metrics.summary()
    face, frame = summary["stages_ms"]["face"], summary["frame_ms"]
    tell(f"datagram to drawn face: {len(late_ms)} steps, p50 {p50:.1f}, p95 {p95:.1f}, max {most:.1f} ms")
    tell(f"the face of one picture: p50 {face['p50']:.2f}, p95 {face['p95']:.2f} ms")
    tell(f"from picture to picture: p50 {frame['p50']:.1f}, p95 {frame['p95']:.1f} ms")
    assert len(late_ms) >= STEPS - 2
    assert p95 <= 1e3 * FRAME_S + 1.0
