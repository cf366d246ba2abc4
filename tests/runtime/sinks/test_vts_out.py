"""runtime.sinks.vts, against a server that answers as VTube Studio does."""

import json
import os
import queue
import stat
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from websockets.sync.server import Server, ServerConnection, serve

from assets.errors import UsageError
from assets.face import FaceFrame, HeadPose
from runtime.sinks import vts
from runtime.sinks.vts import VtsSender, from_options, parameters

FACE = FaceFrame.from_mapping(
    {"jawOpen": 0.5, "eyeBlinkLeft": 0.25, "eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5},
    head=HeadPose.from_degrees(yaw_deg=10.0, pitch_deg=5.0, roll_deg=-90.0),
    time_s=0.0,
)


class Studio:
    """Its user allows the plugin unless `says_no`; injections land in `injected`."""

    def __init__(self) -> None:
        self.tokens = {"the-token"}
        self.asked = 0
        self.says_no = False
        self.injected: queue.Queue[dict[str, Any]] = queue.Queue()
        self.wires: list[ServerConnection] = []

    def __call__(self, wire: ServerConnection) -> None:
        self.wires.append(wire)
        known = False
        for text in wire:
            message = json.loads(text)
            assert (message["apiName"], message["apiVersion"]) == ("VTubeStudioPublicAPI", "1.0")
            kind, data, answer = message["messageType"], message["data"], {}
            if kind == "AuthenticationTokenRequest":
                self.asked += 1
                assert data == {"pluginName": "CartoonAlive", "pluginDeveloper": "CartoonAlive"}
                answer = {"authenticationToken": "the-token"}
            elif kind == "AuthenticationRequest":
                known = data["authenticationToken"] in self.tokens
                answer = {"authenticated": known, "reason": ""}
            elif kind == "InjectParameterDataRequest" and known:
                self.injected.put(data)
            if self.says_no:
                kind, answer = "APIError", {"errorID": 50, "message": "User has\ndenied the request."}
            wire.send(json.dumps({"messageType": "SomeEvent", "requestID": "other", "data": {}}))
            said = kind.replace("Request", "Response")
            wire.send(json.dumps({"requestID": message["requestID"], "messageType": said, "data": answer}))


@pytest.fixture
def studio() -> Iterator[tuple[Studio, Server]]:
    made = Studio()
    with serve(made, "127.0.0.1", 0) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield made, server
        server.shutdown()
        thread.join()


def url(server: Server) -> str:
    return f"ws://127.0.0.1:{server.socket.getsockname()[1]}"


def test_a_face_moves_the_model_and_the_token_is_kept(studio: tuple[Studio, Server], tmp_path: Path) -> None:
    made, server = studio
    path = tmp_path / "settings" / "vts-token"
    for _ in range(2):
        with VtsSender(url(server), token_path=path) as sender:
            sender.send(FACE, 0.0)
            got = made.injected.get(timeout=5)
            assert sender.status() == "moves the model in VTube Studio"
        values = {each["id"]: each["value"] for each in got["parameterValues"]}
        assert values == {name: round(value, 4) for name, value in parameters(FACE).items()}
        assert (got["faceFound"], got["mode"]) == (True, "set")
    assert made.asked == 1
    if os.name == "posix":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_token_that_is_no_longer_taken_is_asked_for_anew(studio: tuple[Studio, Server], tmp_path: Path) -> None:
    made, server = studio
    path = tmp_path / "vts-token"
    path.write_text("an-old-one")
    with VtsSender(url(server), token_path=path) as sender:
        sender.send(FACE, 0.0)
        made.injected.get(timeout=5)
    assert made.asked == 1
    assert path.read_text() == "the-token\n"


def test_a_no_is_a_no(studio: tuple[Studio, Server], tmp_path: Path) -> None:
    made, server = studio
    made.says_no = True
    with VtsSender(url(server), token_path=tmp_path / "token", retry_s=0.0) as sender:
        assert sender._thread is not None
        sender._thread.join(5)
        assert not sender._thread.is_alive()
        assert sender.status() == "VTube Studio refused (50): User has denied the request."
    assert made.asked == 1


def test_it_comes_back_when_the_other_side_does(studio: tuple[Studio, Server], tmp_path: Path) -> None:
    made, server = studio
    with VtsSender(url(server), token_path=tmp_path / "token", retry_s=0.0) as sender:
        sender.send(FACE, 0.0)
        made.injected.get(timeout=5)
        made.wires[0].close()
        got = None
        for step in range(1, 200):
            sender.send(FACE, float(step))
            try:
                got = made.injected.get(timeout=0.1)
                break
            except queue.Empty:
                continue
        assert got is not None
    assert len(made.wires) == 2


def test_nobody_there_is_told_and_leaving_is_quick(tmp_path: Path) -> None:
    with VtsSender("ws://127.0.0.1:9", token_path=tmp_path / "token", retry_s=0.001) as sender:
        while "doesn't answer" not in sender.status():
            assert sender._thread is not None
            assert sender._thread.is_alive()
    assert not sender._thread.is_alive()


def test_faces_are_handed_on_thirty_times_a_second_at_most(studio: tuple[Studio, Server], tmp_path: Path) -> None:
    sender = VtsSender("ws://127.0.0.1:9", token_path=tmp_path / "token")
    taken = 0
    for step in range(240):
        sender._fresh.clear()
        sender.send(FACE, step / 120.0)
        taken += sender._fresh.is_set()
    assert 55 <= taken <= 62


def test_signs_and_ranges() -> None:
    got = parameters(FACE)
    assert got["FaceAngleX"] == pytest.approx(-10.0)  # to the own left: to the left of a mirror
    assert got["FaceAngleY"] == pytest.approx(5.0)
    assert got["FaceAngleZ"] == 30.0
    assert (got["EyeOpenLeft"], got["EyeOpenRight"]) == (0.75, 1.0)
    assert (got["EyeLeftX"], got["EyeRightX"]) == (0.5, 0.5)
    assert got["MouthOpen"] == pytest.approx(0.6)
    assert (got["MouthSmile"], got["Brows"], got["BrowLeftY"]) == (0.5, 0.5, 0.5)
    everything = FaceFrame.from_mapping(dict.fromkeys(("mouthSmileLeft", "mouthSmileRight", "jawOpen"), 1.0))
    assert parameters(everything)["MouthSmile"] == 1.0


@pytest.mark.parametrize("address", ["8001", "host:", "host:0", "host:70000", "a b:8001", "ws://h:8001", ""])
def test_addresses_that_make_no_sense(address: str) -> None:
    with pytest.raises(UsageError, match="HOST:PORT"):
        from_options({"address": address})


def test_the_usual_address() -> None:
    assert from_options({})._url == "ws://127.0.0.1:8001"
    assert vts.Options().address == "127.0.0.1:8001"
