"""runtime.making.points_page and runtime.commands.points: the page, asked over real HTTP, and the command around it."""

import http.client
import json
import re
import threading
import webbrowser
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import pytest
from PIL import Image

from assets import points as facepoints
from assets.errors import WeightsError
from assets.points import FacePoints
from generator import engines
from generator.engines import FaceLandmarks, pose
from generator.finding import by_hand
from runtime.making.points_page import GROUPS, PointsServer, Session

SIX = {
    "right_eye": (40.0, 50.0), "left_eye": (80.0, 50.0), "nose_tip": (60.0, 75.0), "mouth_right": (48.0, 95.0),
    "mouth_left": (72.0, 95.0), "chin": (60.0, 120.0),
}  # fmt: skip


def fit(points: FacePoints) -> tuple[Any, Any]:
    face = by_hand.fit(points)
    return by_hand.named(face), by_hand.curves(face)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PointsServer]:
    session = Session(b"\x89PNG picture", (120, 160), SIX, tuple(SIX), False, fit, tmp_path / "p.json", "run this")
    with PointsServer(session) as made:
        thread = threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield made
        made.shutdown()
        thread.join()


def ask(url: str, path: str = "", body: Any = None, **headers: str) -> tuple[int, dict[str, str], bytes]:
    """One request; a body makes it a POST of JSON. Header names with _ for -; host=... replaces the address' own."""
    parts = urlsplit(url)
    assert parts.hostname == "127.0.0.1"
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=20)
    given = {name.replace("_", "-"): value for name, value in headers.items()}
    data = None
    if body is not None:
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        given.setdefault("Content-Type", "application/json")
    connection.request("GET" if body is None else "POST", parts.path + path, data, given)
    answer = connection.getresponse()
    got = answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    connection.close()
    return got


def test_the_page_and_what_it_needs(server: PointsServer) -> None:
    status, headers, body = ask(server.url)
    assert status == 200
    page = body.decode()
    nonce = re.search(r"script-src 'nonce-([\w-]+)'", headers["content-security-policy"])
    assert nonce is not None
    assert page.count(f'nonce="{nonce[1]}"') == 2  # style and script
    assert "__NONCE__" not in page
    assert "http" not in re.sub(r"<!doctype html>", "", page)  # nothing from elsewhere
    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert (headers["cache-control"], headers["x-content-type-options"]) == ("no-store", "nosniff")
    assert ask(server.url)[2] != body  # a nonce is used once
    assert ask(server.url, "picture.png")[1:][1] == b"\x89PNG picture"
    told = json.loads(ask(server.url, "start.json")[2])
    assert told["points"] == {name: list(place) for name, place in SIX.items()}
    assert (told["chosen"], told["found"], told["picture_px"]) == (list(SIX), False, [120, 160])
    listed = [point["name"] for group in told["groups"].values() for point in group]
    assert sorted(listed) == sorted(facepoints.NAMES)


def test_every_point_is_in_one_group() -> None:
    assert sorted(name for group in GROUPS.values() for name in group) == sorted(facepoints.NAMES)


def test_fit_shows_the_face_and_saves_nothing(server: PointsServer) -> None:
    status, _, body = ask(server.url, "fit", {"points": SIX})
    told = json.loads(body)
    assert status == 200
    assert told["points"]["chin"] == pytest.approx(SIX["chin"], abs=0.3)
    assert set(told["points"]) == set(facepoints.NAMES)
    assert len(told["curves"]) == 14
    assert not server.session.out.exists()
    assert not server.saved


