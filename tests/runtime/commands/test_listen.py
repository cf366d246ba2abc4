"""runtime.commands.listen, hearing a real sender over the loopback."""

import json
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pythonosc.osc_message_builder import OscMessageBuilder

from assets import takes
from runtime.commands import listen


def packet(jaw: float) -> bytes:
    message = OscMessageBuilder(address="/cheek/of/mine/jawOpen")
    message.add_arg(jaw, "f")
    return bytes(message.build().dgram)


@pytest.fixture
def sender(port: int, sending: Callable) -> Iterator[None]:
    """Sends a moving jaw some hundred times a second until the test ends."""
    with sending(port, lambda count: [packet(count % 10 / 10)]):
        yield


def test_what_was_heard_is_a_take(call: Callable, sender: None, port: int, tmp_path: Path) -> None:
    out = tmp_path / "heard.jsonl"
    called = call("listen", "osc", "-o", out, "--seconds", "0.6", "--port", port, "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)
    take = takes.load(out)
    assert told["frames"] == len(take.frames) >= 5
    assert take.frames[0].time_s == 0.0
    assert {round(frame.weight("jawOpen"), 3) for frame in take.frames} <= {count / 10 for count in range(10)}
    assert str(port) in told["status"]


def test_silence_is_an_error_and_writes_nothing(call: Callable, port: int, tmp_path: Path) -> None:
    out = tmp_path / "heard.jsonl"
    called = call("listen", "osc", "-o", out, "--seconds", "0.05", "--port", port)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("cartoonalive: osc: nothing arrived in 0.05 s: ")
    assert not out.exists()


def test_drivers_of_our_own_can_be_recorded_too(call: Callable, tmp_path: Path) -> None:
    out = tmp_path / "idle.jsonl"
    assert call("listen", "idle", "-o", out, "--seconds", "0.1").code == 0
    assert all(frame.face_seen for frame in takes.load(out).frames)
    assert listen.POLL_S <= 1 / 120


def test_a_taken_port_is_one_line(call: Callable, port: int, tmp_path: Path) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", port))
        called = call("listen", "osc", "-o", tmp_path / "a.jsonl", "--port", port)
    assert (called.code, called.out) == (2, "")
    assert str(port) in called.err
    assert called.err.count("\n") == 1


def test_an_unknown_driver(call: Callable, tmp_path: Path) -> None:
    called = call("listen", "telepathy", "-o", tmp_path / "a.jsonl")
    assert called.code == 2
    assert "there is no driver named 'telepathy'" in called.err
