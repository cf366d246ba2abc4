"""A camera, opened: asked for small, quick, compressed pictures; why it can't be, in one line."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Any, Final

import cv2

from drivers.tracking.cameras import Camera
from drivers.tracking.grabber import Grabber
from drivers.tracking.shots import LostError, Source

_SIZE_PX: Final = (640, 480)
"""The landmarker looks at crops of 256 x 256, more would only cost time."""
_RATES: Final = (60, 30)

Opener = Callable[[int, int], Any]
"""(number, backend) -> something like OpenCV's VideoCapture."""


def open_camera(camera: Camera, others: Sequence[Camera] = (), *, opener: Opener = cv2.VideoCapture) -> Source:
    """The camera's pictures. Raises LostError when it can't be opened, naming the cameras there are."""
    capture = opener(camera.number, camera.backend)  # on the main thread: macOS asks for permission only there
    if not capture.isOpened():
        raise LostError(f"camera {camera} can't be opened: {_reason(camera)}{_list(camera, others)}")
    _ask_for(capture)
    return Source(0.0, 0, Grabber(capture, f"camera {camera}").shots(), _lasting_name(camera, others))


def _ask_for(capture: Any) -> None:
    """In this order: a format limits the sizes, a size the rates. A camera may ignore all of it.

    Compressed, because many a camera sends raw pictures at 5 a second; it is asked at 60, and what refuses takes 30.
    """
    capture.set(cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG"))
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, _SIZE_PX[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _SIZE_PX[1])
    for rate in _RATES:
        if capture.set(cv2.CAP_PROP_FPS, rate) and capture.get(cv2.CAP_PROP_FPS) >= rate:
            break
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)


def _lasting_name(camera: Camera, others: Sequence[Camera]) -> str:
    """Words by which this camera, and no other, is found again."""
    namesakes = [other for other in others if other.name == camera.name]
    return camera.name if len(namesakes) == 1 and camera.name else camera.key or str(camera.number)


def _reason(camera: Camera) -> str:
    if sys.platform == "linux":
        path = f"/dev/video{camera.number}"
        if not os.path.exists(path):
            return "it is not there"
        if not os.access(path, os.R_OK | os.W_OK):
            return f"permission denied for {path}; add yourself to the group video"
        return "another program uses it"
    if sys.platform == "darwin":
        return "not there, used by another program, or not allowed in System Settings, Privacy, Camera"
    return "not there, used by another program, or not allowed in Settings, Privacy, Camera"


def _list(camera: Camera, others: Sequence[Camera]) -> str:
    rest = [str(other) for other in others if other != camera]
    return f"; other cameras: {', '.join(rest)}" if rest else ""
