"""The OSC driver on real loopback sockets, with other people's senders."""

import socket
import struct
from collections.abc import Iterator

import pytest
from oscpy.client import OSCClient
from pythonosc.osc_message_builder import OscMessageBuilder
from pythonosc.udp_client import SimpleUDPClient

from assets import arkit
from assets.errors import DriverError
from assets.face import FaceFrame
from drivers import osc
from drivers.osc import Options, OscDriver, create
from drivers.protocols import unified


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
    heard = driver.statistics()
    assert (heard.packets, heard.unparseable, heard.faces) == (6, 5, 1)


def test_of_a_flood_the_newest_counts(driver: OscDriver, clock: ByHand) -> None:
    for number in range(4000):
        send(driver, "/jawOpen", (number % 100) / 200.0)
        if number % 250 == 249:  # a picture now and then: the kernel's buffer holds a few hundred
            face(driver)
            clock.now_s += 1 / 60
    send(driver, "/jawOpen", 1.0)
    assert face(driver).weight("jawOpen") == 1.0


def test_what_others_tell_vrchat_is_understood_and_no_face(driver: OscDriver) -> None:
    send(driver, "/avatar/change", "avtr_1")
    send(driver, "/avatar/parameters/GestureLeft", 3)
    send(driver, "/VMC/Ext/OK", 1)
    assert driver.latest() is None
    heard = driver.statistics()
    assert (heard.packets, heard.unparseable, heard.locked_to) == (3, 0, "")


def test_which_shapes_ever_moved(driver: OscDriver) -> None:
    for jaw, smile in ((0.25, 0.5), (0.75, 0.51)):
        send(driver, "/jawOpen", jaw)
        send(driver, "/mouthSmileLeft", smile)
        face(driver)
    assert driver.statistics().moved == ("jawOpen",)


# ---- one sender at a time -------------------------------------------------------------------------------------------


def send_from(host: str, driver: OscDriver, address: str, *values: float) -> None:
    """All of 127.0.0.0/8 is this machine, on Linux."""
    builder = OscMessageBuilder(address)
    for value in values:
        builder.add_arg(value, "f")
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sender:
        try:
            sender.bind((host, 0))
        except OSError:
            pytest.skip(f"{host} is no address of this machine")
        sender.sendto(builder.build().dgram, ("127.0.0.1", driver.ports[0]))


def test_the_first_face_has_the_ear(driver: OscDriver) -> None:
    send_from("127.0.0.2", driver, "/jawOpen", 0.25)
    face(driver)
    send_from("127.0.0.3", driver, "/jawOpen", 0.75)
    assert face(driver).weight("jawOpen") == 0.25
    heard = driver.statistics()
    assert (heard.locked_to, heard.sender, heard.foreign) == ("127.0.0.2", "127.0.0.2", 1)
    assert "1 from others ignored" in driver.status()


def test_what_the_one_before_said_holds_no_longer(driver: OscDriver, clock: ByHand) -> None:
    send_from("127.0.0.2", driver, "/jawOpen", 0.25)
    face(driver)
    clock.now_s += 5.1
    send_from("127.0.0.3", driver, "/cheekPuff", 0.75)
    frame = face(driver)
    assert frame.channels == {"cheekPuff"}
    assert frame.weight("jawOpen") == 0.0
    assert driver.statistics().locked_to == "127.0.0.3"


def test_a_named_sender_is_the_only_one(clock: ByHand) -> None:
    with OscDriver(Options(ports=(0,), sender="127.0.0.3"), clock=clock) as driver:
        send_from("127.0.0.2", driver, "/jawOpen", 0.25)
        assert driver.latest() is None
        send_from("127.0.0.3", driver, "/jawOpen", 0.75)
        assert face(driver).weight("jawOpen") == 0.75


