"""Where the show goes besides its window: recordings, a virtual camera, a pipe, other programs. Each is turned on and
off while the show runs, works on a thread of its own and fails alone.

`Outputs` is the loop's one sink: the thread that draws copies a picture for each output and goes on. While nobody wants
pictures, `wanted` is False and the loop need not read any back.
"""

import importlib
import threading
from collections import deque
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, Self

from PIL import Image

from assets import files
from assets.errors import UsageError
from assets.face import FaceFrame
from drivers.base import Driver
from drivers.speech.resample import Samples
from runtime.clock import Clock
from runtime.sinks import recording
from runtime.sinks.base import MAX_REPEATED_S, Picture
from runtime.sinks.faces import MODULES as FACES
from runtime.sinks.faces import FaceOutput
from runtime.sinks.options import spoken
from runtime.sinks.worker import Outlet, Worker, log_failure, reason

PICTURES: Final = ("recording", "camera", "pipe")
KINDS: Final = (*PICTURES, *FACES)
FINISH_S: Final = 150.0
"""How long a recording may take to be finished when the show ends."""
LEAVE_S: Final = 2.0
"""And everything else."""
MOST_NOTICES: Final = 50


class Notice(NamedTuple):
    """text: one line. level: "info" or "warning"."""

    text: str
    level: str


