"""The iFacialMocap driver on real loopback sockets: both kinds of app asked, and a phone that just sends."""

import socket
from collections.abc import Iterator

import pytest

from drivers._phone import PhoneDriver
from drivers.ifacialmocap import Options, create
from tests.soak.phone_samples import ifacialmocap, recordings

V1 = b"iFacialMocap_sahuasouryya9218sauhuiayeta91555dy3719"
V2 = V1 + b"|sendDataVersion=v2"


class App:
    """The phone's app: answers the handshake that it knows, to the port it came from."""

    def __init__(self, knows: bytes) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.address = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.knows = knows
        self.target: tuple[str, int] | None = None

    def look(self) -> list[bytes]:
        """Reads what it was asked. Loopback delivers before `sendto` returns, so nothing has to be waited for."""
        asked = []
        while True:
            try:
                data, address = self.socket.recvfrom(4096)
            except BlockingIOError:
                return asked
            asked.append(data)
            if data == self.knows:
                self.target = address

    def send(self, data: bytes) -> None:
        if self.target:
            self.socket.sendto(data, self.target)


@pytest.fixture(params=[V1, V2], ids=["v1", "v2"])
def app(request: pytest.FixtureRequest) -> Iterator[App]:
    made = App(request.param)
    yield made
    made.socket.close()


def test_the_defaults() -> None:
    assert Options() == Options(port=49983, phone="", lan=False)


def test_apps_old_and_new_are_talked_into_sending(app: App) -> None:
    now_s = 100.0
    mark = "&" if app.knows == V2 else "-"
    with create(Options(port=0, phone=app.address), clock=lambda: now_s) as driver:
        for _ in range(5):
            driver.latest()
            app.look()
            app.send(ifacialmocap({"jawOpen": 50}, [0.0, 10.0, 0.0], mark=mark, tracking=1))
            now_s += 1.0
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == 0.5
        assert app.target == ("127.0.0.1", driver.ports[0])
        for _ in range(100):  # from now on it hears what it knows
            app.send(ifacialmocap({"jawOpen": 50}, [0.0, 10.0, 0.0], mark=mark, tracking=1))
            driver.latest()
            assert set(app.look()) <= {app.knows}
            now_s += 0.5


def test_what_may_get_lost_is_said_three_times(app: App) -> None:
    with create(Options(port=0, phone=app.address), clock=lambda: 100.0) as driver:
        driver.latest()
        assert app.look() == [V2] * 3


def pushed(driver: PhoneDriver, *datagrams: bytes) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        for datagram in datagrams:
            phone.sendto(datagram, ("127.0.0.1", driver.ports[0]))


def test_a_phone_that_was_told_our_address_needs_no_question() -> None:
    now_s = 100.0
    with create(Options(port=0), clock=lambda: now_s) as driver:
        pushed(driver, ifacialmocap({"jawOpen": 25}), ifacialmocap({"jawOpen": 50}))
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == 0.5
        assert driver.status().startswith("ifacialmocap: on 127.0.0.1 port ")


def test_the_handshake_of_another_program_is_no_face() -> None:
    with create(Options(port=0)) as driver:
        pushed(driver, V2)
        assert driver.latest() is None
        assert driver.statistics().unparseable == 1


def test_real_frames_arrive() -> None:
    now_s = 100.0
    with create(Options(port=0), clock=lambda: now_s) as driver:
        for data in (recordings() / "ifacialmocap_packets.txt").read_bytes().splitlines():
            pushed(driver, data)
            frame = driver.latest()
            assert frame is not None
            assert frame.face_seen
            assert len(frame.channels) == 53
        assert "eyeLookOutLeft" in driver.statistics().moved
