"""What the drivers for phones share: when they ask and whom, what they take for a face, what they tell people."""

import socket
from collections.abc import Iterator

import pytest

from assets.errors import DriverError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from drivers._phone import EVERYBODY, PhoneDriver, Question
from drivers.base import Listener


class ByHand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 100.0

    def __call__(self) -> float:
        return self.now_s


class Lines:
    """Reads `0.5` as an open jaw, `lost` as no face, `late` as nothing new; the rest it can't read."""

    numbered = False

    def __init__(self) -> None:
        self.frame: FaceFrame | None = None
        self.remark = ""

    def feed(self, data: bytes, time_s: float) -> FaceFrame | None:
        if data == b"late":
            return self.frame
        if data == b"lost":
            return FaceFrame(time_s=time_s, face_seen=False)
        if not data.startswith(b"0."):
            return None
        self.remark = "a remark"
        self.frame = FaceFrame.from_mapping({"jawOpen": float(data)}, time_s=time_s)
        return self.frame


class Phone:
    """The other end: a socket on loopback that remembers what it was asked."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            self.socket.bind((host, 0))
        except OSError:
            self.socket.close()
            pytest.skip(f"{host} is no address of this machine")  # all of 127.0.0.0/8 is, on Linux
        self.socket.setblocking(False)
        self.address = f"{host}:{self.socket.getsockname()[1]}"

    def asked(self) -> list[bytes]:
        """Loopback delivers before `sendto` returns, so nothing has to be waited for."""
        heard = []
        while True:
            try:
                heard.append(self.socket.recv(4096))
            except BlockingIOError:
                return heard

    def say(self, driver: PhoneDriver, *lines: bytes) -> None:
        for line in lines:
            self.socket.sendto(line, ("127.0.0.1", driver.ports[0]))


@pytest.fixture
def clock() -> ByHand:
    return ByHand()


@pytest.fixture
def phone() -> Iterator[Phone]:
    made = Phone()
    yield made
    made.socket.close()


QUESTION = Question(lambda port: (f"new {port}".encode(), b"old"), 1, copies=2, farewell=b"bye")


def made(clock: ByHand, *, phone: str = "", question: Question | None = QUESTION, **more: bool) -> PhoneDriver:
    return PhoneDriver("lines", ALL_CHANNELS | {HEAD}, (0,), Lines, phone=phone, question=question, clock=clock, **more)


# ---- asking ---------------------------------------------------------------------------------------------------------


def test_without_a_phone_nobody_is_asked(clock: ByHand, phone: Phone) -> None:
    with made(clock) as driver:
        for _ in range(10):
            driver.latest()
            clock.now_s += 10.0
        phone.say(driver, b"0.5")
        frame = driver.latest()
    assert frame is not None
    assert frame.weight("jawOpen") == 0.5
    assert phone.asked() == []


def test_a_phone_is_asked_at_once_with_our_port(clock: ByHand, phone: Phone) -> None:
    with made(clock, phone=phone.address) as driver:
        assert phone.asked() == []
        driver.latest()
        assert phone.asked() == [f"new {driver.ports[0]}".encode()] * 2
        driver.latest()
        assert phone.asked() == []


def test_a_silent_phone_is_asked_every_two_seconds_in_turn(clock: ByHand, phone: Phone) -> None:
    with made(clock, phone=phone.address) as driver:
        heard = []
        for _ in range(49):  # six seconds, eight pictures each
            driver.latest()
            heard += phone.asked()
            clock.now_s += 0.125
        new = f"new {driver.ports[0]}".encode()
    assert heard == [new, new, b"old", b"old", new, new, b"old", b"old"]


def test_a_phone_that_sends_is_reminded_every_ten_seconds_of_what_it_answered(clock: ByHand, phone: Phone) -> None:
    with made(clock, phone=phone.address) as driver:
        driver.latest()
        clock.now_s += 2.0
        driver.latest()
        assert phone.asked()[2:] == [b"old", b"old"]  # the new words found no ear, the old ones did
        heard = []
        for _ in range(250):
            phone.say(driver, b"0.5")
            clock.now_s += 0.1
            driver.latest()
            heard += phone.asked()
    assert heard == [b"old"] * 4


def test_a_phone_that_falls_silent_is_asked_again(clock: ByHand, phone: Phone) -> None:
    with made(clock, phone=phone.address) as driver:
        driver.latest()
        phone.say(driver, b"0.5")
        driver.latest()
        phone.asked()
        clock.now_s += 2.1
        driver.latest()
        assert len(phone.asked()) == 2


def test_farewell_is_said_once_and_only_to_whom_was_asked(clock: ByHand, phone: Phone) -> None:
    with made(clock, phone=phone.address) as driver:
        pass
    driver.__exit__(None, None, None)
    assert phone.asked() == [b"bye"]
    with made(clock):
        pass
    assert phone.asked() == []


# ---- whom it believes -----------------------------------------------------------------------------------------------


def test_only_the_named_phone_is_heard(clock: ByHand, phone: Phone) -> None:
    stranger = Phone("127.0.0.2")
    with made(clock, phone=phone.address) as driver:
        stranger.say(driver, b"0.25")
        assert driver.latest() is None
        phone.say(driver, b"0.5")
        assert driver.latest() is not None
        assert driver.statistics().foreign == 1
    stranger.socket.close()


def test_without_a_name_the_first_phone_is_kept_to(clock: ByHand, phone: Phone) -> None:
    stranger = Phone("127.0.0.2")
    with made(clock) as driver:
        phone.say(driver, b"0.5")
        driver.latest()
        stranger.say(driver, b"0.25")
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == 0.5
        clock.now_s += 5.1  # the first one has gone home
        driver.latest()
        stranger.say(driver, b"0.25")
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == 0.25
    stranger.socket.close()


@pytest.mark.parametrize("phone", ["iphone", "192.168.1", "1.2.3.4.5", "::1", "192.168.1.7 8"])
def test_an_address_that_is_none(clock: ByHand, phone: str) -> None:
    with pytest.raises(DriverError, match=r"^lines: the phone's address must be like 192\.168\.1\.20, got '") as caught:
        made(clock, phone=phone).__enter__()
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("port", ["0", "65536", "x", "-1", "1:2"])
def test_a_phones_port_that_is_none(clock: ByHand, port: str) -> None:
    with pytest.raises(DriverError, match=r"^lines: the phone's port must be in 1\.\.65535, got "):
        made(clock, phone=f"192.168.1.20:{port}").__enter__()


def test_a_phone_elsewhere_lets_the_local_network_in(clock: ByHand) -> None:
    for phone, address in (("", "127.0.0.1"), ("127.0.0.1", "127.0.0.1"), ("192.0.2.1", "0.0.0.0")):
        with made(clock, phone=phone, question=None) as driver:
            assert driver.statistics().address == address
    with made(clock, lan=True) as driver:
        assert driver.statistics().address == "0.0.0.0"


def test_everybody_may_answer_a_call_to_everybody(clock: ByHand, phone: Phone) -> None:
    with made(clock, phone=EVERYBODY, question=None) as driver:
        phone.say(driver, b"0.5")
        assert driver.latest() is not None


# ---- what it takes for a face ---------------------------------------------------------------------------------------


def test_what_is_heard_is_counted(clock: ByHand, phone: Phone) -> None:
    with made(clock) as driver:
        assert isinstance(driver, Listener)
        for line in (b"junk", b"0.5", b"late", b"0.25", b"junk"):
            phone.say(driver, line)
            frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == 0.25
        statistics = driver.statistics()
    assert (statistics.packets, statistics.unparseable, statistics.faces) == (5, 2, 2)
    assert statistics.moved == ("jawOpen",)


def test_a_lost_face_is_told(clock: ByHand, phone: Phone) -> None:
    with made(clock) as driver:
        phone.say(driver, b"0.5")
        driver.latest()
        phone.say(driver, b"lost")
        frame = driver.latest()
        assert frame is not None
        assert not frame.face_seen
        assert driver.status().endswith("it sees no face")


def test_after_a_stall_the_newest_counts(clock: ByHand, phone: Phone) -> None:
    """Two seconds of packets wait: each is a whole face, so they are not read one by one."""
    with made(clock) as driver:
        phone.say(driver, *[f"0.{number:03}".encode() for number in range(120)])
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == pytest.approx(0.119)
        assert driver.statistics().faces == 1


def test_where_packets_are_numbered_all_are_looked_at(
    clock: ByHand, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What came last may be late: the reader is asked about each, from the moment the sender is known."""
    monkeypatch.setattr(Lines, "numbered", True)
    with made(clock) as driver:
        phone.say(driver, b"0.1", b"0.2", b"0.3")
        driver.latest()
        assert driver.statistics().faces == 1
        phone.say(driver, b"0.4", b"late", b"late")
        driver.latest()
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("jawOpen") == pytest.approx(0.4)
        phone.say(driver, b"0.5", b"0.6")
        clock.now_s += 5.1  # nobody is held any more
        driver.latest()
        assert driver.statistics().faces == 3


