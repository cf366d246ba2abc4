"""A film of the running show: as long as the show was, whatever was dropped on the way, with the microphone's sound.

Before the disk is full the film is finished, so what was recorded is kept. GIF and WebP are encoded after their last
picture and end by themselves in time.
"""

import contextlib
import os
import secrets
import shutil
import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import files
from assets.errors import UsageError
from drivers.speech.resample import Samples
from runtime import backdrop, sinks
from runtime.sinks import options, pixels
from runtime.sinks.base import Picture, Sink, Spec
from runtime.sinks.mp4 import Film
from runtime.sinks.tape import Tape

FORMATS: Final[Mapping[str, str]] = {"mp4": ".mp4", "webm": ".webm", "gif": ".gif", "webp": ".webp", "folder": ""}
"""Format -> file ending."""
OPAQUE: Final = frozenset({"mp4", "gif"})
"""Laid over a background. GIF could be transparent, but only with ragged edges."""
USUAL_FPS: Final[Mapping[str, float]] = {"gif": 20.0, "webp": 25.0}
MOST_FPS: Final = 30.0
"""Unless another rate is asked for: an encoder beside the show has no more time on a small machine."""
LONGEST_S: Final[Mapping[str, float]] = {"gif": 60.0, "webp": 60.0}
RESERVE_BYTES: Final = 256 << 20
"""When less room than this is left on the disk, a recording is finished."""
QUIET_S: Final = 60.0
"""Nobody writes a film that hasn't grown for this long."""
LOOK_S: Final = 1.0
"""How often it looks."""


@dataclass(frozen=True)
class Options:
    """path: where; nothing makes a name from the time. format: one of `FORMATS`, when the path doesn't tell. fps: 0
    for the usual. sound: with the microphone's, if one runs. background: behind a transparent picture, where the
    format knows no transparency: a colour or a picture's path."""

    path: str = ""
    format: str = ""
    fps: float = 0.0
    sound: bool = True
    background: str = ""


def create(
    values: Mapping[str, Any], *, show_fps: float, folder: Path, stamp: str, taken: Collection[Path] = ()
) -> "Recording":
    """A recording that has opened nothing yet. Raises UsageError for what can't succeed."""
    asked = options.parsed("recording", Options, values)
    if asked.format and asked.format not in FORMATS:
        raise UsageError(f"recording: format must be one of {', '.join(FORMATS)}, got {asked.format!r}")
    if asked.path:
        out, kind = Path(asked.path).expanduser(), sinks.kind_of(asked.path)
        if kind == "png":
            raise UsageError("recording makes a film: .mp4, .webm, .gif, .webp or a folder; a snapshot is one picture")
        if asked.format not in ("", kind):
            raise UsageError(f"recording: the path says {kind}, the format {asked.format}; give one of them")
    else:
        kind = asked.format or "mp4"
        out = unused(folder, stamp, FORMATS[kind], taken)
    made_folder(out.parent, given=bool(asked.path))
    fps = asked.fps or min(show_fps, USUAL_FPS.get(kind, MOST_FPS))
    most = sinks.MAX_GIF_FPS if kind == "gif" else 120.0
    if not 1.0 <= fps <= most:
        raise UsageError(f"recording: fps must be in 1..{most:g} for {kind}, got {fps:g}")
    behind = backdrop.parse(asked.background or "#e0e0e0")
    if not behind.opaque and kind in OPAQUE:
        raise UsageError(f"recording: {kind} can't be transparent; record .webm or .webp, or give another background")
    behind = behind if kind in OPAQUE or asked.background else backdrop.parse("transparent")
    return Recording(out, kind, fps, behind, sound=asked.sound and kind in ("mp4", "webm"))


def unused(folder: Path, stamp: str, ending: str, taken: Collection[Path] = ()) -> Path:
    """`folder`/CartoonAlive `stamp``ending`, with a number when there is one already or it is among `taken`."""
    path, number = folder / f"CartoonAlive {stamp}{ending}", 2
    while path.exists() or path in taken:
        path, number = folder / f"CartoonAlive {stamp} ({number}){ending}", number + 1
    return path


def rescue(folder: Path) -> list[Path]:
    """Films in our own folder whose show was killed, given a name. Their encoder finished them when it was left alone;
    they have no sound. What is still being written, by another show, is let be."""
    found = []
    for left in sorted(folder.glob(".CartoonAlive *.tmp-*")) if folder.is_dir() else ():
        with contextlib.suppress(OSError):
            age_s = time.time() - left.stat().st_mtime
            if age_s < QUIET_S:
                continue
            if left.suffix in (".mp4", ".webm") and left.stat().st_size > 0:
                stem = left.name.removeprefix(".").partition(".tmp-")[0].removesuffix(left.suffix)
                place = folder / f"{stem} (rescued){left.suffix}"
                os.replace(left, place)
                found.append(place)
            elif age_s > files.STALE_AFTER_S and left.is_file():
                left.unlink()
    return found