def test_save_writes_the_file_and_says_what_is_next(server: PointsServer) -> None:
    status, _, body = ask(server.url, "save", {"points": SIX})
    assert (status, json.loads(body)) == (200, {"saved": str(server.session.out), "next": "run this"})
    assert facepoints.load(server.session.out) == FacePoints(SIX, (120, 160))
    assert server.saved
    assert not server.finished.is_set()
    moved = {**SIX, "chin": (61.5, 118.25)}
    assert ask(server.url, "finish", {"points": moved})[0] == 200
    assert facepoints.load(server.session.out).points_px["chin"] == (61.5, 118.25)
    assert server.finished.is_set()
    assert [path.name for path in server.session.out.parent.iterdir()] == ["p.json"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "evil.example"}, 403),  # a name that was made to mean this computer
        ({"host": "127.0.0.1"}, 403),
        ({"origin": "http://evil.example"}, 403),
        ({"origin": "null"}, 403),
        ({"content_type": "text/plain"}, 415),  # what a form of another page can send
        ({"content_length": "99999999"}, 413),
        ({"content_length": "many"}, 411),
    ],
)
def test_strangers_are_refused(headers: dict[str, str], status: int, server: PointsServer) -> None:
    got, _, body = ask(server.url, "save", {"points": SIX}, **headers)
    assert got == status
    assert "error" in json.loads(body)
    assert not server.session.out.exists()


def test_without_the_token_there_is_nothing(server: PointsServer) -> None:
    root = server.url.removesuffix(f"{server.token}/")
    for path in ("", "picture.png", "x" * 32 + "/", "x" * 32 + "/start.json", "%2e%2e/", server.token[:-1] + "/"):
        assert ask(root + path)[0] == 404
    assert ask(root + "guess/save", body={"points": SIX})[0] == 404
    assert ask(server.url, "../../etc/passwd")[0] == 404
    assert ask(server.url, "other.json")[0] == 404
    assert ask(server.url, "other", {"points": SIX})[0] == 404
    assert len({token_of_another(server) for _ in range(3)}) == 3


def token_of_another(server: PointsServer) -> str:
    with PointsServer(server.session) as other:
        return other.token


def test_its_own_name_is_no_stranger(server: PointsServer) -> None:
    port = server.server_address[1]
    named = ask(server.url, "start.json", host=f"localhost:{port}", origin=f"http://localhost:{port}")
    assert named[0] == 200


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "is not JSON"),
        (b'{"points": {}}', "missing that every face needs"),
        ({"points": {**SIX, "beak": [1, 2]}}, "is no name of a point"),
        ({"points": {**SIX, "right_eye": SIX["left_eye"], "left_eye": SIX["right_eye"]}}, "seem to be swapped"),
    ],
)
def test_what_can_be_no_face_is_said_in_words(body: Any, words: str, server: PointsServer) -> None:
    for path in ("fit", "save", "finish"):
        status, _, answer = ask(server.url, path, body)
        assert status == 422
        assert words in json.loads(answer)["error"]
    assert not server.session.out.exists()
    assert not server.finished.is_set()


def test_only_the_loopback_listens(server: PointsServer) -> None:
    assert server.server_address[0] == "127.0.0.1"


# ---- the command --------------------------------------------------------------------------------------------------


class Sees:
    """An engine that finds the mean face, or none."""

    def __init__(self, count: int) -> None:
        self._count = count

    def __enter__(self) -> "Sees":
        return self

    def __exit__(self, *_: object) -> None: ...

    def landmarks(self, image: np.ndarray, /) -> tuple[FaceLandmarks, ...]:
        mean, _ = pose.mean_face()
        points = (mean * (40.0, -40.0, 40.0) + (100.0, 90.0, 0.0)).astype(np.float32)
        return (FaceLandmarks(points, 0.0, 0.0, 0.0, {}),) * self._count


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    path = tmp_path / "me too.png"
    Image.new("RGB", (200, 220), (240, 210, 190)).save(path)
    return path


@pytest.fixture
def browser(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[Any]]:
    """`browser(do)`: what "opening the page" does, in a thread of its own, as a browser would."""

    def prepare(do: Callable[[str], Any]) -> list[Any]:
        got: list[Any] = []

        def visit(url: str) -> None:
            got.append(do(url))

        monkeypatch.setattr(webbrowser, "open", lambda url: threading.Thread(target=visit, args=(url,)).start())
        return got

    return prepare


