"""Faces from a camera, a video or a picture, tracked in a process of its own.

This module imports neither cv2 nor mediapipe: it starts `drivers.webcam_child`, reads its records, and replaces it
when it dies or hangs, for as long as the show goes on.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from assets.errors import DriverError
from assets.face import FaceFrame, HeadPose
from drivers._recording import Progress, track
from drivers._supervisor import Patience, Supervisor
from drivers._tracker import AUTO, cameras, from_origin, is_camera, tracker_command
from drivers.base import LatestSlot
from drivers.protocols import child

__all__ = ["Options", "Patience", "Progress", "WebcamDriver", "cameras", "create", "is_camera", "track"]

_log = logging.getLogger(__name__)
_PATIENT: Final = Patience()


@dataclass(frozen=True)
class Options:
    """Where the faces come from."""

    source: str = field(
        default=AUTO,
        metadata={"help": "camera number or name (default: the one used last, or the first), or a video or picture"},
    )
    paced: bool = field(default=True, metadata={"help": "play a video at its own pace, not as fast as possible"})
    models_dir: Path | None = field(default=None, metadata={"help": "folder with MediaPipe's model files"})
    engine: str = field(
        default="", metadata={"help": "mediapipe or opencv (default: mediapipe where it is installed)"}
    )


def create(options: Options) -> "WebcamDriver":
    """A driver that isn't started yet."""
    return WebcamDriver(options)


class WebcamDriver:
    """See `drivers.base.Driver`. One thread supervises the child, one reads its pipe."""

    name: Final = "webcam"
    channels: Final = child.CHANNELS

    def __init__(
        self, options: Options, *, patience: Patience = _PATIENT, child_command: Sequence[str] | None = None
    ) -> None:
        """child_command: another program that speaks `drivers.protocols.child`, instead of our tracker."""
        self._options = options
        self._patience = patience
        self._child_command = child_command
        self._faces: LatestSlot[FaceFrame] = LatestSlot()
        self._supervisor: Supervisor | None = None
        self._source = options.source
        self._origin: HeadPose | None = None
        self._period_s = 0.0
        self._trouble = "not started"

    def __enter__(self) -> Self:
        if self._supervisor is not None:
            return self
        self._source = self._options.source
        self._arguments()  # what is wrong with them is wrong now
        self._trouble, self._origin, self._period_s = "starting the tracker", None, 0.0
        supervisor = Supervisor(self._arguments, self._take, self._patience, on_trouble=self._stumbled)
        self._supervisor = supervisor
        if not is_camera(self._options.source):  # a camera may come later; a file is good or bad now
            try:
                if not supervisor.decided.wait(self._patience.opening_s):
                    raise DriverError(f"{self._trouble}: {self._options.source}")
                if supervisor.fatal:
                    raise DriverError(supervisor.fatal)
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
            self._supervisor.close()
            self._supervisor = None
            self._faces.clear()
            self._trouble = "stopped"

    def _arguments(self) -> Sequence[str]:
        return self._child_command or tracker_command(
            self._source,
            models_dir=self._options.models_dir,
            every_frame=not self._options.paced,
            engine=self._options.engine or None,
        )

    @property
    def child_pid(self) -> int | None:
        """The process number of the tracker that runs now, for people who look for what takes their processor."""
        return self._supervisor.child_pid if self._supervisor is not None else None

    def latest(self) -> FaceFrame | None:
        """The newest face; positions are relative to the first one seen since entering."""
        return self._faces.get()

    def status(self) -> str:
        """Such as `webcam Integrated Camera: 29.9 pictures a second, face seen`."""
        frame, trouble, period_s = self._faces.get(), self._trouble, self._period_s
        supervisor = self._supervisor
        if supervisor is not None and supervisor.over:
            words = supervisor.fatal or "the source is at its end"
        elif trouble or frame is None:
            words = trouble or "no picture yet"
        else:
            rate = f"{1.0 / period_s:.1f} pictures a second, " if period_s > 0.0 else ""
            words = rate + ("face seen" if frame.face_seen else "no face")
        return f"webcam {self._source}: {words}"

    # ---- on the supervising thread ------------------------------------------------------------------------------

    def _stumbled(self, trouble: str, failures: int) -> None:
        self._trouble = f"{trouble}; trying again (failed {failures} times)"
        if failures == 1:  # said in full once; afterwards the status line counts
            _log.warning("webcam %s: %s; trying again", self._source, trouble)

    # ---- on the reading thread ----------------------------------------------------------------------------------

    def _take(self, record: child.Face | child.Opened) -> None:
        if isinstance(record, child.Opened):
            if record.words:  # whatever was meant by `auto` or a number: from now on this camera and no other
                self._source = record.words
            return
        frame, before = record.frame, self._faces.get()
        if frame.face_seen:
            self._origin = self._origin or frame.head
            frame = from_origin(frame, self._origin)
        if before is not None and 0.0 < (step_s := frame.time_s - before.time_s) < 1.0:
            self._period_s += (step_s - self._period_s) * (0.1 if self._period_s else 1.0)
        self._faces.put(frame, time_s=frame.time_s)
        self._trouble = ""
