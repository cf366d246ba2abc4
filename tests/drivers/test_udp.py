"""The ear that all network drivers share, on real loopback sockets: bounded, locked to its sender, told to people."""

import errno
import socket
from collections.abc import Callable, Iterator

import pytest

from assets.errors import DriverError
from assets.face import FaceFrame
from drivers import _udp
from drivers._udp import RELEASE_S, Datagram, Ear, Heard


class ByHand:
    """A clock that moves `step_s` whenever it is looked at, else stands still until it is moved."""

    def __init__(self, step_s: float = 0.0) -> None:
        self.now_s, self.step_s, self.looks = 100.0, step_s, 0

    def __call__(self) -> float:
        self.looks += 1
        self.now_s += self.step_s
        return self.now_s


@pytest.fixture
def clock() -> ByHand:
    return ByHand()


@pytest.fixture
def ear(clock: ByHand) -> Iterator[Ear]:
    made = Ear("ear", (0,), clock=clock)
    made.open()
    yield made
    made.close()


def say(ear: Ear, *datagrams: bytes, host: str = "127.0.0.1", place: int = 0) -> None:
    """Loopback delivers before `sendto` returns, so nothing has to be waited for."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        try:
            sender.bind((host, 0))
        except OSError:
            pytest.skip(f"{host} is no address of this machine")  # all of 127.0.0.0/8 is, on Linux
        for datagram in datagrams:
            sender.sendto(datagram, ("127.0.0.1", ear.ports[place]))


def judge(datagram: Datagram) -> Heard:
    """`face...` is a face, `other...` is understood."""
    return Heard.FACE if datagram.data[:4] == b"face" else Heard.OTHER if datagram.data[:5] == b"other" else Heard.NOISE


def heard(ear: Ear, verdict: Callable[[Datagram], Heard] = judge) -> list[bytes]:
    """The datagrams handed on by one poll."""
    found: list[bytes] = []

    def read(datagram: Datagram) -> Heard:
        found.append(datagram.data)
        return verdict(datagram)

    ear.poll(read)
    return found


def numbered(count: int, start: int = 0) -> list[bytes]:
    return [b"face%d" % number for number in range(start, start + count)]


# ---- hearing --------------------------------------------------------------------------------------------------------


def test_datagrams_come_in_order_and_say_where_from(ear: Ear, clock: ByHand) -> None:
    got: list[Datagram] = []
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        sender.sendto(b"face1", ("127.0.0.1", ear.ports[0]))
        sender.sendto(b"", ("127.0.0.1", ear.ports[0]))
        port = sender.getsockname()[1]
    ear.poll(lambda datagram: got.append(datagram) or Heard.FACE)
    assert got == [
        Datagram(b"face1", "127.0.0.1", port, ear.ports[0], clock.now_s),
        Datagram(b"", "127.0.0.1", port, ear.ports[0], clock.now_s),
    ]
    assert heard(ear) == []


def test_several_ports_are_one_ear(clock: ByHand) -> None:
    ear = Ear("ear", (0, 0), clock=clock)
    ear.open()
    assert len(ear.ports) == 2
    say(ear, b"face0", place=0)
    say(ear, b"face1", place=1)
    assert heard(ear) == [b"face0", b"face1"]
    ear.close()


def test_no_more_than_a_thousand_in_one_go(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _udp._DATAGRAMS_PER_POLL == 1024
    monkeypatch.setattr(_udp, "_DATAGRAMS_PER_POLL", 10)
    say(ear, *numbered(25))
    assert [len(heard(ear)) for _ in range(4)] == [10, 10, 5, 0]


def test_a_slow_machine_stops_in_time(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock costs half a millisecond here: the poll ends, the next one goes on."""
    say(ear, *numbered(20))
    slow = ByHand(step_s=0.0005)
    monkeypatch.setattr(ear, "_clock", slow)
    found = heard(ear)
    assert slow.looks < 10
    for _ in range(40):
        found += heard(ear)
    assert found == numbered(20)


