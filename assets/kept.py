"""What is kept from one start to the next: small files of strict JSON in the user's own folder for settings.

Each kind has its place, its format with a version, and a size that it can't exceed. A file is written all or nothing,
and what is wrong in one is said in one line: which field, what was expected, what to do, where it is.
"""

import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from assets import files, strictjson
from assets.errors import UsageError
from assets.strictjson import Node

T = TypeVar("T")


def home() -> Path:
    """The user's own folder for our settings; it need not exist."""
    import platformdirs

    return Path(platformdirs.user_config_path("cartoonalive"))


def plain_name(name: str, /, *, otherwise: str) -> str:
    """A file's name made of any name: other characters than letters, digits, - and _ become -."""
    return re.sub(r"[^A-Za-z0-9_]+", "-", name).strip("-")[:80] or otherwise


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of thing that is kept.

    what: for messages, "the calibration"; advice: what to do about a spoilt one. format "": the file carries neither
    format nor version.
    """

    what: str
    format: str = ""
    version: int = 1
    limit_bytes: int = 64 * 1024
    advice: str = "remove it"

    def save(self, data: Mapping[str, Any], path: Path, /) -> None:
        """Write it, all or nothing; the folder is made. Raises CartoonAliveError."""
        try:
            os.makedirs(path.parent, exist_ok=True)
        except OSError as error:
            raise UsageError(f"can't make the folder for {self.what}: {error.strerror}: {path.parent}") from error
        head = {"format": self.format, "version": self.version} if self.format else {}
        files.write_bytes(path, strictjson.dump({**head, **data}, limit_bytes=self.limit_bytes))

    def load(self, path: Path, read: Callable[[Node], T], /) -> T | None:
        """What `read` makes of the file; None where there is none. Raises UsageError.

        read: given the whole object, may raise ValueError in one line.
        """
        if not path.exists():
            return None
        try:
            data = files.read_regular(path, limit_bytes=self.limit_bytes)
            root = Node(strictjson.parse(data, limit_bytes=self.limit_bytes), "")
            self._check(root)
            return read(root)
        except ValueError as error:
            raise UsageError(f"{self.what} {error}; {self.advice}: {path}") from None

    def _check(self, root: Node) -> None:
        if not self.format:
            return
        if (found := root.get("format").value) != self.format:
            raise ValueError(f"has another format: expected {self.format!r}, got {strictjson.shown(found)}")
        if (version := root["version"].integer()) != self.version:
            raise ValueError(f"has version {version}, this program reads version {self.version}")


def no_others(node: Node, known: set[str], /) -> None:
    """Raises ValueError for keys of an object that nobody reads: a misspelt one would silently do nothing."""
    if others := node.object().keys() - known:
        names = ", ".join(strictjson.shown(name) for name in sorted(others))
        raise ValueError(f"has unknown keys{' in ' + node.place if node.place else ''}: {names}")
