"""runtime.page.server, answers, client and desk: a real show asked over a real socket."""

import contextlib
import http.client
import json
import re
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection, connect

from assets import arkit
from assets.errors import UsageError
from runtime.actions import ACTIONS
from runtime.page import answers, client, desk, protocol, server, uploads
from runtime.page.server import ControlPage
from runtime.show import Show

assert all((answers, client, desk))

API = Path(__file__).resolve().parents[3] / "docs" / "api.md"


class Stage:
    """A show whose thread does what is asked and whose settings are a mirror and a background."""

    def __init__(self) -> None:
        self.show = Show()
        self.view: dict[str, Any] = {"mirror": True, "background": "#e0e0e0"}
        self.loaded: list[str] = []
        self._over = threading.Event()
        self._asked = threading.Event()
        self.show.tell("settings", lambda: {"view": dict(self.view)})
        self.show.tell_live(lambda: {"fps": 60.0, "weights": dict.fromkeys(arkit.NAMES, 1 / 3)})
        self.show.handle("view.mirror", lambda values: self.view.update(mirror=values["on"]))
        self.show.handle("view.background", self._background)
        self.show.handle("avatar.load", lambda values: self.loaded.append(values["path"]))
        self.show.handle("show.quit", lambda values: 1 / 0)
        self.thread = threading.Thread(target=self._run)

    def _background(self, values: dict[str, Any]) -> str:
        path = Path(values["value"])
        if path.suffix == ".png" and path.read_bytes() != b"a picture":
            raise UsageError(f"that is no picture: {path.name}")
        self.view["background"] = values["value"]
        return "behind"

    def _run(self) -> None:
        while not self._over.wait(0.002):
            self.show.drain()

    def __enter__(self) -> "Stage":
        self.thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self.thread.join()
        self.show.end()


Open = Callable[..., ControlPage]


@pytest.fixture
def stage() -> Iterator[Stage]:
    with Stage() as made:
        yield made


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@pytest.fixture
def page(stage: Stage, tmp_path: Path) -> Iterator[ControlPage]:
    with ControlPage(stage.show, port=free_port(), folder=tmp_path / "config", home=tmp_path / "home") as made:
        yield made


def api(page: ControlPage) -> str:
    return page.url.replace("http", "ws", 1) + "api"


@contextlib.contextmanager
def joined(page: ControlPage, **options: Any) -> Iterator[ClientConnection]:
    with connect(api(page), **options) as wire:
        assert json.loads(wire.recv(5)) == {"v": 1, "hello": "CartoonAlive"}
        yield wire


def ask(wire: ClientConnection, action: str, number: int | None = 1, **values: Any) -> Any:
    wire.send(json.dumps({"v": 1, "id": number, "do": action, "with": values}))
    return json.loads(wire.recv(5))