def test_after_a_stall_the_newest_is_read_at_once(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """Half a second was lost already; to show what was new half a second ago would lose more."""
    heard(ear)
    padded = [datagram.ljust(2048, b".") for datagram in numbered(100)]
    say(ear, *padded)
    slow = ByHand(step_s=0.0001)
    slow.now_s += 0.5
    monkeypatch.setattr(ear, "_clock", slow)
    assert heard(ear) == padded[-16:]
    assert ear.statistics().skipped == 84
    say(ear, *padded)
    assert len(heard(ear)) < 16  # no stall this time


def test_small_packets_are_all_read_after_a_stall(ear: Ear, clock: ByHand) -> None:
    """What tells only of changes must not be lost."""
    heard(ear)
    say(ear, *numbered(200))
    clock.now_s += 0.5
    assert heard(ear) == numbered(200)


def test_of_a_flood_the_newest_counts(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """400 packets a picture, of which there is time to read some 20: the newest ones, from the second picture on."""
    monkeypatch.setattr(_udp, "_RECEIVE_S", 10.0)
    slow = ByHand()
    monkeypatch.setattr(ear, "_clock", slow)

    def slowly(datagram: Datagram) -> Heard:
        slow.now_s += 0.00007
        return Heard.FACE

    heard(ear)
    read = 0
    for picture in range(5):
        sent = numbered(400, 1000 * picture)
        say(ear, *sent)
        found = heard(ear, slowly)
        read += len(found)
        assert 15 <= len(found) <= 30
        if picture:
            assert sent.index(found[-1]) >= 400 - 5
        slow.now_s += 0.01
    assert 2000 - 256 - read <= ear.statistics().skipped <= 2000 - read
    assert "skipped, they come too fast" in ear.status()


def test_a_moment_without_time_loses_nothing(ear: Ear, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only a flood makes it skip: what an honest sender says in a picture or two waits for the next."""
    with monkeypatch.context() as patch:
        patch.setattr(_udp, "_BUDGET_S", 0.0)  # no time to read anything
        for start in (0, 100):
            say(ear, *numbered(100, start))
            assert heard(ear) == []
    assert heard(ear) == numbered(200)
    assert ear.statistics().skipped == 0


def test_newest_first_reads_no_older_face(clock: ByHand) -> None:
    ear = Ear("ear", (0,), newest_first=True, clock=clock)
    ear.open()
    say(ear, b"face1", b"face2", b"other3", b"4?")
    assert heard(ear) == [b"4?", b"other3", b"face2"]
    assert heard(ear) == []
    statistics = ear.statistics()
    assert (statistics.packets, statistics.unparseable) == (4, 1)
    ear.close()


class Odd:
    """A socket that fails some times before it works."""

    def __init__(self, real: socket.socket, error: OSError, times: int) -> None:
        self._real, self._error, self._times = real, error, times
        self.family = real.family

    def recvfrom(self, size: int) -> tuple[bytes, tuple[str, int]]:
        if self._times:
            self._times -= 1
            raise self._error
        data, address = self._real.recvfrom(size)
        return data, (address[0], address[1])

    def setsockopt(self, level: int, option: int, value: int) -> None:
        self._real.setsockopt(level, option, value)

    def sendto(self, data: bytes, address: tuple[str, int]) -> int:
        raise self._error

    def close(self) -> None:
        self._real.close()


def make_odd(ear: Ear, error: OSError, times: int) -> None:
    ear._sockets = [(Odd(each, error, times), port) for each, port in ear._sockets]  # type: ignore[misc]


def test_a_connection_reset_is_no_end(ear: Ear) -> None:
    """Windows (10054) reports on the next read that something sent earlier found nobody; a hundred times, even."""
    say(ear, b"face1")
    make_odd(ear, ConnectionResetError(10054, "reset"), 100)
    assert heard(ear) == [b"face1"]


def test_a_network_that_is_down_is_no_end(ear: Ear) -> None:
    say(ear, b"face1")
    make_odd(ear, OSError(errno.ENETDOWN, "network is down"), 1)
    assert heard(ear) == []
    assert heard(ear) == [b"face1"]


# ---- one sender at a time -------------------------------------------------------------------------------------------


def test_ten_thousand_packets_of_others_change_nothing(ear: Ear, clock: ByHand) -> None:
    say(ear, b"face1", host="127.0.0.2")
    assert heard(ear) == [b"face1"]
    for start in range(0, 10_000, 100):
        say(ear, *numbered(100, start), host="127.0.0.3")
        say(ear, b"face1", host="127.0.0.2")
        assert heard(ear) == [b"face1"]
        clock.now_s += 0.1
    statistics = ear.statistics()
    assert (statistics.foreign, statistics.locked_to, statistics.sender) == (10_000, "127.0.0.2", "127.0.0.2")
    assert "10000 from others ignored" in ear.status()


def test_only_a_good_face_pairs(ear: Ear) -> None:
    say(ear, b"junk", b"other", host="127.0.0.3")
    heard(ear)
    assert ear.statistics().locked_to == ""
    say(ear, b"face1", host="127.0.0.2")
    heard(ear)
    assert ear.statistics().locked_to == "127.0.0.2"


def test_of_two_in_one_picture_the_first_face_pairs(ear: Ear) -> None:
    say(ear, b"junk", host="127.0.0.4")
    say(ear, b"face2", host="127.0.0.2")
    say(ear, b"face3", host="127.0.0.3")
    assert heard(ear) == [b"junk", b"face2"]
    assert ear.statistics().foreign == 1


def test_five_seconds_of_silence_free_the_place(ear: Ear, clock: ByHand) -> None:
    say(ear, b"face1", host="127.0.0.2")
    heard(ear)
    clock.now_s += 0.9 * RELEASE_S
    say(ear, b"other", host="127.0.0.2")  # alive, though without a face
    heard(ear)
    clock.now_s += 0.9 * RELEASE_S
    say(ear, b"face2", host="127.0.0.3")
    assert heard(ear) == []
    clock.now_s += 0.2 * RELEASE_S
    say(ear, b"face3", host="127.0.0.3")
    assert heard(ear) == [b"face3"]
    assert ear.statistics().locked_to == "127.0.0.3"


def test_the_place_can_be_freed_by_hand(ear: Ear) -> None:
    say(ear, b"face1", host="127.0.0.2")
    heard(ear)
    ear.release()
    say(ear, b"face2", host="127.0.0.3")
    assert heard(ear) == [b"face2"]


def test_a_named_sender_keeps_its_place(clock: ByHand) -> None:
    ear = Ear("ear", (0,), only_from="127.0.0.3", clock=clock)
    ear.open()
    say(ear, b"face1", host="127.0.0.2")
    assert heard(ear) == []
    clock.now_s += 10.0 * RELEASE_S
    ear.release()
    say(ear, b"face1", host="127.0.0.2")
    say(ear, b"face2", host="127.0.0.3")
    assert heard(ear) == [b"face2"]
    ear.close()


@pytest.mark.parametrize("address", ["phone.local", "::1", "1.2.3"])
def test_a_sender_is_named_by_numbers(address: str) -> None:
    with pytest.raises(DriverError, match=r"^the sender's address must be like "):
        Ear("ear", (0,), only_from=address).open()


# ---- speaking -------------------------------------------------------------------------------------------------------


def test_it_speaks_from_the_port_on_which_it_listens(ear: Ear) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone:
        phone.bind(("127.0.0.1", 0))
        assert ear.send(b"hello", *phone.getsockname())
        data, address = phone.recvfrom(100)
        assert (data, address) == (b"hello", ("127.0.0.1", ear.ports[0]))
        phone.sendto(b"face1", address)
    assert heard(ear) == [b"face1"]


def test_what_cannot_be_sent_is_no_error(ear: Ear, clock: ByHand) -> None:
    assert not ear.send(b"x" * 70_000, "127.0.0.1", 9)
    assert not ear.send(b"hello", "::1", 9)  # no socket of that family
    make_odd(ear, OSError(errno.ENETUNREACH, "unreachable"), 0)
    assert not ear.send(b"hello", "127.0.0.1", 9)
    assert not ear.send(b"hello", "255.255.255.255", 9)
    assert not Ear("closed", (0,), clock=clock).send(b"hello", "127.0.0.1", 9)


# ---- opening --------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_a_taken_port_is_named_and_the_next_free_one_offered(taken: int) -> None:
    with pytest.raises(DriverError) as caught:
        Ear("phone", (taken,), holders="VSeeFace").open()
    words = str(caught.value)
    assert words.startswith(
        f"phone: UDP port {taken} of 127.0.0.1 is taken by another program (VSeeFace, or a second CartoonAlive); "
    )
    assert "\n" not in words
    offered = int(words.partition("--port ")[2].split()[0])
    assert taken < offered <= taken + 20
    second = Ear("phone", (offered,))
    second.open()  # it is really free
    assert second.ports == (offered,)
    second.close()


def test_one_free_port_among_taken_ones_is_enough(taken: int, clock: ByHand) -> None:
    ear = Ear("phone", (taken, 0), clock=clock)
    ear.open()
    assert len(ear.ports) == 1
    assert ear.statistics().taken == (taken,)
    assert f"taken by another program: {taken}" in ear.status()
    say(ear, b"face1")
    assert heard(ear) == [b"face1"]
    ear.close()


@pytest.mark.parametrize("lan", [False, True])
def test_a_second_instance_never_steals_from_the_first(ear: Ear, lan: bool) -> None:
    """Not even by listening to all addresses; SO_REUSEADDR would give it every packet."""
    with pytest.raises(DriverError, match="taken by another program"):
        Ear("second", ear.ports, lan=lan).open()
    assert all(each.getsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR) == 0 for each, _ in ear._sockets)
    say(ear, *numbered(10))
    assert heard(ear) == numbered(10)


def test_windows_is_asked_for_the_port_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """There, an ordinary socket could be pushed aside."""
    asked: list[tuple[int, int]] = []

    class Watched(socket.socket):
        def setsockopt(self, level: int, option: int, value: int) -> None:  # type: ignore[override]
            asked.append((option, value))
            if option != -5:
                super().setsockopt(level, option, value)

    monkeypatch.setattr(socket, "SO_EXCLUSIVEADDRUSE", -5, raising=False)
    monkeypatch.setattr(socket, "socket", Watched)
    ear = Ear("ear", (0,))
    ear.open()
    ear.close()
    assert asked == [(-5, 1), (socket.SO_RCVBUF, 256 << 10)]


def test_a_port_that_windows_keeps_for_another_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    class Kept(socket.socket):
        def bind(self, address: object) -> None:
            raise OSError(errno.EACCES, "kept")

    monkeypatch.setattr(socket, "socket", Kept)
    with pytest.raises(DriverError, match=r"UDP port 39539 .* is taken"):
        Ear("ear", (39539,)).open()


def test_opening_twice_and_closing_twice(ear: Ear) -> None:
    ports = ear.ports
    ear.open()
    assert ear.ports == ports
    ear.close()
    ear.close()
    assert ear.ports == ()
    assert ear.status() == "ear: not listening"


def test_opening_again_forgets(ear: Ear) -> None:
    say(ear, b"face1")
    heard(ear)
    ear.close()
    ear.open()
    statistics = ear.statistics()
    assert (statistics.packets, statistics.locked_to, statistics.age_s) == (0, "", None)


@pytest.mark.parametrize("port", [-1, 65536])
def test_a_port_that_cannot_be_leaves_nothing_open(port: int) -> None:
    ear = Ear("ear", (0, port))
    with pytest.raises(DriverError, match=f"from 1 to 65535, got {port}$"):
        ear.open()
    assert ear.ports == ()


# ---- the whole network ----------------------------------------------------------------------------------------------


def test_only_this_machine_unless_lan_is_asked_for(ear: Ear, clock: ByHand) -> None:
    assert [each.getsockname()[0] for each, _ in ear._sockets] == ["127.0.0.1"]
    open_to_all = Ear("ear", (0,), lan=True, clock=clock)
    open_to_all.open()
    assert open_to_all._sockets[0][0].getsockname()[0] == "0.0.0.0"
    assert open_to_all.statistics().address == "0.0.0.0"
    assert len(open_to_all.ports) == 1
    say(open_to_all, b"face1")
    assert heard(open_to_all) == [b"face1"]
    clock.now_s += 10.0
    assert open_to_all.status().endswith("from 127.0.0.1, silent for 10 s; 0 faces")
    open_to_all.close()


def test_phones_may_speak_ipv6(clock: ByHand) -> None:
    ear = Ear("ear", (0,), lan=True, clock=clock)
    ear.open()
    if len(ear._sockets) < 2:
        pytest.skip("no IPv6 here")
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as phone:
        phone.bind(("::1", 0))
        phone.sendto(b"face1", ("::1", ear.ports[0]))
        assert heard(ear) == [b"face1"]
        assert ear.statistics().locked_to == "::1"
        assert ear.send(b"thanks", "::1", phone.getsockname()[1])
        assert phone.recv(100) == b"thanks"
    ear.close()


def test_silence_on_the_network_hints_at_the_firewall(clock: ByHand) -> None:
    ear = Ear("ear", (0,), lan=True, clock=clock)
    ear.open()
    clock.now_s += 5.0
    assert ear.status().endswith("; no packets for 5 s, is it the firewall? See: cartoonalive doctor")
    ear.close()


def test_statistics_of_a_minute(ear: Ear, clock: ByHand) -> None:
    for number in range(600):
        say(ear, b"face1", b"junk")
        heard(ear)
        ear.saw(FaceFrame.from_mapping({"jawOpen": number % 2}))
        clock.now_s += 0.1
    statistics = ear.statistics()
    assert (statistics.packets, statistics.unparseable, statistics.faces) == (1200, 600, 600)
    assert statistics.packets_per_s == pytest.approx(20.0, rel=0.1)
    assert statistics.age_s == pytest.approx(0.1)
    assert statistics.moved == ("jawOpen",)
