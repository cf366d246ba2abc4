"""The camera that was used last, kept in the user's configuration folder."""

import json
from pathlib import Path
from typing import Final

from assets import files

_LIMIT_BYTES: Final = 10_000


def recall(path: Path, /) -> str:
    """The key of the camera used last; empty when there is none, or the file says nothing that makes sense."""
    try:
        key = json.loads(files.read_regular(path, limit_bytes=_LIMIT_BYTES))["camera"]
    except (ValueError, KeyError, TypeError, RecursionError):
        return ""
    return key if isinstance(key, str) else ""


def remember(path: Path, key: str, /) -> None:
    """Keeps the key for the next start, all or nothing. Raises OSError or CartoonAliveError when that can't be."""
    if key and key != recall(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        files.write_bytes(path, json.dumps({"camera": key}).encode())
