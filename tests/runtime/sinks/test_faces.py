"""runtime.sinks.faces, with VMC over a real socket and with a sender that misbehaves."""

import socket
import types
from collections.abc import Mapping
from typing import Any

import pytest
from pythonosc.osc_bundle import OscBundle

from assets.errors import UsageError
from assets.face import FaceFrame
from runtime.sinks import faces, vmc
from runtime.sinks.faces import FaceOutput

FACE = FaceFrame.from_mapping({"jawOpen": 0.5})


def started(name: str, values: Mapping[str, Any], told: list[str]) -> FaceOutput:
    output = FaceOutput(name, values, lambda text, level="info", /: told.append(text))
    assert output.join(5.0)
    return output


def test_vmc_is_sent_once_it_is_open() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5.0)
        told: list[str] = []
        output = started("vmc", {"address": f"127.0.0.1:{listener.getsockname()[1]}"}, told)
        output.send(FACE, 1.0)
        first = OscBundle(listener.recv(2048))
        assert first.content(0).address == "/VMC/Ext/OK"
        assert output.health() == {"state": "on", "words": "sending", "faces": 1, "failures": 0}
        output.stop()
        output.send(FACE, 2.0)
        assert output.health() == {"state": "done", "words": "off", "faces": 1, "failures": 0}
        assert not output.wanted
    assert told == []


@pytest.mark.parametrize("address", ["", "localhost", "127.0.0.1:", "127.0.0.1:99999", ":39539", "127.0.0.1:x"])
def test_wrong_addresses(address: str) -> None:
    with pytest.raises(UsageError, match="address must be HOST:PORT such as 127"):
        vmc.from_options({"address": address})
    told: list[str] = []
    output = started("vmc", {"address": address}, told)
    assert output.health()["state"] == "failed"
    assert len(told) == 1
    assert not output.wanted


class Moody:
    """A sender that fails for a while."""

    def __init__(self) -> None:
        self.failing = False
        self.open = 0
        self.sent: list[float] = []

    def __enter__(self) -> "Moody":
        self.open += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.open -= 1

    def send(self, face: FaceFrame, now_s: float) -> None:
        if self.failing:
            raise OSError(101, "Network is unreachable")
        self.sent.append(now_s)

    def status(self) -> str:
        return f"{len(self.sent)} told"


def test_a_failure_is_told_once_and_it_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    moody = Moody()
    module = types.SimpleNamespace(from_options=lambda values: moody)
    monkeypatch.setattr(faces.importlib, "import_module", lambda name: module)
    told: list[str] = []
    output = started("vts", {}, told)
    output.send(FACE, 0.0)
    assert output.health()["words"] == "1 told"
    moody.failing = True
    for step in range(5):
        output.send(FACE, 1.0 + step)
    assert output.health()["state"] == "waiting"
    assert output.health()["failures"] == 5
    moody.failing = False
    output.send(FACE, 9.0)
    assert output.health() == {"state": "on", "words": "2 told", "faces": 2, "failures": 5}
    output.stop()
    assert moody.open == 0
    assert told == ["vts: Network is unreachable; going on"]
