"""The OSC driver in the show: what a viewer sees when a sender falls silent, comes back, or somebody floods it.

Real sockets, a clock moved by hand: one picture is 1/60 s.
"""

import socket
from collections.abc import Callable, Iterator

import numpy as np
import pytest

from assets.face import FaceFrame
from drivers.osc import Options, OscDriver
from runtime.clock import ManualClock
from runtime.loop import Loop, Picture
from runtime.metrics import Metrics
from runtime.sources.source import Source
from tests.soak.mutants import mutants
from tests.soak.osc_samples import GOODS, message

FRAME_S = 1.0 / 60.0


class Stage:
    """Draws nothing."""

    def draw(self, frame: FaceFrame) -> None: ...

    def present(self) -> None: ...

    def read_rgba(self) -> Picture:
        return np.zeros((1, 1, 4), np.uint8)

    def open(self) -> bool:
        return True


class Show:
    """A loop with an OSC driver, and a sender for it."""

    def __init__(self, driver: OscDriver, clock: ManualClock, sender: socket.socket) -> None:
        self.driver, self._clock, self._sender = driver, clock, sender
        self._loop = Loop([Source(driver)], Stage(), clock=clock, metrics=Metrics(clock, warm_up=0))

    def say(self, *datagrams: bytes) -> None:
        for datagram in datagrams:
            self._sender.sendto(datagram, ("127.0.0.1", self.driver.ports[0]))

    def picture(self) -> FaceFrame:
        face = self._loop.frame()
        assert self._loop.mishaps.counts() == {}
        self._clock.advance(FRAME_S)
        return face

    def jaws(self, count: int, *, said: float | None = None) -> list[float]:
        """The mouth in the next pictures, while it is said to be so wide open, or while nothing is said."""
        shown = []
        for _ in range(count):
            if said is not None:
                self.say(message("/jawOpen", said))
            shown.append(self.picture().weight("jawOpen"))
        return shown


@pytest.fixture
def show() -> Iterator[Show]:
    clock = ManualClock(50.0)
    with (
        OscDriver(Options(ports=(0,), vrcft=""), clock=clock.now_s) as driver,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender,
    ):
        yield Show(driver, clock, sender)


def test_silence_is_held_then_eased_then_over(show: Show) -> None:
    assert show.jaws(60, said=0.75)[-1] == pytest.approx(0.75, abs=0.01)
    silent = show.jaws(90)
    assert silent[:14] == pytest.approx([0.75] * 14, abs=0.01)  # 0.25 s
    assert silent[61:] == pytest.approx([0.0] * 29, abs=1e-6)  # from 1 s on
    steps = np.diff(silent)
    assert steps.max() <= 1e-6
    assert steps.min() > -0.05  # eased, not dropped


def test_a_sender_that_comes_back_is_seen_at_once(show: Show) -> None:
    show.jaws(60, said=0.75)
    assert show.jaws(120)[-1] == pytest.approx(0.0, abs=1e-6)
    back = show.jaws(20, said=0.75)
    assert back[1] > 0.0
    assert back[-1] == pytest.approx(0.75, abs=0.01)
    assert np.diff(back).max() < 0.3  # no jump from one picture to the next


@pytest.mark.parametrize("kind", ["valid", "junk", "mixed"])
def test_twenty_thousand_packets_a_second(show: Show, rng: np.random.Generator, kind: str) -> None:
    """333 packets a picture: the last good one is what the driver gives in the same picture."""
    junk = list(mutants(rng, 333, GOODS["vmc"][2:]))
    for number in range(20):
        show.say(*(message("/cheekPuff", 0.5) for _ in range(333)) if kind == "valid" else junk)
        if kind == "junk":
            show.picture()
            continue
        value = number / 32.0
        show.say(message("/jawOpen", value))
        show.picture()
        frame = show.driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == value
    assert show.driver.statistics().packets == 20 * (333 + (kind != "junk"))
    assert show.jaws(30, said=0.25)[-1] == pytest.approx(0.25, abs=0.01)


def test_another_sender_is_not_seen(show: Show, send_from: Callable[[str, int, bytes], None]) -> None:
    """A thousand packets of a stranger among those of the one who came first."""
    show.jaws(30, said=0.75)
    for _ in range(50):
        for _ in range(20):
            send_from("127.0.0.9", show.driver.ports[0], message("/jawOpen", 0.0))
        assert show.jaws(1, said=0.75) == pytest.approx([0.75], abs=0.01)
    assert show.driver.statistics().foreign == 1000


@pytest.fixture
def send_from() -> Iterator[Callable[[str, int, bytes], None]]:
    """Sends from another address of this machine; all of 127.0.0.0/8 is, on Linux."""
    stranger = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)

    def send(host: str, port: int, data: bytes) -> None:
        if stranger.getsockname()[1] == 0:
            try:
                stranger.bind((host, 0))
            except OSError:
                pytest.skip(f"{host} is no address of this machine")
        stranger.sendto(data, ("127.0.0.1", port))

    with stranger:
        yield send