def fetch(page: ControlPage, path: str = "", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
    parts = urlsplit(page.url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=5)
    connection.request(method, parts.path + path, headers=headers)
    answer = connection.getresponse()
    got = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return got


def test_the_page_carries_a_nonce_and_needs_nothing_from_elsewhere(page: ControlPage) -> None:
    status, headers, body = fetch(page)
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", headers["content-security-policy"])
    assert (status, headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert nonce is not None
    assert body.decode().count(f'nonce="{nonce[1]}"') == 2
    assert fetch(page)[2] != body
    for file in resources.files("runtime.page").joinpath("static").iterdir():
        status, headers, body = fetch(page, file.name)
        assert status == 200, file.name
        assert headers["x-content-type-options"] == "nosniff"
        text = body.decode().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?://|@import|url\(", text), file.name
        assert "innerHTML" not in text, file.name


def test_the_page_knows_the_shapes_of_the_program(page: ControlPage) -> None:
    text = fetch(page, "model.js")[2].decode()
    lines = re.findall(r"^  (\w+): \[(.*?)\],?$", text, re.M)
    regions = {region: tuple(re.findall(r'"(\w+)"', names)) for region, names in lines}
    assert regions == dict(arkit.REGIONS)


def test_the_page_asks_only_for_actions_that_exist(page: ControlPage) -> None:
    own = {"file.begin", "file.use", "portrait.cancel", "page.lan"}
    for file in resources.files("runtime.page").joinpath("static").iterdir():
        if file.name.endswith(".js"):
            said = set(re.findall(r"(?:ask|slide|say)\(\"([a-z]+\.[a-z_]+)\"", file.read_text("utf-8")))
            assert said <= set(ACTIONS) | own, file.name


def test_the_description_names_every_action_and_its_values() -> None:
    rows = {row.split("`")[1]: row for row in API.read_text("utf-8").splitlines() if row.startswith("| `")}
    for name, action in ACTIONS.items():
        assert action.help in rows[name], name
        for key in action.parameters:
            assert f"`{key}`" in rows[name], f"{name}: {key}"


def test_strangers_are_refused(page: ControlPage) -> None:
    parts = urlsplit(page.url)
    assert fetch(page, Host=f"evil.example:{parts.port}")[0] == 403
    assert fetch(page, Origin="http://evil.example")[0] == 403
    assert fetch(page, "../../secret")[0] == 404
    assert fetch(page, "server.py")[0] == 404
    assert fetch(page, "qr.svg")[0] == 404  # the network isn't let in
    for path in ("", "wrong/api", f"{parts.path[1:-2]}/api"):
        with pytest.raises(InvalidStatus) as refused, connect(f"ws://127.0.0.1:{parts.port}/{path}"):
            pass
        assert refused.value.response.status_code == 404
    for headers in ({"Origin": "http://evil.example"}, {"Origin": "null"}):
        with pytest.raises(InvalidStatus) as refused, connect(api(page), additional_headers=headers):
            pass
        assert refused.value.response.status_code == 403


def test_what_is_asked_is_done_and_answered(page: ControlPage, stage: Stage) -> None:
    with joined(page) as wire:
        assert ask(wire, "view.mirror", 7, on=False) == {"id": 7, "ok": True, "result": None}
        assert stage.view["mirror"] is False
        assert ask(wire, "view.background", 8, value="#00ff00") == {"id": 8, "ok": True, "result": "behind"}
        said = ask(wire, "view.mirrow", 9, on=False)
        assert said["id"] == 9
        assert "did you mean 'view.mirror'" in said["error"]
        assert "true or false" in ask(wire, "view.mirror", on="no")["error"]
        assert ask(wire, "view.place", zoom=2.0)["error"] == "view.place: this show can't do that"
        assert "ZeroDivisionError" in ask(wire, "show.quit")["error"]
        wire.send("{")
        assert json.loads(wire.recv(5)) == {"id": None, "error": "a message is one JSON object"}
        assert set(ask(wire, "api.actions")["result"]) == set(ACTIONS)


def test_what_takes_long_holds_up_nothing_else(page: ControlPage, stage: Stage) -> None:
    slow: Future[str] = Future()
    stage.show.handle("source.add", lambda values: slow)
    with joined(page) as wire:
        wire.send('{"id": 1, "do": "source.add", "with": {"driver": "webcam"}}')
        assert ask(wire, "view.mirror", 2, on=False)["id"] == 2
        slow.set_result("a camera")
        assert json.loads(wire.recv(5)) == {"id": 1, "ok": True, "result": "a camera"}


def test_without_a_number_nobody_waits_and_trouble_becomes_a_notice(page: ControlPage, stage: Stage) -> None:
    with joined(page) as wire:
        wire.send('{"do": "view.mirror", "with": {"on": false}}')
        wire.send('{"do": "view.mirror", "with": {"on": 3}}')
        assert ask(wire, "view.background", 2, value="#111111")["ok"]
        assert stage.view["mirror"] is False
        assert "true or false" in stage.show.state()["notices"][0]["text"]


def test_subscribers_are_told_what_changes_and_nobody_else_is(page: ControlPage, stage: Stage) -> None:
    with joined(page) as wire, joined(page) as other:
        wire.send('{"subscribe": ["state", "page"]}')
        told = [json.loads(wire.recv(5)) for _ in range(2)]
        assert [each["topic"] for each in told] == ["state", "page"]
        assert told[0]["value"]["settings"] == {"view": stage.view}
        assert told[1]["value"]["url"] == page.url
        assert told[1]["value"]["api"] == api(page)
        assert ask(other, "view.mirror", on=False)["ok"]
        assert json.loads(wire.recv(5))["value"]["settings"]["view"]["mirror"] is False
        wire.send('{"id": 4, "subscribe": ["live"]}')
        assert json.loads(wire.recv(5)) == {"id": 4, "ok": True, "result": ["live"]}
        live = json.loads(wire.recv(5))
        assert live["value"]["weights"]["jawOpen"] == 0.3333
        assert len(json.dumps(live)) < 4000
        wire.send('{"id": 5, "subscribe": []}')
        while "topic" in (last := json.loads(wire.recv(5))):
            assert last["topic"] == "live"
        assert last == {"id": 5, "ok": True, "result": []}
        assert ask(wire, "view.mirror", 6, on=True) == {"id": 6, "ok": True, "result": None}  # and no news before it


def test_an_update_that_fails_is_not_the_last(page: ControlPage, stage: Stage) -> None:
    failures = iter([True, True, False])

    def live() -> dict[str, Any]:
        if next(failures, False):
            raise RuntimeError("changed size during iteration")
        return {"fps": 1.0}

    stage.show.tell_live(live)
    with joined(page) as wire:
        wire.send('{"subscribe": ["live"]}')
        assert json.loads(wire.recv(5))["value"] == {"fps": 1.0}


def test_oversized_messages_end_the_connection(page: ControlPage) -> None:
    with joined(page, max_size=None) as wire:
        wire.send("x" * (protocol.MAX_MESSAGE_BYTES + 1))
        with pytest.raises(ConnectionClosed) as closed:
            wire.recv(5)
        assert closed.value.rcvd is not None
        assert closed.value.rcvd.code == 1009
    with joined(page) as wire:
        said = ask(wire, "file.begin", use="portrait", name="me.png", bytes=uploads.MAX_BYTES + 1)
        assert "64 million" in said["error"]


def test_a_crowd_is_turned_away(page: ControlPage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "MAX_CONNECTIONS", 1)
    with joined(page), pytest.raises(InvalidStatus) as refused, connect(api(page)):
        pass
    assert refused.value.response.status_code == 503


def send_file(wire: ClientConnection, use: str, name: str, data: bytes) -> Any:
    assert ask(wire, "file.begin", use=use, name=name, bytes=len(data))["ok"]
    for at in range(0, len(data), 4):
        wire.send(data[at : at + 4])
    return ask(wire, "file.use")


def test_a_picture_dropped_on_the_page_stands_behind_it(page: ControlPage, stage: Stage, tmp_path: Path) -> None:
    with joined(page) as wire:
        said = send_file(wire, "background", "../beach.png", b"a picture")
        kept = tmp_path / "home" / "backgrounds" / "beach.png"
        assert said == {"id": 1, "ok": True, "result": {"path": str(kept), "result": "behind"}}
        assert stage.view["background"] == str(kept)
        assert "no picture" in send_file(wire, "background", "bad.png", b"no picture")["error"]
        assert [path.name for path in kept.parent.iterdir()] == ["beach.png"]
        wire.send(b"nobody waits for these")
        assert "announced" in json.loads(wire.recv(5))["error"]
        assert ask(wire, "file.begin", use="background", name="a.png", bytes=2)["ok"]
        wire.send(b"too much")
        assert "more than the 2 bytes" in json.loads(wire.recv(5))["error"]


MAKER = """
import json, pathlib, sys
sys.stderr.write("@progress 0.500 eyes\\n")
if b"no face" in pathlib.Path(sys.argv[1]).read_bytes(): sys.exit("cartoonalive: expected a face, found none")
pathlib.Path(sys.argv[3]).write_bytes(b"avatar")
print(json.dumps({"seconds": 2.0, "warnings": [], "limits": []}))
"""


def test_a_portrait_dropped_on_the_page_becomes_the_avatar(stage: Stage, tmp_path: Path) -> None:
    maker = (sys.executable, "-c", MAKER)
    page = ControlPage(stage.show, port=free_port(), folder=tmp_path / "config", home=tmp_path / "home", maker=maker)
    with page, joined(page) as wire:
        wire.send('{"subscribe": ["page"]}')
        assert json.loads(wire.recv(5))["value"]["portrait"] == {"stage": "idle"}

        def until(stage_name: str) -> Any:
            while True:
                message = json.loads(wire.recv(10))
                if message.get("topic") == "page" and message["value"]["portrait"]["stage"] == stage_name:
                    return message["value"]["portrait"]

        made = tmp_path / "home" / "avatars" / "me.avatar"
        assert ask(wire, "file.begin", use="portrait", name="me.jpg", bytes=4)["ok"]
        wire.send(b"face")
        assert ask(wire, "file.use")["result"] == {"avatar": str(made)}
        assert until("done")["path"] == str(made)
        while not stage.loaded:
            assert stage.thread.is_alive()
        assert stage.loaded == [str(made)]
        assert ask(wire, "file.begin", use="portrait", name="wall.jpg", bytes=7)["ok"]
        wire.send(b"no face")
        assert ask(wire, "file.use")["ok"]
        assert until("failed")["error"] == "expected a face, found none"
        assert stage.loaded == [str(made)]


def test_the_network_is_let_in_and_out_while_those_who_are_here_stay(page: ControlPage) -> None:
    with joined(page) as wire:
        assert page.lan_url is None
        told = ask(wire, "page.lan", on=True)["result"]
        assert told["lan"] is True
        if told["lan_url"] is not None:  # a machine without any network has no address to offer
            status, headers, body = fetch(page, "qr.svg")
            assert (status, headers["content-type"]) == (200, "image/svg+xml")
            assert body.startswith(b"<?xml")
            host = urlsplit(told["lan_url"]).netloc
            with connect(told["lan_url"].replace("http", "ws", 1) + "api") as far:
                assert json.loads(far.recv(5))["hello"] == "CartoonAlive"
            assert fetch(page, Host=host)[0] == 403  # who calls the loopback names the loopback
        assert ask(wire, "page.lan", on=False)["result"]["lan_url"] is None
        assert ask(wire, "view.mirror", on=True)["ok"]
        assert "true or false" in ask(wire, "page.lan", on=1)["error"]


def test_the_address_is_the_same_after_a_restart(stage: Stage, tmp_path: Path) -> None:
    port, urls = free_port(), []
    for _ in range(2):
        with ControlPage(stage.show, port=port, folder=tmp_path) as page, joined(page):
            urls.append(page.url)
    assert urls[0] == urls[1]


def test_a_taken_port_is_told_and_the_usual_ones_give_way(stage: Stage, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = int(other.getsockname()[1])
        with pytest.raises(UsageError, match=f"port {taken}"), ControlPage(stage.show, port=taken, folder=tmp_path):
            pass
    with (
        ControlPage(stage.show, folder=tmp_path) as first,
        ControlPage(stage.show, folder=tmp_path) as second,
    ):
        assert first.port != second.port
        assert not first.connected
        with joined(first):
            assert first.connected


def test_nothing_is_left_behind(stage: Stage, tmp_path: Path) -> None:
    before = set(threading.enumerate())
    page = ControlPage(stage.show, port=free_port(), folder=tmp_path)
    with page, contextlib.ExitStack() as stack:
        wire = stack.enter_context(joined(page))
        wire.send('{"subscribe": ["live", "state", "page"]}')
        wire.recv(5)
        page.__exit__()
        with contextlib.suppress(ConnectionClosed):
            while wire.recv(5):
                pass
    for thread in set(threading.enumerate()) - before:  # one that has been told to end may not have got round to it
        thread.join(5.0)
    assert [thread.name for thread in threading.enumerate() if thread not in before] == []
    with pytest.raises(ConnectionRefusedError):
        fetch(page)