@pytest.mark.parametrize(
    ("sender", "lan", "address"),
    [("", False, "127.0.0.1"), ("127.0.0.3", False, "127.0.0.1"), ("192.168.1.20", False, "0.0.0.0"),
     ("", True, "0.0.0.0")],
)  # fmt: skip
def test_another_machine_is_let_in_only_when_asked_for(sender: str, lan: bool, address: str) -> None:
    with create(Options(ports=(0,), sender=sender, lan=lan)) as driver:
        assert driver.statistics().address == address


# ---- VRCFaceTracking ------------------------------------------------------------------------------------------------


@pytest.fixture
def vrcft(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Where VRCFaceTracking would be listening."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as program:
        program.bind(("127.0.0.1", 0))
        program.setblocking(False)
        monkeypatch.setattr(osc, "ASK_PORT", program.getsockname()[1])
        yield program


def asked(program: socket.socket) -> list[bytes]:
    found = []
    while True:
        try:
            found.append(program.recv(1000))
        except BlockingIOError:
            return found


ENABLE_ALL = bytes.fromhex("2f76726366742f73657474696e67732f666f72636552656c6576616e74000000 2c540000")


def test_vrcft_is_asked_for_all_until_all_has_come(driver: OscDriver, clock: ByHand, vrcft: socket.socket) -> None:
    driver.latest()
    assert asked(vrcft) == [ENABLE_ALL]
    driver.latest()
    clock.now_s += 4.9
    driver.latest()
    assert asked(vrcft) == []
    clock.now_s += 0.2
    driver.latest()
    assert asked(vrcft) == [ENABLE_ALL]

    clock.now_s += 5.1
    send(driver, "/avatar/parameters/v2/JawOpen", 0.5)
    assert face(driver).weight("jawOpen") == 0.5
    assert asked(vrcft) == [ENABLE_ALL]  # one parameter only: an avatar's choice

    for name in sorted(unified.PARAMETERS):
        send(driver, f"/avatar/parameters/FT/v2/{name}", 0.25)
    clock.now_s += 5.1
    face(driver)
    assert asked(vrcft) == []


def test_vrcft_is_left_alone_while_somebody_else_speaks(driver: OscDriver, clock: ByHand, vrcft: socket.socket) -> None:
    send(driver, "/jawOpen", 0.5)
    driver.latest()
    driver.latest()
    asked(vrcft)
    for _ in range(10):
        clock.now_s += 1.0
        send(driver, "/jawOpen", 0.5)
        driver.latest()
    assert asked(vrcft) == []


def test_nobody_is_asked_when_told_so(clock: ByHand, vrcft: socket.socket) -> None:
    with OscDriver(Options(ports=(0,), vrcft=""), clock=clock) as driver:
        driver.latest()
        assert asked(vrcft) == []


# ---- ports ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as holder:
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def test_a_taken_port_is_named(taken: int) -> None:
    with pytest.raises(DriverError) as caught:
        create(Options(ports=(taken,))).__enter__()
    words = str(caught.value)
    assert words.startswith(
        f"osc: UDP port {taken} of 127.0.0.1 is taken by another program (VSeeFace, Warudo, VRChat, "
    )
    assert f"--port {taken + 1}" in words or "--port" in words
    assert "\n" not in words


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
    with pytest.raises(DriverError, match=r"^osc: no UDP port to listen on was given$"):
        create(Options(ports=())).__enter__()


def test_the_status_says_when_it_last_heard(driver: OscDriver, clock: ByHand) -> None:
    port = driver.ports[0]
    assert driver.status() == f"osc: on 127.0.0.1 port {port}; nothing heard yet"
    clock.now_s += 5.0
    assert driver.status() == f"osc: on 127.0.0.1 port {port}; no packets for 5 s, phones need --lan"
    for _ in range(60):
        send(driver, "/jawOpen", 0.5)
        face(driver)
        clock.now_s += 1 / 60
    assert driver.status() == f"osc: on 127.0.0.1 port {port}; 30 packets/s from 127.0.0.1; 60 faces"
    clock.now_s += 7.0
    assert driver.status() == f"osc: on 127.0.0.1 port {port}; 0 packets/s from 127.0.0.1, silent for 7 s; 60 faces"
