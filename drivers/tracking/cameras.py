"""Which cameras there are, by name, and which one is meant. No camera is opened for it.

OpenCV itself knows only numbers, which change with every plug. On Linux the kernel's tables tell names and lasting
paths; on Windows and macOS the package cv2-enumerate-cameras does.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import cv2

from drivers.tracking.shots import LostError, UnusableError

AUTO: Final = "auto"
_SYSTEM: Final = Path("/")


@dataclass(frozen=True, slots=True)
class Camera:
    """One camera. key: what identifies it after another plug, or another start of the system."""

    number: int
    name: str
    key: str
    backend: int = cv2.CAP_ANY

    def __str__(self) -> str:
        return f'{self.number} "{self.name}"' if self.name else str(self.number)


def find() -> tuple[Camera, ...]:
    """The cameras of this machine, in the order of their numbers."""
    return on_linux(_SYSTEM) if sys.platform == "linux" else _elsewhere()


def on_linux(root: Path, /) -> tuple[Camera, ...]:
    """The cameras in a file system's /dev and /sys, so that a test may build its own.

    A webcam has several device files; pictures come from the first (`index` 0), the others hold formats and data.
    """
    keys: dict[str, str] = {}
    by_id = root / "dev/v4l/by-id"
    for link in sorted(by_id.iterdir()) if by_id.is_dir() else ():
        keys[link.resolve().name] = link.name
    cameras = []
    for folder in (root / "sys/class/video4linux").glob("video*"):
        number = folder.name.removeprefix("video")
        if number.isdecimal() and _line(folder / "index") in ("0", "") and (root / "dev" / folder.name).exists():
            name = _line(folder / "name")
            cameras.append(Camera(int(number), name, keys.get(folder.name, name or folder.name), cv2.CAP_V4L2))
    return tuple(sorted(cameras, key=lambda camera: camera.number))


def _line(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _elsewhere() -> tuple[Camera, ...]:
    from cv2_enumerate_cameras import enumerate_cameras

    backends = (cv2.CAP_MSMF, cv2.CAP_DSHOW) if sys.platform == "win32" else (cv2.CAP_AVFOUNDATION,)
    cameras: list[Camera] = []
    for backend in backends:
        for info in enumerate_cameras(backend):
            # Windows lists most cameras twice; one that only the older interface knows is worth having, too.
            if all(info.name != camera.name or camera.backend == backend for camera in cameras):
                cameras.append(Camera(info.index, info.name, str(info.path or info.name), backend))
    return tuple(cameras)


def choose(words: str, cameras: Sequence[Camera], /, *, remembered: str = "") -> Camera:
    """The camera that is meant: a number, a name or part of one, a key, or `auto`: the remembered one, else the first.

    remembered: a key. Raises LostError when it isn't there now, UnusableError when the words fit several.
    """
    here = "; here are: " + ", ".join(map(str, cameras)) if cameras else "; there is no camera here"
    if words == AUTO:
        if not cameras:
            raise LostError("there is no camera here")
        return next((camera for camera in cameras if camera.key == remembered), cameras[0])
    if words.isascii() and words.isdecimal():
        # A number is tried even where no list knows it: some systems hide their tables.
        known = (camera for camera in cameras if camera.number == int(words))
        return next(known, Camera(int(words), "", "", cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY))
    wanted = words.casefold()
    for fitting in (
        [camera for camera in cameras if words == camera.key],
        [camera for camera in cameras if wanted == camera.name.casefold()],
        [camera for camera in cameras if wanted in camera.name.casefold()],
    ):
        if len(fitting) > 1 and len({camera.name for camera in fitting}) > 1:
            raise UnusableError(f"several cameras are called {words!r}: {', '.join(map(str, fitting))}")
        if fitting:
            return fitting[0]
    raise LostError(f"camera {words!r} is not there{here}")
