"""The VTube Studio driver on real loopback sockets, with a phone that keeps to its lease."""

import json
import socket
from collections.abc import Iterator

import pytest

from drivers.vtubestudio import Options, create
from tests.soak.phone_samples import vtubestudio


class App:
    """The phone's app: sends to the ports it was told, until the lease runs out."""

    def __init__(self) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.until_s = 0.0
        self.targets: list[tuple[str, int]] = []
        self.asked = 0

    def run(self, now_s: float, frame: bytes) -> bool:
        """Reads requests, and sends one frame while a lease lasts; tells whether it did."""
        while True:
            try:
                data, (host, _) = self.socket.recvfrom(4096)
            except BlockingIOError:
                break
            request = json.loads(data)
            if request["messageType"] == "iOSTrackingDataRequest":
                self.until_s = now_s + request["time"]
                self.targets = [(host, port) for port in request["ports"]]
                self.asked += 1
        if now_s > self.until_s:
            return False
        for target in self.targets:
            self.socket.sendto(frame, target)
        return True


@pytest.fixture
def app() -> Iterator[App]:
    made = App()
    yield made
    made.socket.close()


def test_the_defaults() -> None:
    assert Options() == Options(port=11125, phone="", lan=False)


def test_the_lease_is_renewed_so_that_the_stream_never_ends(app: App) -> None:
    now_s = 100.0
    with create(Options(port=0, phone=app.address), clock=lambda: now_s) as driver:
        for number in range(600):  # a minute, ten pictures a second
            driver.latest()
            frame = vtubestudio({"jawOpen": number / 1024}, timestamp=1_700_000_000_000 + 100 * number)
            assert app.run(now_s, frame)
            received = driver.latest()
            assert received is not None
            assert received.weight("jawOpen") == number / 1024
            now_s += 0.1
        assert 50 <= app.asked <= 61
    now_s += 5.1
    assert not app.run(now_s, frame), "when the program ends, so does the stream"


def test_frames_that_overtake_each_other(app: App) -> None:
    with create(Options(port=0, phone=app.address), clock=lambda: 100.0) as driver:
        driver.latest()
        app.run(100.0, vtubestudio({"jawOpen": 0.125}, timestamp=1_700_000_000_000))
        driver.latest()
        for step in (2, 4, 3, 1):
            frame = vtubestudio({"jawOpen": step / 8}, timestamp=1_700_000_000_000 + 16 * step)
            app.socket.sendto(frame, ("127.0.0.1", driver.ports[0]))
        newest = driver.latest()
        assert newest is not None
        assert newest.weight("jawOpen") == 0.5


def test_without_an_address_nothing_is_asked(app: App) -> None:
    with create(Options(port=0)) as driver:
        assert driver.latest() is None
        assert not app.run(100.0, b"")
        assert driver.status().endswith("it sends only when asked: name the phone with --phone ADDRESS")


def test_a_lost_face_and_a_hotkey_are_told(app: App) -> None:
    with create(Options(port=0, phone=app.address), clock=lambda: 100.0) as driver:
        driver.latest()
        app.run(100.0, vtubestudio({"jawOpen": 0.5}, face_found=False, hotkey=2))
        frame = driver.latest()
        assert frame is not None
        assert not frame.face_seen
        assert driver.status().endswith("hotkey 2 was pressed; it sees no face")
