"""The OSC driver on real loopback sockets, with other people's senders."""

import errno
import socket
import struct
from collections.abc import Iterator

import pytest
from oscpy.client import OSCClient
from pythonosc.udp_client import SimpleUDPClient

from assets import arkit
from assets.errors import DriverError
from assets.face import FaceFrame
from drivers import osc
from drivers.osc import Options, OscDriver, create


class ByHand:
    """A clock that stands still until it is moved; so no time budget ends early."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> ByHand:
    return ByHand()


@pytest.fixture
def driver(clock: ByHand) -> Iterator[OscDriver]:
    with OscDriver(Options(ports=(0,)), clock=clock) as entered:
        yield entered


def send(driver: OscDriver, address: str, *values: float | int | str) -> None:
    with SimpleUDPClient("127.0.0.1", driver.ports[0]) as client:
        client.send_message(address, values)


def face(driver: OscDriver) -> FaceFrame:
    """Loopback delivers before `send` returns, so nothing has to be waited for."""
    frame = driver.latest()
    assert frame is not None
    return frame


def test_python_osc_drives_it(driver: OscDriver) -> None:
    assert driver.latest() is None
    for index, name in enumerate(arkit.NAMES):
        send(driver, "/VMC/Ext/Blend/Val", name, index / 64.0)
    send(driver, "/VMC/Ext/Blend/Apply")
    frame = face(driver)
    assert frame.weights.tolist() == [index / 64.0 for index in range(52)]
    assert frame.time_s == 100.0
    assert driver.latest() is frame


def test_oscpy_drives_it(driver: OscDriver) -> None:
    client = OSCClient("127.0.0.1", driver.ports[0])
    client.send_message(b"/W", [24, 0.5])
    client.sock.close()
    assert face(driver).weight("jawOpen") == 0.5


def test_a_javascript_sender_drives_it(driver: OscDriver) -> None:
    """Ints for whole numbers, and bundles stamped 1970."""
    val = b"/VMC/Ext/Blend/Val\0\0,si\0jawOpen\0\0\0\0\1"
    apply = b"/VMC/Ext/Blend/Apply\0\0\0\0,\0\0\0"
    bundle = b"#bundle\0" + bytes.fromhex("83aa7e8000000000")
    bundle += b"".join(struct.pack(">i", len(each)) + each for each in (val, apply))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(bundle, ("127.0.0.1", driver.ports[0]))
    assert face(driver).weight("jawOpen") == 1.0


def test_a_lost_apply_is_caught_up_with_time(driver: OscDriver, clock: ByHand) -> None:
    send(driver, "/VMC/Ext/Blend/Val", "jawOpen", 0.5)
    assert driver.latest() is None
    clock.now_s += 0.051
    assert face(driver).weight("jawOpen") == 0.5


def test_a_killer_is_followed_by_a_good_packet(driver: OscDriver) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        killers = [
            b"#bundle\0" + b"\0" * 8 + struct.pack(">i", -4) + b"\0" * 4,
            b"hello",
            b"",
            b"\0" * 65507,
            b"/a\0\0,b\0\0\x7f\xff\xff\xff",
        ]
        for killer in killers:
            sender.sendto(killer, ("127.0.0.1", driver.ports[0]))
    send(driver, "/jawOpen", 0.5)
    assert face(driver).weight("jawOpen") == 0.5
    assert "6 packets" in driver.status()
    assert "5 not understood" in driver.status()


def test_of_a_flood_the_newest_counts(driver: OscDriver, clock: ByHand) -> None:
    for number in range(4000):
        send(driver, "/jawOpen", (number % 100) / 200.0)
        if number % 250 == 249:  # a picture now and then: the kernel's buffer holds a few hundred
            face(driver)
            clock.now_s += 1 / 60
    send(driver, "/jawOpen", 1.0)
    assert face(driver).weight("jawOpen") == 1.0


def test_what_comes_too_fast_is_skipped_oldest_first(
    driver: OscDriver, clock: ByHand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(osc, "_BUDGET_S", 0.0)  # no time to read anything
    for _ in range(3):
        for number in range(200):
            send(driver, "/W", number % 52, 0.5)
        assert driver.latest() is None
    send(driver, "/jawOpen", 0.25)
    monkeypatch.undo()
    frame = face(driver)
    assert frame.weight("jawOpen") == 0.25
    assert "601 packets" in driver.status()
    assert "345 skipped, they come too fast" in driver.status()


def test_a_slow_machine_stops_reading_in_time(driver: OscDriver) -> None:
    """Every look at the clock costs half a millisecond here: the call ends, the next one goes on."""
    for _ in range(20):
        send(driver, "/jawOpen", 0.5)

    class Slow(ByHand):
        calls = 0

        def __call__(self) -> float:
            self.calls += 1
            self.now_s += 0.0005
            return self.now_s

    slow = Slow()
    driver._clock = slow
    driver.latest()
    assert slow.calls < 10
    for _ in range(40):
        driver.latest()
    assert "20 packets" in driver.status()


def test_a_connection_reset_is_no_end(driver: OscDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Windows reports on the next read that something sent earlier found nobody."""
    send(driver, "/jawOpen", 0.5)
    real = driver._sockets[0]

    class Resetting:
        def __init__(self) -> None:
            self.resets = 3

        def recvfrom(self, size: int) -> tuple[bytes, tuple[str, int]]:
            if self.resets:
                self.resets -= 1
                raise ConnectionResetError(10054, "reset")
            data, address = real.recvfrom(size)
            return data, (address[0], address[1])

        def getsockname(self) -> tuple[str, int]:
            host, port = real.getsockname()
            return host, port

    monkeypatch.setattr(driver, "_sockets", [Resetting()])
    assert face(driver).weight("jawOpen") == 0.5


