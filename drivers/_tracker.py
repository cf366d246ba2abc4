"""How the webcam child is started: which source is meant, which engine and model, and its command line."""

import importlib.util
from dataclasses import replace
from pathlib import Path
from typing import Final

from assets import kept, weights
from assets.errors import DriverError
from assets.face import FaceFrame, HeadPose
from drivers._child_process import ChildProcess, command
from drivers.protocols import child

AUTO: Final = "auto"
"""The camera used last, or the first."""
ENGINES: Final = ("mediapipe", "opencv")
_MODULE: Final = "drivers.webcam_child"
_FILE_ENDINGS: Final = frozenset((
    ".avi", ".bmp", ".gif", ".jpeg", ".jpg", ".m4v", ".mjpeg", ".mkv", ".mov", ".mp4", ".mpeg", ".mpg", ".ogv", ".png",
    ".tif", ".tiff", ".webm", ".webp", ".wmv",
))  # fmt: skip


def is_camera(source: str, /) -> bool:
    """Whether the words mean a camera (a number, a name, `auto`) and no file."""
    if source.isascii() and source.isdecimal():
        return True
    path = Path(source)
    likely_path = any(mark in source for mark in "/\\") or path.suffix.lower() in _FILE_ENDINGS or path.exists()
    return bool(source.strip()) and not likely_path


def camera_memory() -> Path:
    """Where the camera used last is kept."""
    return kept.home() / "camera.json"


def tracker_command(
    source: str, *, models_dir: Path | None, every_frame: bool, engine: str | None = None, remember: bool = True
) -> list[str]:
    """The command line of the child. Raises what no waiting would mend.

    remember: keep the camera for the next start.
    """
    if engine not in (None, *ENGINES):
        raise DriverError(f"engine: {engine!r} is unknown; known are {', '.join(ENGINES)}")
    if importlib.util.find_spec("cv2") is None:
        raise DriverError(
            "tracking a camera or a video needs OpenCV, which isn't installed; pip install opencv-contrib-python, "
            "or use a phone or another tracker"
        )
    if engine == "mediapipe" and importlib.util.find_spec("mediapipe") is None:
        raise DriverError("engine mediapipe: the package isn't installed; install mediapipe or use engine opencv")
    path = Path(source)
    if is_camera(source):
        where = ["--camera", source, *(["--remember", str(camera_memory())] if remember else [])]
    elif path.is_file():
        where = ["--file", str(path.resolve())]
    else:
        raise DriverError(
            f"no such camera, video or picture (a camera is a number, such as 0, or its name): {source}"
        )
    model = weights.locate(weights.FACE_LANDMARKER, folder=models_dir)
    chosen = ["--engine", engine] if engine else []
    pace = ["--every-frame"] if every_frame else []
    return command(_MODULE, ["--model", str(model), *chosen, *where, *pace])


def cameras() -> tuple[child.Camera, ...]:
    """The cameras of this machine. Takes about a second: a process that knows cameras is asked. None opens."""
    process = ChildProcess(command(_MODULE, ["--list"]))
    try:
        return tuple(record for record in process.records() if isinstance(record, child.Camera))
    finally:
        process.kill()
        process.close()


def from_origin(frame: FaceFrame, origin: HeadPose, /) -> FaceFrame:
    """The frame with its position counted from that of `origin`."""
    if not frame.face_seen:
        return frame
    head = frame.head
    return replace(
        frame, head=replace(head, x_m=head.x_m - origin.x_m, y_m=head.y_m - origin.y_m, z_m=head.z_m - origin.z_m)
    )
