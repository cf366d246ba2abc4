"""The camera that was used last, kept in the user's configuration folder."""

from pathlib import Path
from typing import Final

from assets.errors import CartoonAliveError
from assets.kept import Kind

KIND: Final = Kind("the camera used last", limit_bytes=10_000)


def recall(path: Path, /) -> str:
    """The key of the camera used last; empty when there is none, or the file says nothing that makes sense."""
    try:
        return KIND.load(path, lambda root: root["camera"].text()) or ""
    except CartoonAliveError:
        return ""


def remember(path: Path, key: str, /) -> None:
    """Keeps the key for the next start, all or nothing. Raises CartoonAliveError when that can't be."""
    if key and key != recall(path):
        KIND.save({"camera": key}, path)
