"""Who is let in: what every page that we serve to a browser asks before it answers.

The path begins with a random token; `Host` must name the very address that was called, so that no other web page gets
in by a name of its own that leads here (DNS rebinding); `Origin`, where a browser sends one, must be the page itself.
"""

import contextlib
import os
import re
import secrets
from collections.abc import Collection
from pathlib import Path
from typing import Final

from assets.errors import CartoonAliveError
from assets.files import atomic_write

LOOPBACK: Final = "127.0.0.1"
TOKEN_BYTES: Final = 24
_TOKEN: Final = re.compile(r"[A-Za-z0-9_-]{32}")


class RefusedError(Exception):
    """What is not answered: an HTTP status, and one line why."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


def new_token() -> str:
    """One that nobody guesses, fit for a path."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def kept_token(path: Path) -> str:
    """The token kept in a file that only the user may read; made where there is none or it is no token.

    One that can't be kept serves until the program ends.
    """
    with contextlib.suppress(OSError, UnicodeDecodeError):
        os.chmod(path, 0o600)
        text = path.read_text("ascii").strip()
        if _TOKEN.fullmatch(text):
            return text
    token = new_token()
    with contextlib.suppress(OSError, CartoonAliveError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with atomic_write(path) as file:
            os.chmod(file.name, 0o600)
            file.write(f"{token}\n".encode("ascii"))
    return token


def own_hosts(address: str, port: int) -> frozenset[str]:
    """What `Host` may say to whoever called `address`."""
    names = {address, "localhost"} if address.startswith("127.") else {address}
    return frozenset(f"{name}:{port}" for name in names)


def check(host: str, origin: str | None, own: Collection[str]) -> None:
    """Raises RefusedError for a request that wasn't made by this page or without any page."""
    if host not in own:
        raise RefusedError(403, "this page answers only to its own address")
    if origin is not None and origin not in {f"http://{name}" for name in own}:
        raise RefusedError(403, "this page answers only to itself")


def inside(path: str, token: str) -> str:
    """What follows the token in a request's path, without any query. Raises RefusedError for strangers."""
    given, _, rest = path.partition("?")[0].removeprefix("/").partition("/")
    if not secrets.compare_digest(given.encode(errors="replace"), token.encode()):
        raise RefusedError(404, "there is nothing here; use the whole address that was printed")
    return rest


def headers(kind: str, size: int) -> dict[str, str]:
    """What every answer says of itself: its MIME type, its bytes, and that it is nobody else's business."""
    return {
        "Content-Type": kind,
        "Content-Length": str(size),
        "Cache-Control": "no-store",
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
    }


def policy(nonce: str, *, connect: str = "") -> str:
    """The Content-Security-Policy of a page: only what carries the nonce runs, and nothing comes from elsewhere.

    connect: an address beside the page's own that it may talk to; not every browser takes 'self' for a WebSocket.
    """
    return (
        f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; img-src 'self'; "
        f"connect-src 'self'{connect and ' ' + connect}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )


def new_nonce() -> str:
    """Used once, for one answer."""
    return secrets.token_urlsafe(16)