def test_status_tells_what_goes_on(clock: ByHand, phone: Phone) -> None:
    driver = made(clock, phone=phone.address)
    assert driver.status() == "lines: not listening"
    with driver:
        host, _, port = phone.address.partition(":")
        driver.latest()
        assert driver.status() == (
            f"lines: on 127.0.0.1 port {driver.ports[0]}; nothing heard yet; asking {host} port {port}"
        )
        phone.say(driver, b"0.5")
        driver.latest()
        assert driver.status() == (
            f"lines: on 127.0.0.1 port {driver.ports[0]}; 4 packets/s from 127.0.0.1; 1 faces; a remark"
        )
    assert driver.status() == "lines: not listening"


def test_a_second_visit_starts_anew(clock: ByHand, phone: Phone) -> None:
    driver = made(clock)
    for _ in range(2):
        with driver:
            assert driver.latest() is None
            phone.say(driver, b"0.5")
            assert driver.latest() is not None
            assert driver.statistics().faces == 1
        assert driver.latest() is None


def test_a_taken_port_is_told_in_one_line(clock: ByHand) -> None:
    with made(clock) as first:
        second = PhoneDriver("lines", ALL_CHANNELS, first.ports, Lines, holders="Some Program", clock=clock)
        with pytest.raises(DriverError, match=r"^lines: UDP port \d+ of 127\.0\.0\.1 is taken .*Some Program"):
            second.__enter__()
