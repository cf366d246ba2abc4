"""Faces from a camera, a video or a picture, tracked by MediaPipe in a process of its own.

This module imports neither cv2 nor mediapipe: it starts `drivers.webcam_child`, reads its records, and replaces it
when it dies or hangs, for as long as the show goes on.
"""

import importlib.util
import logging
import platform
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from assets import weights
from assets.errors import DriverError
from assets.face import FaceFrame, HeadPose
from assets.takes import Take
from drivers._child_process import ChildProcess, command
from drivers.base import LatestSlot
from drivers.protocols import child

_log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]
"""Pictures done, pictures in all (0: unknown)."""


@dataclass(frozen=True)
class Options:
    """Where the faces come from."""

    source: str = field(default="0", metadata={"help": "camera number, or a video or picture file"})
    paced: bool = field(default=True, metadata={"help": "play a video at its own pace, not as fast as possible"})
    models_dir: Path | None = field(default=None, metadata={"help": "folder with MediaPipe's model files"})


def create(options: Options) -> "WebcamDriver":
    """A driver that isn't started yet."""
    return WebcamDriver(options)


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the child may be silent before it counts as hung, and how soon the next one follows."""

    opening_s: float = 30.0
    """Until the source is open: some cameras take 20 s."""
    first_s: float = 20.0
    """Until the first picture is tracked. A camera that gives none is noticed by the child, and sooner."""
    flowing_s: float = 4.0
    """Between two pictures: the child notices a silent camera after one second, so only a tracker that hangs (or a
    machine that is very busy) takes as long as this."""
    retry_first_s: float = 0.5
    retry_last_s: float = 8.0
    good_life_s: float = 10.0
    """A child that tracked for this long was no failure: the next wait is the first again."""


class WebcamDriver:
    """See `drivers.base.Driver`. One thread supervises the child, one reads its pipe."""

    name: Final = "webcam"
    channels: Final = child.CHANNELS

    def __init__(
        self, options: Options, *, patience: Patience = Patience(), child_command: Sequence[str] | None = None
    ) -> None:
        """child_command: another program that speaks `drivers.protocols.child`, instead of our tracker."""
        self._options = options
        self._patience = patience
        self._child_command = child_command
        self._faces: LatestSlot[FaceFrame] = LatestSlot()
        self._supervisor: threading.Thread | None = None
        self._stop = threading.Event()
        self._decided = threading.Event()  # the source is open, or never will be
        self._origin: HeadPose | None = None
        self._period_s = 0.0
        self._child_pid: int | None = None
        self._trouble = "not started"
        self._fatal = ""

    def __enter__(self) -> Self:
        if self._supervisor is not None:
            return self
        arguments = self._child_command or _tracker(
            self._options.source, models_dir=self._options.models_dir, every_frame=not self._options.paced
        )
        self._trouble, self._fatal, self._origin = "starting the tracker", "", None
        self._stop.clear()
        self._decided.clear()
        self._supervisor = threading.Thread(target=self._supervise, args=(arguments,), name="webcam", daemon=True)
        self._supervisor.start()
        if not _is_camera(self._options.source):  # a camera may come later; a file is good or bad now
            try:
                if not self._decided.wait(self._patience.opening_s):
                    raise DriverError(f"{self._trouble}: {self._options.source}")
                if self._fatal:
                    raise DriverError(self._fatal)
            except BaseException:  # Ctrl-C, too
                self._close()
                raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._supervisor is not None:
            self._stop.set()
            self._supervisor.join()
            self._supervisor = None
            self._faces.clear()
            self._trouble = "stopped"

    @property
    def child_pid(self) -> int | None:
        """The process number of the tracker that runs now, for people who look for what takes their processor."""
        return self._child_pid

    def latest(self) -> FaceFrame | None:
        """The newest face; positions are relative to the first one seen since entering."""
        return self._faces.get()

    def status(self) -> str:
        """Such as `webcam 0: 29.9 pictures a second, face seen`."""
        frame, trouble, period_s = self._faces.get(), self._trouble, self._period_s
        if trouble or frame is None:
            words = trouble or "no picture yet"
        else:
            rate = f"{1.0 / period_s:.1f} pictures a second, " if period_s > 0.0 else ""
            words = rate + ("face seen" if frame.face_seen else "no face")
        return f"webcam {self._options.source}: {words}"

    # ---- on the supervising thread ------------------------------------------------------------------------------

    def _supervise(self, arguments: Sequence[str]) -> None:
        wait_s, failures = self._patience.retry_first_s, 0
        while not self._stop.is_set():
            try:
                run = _Run(arguments, self._take)
            except OSError as error:  # no memory, no more processes: for now
                trouble = f"the tracker can't be started: {error.strerror or error}"
            else:
                self._child_pid = run.pid
                run.watch(self._stop, self._patience)
                self._child_pid = None
                if run.over:
                    self._trouble, self._fatal = run.fatal or "the source is at its end", run.fatal
                    self._decided.set()
                    return
                if run.tracked_s >= self._patience.good_life_s:
                    wait_s, failures = self._patience.retry_first_s, 0
                trouble = run.trouble
            if self._stop.is_set():
                return
            failures += 1
            self._trouble = f"{trouble}; trying again (failed {failures} times)"
            if failures == 1:  # said in full once; afterwards the status line counts
                _log.warning("webcam %s: %s; trying again", self._options.source, trouble)
            self._stop.wait(wait_s)
            wait_s = min(2.0 * wait_s, self._patience.retry_last_s)

    # ---- on the reading thread ----------------------------------------------------------------------------------

    def _take(self, record: child.Face | child.Opened) -> None:
        if isinstance(record, child.Opened):
            self._decided.set()
            return
        frame, before = record.frame, self._faces.get()
        if frame.face_seen:
            self._origin = self._origin or frame.head
            frame = _from_origin(frame, self._origin)
        if before is not None and 0.0 < (step_s := frame.time_s - before.time_s) < 1.0:
            self._period_s += (step_s - self._period_s) * (0.1 if self._period_s else 1.0)
        self._faces.put(frame, time_s=frame.time_s)
        self._trouble = ""


class _Run:
    """One child from start to end, read on a thread of its own."""

    def __init__(self, arguments: Sequence[str], take: Callable[[child.Face | child.Opened], None]) -> None:
        self._process = ChildProcess(arguments)
        self._take = take
        self._ended = threading.Event()
        self._news = ""
        self._last_sign_s = time.monotonic()
        self._first_face_s: float | None = None
        self._opened = False
        self.over = False
        """Another run would be no different: the source is at its end, or the child said so."""
        self.fatal = ""
        self.trouble = ""
        self._reader = threading.Thread(target=self._read, name="webcam records", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    @property
    def tracked_s(self) -> float:
        """For how long pictures came."""
        return self._last_sign_s - self._first_face_s if self._first_face_s is not None else 0.0

    def watch(self, stop: threading.Event, patience: Patience) -> None:
        """Returns when the child has ended, hangs, or `stop` is set; the child is gone then."""
        hung = False
        while not (stop.is_set() or hung or self._ended.wait(0.1)):
            hung = time.monotonic() - self._last_sign_s > self._limit_s(patience)
        status = self._process.kill()
        self._reader.join()
        words = self._process.last_words()
        self._process.close()
        if hung:
            self.trouble = "the camera doesn't answer" if self._opened else "the camera doesn't open"
        else:
            self.trouble = self._news or words or f"the tracker ended with status {status}"

    def _limit_s(self, patience: Patience) -> float:
        if not self._opened:
            return patience.opening_s
        return patience.flowing_s if self._first_face_s is not None else patience.first_s

    def _read(self) -> None:
        try:
            for record in self._process.records():
                self._last_sign_s = time.monotonic()
                match record:
                    case child.News(text):
                        self._news = text
                    case child.Fatal(text):
                        self.over, self.fatal = True, text
                    case child.End():
                        self.over = True
                    case child.Opened():
                        self._opened, self._news = True, ""
                        self._take(record)
                    case child.Face():
                        self._first_face_s = self._first_face_s or self._last_sign_s
                        self._take(record)
        finally:
            self._ended.set()


def track(
    source: str | Path,
    *,
    models_dir: Path | None = None,
    progress: Progress | None = None,
    seconds: float | None = None,
) -> Take:
    """The faces in every picture of a video at the video's rate, or the one of a picture.

    A camera number records until Ctrl-C, or for `seconds`. Positions are relative to the first face seen.
    Raises DriverError when the source is missing, can't be read, or shows no face at all; WeightsError when the
    model file is missing and can't be fetched.
    """
    name = str(source)
    live = _is_camera(name)
    process = ChildProcess(_tracker(name, models_dir=models_dir, every_frame=True))
    faces: list[child.Face] = []
    opened: child.Opened | None = None
    news = ""
    over = False
    try:
        for record in process.records():
            match record:
                case child.Fatal(text):
                    raise DriverError(text)
                case child.News(text):
                    news = text
                case child.Opened():
                    opened, news = record, ""
                case child.End():
                    over = True
                case child.Face():
                    faces.append(record)
                    if progress is not None and opened is not None:
                        progress(len(faces), opened.frames)
                    if live and seconds is not None and record.source_s - faces[0].source_s >= seconds:
                        over = True
                        break
    except KeyboardInterrupt:
        if not live or not faces:
            raise
        over = True
    finally:
        process.kill()
        words = process.last_words()
        process.close()
    if not over and not (live and faces):
        raise DriverError(f"the tracker stopped: {news or words or 'it gave no reason'} (source {name})")
    return _take_of(faces, opened.fps if opened is not None else 0.0, name)


def _take_of(faces: Sequence[child.Face], fps: float, name: str) -> Take:
    if not faces:
        raise DriverError(f"there is not one picture in it: {name}")
    seen = next((face.frame.head for face in faces if face.frame.face_seen), None)
    if seen is None:
        pictures = "the picture" if len(faces) == 1 else f"any of the {len(faces)} pictures"
        raise DriverError(f"no face was found in {pictures}; it must be turned to the camera and well lit: {name}")
    start_s = faces[0].source_s
    if fps <= 0.0:
        lasted_s = faces[-1].source_s - start_s
        fps = min(240.0, max(1.0, (len(faces) - 1) / lasted_s)) if lasted_s > 0.0 else 30.0
    frames = (replace(_from_origin(face.frame, seen), time_s=face.source_s - start_s) for face in faces)
    return Take(tuple(frames), fps)


def _from_origin(frame: FaceFrame, origin: HeadPose) -> FaceFrame:
    if not frame.face_seen:
        return frame
    head = frame.head
    return replace(
        frame, head=replace(head, x_m=head.x_m - origin.x_m, y_m=head.y_m - origin.y_m, z_m=head.z_m - origin.z_m)
    )


def _is_camera(source: str) -> bool:
    return source.isascii() and source.isdigit()


def _tracker(source: str, *, models_dir: Path | None, every_frame: bool) -> list[str]:
    """The command line of the child. Raises what no waiting would mend."""
    if importlib.util.find_spec("mediapipe") is None:
        raise DriverError(
            f"tracking a camera or a video needs MediaPipe, which isn't installed (it has no package for "
            f"{platform.system()} on {platform.machine()}); use a phone or another tracker with the osc driver"
        )
    path = Path(source)
    if not _is_camera(source) and not path.is_file():
        raise DriverError(f"no such camera, video or picture (a camera is a number, such as 0): {source}")
    model = weights.locate(weights.FACE_LANDMARKER, folder=models_dir)
    where = ["--camera", source] if _is_camera(source) else ["--file", str(path.resolve())]
    pace = ["--every-frame"] if every_frame else []
    return command("drivers.webcam_child", ["--model", str(model), *where, *pace])
