"""Raw pictures for another program, such as ffmpeg: to standard output or into a named pipe, every frame whole.

    cartoonalive run me.avatar ... | ffmpeg -f rawvideo -pix_fmt rgba -s 512x512 -r 60 -i - ...

Raw video has one size, so a window that is resized later doesn't change it. A named pipe waits for its reader, and for
the next one when that has gone.
"""

import contextlib
import os
import select
import stat
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets.errors import CartoonAliveError, UsageError
from runtime import backdrop
from runtime.sinks import options, pixels
from runtime.sinks.base import Picture
from runtime.sinks.worker import NotYetError

FORMATS: Final = ("rgba", "bgra")
ALPHAS: Final = ("straight", "premultiplied", "opaque")
STDOUT: Final = "-"
POLL_S: Final = 0.1
"""How often a slow reader is looked at; it only bounds how fast the output can be turned off."""
_PIECE: Final = 4096
"""A pipe that is ready takes this much without blocking (PIPE_BUF)."""


@dataclass(frozen=True)
class Options:
    """path: of a named pipe, or "-" for standard output. format: rgba or bgra. alpha: straight, premultiplied, or
    opaque: laid over `background`, a colour or a picture's path."""

    path: str = STDOUT
    format: str = "rgba"
    alpha: str = "straight"
    background: str = "#e0e0e0"


def create(values: Mapping[str, Any], *, show_fps: float) -> "Pipe":
    """An outlet that has opened nothing yet. Raises UsageError."""
    asked = options.parsed("pipe", Options, values)
    for key, value, allowed in (("format", asked.format, FORMATS), ("alpha", asked.alpha, ALPHAS)):
        if value not in allowed:
            raise UsageError(f"pipe: {key} must be one of {', '.join(allowed)}, got {value!r}")
    if asked.path == STDOUT:
        _claim_standard_output()
    else:
        _check_pipe(Path(asked.path).expanduser())
    behind = backdrop.parse(asked.background) if asked.alpha == "opaque" else None
    if behind is not None and not behind.opaque:
        raise UsageError("pipe: an opaque picture needs a background: a colour or a picture's path")
    return Pipe(asked, show_fps, behind)


def _check_pipe(path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        raise UsageError(f"pipe: named pipes are for Linux and macOS; here give - for standard output: {path}")
    if not path.parent.is_dir():
        raise UsageError(f"pipe: there is no such folder; create it first: {path.parent}")
    if path.exists() and not stat.S_ISFIFO(path.stat().st_mode):
        raise UsageError(f"pipe: that is there already and no pipe; give another name: {path}")


class Pipe:
    """See `worker.Outlet`."""

    heals = True
    depth = 3

    def __init__(self, asked: Options, fps: float, behind: backdrop.Backdrop | None) -> None:
        self._asked, self._fps, self._behind = asked, fps, behind
        self._path = None if asked.path == STDOUT else Path(asked.path).expanduser()
        self._made = False
        self._descriptor: int | None = None
        self._leaving = threading.Event()
        self._size_px = (0, 0)
        self._canvas: Picture | None = None
        self._background: Picture | None = None

    def open(self, size_px: tuple[int, int], time_s: float) -> str:
        """Opens the pipe when somebody reads from it. Raises NotYetError, OSError."""
        if self._size_px == (0, 0):  # the next reader of a pipe expects what the first got
            self._size_px = size_px
            self._canvas = np.zeros((size_px[1], size_px[0], 4), np.uint8)
            if self._behind is not None:
                self._background = self._behind.covering(size_px)
        width, height = self._size_px
        told = f"-f rawvideo -pix_fmt {self._asked.format} -s {width}x{height} -r {self._fps:g}"
        if self._path is None:
            assert _stdout is not None
            self._descriptor = os.dup(_stdout)
            return f"frames to standard output: {told}"
        if not self._path.exists():
            os.mkfifo(self._path)
            self._made = True
        try:
            self._descriptor = os.open(self._path, os.O_WRONLY | os.O_NONBLOCK)
        except OSError as error:
            raise NotYetError(f"waiting for a reader: ffmpeg {told} -i {self._path}") from error
        return f"frames to {self._path}: {told}"

    def write(self, rgba: Picture, time_s: float) -> str | None:
        """Sends one frame, however slow the reader. Raises OSError when it has gone."""
        try:
            self._send(self._shown(rgba))
        except BrokenPipeError:
            if self._path is None:
                return "nobody reads standard output any more"
            raise CartoonAliveError("the reader has gone") from None
        return None

    def close(self, error: Exception | None) -> dict[str, Any]:
        """Closes the pipe; one that we made is removed at the end."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None
        if error is None and self._made and self._path is not None:
            with contextlib.suppress(OSError):
                self._path.unlink()
        return {}

    def leave(self) -> None:
        """A frame for a reader that doesn't read is given up."""
        self._leaving.set()

    def _shown(self, rgba: Picture) -> Picture:
        assert self._canvas is not None
        picture = pixels.fit(rgba, self._size_px)
        match self._asked.alpha:
            case "premultiplied":
                picture = pixels.premultiply(picture, self._canvas)
            case "opaque":
                assert self._background is not None
                picture = pixels.over(picture, self._background, self._canvas)
        if self._asked.format == "bgra":
            if picture is not self._canvas:
                np.copyto(self._canvas, picture)
                picture = self._canvas
            picture[:, :, [0, 2]] = picture[:, :, [2, 0]]
        return picture

    def _send(self, picture: Picture) -> None:
        assert self._descriptor is not None
        left = np.ascontiguousarray(picture).data.cast("B")
        blocking = os.get_blocking(self._descriptor)
        while len(left):
            if not self._ready():
                if self._leaving.is_set():
                    return  # the last frame is cut short: nobody wanted it
                continue
            try:
                left = left[os.write(self._descriptor, left[:_PIECE] if blocking else left) :]
            except BlockingIOError:
                continue

    def _ready(self) -> bool:
        if sys.platform == "win32":
            return True  # select knows no pipes there; the thread waits, the show does not
        assert self._descriptor is not None
        return bool(select.select([], [self._descriptor], [], POLL_S)[1])


_stdout: int | None = None


def _claim_standard_output() -> None:
    """Standard output is for pictures from now on: whatever else is printed goes to standard error, so that no word
    gets between them. Raises UsageError for a terminal."""
    global _stdout
    if _stdout is None:
        sys.stdout.flush()
        if os.isatty(1):
            raise UsageError("pipe: standard output is a terminal; pipe it into a program, or give a named pipe's path")
        _stdout = os.dup(1)
        os.dup2(2, 1)
