"""What the sources say, recorded while the show runs, as a take that any show plays again."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from assets import takes
from assets.errors import CartoonAliveError, UsageError
from assets.face import FaceFrame
from assets.takes import Take
from runtime.sources.recorder import nominal_fps

MOST_S: Final = 1800.0
"""A take ends by itself after half an hour: it lies in memory."""
RECENT: Final = 12


class TakeRecorder:
    """`begin`, `put` for every frame, `finish`. All on the thread that draws but for the job that `finish` returns."""

    def __init__(self, folder: Path, *, stamp: Callable[[], str] | None = None) -> None:
        self._folder = folder
        self._stamp = stamp or (lambda: f"{datetime.now():%Y-%m-%d %H.%M.%S}")
        self._frames: list[FaceFrame] = []
        self._path: Path | None = None
        self._since_s = 0.0

    @property
    def path(self) -> Path | None:
        """Where it will be; None while nothing is recorded."""
        return self._path

    def begin(self, path: Path | None) -> Path:
        """Record from the next frame on. Raises UsageError."""
        if self._path is not None:
            raise UsageError(f"a take is being recorded already: {self._path}")
        place = path or self._unused()
        if place.suffix.lower() not in (".jsonl", ".csv"):
            raise UsageError(f"a take is a .jsonl or .csv file: {place}")
        if place.exists():
            raise UsageError(f"there is a file of that name already; choose another: {place}")
        if path is not None and not place.parent.is_dir():
            raise UsageError(f"the take's folder does not exist; create it first: {place.parent}")
        self._path, self._frames = place, []
        return place

    def put(self, face: FaceFrame, now_s: float) -> bool:
        """Take the face of a frame, as it was mixed. False once the take has become too long."""
        if self._path is None:
            return True
        if not self._frames:
            self._since_s = now_s
        self._frames.append(replace(face, time_s=max(now_s - self._since_s, 0.0), speech=None))
        return now_s - self._since_s < MOST_S

    def finish(self) -> Callable[[], dict[str, Any]]:
        """Stop; the job that saves the take and tells of it, for any thread. Raises UsageError where none is."""
        if self._path is None:
            raise UsageError("no take is being recorded")
        path, frames = self._path, tuple(self._frames)
        self._path, self._frames = None, []

        def save() -> dict[str, Any]:
            if not frames:
                raise CartoonAliveError("the take is empty: it was stopped before a picture was shown")
            path.parent.mkdir(parents=True, exist_ok=True)
            take = Take(frames, nominal_fps(frames))
            takes.save(take, path)
            return {"path": str(path), "frames": len(frames), "seconds": round(take.duration_s, 2)}

        return save

    def recent(self) -> list[str]:
        """The newest takes in the folder, newest first."""
        try:
            found = sorted(self._folder.glob("*.jsonl"), key=lambda path: path.stat().st_mtime, reverse=True)
        except OSError:
            return []
        return [str(path) for path in found[:RECENT]]

    def _unused(self) -> Path:
        stem = f"take {self._stamp()}"
        names = (f"{stem}{'' if number == 1 else f' {number}'}.jsonl" for number in range(1, 1000))
        return next(path for path in (self._folder / name for name in names) if not path.exists())
