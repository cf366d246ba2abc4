"""runtime.commands.drivers, hearing real senders over the loopback."""

import json
import socket
from collections.abc import Callable, Iterator

import pytest

from drivers.base import Listener
from runtime.commands import drivers as command
from runtime.commands.drivers import _chosen
from tests.soak.osc_samples import message


@pytest.fixture
def sender(port: int, sending: Callable) -> Iterator[None]:
    """Sends a moving jaw, a resting brow and nonsense some hundred times a second until the test ends."""
    with sending(port, lambda count: [message("/jawOpen", count % 5 / 5), message("/browInnerUp", 0.5), b"nonsense"]):
        yield


def test_what_is_heard_is_told_in_full(call: Callable, sender: None, port: int) -> None:
    called = call("drivers", "osc", "--port", port, "--seconds", "0.4", "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)["drivers"]["osc"]
    assert (told["ports"], told["address"], told["sender"], told["locked_to"]) == (
        [port], "127.0.0.1", "127.0.0.1", "127.0.0.1"
    )  # fmt: skip
    assert told["moved"] == ["jawOpen"]
    assert told["packets"] >= 15
    assert abs(told["packets"] - 3 * told["unparseable"]) <= 3
    assert told["faces"] >= 5
    assert told["packets_per_s"] > 0.0
    assert 0.0 <= told["age_s"] < 0.4
    assert (told["foreign"], told["skipped"], told["taken"]) == (0, 0, [])


def test_people_read_one_line_a_driver(call: Callable, sender: None, port: int) -> None:
    called = call("drivers", f"osc:ports={port}", "--seconds", "0.3")
    assert called.code == 0
    assert called.out.count("\n") == 1
    assert called.out.startswith(f"osc: on 127.0.0.1 port {port}; ")
    assert "1 of 52 shapes have moved, not: eyeBlinkLeft, " in called.out


def test_silence_is_told_too(call: Callable, port: int) -> None:
    called = call("drivers", "osc", "--port", port, "--seconds", "0.02")
    assert (called.code, called.out) == (0, f"osc: on 127.0.0.1 port {port}; nothing heard yet\n")


def test_a_taken_port_is_one_line_with_an_offer(call: Callable, port: int) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        called = call("drivers", "osc", "--port", port, "--seconds", "0.02")
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: osc: UDP port {port} of 127.0.0.1 is taken by another program")
    assert called.err.count("\n") == 1
    assert " --port " in called.err


def test_two_drivers_that_share_a_port(call: Callable, port: int) -> None:
    called = call("drivers", f"osc:ports={port}", f"livelink:port={port}", "--seconds", "0.02")
    assert called.code == 0
    lines = called.out.splitlines()
    assert lines[0].startswith(f"osc: on 127.0.0.1 port {port}; ")
    assert lines[1] == "livelink: shares its port with osc; ask for it alone: cartoonalive drivers livelink"


def test_without_names_all_that_listen() -> None:
    chosen = _chosen([], {"lan": True})
    assert all(isinstance(choice.driver, Listener) for choice in chosen)
    names = {choice.name for choice in chosen}
    assert {"osc", "livelink"} <= names
    assert names & {"webcam", "idle", "replay", "stub"} == set()


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (("idle",), "the driver idle doesn't listen to the network"),
        (("telepathy",), "there is no driver named 'telepathy'"),
        (("--port", "9000"), "--port needs the name of the driver"),
    ],
)
def test_what_makes_no_sense(call: Callable, words: tuple[str, ...], complaint: str) -> None:
    called = call("drivers", *words, "--seconds", "0.02")
    assert (called.code, called.out) == (2, "")
    assert complaint in called.err


def test_it_asks_often_enough() -> None:
    assert command.POLL_S <= 1 / 120