def test_a_network_that_is_down_is_no_end(driver: OscDriver, monkeypatch: pytest.MonkeyPatch) -> None:
    class Down:
        def recvfrom(self, size: int) -> None:
            raise OSError(errno.ENETDOWN, "network is down")

    with monkeypatch.context() as patch:
        patch.setattr(driver, "_sockets", [Down()])
        assert driver.latest() is None
    send(driver, "/jawOpen", 0.5)
    assert face(driver).weight("jawOpen") == 0.5


# ---- ports ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_a_taken_port_is_named(taken: int) -> None:
    with pytest.raises(DriverError) as caught:
        create(Options(ports=(taken,))).__enter__()
    assert f"no UDP port is free (taken: {taken})" in str(caught.value)
    assert "VSeeFace" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_one_free_port_among_taken_ones_is_enough(taken: int) -> None:
    with create(Options(ports=(taken, 0))) as driver:
        assert len(driver.ports) == 1
        assert f"taken by another program: {taken}" in driver.status()
        send(driver, "/jawOpen", 0.5)
        assert face(driver).weight("jawOpen") == 0.5


def test_a_second_listener_never_steals_from_the_first(driver: OscDriver) -> None:
    with pytest.raises(DriverError):
        create(Options(ports=driver.ports)).__enter__()
    send(driver, "/jawOpen", 0.5)
    assert face(driver).weight("jawOpen") == 0.5


def test_leaving_frees_the_port() -> None:
    with create(Options(ports=(0,))) as driver:
        port = driver.ports[0]
    assert driver.ports == ()
    with create(Options(ports=(port,))) as again:
        assert again.ports == (port,)


def test_entering_again_begins_with_an_unknown_face(clock: ByHand) -> None:
    driver = OscDriver(Options(ports=(0,)), clock=clock)
    with driver:
        send(driver, "/jawOpen", 0.5)
        face(driver)
    with driver:
        assert driver.latest() is None
        assert "nothing heard yet" in driver.status()


@pytest.mark.parametrize("host", ["phone.local", "", "999.0.0.1", "::1", "example.com"])
def test_only_numbers_are_addresses(host: str) -> None:
    """A name would be looked up in the network."""
    with pytest.raises(DriverError, match=r"^the address to listen on must be like 127\.0\.0\.1 or 0\.0\.0\.0, got "):
        create(Options(host=host)).__enter__()


@pytest.mark.parametrize("port", [-1, 65536])
def test_ports_that_cannot_be(port: int) -> None:
    with pytest.raises(DriverError, match=f"from 1 to 65535, got {port}$"):
        create(Options(ports=(port,))).__enter__()


def test_an_address_of_another_machine() -> None:
    with pytest.raises(DriverError, match=r"^can't listen on UDP port 39539 of 192\.0\.2\.1: "):
        create(Options(host="192.0.2.1")).__enter__()


def test_no_ports_at_all() -> None:
    with pytest.raises(DriverError, match="none given"):
        create(Options(ports=())).__enter__()


def test_the_status_says_when_it_last_heard(driver: OscDriver, clock: ByHand) -> None:
    send(driver, "/jawOpen", 0.5)
    face(driver)
    clock.now_s += 7.0
    assert driver.status() == (
        f"osc: on 127.0.0.1 ports {driver.ports[0]}; 1 packets, the last from 127.0.0.1, 7 s ago; 1 faces"
    )
