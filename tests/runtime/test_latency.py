"""From a datagram to the face that is drawn, through the whole show: real sockets, a clock moved by hand.

A sender at 60 Hz whose packets come up to a fifth of an interval early or late, one in twenty lost; its value steps
between 0 and 1. A step has arrived when the drawn face crosses one half.
"""

import itertools
import socket
from collections.abc import Iterator

import numpy as np
import pytest

from assets.face import FaceFrame
from drivers.osc import Options, OscDriver
from runtime.clock import ManualClock
from runtime.loop import Loop, Picture
from runtime.metrics import Metrics
from runtime.sources.source import Source
from tests.soak.osc_samples import message

STEPS = 500
PACKETS_A_STEP = 4
PACKET_S = 1.0 / 60.06
"""Not quite the rate of the pictures, so that they come in every phase to one another."""


class Stage:
    """Notes every face and when it was asked to draw it."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.drawn: list[tuple[float, float]] = []

    def draw(self, frame: FaceFrame) -> None:
        self.drawn.append((self._clock.now_s(), frame.weight("jawOpen")))

    def present(self) -> None: ...

    def read_rgba(self) -> Picture:
        raise AssertionError

    def open(self) -> bool:
        return True


class Show:
    """A loop with an OSC driver, and packets that are due at their times."""

    def __init__(self, driver: OscDriver, clock: ManualClock, sender: socket.socket) -> None:
        self.clock, self._driver, self._sender = clock, driver, sender
        self.stage = Stage(clock)
        self.source = Source(driver)
        self.loop = Loop([self.source], self.stage, clock=clock, metrics=Metrics(clock))

    def play(self, due: list[tuple[float, float]], until_s: float, picture_s: float) -> None:
        """Pictures every `picture_s`; `due` (time, value) packets have arrived before the picture at their time."""
        while self.clock.now_s() < until_s:
            while due and due[0][0] <= self.clock.now_s():
                self._sender.sendto(message("/jawOpen", due.pop(0)[1]), ("127.0.0.1", self._driver.ports[0]))
            self.loop.frame()
            self.clock.advance(picture_s)


@pytest.fixture
def show() -> Iterator[Show]:
    clock = ManualClock(100.0)
    with (
        OscDriver(Options(ports=(0,)), clock=clock.now_s) as driver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        yield Show(driver, clock, sender)


def uneven(count: int, start_s: float, rng: np.random.Generator) -> list[tuple[float, int]]:
    """(time, index) of the packets that arrive."""
    times_s = start_s + PACKET_S * (np.arange(count) + rng.uniform(-0.2, 0.2, count))
    return [(float(t), i) for i, t in enumerate(times_s) if rng.random() >= 0.05]


@pytest.mark.parametrize("pictures_a_second", [60.0, 144.0])
def test_a_step_is_drawn_within_one_picture(show: Show, pictures_a_second: float, rng: np.random.Generator) -> None:
    steps = STEPS if pictures_a_second == 60.0 else STEPS // 5
    packets = uneven(steps * PACKETS_A_STEP, show.clock.now_s(), rng)
    due = [(time_s, float(index // PACKETS_A_STEP % 2)) for time_s, index in packets]
    show.play(list(due), due[-1][0] + 0.1, 1.0 / pictures_a_second)
    first_s = [b for (_, a), (b, high) in itertools.pairwise(due) if a != high]
    levels = np.array([value for _, value in show.stage.drawn]) >= 0.5
    crossed_s = np.array([t for t, _ in show.stage.drawn])[1:][np.diff(levels)]
    assert len(crossed_s) == len(first_s)  # every step was seen, and none that wasn't one
    late_ms = 1e3 * (crossed_s - np.array(first_s))
    # A screen that is faster than the source shows what lies between two samples: half-way is half an interval late.
    between_ms = 0.0 if pictures_a_second == 60.0 else 0.7e3 * PACKET_S
    assert late_ms.max() <= 1e3 / pictures_a_second + between_ms + 4.0
    assert np.percentile(late_ms, 95) <= 1e3 / pictures_a_second + between_ms + 1.0


def test_after_the_picture_stood_still_the_face_is_young(show: Show, rng: np.random.Generator) -> None:
    packets = uneven(400, show.clock.now_s(), rng)
    sent_s = {np.float32(index / 1024.0): time_s for time_s, index in packets}
    due = [(time_s, index / 1024.0) for time_s, index in packets]
    show.play(due, 102.0, 1.0 / 60.0)
    show.clock.advance(2.0)
    show.play(due, show.clock.now_s() + 1.0 / 120.0, 1.0 / 60.0)
    assert show.source.seen is not None
    drawn_s = show.stage.drawn[-1][0]
    assert drawn_s >= 104.0
    newest = show.source.seen.weights.max()
    assert drawn_s - sent_s[newest] < 2.0 * PACKET_S
