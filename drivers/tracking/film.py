"""Videos and pictures as sources."""

import math
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np

from drivers.tracking.shots import Picture, Shot, Source, UnusableError

_FPS_IF_UNKNOWN: Final = 30.0
_STILL_FPS: Final = 30.0
_STILL_PASSES: Final = 4
"""A picture is shown this often, at moments a minute apart. From the second time on the landmarker crops by its own
landmarks; the minute keeps its smoothing filter from holding on to the first guess (up to 0.2 off)."""


def open_file(path: Path, *, every_frame: bool) -> Source:
    """A picture or a video. Raises UnusableError when it is neither."""
    # By its first bytes, not by its name. A GIF is taken as a video, for it may move.
    with path.open("rb") as file:
        is_gif = file.read(4) == b"GIF8"
    if not is_gif and cv2.haveImageReader(str(path)):
        picture = cv2.imread(str(path), cv2.IMREAD_COLOR)
        if picture is None:
            raise UnusableError(f"the picture is damaged: {path}")
        return Source(_STILL_FPS, 1, _still(np.asarray(picture, np.uint8), every_frame=every_frame))
    capture = cv2.VideoCapture(str(path), cv2.CAP_FFMPEG)
    found, first = capture.read()
    if not found:
        raise UnusableError(f"neither a picture nor a video that OpenCV can read: {path}")
    fps = float(capture.get(cv2.CAP_PROP_FPS))
    fps = fps if math.isfinite(fps) and 1.0 <= fps <= 240.0 else _FPS_IF_UNKNOWN
    frames = max(0, int(capture.get(cv2.CAP_PROP_FRAME_COUNT)))
    return Source(fps, frames, _video(capture, first, fps, every_frame=every_frame))


def _still(picture: Picture, *, every_frame: bool) -> Iterator[Shot]:
    for number in range(_STILL_PASSES):
        yield Shot(picture, time.perf_counter(), 60.0 * number, shown=False)
    start_s = time.perf_counter()
    yield Shot(picture, start_s, 0.0)
    while not every_frame:
        time.sleep(1.0 / _STILL_FPS)
        yield Shot(picture, time.perf_counter(), time.perf_counter() - start_s)


def _video(capture: Any, first: Picture, fps: float, *, every_frame: bool) -> Iterator[Shot]:
    """Every picture as fast as possible, or at the video's own pace, where a slow tracker misses some."""
    start_s = time.perf_counter()
    number, found, picture = 0, True, first
    while found:
        yield Shot(picture, time.perf_counter(), number / fps)
        number += 1
        if not every_frame:
            late_s = time.perf_counter() - start_s - number / fps
            if late_s < 0:
                time.sleep(-late_s)
            for _ in range(int(late_s * fps)):
                number += int(capture.grab())
        found, picture = capture.read()