def made_folder(folder: Path, *, given: bool) -> None:
    """Our own folder is made when it is missing; one that somebody named must be there. Raises UsageError."""
    if given and not folder.is_dir():
        raise UsageError(f"there is no such folder; create it first: {folder}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"can't make the folder for recordings: {error.strerror or error}: {folder}") from error


class Recording:
    """See `worker.Outlet`."""

    heals = False
    depth = 8

    def __init__(self, out: Path, kind: str, fps: float, behind: backdrop.Backdrop, *, sound: bool) -> None:
        self.out: Final = out
        self._kind, self._fps, self._behind, self._sound = kind, fps, behind, sound
        self._sink: Sink | None = None
        self._tape: Tape | None = None
        self._size_px = (0, 0)
        self._start_s = self._looked_s = 0.0
        self._count = 0
        self._background: Picture | None = None
        self._canvas: Picture | None = None

    def hear(self, samples: Samples, rate_hz: int, end_s: float) -> None:
        """Sound whose last sample belongs to the picture of `end_s`; on any thread."""
        if (tape := self._tape) is not None:
            tape.hear(samples, rate_hz, end_s)

    def open(self, size_px: tuple[int, int], time_s: float) -> str:
        """Starts the encoder."""
        self._size_px, self._start_s, self._looked_s = size_px, time_s, float("-inf")
        sink = sinks.create(Spec(self.out, self._kind, size_px, self._fps, live=True))
        sink.__enter__()
        self._sink = sink
        if self._sound:
            self._tape = Tape(self.out.with_name(f".{self.out.name}.tmp-{secrets.token_hex(6)}.wav"), time_s)
        if self._behind.opaque:
            self._background = self._behind.covering(size_px)
            self._canvas = np.zeros((size_px[1], size_px[0], 4), np.uint8)
        return f"recording {self.out.name}"

    def write(self, rgba: Picture, time_s: float) -> str | None:
        """Takes one picture: for as many pictures of the film as it was seen, or for none."""
        assert self._sink is not None
        due = int((time_s - self._start_s) * self._fps + 0.5) + 1 - self._count
        if due > 0:
            picture = self._shown(rgba)
            for _ in range(due):
                self._sink.write(picture)
            self._count += due
        if self._tape is not None:
            self._tape.write()
        return self._end(time_s)

    def close(self, error: Exception | None) -> dict[str, Any]:
        """Publishes the film; after an error removes it."""
        sink, self._sink = self._sink, None
        tape, self._tape = self._tape, None
        if sink is None:
            return {}
        seconds = self._count / self._fps
        with contextlib.ExitStack() as stack:
            if tape is not None:
                stack.callback(tape.path.unlink, missing_ok=True)
                with contextlib.ExitStack() as closing:
                    closing.callback(self._leave_sink, sink, error)
                    tape.close(seconds if error is None else 0.0)
                    if tape.heard and isinstance(sink, Film) and error is None:
                        sink.live_sound = tape.path
            else:
                self._leave_sink(sink, error)
        return {"path": str(self.out), "seconds": round(seconds, 2), "words": f"saved {seconds:.1f} s: {self.out}"}

    def leave(self) -> None:
        """It waits for nobody."""

    @staticmethod
    def _leave_sink(sink: Sink, error: Exception | None) -> None:
        if error is None:
            sink.__exit__(None, None, None)
        else:
            sink.__exit__(type(error), error, error.__traceback__)

    def _shown(self, rgba: Picture) -> Picture:
        picture = pixels.fit(rgba, self._size_px)
        if self._background is None or self._canvas is None:
            return picture
        return pixels.over(picture, self._background, self._canvas)

    def _end(self, time_s: float) -> str | None:
        longest_s = LONGEST_S.get(self._kind)
        if longest_s is not None and self._count >= longest_s * self._fps:
            return f"a {self._kind.upper()} of {longest_s:g} s is long enough"
        if time_s - self._looked_s >= LOOK_S:
            self._looked_s = time_s
            free = free_bytes(self.out.parent)
            if free < RESERVE_BYTES:
                return f"stopped: only {free >> 20} MB are free on the disk"
        return None


def free_bytes(folder: Path) -> int:
    """Room on the disk that holds `folder`."""
    return shutil.disk_usage(folder).free
