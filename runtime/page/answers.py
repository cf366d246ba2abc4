"""What the page's server answers to a browser: its own few files, a QR code, refusals."""

import functools
import io
from importlib import resources
from typing import Final

from websockets.datastructures import Headers
from websockets.http11 import Response

from runtime.page import gate, protocol
from runtime.page.gate import RefusedError

INDEX: Final = "index.html"
QR: Final = "qr.svg"
_NONCE: Final = b"__NONCE__"
_KINDS: Final = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "json": "application/json",
}


def page_file(path: str, host: str, lan_url: str | None) -> Response:
    """One of the files in `static`, or the code that brings a phone to `lan_url`. host: as the browser calls us.

    Raises RefusedError for anything else.
    """
    if path == QR:
        if lan_url is None:
            raise RefusedError(404, "the network is not let in")
        return _response(200, "svg", _code(lan_url))
    name = path or INDEX
    if name not in _names():
        raise RefusedError(404, "there is nothing here")
    body = resources.files("runtime.page").joinpath("static", name).read_bytes()
    if name != INDEX:
        return _response(200, name.rpartition(".")[2], body)
    nonce = gate.new_nonce()
    response = _response(200, "html", body.replace(_NONCE, nonce.encode()))
    response.headers["Content-Security-Policy"] = gate.policy(nonce, connect=f"ws://{host}")
    return response


def refusal(status: int, words: str) -> Response:
    """Nothing, and why."""
    return _response(status, "json", protocol.dumps({"error": words}).encode())


def _response(status: int, kind: str, body: bytes) -> Response:
    headers = Headers({**gate.headers(_KINDS[kind], len(body)), "Connection": "close"})
    return Response(status, "OK" if status == 200 else "Refused", headers, body)


@functools.cache
def _names() -> frozenset[str]:
    """The files that are served, and no others."""
    return frozenset(file.name for file in resources.files("runtime.page").joinpath("static").iterdir())


@functools.lru_cache(maxsize=4)
def _code(url: str) -> bytes:
    import segno

    out = io.BytesIO()
    segno.make(url, error="m", micro=False).save(out, kind="svg", scale=8, border=3, dark="#000", light="#fff")
    return out.getvalue()