def finish(url: str) -> dict[str, Any]:
    """Takes the points as they are offered, those that count, and saves them."""
    start: dict[str, Any] = json.loads(ask(url, "start.json")[2])
    chosen = {name: start["points"][name] for name in start["chosen"]}
    status, _, body = ask(url, "finish", {"points": chosen})
    assert status == 200, body
    return start


@pytest.mark.parametrize("count", [1, 0])
def test_the_command_waits_for_the_page(
    count: int, call: Callable, browser: Callable, portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "open_engine", lambda *_, **__: Sees(count))
    got = browser(finish)
    out = tmp_path / "points.json"
    called = call("points", portrait, "-o", out, "--json")
    assert called.code == 0, called.err
    (start,) = got
    assert start["found"] == bool(count)
    assert start["picture_px"] == [200, 220]
    saved = facepoints.load(out)
    assert set(saved.points_px) == set(start["chosen"])
    assert len(saved.points_px) == (len(facepoints.NAMES) - 2 if count else 6)
    assert saved.picture_px == (200, 220)
    told = json.loads(called.out)
    assert told["next"] == f"cartoonalive generate '{portrait}' --landmarks {out} -o 'me too.avatar'"
    assert re.search(r"http://127\.0\.0\.1:[0-9]+/[\w-]{32}/", called.err)
    if count:
        assert saved.points_px["chin"] == pytest.approx((100.0, 90.0 + 40.0 * 1.842), abs=0.3)


def test_earlier_points_are_a_start(call: Callable, browser: Callable, portrait: Path, tmp_path: Path) -> None:
    earlier, out = tmp_path / "earlier.json", tmp_path / "later.json"
    facepoints.save(FacePoints({**SIX, "forehead": (60.0, 15.0)}, (200, 220)), earlier)
    got = browser(finish)
    assert call("points", portrait, "-o", out, "--start", earlier).code == 0
    assert set(got[0]["chosen"]) == {*SIX, "forehead"}
    assert facepoints.load(out) == facepoints.load(earlier)
    facepoints.save(FacePoints(SIX, (20, 22)), earlier)
    refused = call("points", portrait, "-o", out, "--start", earlier)
    assert refused.code == 2
    assert "they were set on a picture of 20x22" in refused.err


def test_without_an_engine_the_points_are_only_guessed(
    call: Callable, browser: Callable, portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none(*_: object, **__: object) -> None:
        raise WeightsError("no model files")

    monkeypatch.setattr(engines, "open_engine", none)
    got = browser(finish)
    called = call("points", portrait, "-o", tmp_path / "p.json")
    assert called.code == 0
    assert "warning: no face is searched for (no model files)" in called.err
    assert not got[0]["found"]
    asked = call("points", portrait, "-o", tmp_path / "p.json", "--engine", "opencv")
    assert (asked.code, asked.out) == (2, "")


def test_what_is_wrong_is_said_before_the_page_opens(
    call: Callable, portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "open_engine", lambda *_, **__: Sees(1))
    monkeypatch.setattr(webbrowser, "open", lambda url: pytest.fail("opened"))
    for words, message in (
        ((tmp_path / "none.png", "-o", tmp_path / "p.json"), "there is no such file"),
        ((portrait, "-o", tmp_path / "p.txt"), "must end in .json"),
        ((portrait, "-o", tmp_path / "p.json", "--start", tmp_path / "q.json"), "there is no such file"),
        ((portrait, "-o", tmp_path / "p.json", "--face", "2"), "--face 2 was asked for, there are 1"),
    ):
        called = call("points", *words)
        assert (called.code, called.out) == (2, "")
        assert message in called.err


def test_a_port_that_is_taken(
    call: Callable, portrait: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, server: PointsServer
) -> None:
    monkeypatch.setattr(engines, "open_engine", lambda *_, **__: Sees(0))
    called = call("points", portrait, "-o", tmp_path / "q.json", "--port", server.server_address[1])
    assert called.code == 2
    assert "can't be listened on" in called.err
