"""The page on which a face's points are set by hand: one HTML file, served to this computer's own browser.

Only the loopback address listens, every path begins with a random token, and a request must name this very host, so
that neither another machine nor another web page can reach in. The page asks for the face that fits its points (`fit`)
and sends them to be saved (`save`).
"""

import http.server
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Final

from assets import points as facepoints
from assets.errors import CartoonAliveError, PortraitError
from assets.points import FacePoints, Point
from runtime.page import gate
from runtime.page.gate import RefusedError

HOST: Final = gate.LOOPBACK
MAX_REQUEST_BYTES: Final = facepoints.MAX_BYTES
_NONCE: Final = "__NONCE__"

GROUPS: Final[Mapping[str, tuple[str, ...]]] = {
    "needed": ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left", "chin"),
    "eyes": tuple(name for name in facepoints.NAMES if "_eye_" in name),
    "irises": tuple(name for name in facepoints.NAMES if "_iris" in name),
    "brows": tuple(name for name in facepoints.NAMES if "_brow_" in name),
    "nose": ("nose_bridge", "nose_right", "nose_left"),
    "lips": tuple(name for name in facepoints.NAMES if name.startswith("lip_")),
    "outline": ("forehead", "temple_right", "temple_left", "cheek_right", "cheek_left", "jaw_right", "jaw_left"),
}
"""The points as the page lists them."""


@dataclass(frozen=True, slots=True)
class Session:
    """What the page works on.

    picture: PNG bytes, shown; picture_px: (width, height) of the file, whose pixels the points are in.
    start: every named point, guessed or found; chosen: those that count from the start.
    fit: the face that fits some points, as its named points and the curves drawn over the picture; PortraitError where
        they can't be a face.
    out: where the points go. follow_up: the command to run next.
    """

    picture: bytes
    picture_px: tuple[int, int]
    start: Mapping[str, Point]
    chosen: tuple[str, ...]
    found: bool
    fit: Callable[[FacePoints], tuple[Mapping[str, Point], list[list[Point]]]]
    out: Path
    follow_up: str


class PointsServer(http.server.ThreadingHTTPServer):
    """Serves one session on the loopback; `url` is what to open. Threads die with the process.

    saved: whether points were written. finished: set when the page says that it is done.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self, session: Session, port: int = 0) -> None:
        super().__init__((HOST, port), _Handler)
        self.session = session
        self.token = gate.new_token()
        self.saved = False
        self.finished = threading.Event()
        self.writing = threading.Lock()

    @property
    def url(self) -> str:
        """The page's address, with its token."""
        return f"http://{HOST}:{self.server_address[1]}/{self.token}/"

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A browser that hangs up early is no one's error."""


class _Handler(http.server.BaseHTTPRequestHandler):
    server: PointsServer
    server_version = "CartoonAlive"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    timeout = 30.0

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing: standard error belongs to the command."""

    def _answer(self, make: Callable[[str], tuple[str, bytes]]) -> None:
        headers: dict[str, str] = {}
        try:
            kind, body = make(self._path())
            status = 200
            if kind == "text/html; charset=utf-8":
                nonce = gate.new_nonce()
                body = body.replace(_NONCE.encode(), nonce.encode())
                headers["Content-Security-Policy"] = gate.policy(nonce)
        except RefusedError as error:
            status, kind, body = error.status, "application/json", _json({"error": str(error)})
            self.close_connection = True  # what was not read of the request is no next one
        self.send_response(status)
        for name, value in {**gate.headers(kind, len(body)), **headers}.items():
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body)

    def _path(self) -> str:
        """What follows the token. Raises RefusedError for strangers."""
        own = gate.own_hosts(HOST, self.server.server_address[1])
        gate.check(self.headers.get("Host", ""), self.headers.get("Origin"), own)
        return gate.inside(self.path, self.server.token)

    def _get(self, path: str) -> tuple[str, bytes]:
        session = self.server.session
        if path == "":
            return "text/html; charset=utf-8", resources.files("runtime.making").joinpath("points.html").read_bytes()
        if path == "picture.png":
            return "image/png", session.picture
        if path == "start.json":
            groups = {
                group: [{"name": name, "says": facepoints.NAMES[name]} for name in names]
                for group, names in GROUPS.items()
            }
            value = {"groups": groups, "points": session.start, "chosen": session.chosen, "found": session.found,
                     "picture_px": session.picture_px, "out": str(session.out)}  # fmt: skip
            return "application/json", _json(value)
        raise RefusedError(404, "there is nothing here")

    def _post(self, path: str) -> tuple[str, bytes]:
        if path not in ("fit", "save", "finish"):
            raise RefusedError(404, "there is nothing here")
        points = self._points()
        session = self.server.session
        try:
            named, curves = session.fit(points)
            if path == "fit":
                return "application/json", _json({"points": named, "curves": curves})
            with self.server.writing:
                facepoints.save(points, session.out)
        except CartoonAliveError as error:
            raise RefusedError(422, str(error)) from None
        self.server.saved = True
        if path == "finish":
            self.close_connection = True
            self.server.finished.set()
        return "application/json", _json({"saved": str(session.out), "next": session.follow_up})

    def _points(self) -> FacePoints:
        if self.headers.get("Content-Type", "").partition(";")[0].strip() != "application/json":
            raise RefusedError(415, "expected application/json")  # what a plain HTML form of another page can't send
        length = self.headers.get("Content-Length", "")
        if not length.isascii() or not length.isdecimal():
            raise RefusedError(411, "expected a length")
        if int(length) > MAX_REQUEST_BYTES:
            raise RefusedError(413, f"at most {MAX_REQUEST_BYTES} bytes are read")
        try:
            points = facepoints.parse(self.rfile.read(int(length)))
        except PortraitError as error:
            raise RefusedError(422, str(error)) from None
        return FacePoints(points.points_px, self.server.session.picture_px)


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, allow_nan=False).encode()
