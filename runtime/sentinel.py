"""A mark that a show is running, so that the next one can tell whether this one came to its end.

The mark names the process. One whose process is gone was left by a crash; one whose process lives is another show's.
"""

import json
import os
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from assets import files
from assets.errors import CartoonAliveError

NAME: Final = "running.json"
MAX_BYTES: Final = 4096


class Sentinel:
    """A context manager around a show. found: what the one before was showing, where it ended by a crash; else None."""

    def __init__(self, folder: Path, avatar: Path, *, pid: int | None = None) -> None:
        self._path = folder / NAME
        self._avatar = avatar
        self._pid = os.getpid() if pid is None else pid
        self.found: str | None = None

    def __enter__(self) -> Self:
        before = self._read()
        if before is not None and before["pid"] != self._pid:
            if not lives(before["pid"]):
                self.found = before["avatar"]
            else:
                return self  # another show is running; the mark is its own
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            files.write_bytes(self._path, json.dumps({"pid": self._pid, "avatar": str(self._avatar)}).encode())
        except (OSError, CartoonAliveError):
            pass  # without a place for it, nobody is told of a crash; the show goes on
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        before = self._read()
        if before is not None and before["pid"] == self._pid:
            self._path.unlink(missing_ok=True)

    def _read(self) -> dict[str, Any] | None:
        try:
            told = json.loads(files.read_regular(self._path, limit_bytes=MAX_BYTES))
            if isinstance(told, dict) and type(told.get("pid")) is int and isinstance(told.get("avatar"), str):
                return told
        except (ValueError, RecursionError):
            pass
        return None


def lives(pid: int, /) -> bool:
    """Whether a process of that number runs."""
    if pid <= 0:
        return False
    if os.name == "nt":
        return _lives_on_windows(pid)
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def _lives_on_windows(pid: int) -> bool:
    import ctypes

    kernel: Any = getattr(ctypes, "windll").kernel32  # noqa: B009, only there on Windows
    handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
    if not handle:
        return False
    code = ctypes.c_ulong()
    kernel.GetExitCodeProcess(handle, ctypes.byref(code))
    kernel.CloseHandle(handle)
    return code.value == 259  # STILL_ACTIVE