class Outputs:
    """`turn_on`, `turn_off`, `snapshot`, `write`, `send` and `hear` are called on the thread that draws and are quick;
    `health` and `notices` on any.

    fps: of the show. folder: where recordings and pictures go that have no path of their own.
    stamp: makes the part of a file name that tells the time.
    """

    def __init__(
        self, clock: Clock, *, fps: float, folder: Path, stamp: Callable[[], str] = lambda: _stamp(datetime.now())
    ) -> None:
        self.name: Final = "outputs"
        self.fps: Final = fps
        self._clock = clock
        self._folder = folder
        self._stamp = stamp
        self._workers: dict[str, Worker] = {}
        self._faces: dict[str, FaceOutput] = {}
        self._leaving: list[Worker] = []
        self._recording: recording.Recording | None = None
        self._snapshots: list[Path] = []
        self._saving: list[threading.Thread] = []
        self._snapshot: dict[str, Any] | None = None
        self._taken: set[Path] = set()
        self._notices: deque[Notice] = deque(maxlen=MOST_NOTICES)
        self._last_s: float | None = None
        self._asleep_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def wanted(self) -> bool:
        """Whether anybody wants pictures."""
        return bool(self._snapshots) or any(worker.wanted for worker in self._workers.values())

    def turn_on(self, name: str, options: Mapping[str, Any], size_px: tuple[int, int]) -> dict[str, Any]:
        """Start one of `KINDS` with its options; its health. One that is on already starts anew, but for a recording.

        Raises UsageError when that makes no sense; whatever fails later is told by `notices` and `health`.
        """
        if name not in KINDS:
            raise UsageError(f"there is no output {name!r}; choose one of {', '.join(KINDS)}")
        if min(size_px) < 1:
            raise UsageError(f"{name}: the window is minimised, so there is no picture; bring it back first")
        if name == "recording" and name in self._workers and self._workers[name].wanted:
            raise UsageError("a recording is running already; stop it first")
        if name in FACES:
            output = FaceOutput(name, options, self._tell)
            self.turn_off(name)
            self._faces[name] = output
        else:
            outlet = self._outlet(name, options)
            self.turn_off(name)
            self._workers[name] = Worker(name, outlet, self._tell)
        return self.health()[name]

    def turn_off(self, name: str) -> dict[str, Any]:
        """Stop one; its health. What must still be finished is finished beside the show. Nothing happens to one that
        is off. Raises UsageError for a name that isn't known."""
        if name not in KINDS:
            raise UsageError(f"there is no output {name!r}; choose one of {', '.join(KINDS)}")
        if (face := self._faces.get(name)) is not None:
            face.stop()
        if (worker := self._workers.get(name)) is not None and worker.wanted:
            worker.stop()
            self._leaving = [other for other in self._leaving if not other.finished] + [worker]
        return self.health().get(name, {"state": "done", "words": "off"})

    def snapshot(self, path: Path | None = None) -> Path:
        """The next picture as PNG, transparent where the show is; where it will be. Raises UsageError."""
        if path is not None and path.suffix.lower() != ".png":
            raise UsageError(f"a snapshot is a PNG: give a name that ends with .png, got {path.name!r}")
        place = path.expanduser() if path is not None else self._unused(".png")
        recording.made_folder(place.parent, given=path is not None)
        if place.is_dir():
            raise UsageError(f"can't write there, it is a folder; give a file name: {place}")
        self._snapshots.append(place)
        self._snapshot = {"state": "starting", "words": "saving", "path": str(place)}
        return place

    def write(self, rgba: Picture, now_s: float) -> None:
        """Take one picture, uint8 (H, W, 4), straight alpha; it may be overwritten after the call."""
        if self._last_s is not None and now_s - self._last_s > MAX_REPEATED_S:
            self._asleep_s += now_s - self._last_s  # the computer slept, or nobody wanted pictures
        self._last_s = now_s
        for worker in self._workers.values():
            if worker.wanted:
                worker.offer(rgba, now_s - self._asleep_s)
        if self._snapshots:
            image = Image.fromarray(rgba.copy())
            for place in self._snapshots:
                self._saving = [thread for thread in self._saving if thread.is_alive()]
                self._saving.append(threading.Thread(target=self._save, args=(image, place), name="snapshot"))
                self._saving[-1].start()
            self._snapshots.clear()

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Take the face of a frame, before any mirror."""
        for output in self._faces.values():
            output.send(face, now_s)

    def hear(self, samples: Samples, rate_hz: int, end_s: float) -> None:
        """Sound for the recording: mono float32, its rate, and the time of the picture that its end belongs to."""
        if self._recording is not None:
            self._recording.hear(samples, rate_hz, end_s - self._asleep_s)

    def listen_to(self, driver: Driver) -> None:
        """The sound of a microphone goes into recordings from now on; other drivers have none."""
        taps = getattr(driver, "taps", None)
        if taps is not None and self.hear not in taps:
            taps.append(self.hear)

    def health(self) -> dict[str, dict[str, Any]]:
        """Output -> {state, words, counters} of all that have been turned on, and of the last "snapshot"; JSON-ready.

        state: starting, on, waiting (it is tried again), finishing, done or failed. words: one line for people.
        """
        told = {name: worker.health() for name, worker in self._workers.items()}
        told |= {name: output.health() for name, output in self._faces.items()}
        if self._snapshot is not None:
            told["snapshot"] = dict(self._snapshot)
        return told

    def notices(self) -> list[Notice]:
        """What people should know and has not been fetched yet, oldest first. Warnings have been logged already."""
        told = []
        while self._notices:
            told.append(self._notices.popleft())
        return told

    def close(self) -> None:
        """Turn everything off and wait until recordings are finished."""
        for name in (*self._workers, *self._faces):
            self.turn_off(name)
        for worker in self._leaving:
            if not worker.join(FINISH_S if worker.name == "recording" else LEAVE_S):
                self._tell(f"{worker.name}: did not come to an end", "warning")
        for output in self._faces.values():
            output.join(LEAVE_S)
        for thread in self._saving:
            thread.join(LEAVE_S)
        self._leaving.clear()
        self._recording = None

    def _tell(self, text: str, level: str = "info", /) -> None:
        self._notices.append(Notice(text, level))

    def _outlet(self, name: str, options: Mapping[str, Any]) -> Outlet:
        if name == "recording":
            for path in self._rescued():
                self._tell(f"recording: a film of a show that was killed: {path}")
            made = recording.create(
                options, show_fps=self.fps, folder=self._folder, stamp=self._stamp(), taken=self._taken
            )
            self._taken.add(made.out)  # until it is finished there is no file of that name
            self._recording = made
            return made
        outlet: Outlet = importlib.import_module(f"runtime.sinks.{name}").create(options, show_fps=self.fps)
        return outlet

    def _rescued(self) -> list[Path]:
        """Only asked before the first recording: what comes later is our own."""
        return recording.rescue(self._folder) if not self._taken else []

    def _unused(self, ending: str) -> Path:
        path = recording.unused(self._folder, self._stamp(), ending, self._taken)
        self._taken.add(path)
        return path

    def _save(self, image: Image.Image, place: Path) -> None:
        told = {"path": str(place)}
        try:
            with files.atomic_write(place) as file:
                image.save(file, format="PNG")
        except Exception as error:
            told |= {"state": "failed", "words": reason(error)}
            log_failure("snapshot", error)
            self._tell(f"snapshot: {reason(error)}", "warning")
        else:
            told |= {"state": "done", "words": "saved"}
            self._tell(f"snapshot saved: {place}")
        self._snapshot = told


def asked(words: str, /) -> tuple[str, dict[str, Any]]:
    """An output as the command line names it, `NAME[:KEY=VALUE,...]` -> its name and options. Raises UsageError."""
    name, _, rest = words.partition(":")
    if name not in KINDS:
        raise UsageError(f"there is no output {name!r}; choose one of {', '.join(KINDS)}")
    module = importlib.import_module(FACES.get(name, f"runtime.sinks.{name}"))
    return name, spoken(name, module.Options, rest)


def _stamp(now: datetime) -> str:
    return now.strftime("%Y-%m-%d %H.%M.%S")
