"""The tracker: a program of its own that `drivers.webcam` starts, because cameras hang and native code may crash.

    python -m drivers.webcam_child --model FACE_LANDMARKER.task (--camera NUMBER | --file PATH) [--every-frame]

Reads a camera, a video or a picture, finds the face, and writes the records of `drivers.protocols.child` to its
standard output. It ends when its standard input closes, so it never outlives the program that started it. The only
file of `drivers` that imports cv2 and mediapipe. It opens no network connection.
"""

import argparse
import math
import os
import signal
import sys
import threading
import time
import types
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

# MediaPipe imports matplotlib for drawings that we never make: 1.4 of its 1.9 seconds.
_pyplot: Final = types.ModuleType("matplotlib.pyplot")
_matplotlib: Final = types.ModuleType("matplotlib")
_matplotlib.pyplot = _pyplot  # type: ignore[attr-defined]
sys.modules.setdefault("matplotlib", _matplotlib)
sys.modules.setdefault("matplotlib.pyplot", _pyplot)

import cv2  # noqa: E402
import mediapipe  # noqa: E402
from mediapipe.tasks.python import vision  # noqa: E402
from mediapipe.tasks.python.core.base_options import BaseOptions  # noqa: E402

from assets import arkit  # noqa: E402
from assets.face import NEUTRAL_POSE, FaceFrame, HeadPose  # noqa: E402
from drivers._freeze import FreezeWatch  # noqa: E402
from drivers.protocols import child, pose  # noqa: E402

Picture = npt.NDArray[np.uint8]
"""(H, W, 3), as OpenCV gives it: blue, green, red."""

_CAMERA_SIZE_PX: Final = (640, 480)
"""Asked of a camera: the landmarker looks at crops of 256 x 256, more would only cost time."""
_FPS_IF_UNKNOWN: Final = 30.0
_STILL_FPS: Final = 30.0
_STILL_PASSES: Final = 4
"""A picture is shown this often, at moments a minute apart. From the second time on the landmarker crops by its own
landmarks; the minute keeps its smoothing filter from holding on to the first guess (up to 0.2 off)."""


class UnusableError(Exception):
    """The model or the source can't be used, and another try would end the same way."""


class LostError(Exception):
    """The source is gone for now: unplugged, busy, frozen."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. time_s: `perf_counter` of its capture; source_s: its place in the source; shown: send the result."""

    picture: Picture
    time_s: float
    source_s: float
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """An open source. fps and frames are 0 where unknown."""

    fps: float
    frames: int
    shots: Iterator[Shot]


# ---- tracking ---------------------------------------------------------------------------------------------------


class Tracker:
    """MediaPipe's face landmarker in VIDEO mode with one face, where it smooths its landmarks by the true times."""

    def __init__(self, model: Path) -> None:
        try:
            options = vision.FaceLandmarkerOptions(
                # As bytes: paths with letters outside ASCII fail on Windows.
                base_options=BaseOptions(model_asset_buffer=model.read_bytes()),
                running_mode=vision.RunningMode.VIDEO,
                num_faces=1,
                output_face_blendshapes=True,
                output_facial_transformation_matrixes=True,
            )
            self._landmarker = vision.FaceLandmarker.create_from_options(options)
        except (OSError, ValueError, RuntimeError) as error:
            raise UnusableError(
                f"MediaPipe can't load its face landmarker ({error}); delete the file: {model}"
            ) from error
        self._last_ms = -1
        self._last_picture: Picture | None = None
        self._last_frame = FaceFrame(channels=child.CHANNELS, face_seen=False)

    def __call__(self, shot: Shot) -> child.Face:
        """The face in one picture. The same array again gives the same face, without looking twice."""
        if shot.picture is not self._last_picture or not shot.shown:
            # The landmarker demands strictly rising times.
            self._last_ms = max(self._last_ms + 1, round(shot.source_s * 1000.0))
            rgb = cv2.cvtColor(shot.picture, cv2.COLOR_BGR2RGB)
            image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
            self._last_frame = _frame(self._landmarker.detect_for_video(image, self._last_ms))
            self._last_picture = shot.picture
        return child.Face(replace(self._last_frame, time_s=shot.time_s), shot.source_s)


def _frame(result: Any) -> FaceFrame:
    if not result.face_blendshapes:
        return FaceFrame(channels=child.CHANNELS, face_seen=False)
    weights = np.zeros(arkit.COUNT, np.float32)
    for category in result.face_blendshapes[0]:
        # MediaPipe's sides are the subject's own, as ours (checked against the eyelids of real recordings).
        if (index := arkit.INDEX.get(category.category_name)) is not None:  # all but `_neutral`
            weights[index] = category.score
    matrixes = result.facial_transformation_matrixes
    return FaceFrame(weights, _head(np.asarray(matrixes[0])) if len(matrixes) else NEUTRAL_POSE, 0.0, child.CHANNELS)


def _head(camera_from_face: npt.NDArray[np.float64]) -> HeadPose:
    """MediaPipe's matrix (4, 4): camera space in centimetres, x to the picture's right, y up, the camera at the
    origin looking along -z. In an unmirrored picture that is the frame of `drivers.protocols.pose`."""
    x_m, y_m, z_m = (float(value) / 100.0 for value in camera_from_face[:3, 3])
    return HeadPose(*pose.angles_from_matrix(camera_from_face[:3, :3]), x_m, y_m, z_m)


# ---- sources ----------------------------------------------------------------------------------------------------


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


def open_camera(number: int) -> Source:
    """A camera by its number. Raises LostError when it can't be opened."""
    backend = cv2.CAP_V4L2 if sys.platform == "linux" else cv2.CAP_ANY
    capture = cv2.VideoCapture(number, backend)  # on the main thread: macOS asks for permission only there
    if not capture.isOpened():
        raise LostError(f"camera {number} can't be opened: not there, or used by another program")
    capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    capture.set(cv2.CAP_PROP_FRAME_WIDTH, _CAMERA_SIZE_PX[0])
    capture.set(cv2.CAP_PROP_FRAME_HEIGHT, _CAMERA_SIZE_PX[1])
    return Source(0.0, 0, Grabber(capture, f"camera {number}").shots())


class Grabber:
    """Reads a camera on a thread of its own and keeps only the newest picture: a slow tracker never queues."""

    _FAILURES: Final = 10

    def __init__(self, capture: Any, name: str, *, first_s: float = 10.0, flowing_s: float = 1.0) -> None:
        """first_s, flowing_s: how long to wait for the first picture, and for each one after it."""
        self._capture = capture
        self._name = name
        self._first_s = first_s
        self._flowing_s = flowing_s
        self._fresh = threading.Condition()
        self._shot: Shot | None = None
        self._trouble = ""
        threading.Thread(target=self._read, name="grabber", daemon=True).start()

    def shots(self) -> Iterator[Shot]:
        """The newest picture, each at most once. Raises LostError when the camera has stopped or doesn't answer."""
        patience_s = self._first_s
        while True:
            with self._fresh:
                answered = self._fresh.wait_for(lambda: self._shot or self._trouble, patience_s)
                shot, self._shot = self._shot, None
            if shot is None:
                raise LostError(self._trouble if answered else f"{self._name} doesn't answer")
            yield shot
            patience_s = self._flowing_s

    def _read(self) -> None:
        failures, start_s, watch = 0, time.perf_counter(), FreezeWatch()
        while failures < self._FAILURES:
            found, picture = self._capture.read()
            time_s = time.perf_counter()
            if not found or picture is None or picture.shape[2:] != (3,) or not picture.size:
                failures += 1
                time.sleep(0.02)
                continue
            failures = 0
            if watch.frozen(picture, time_s):
                return self._stop(f"{self._name} repeats one picture: frozen or unplugged")
            with self._fresh:
                self._shot = Shot(picture, time_s, time_s - start_s)
                self._fresh.notify()
        return self._stop(f"{self._name} gives no more pictures")

    def _stop(self, trouble: str) -> None:
        with self._fresh:
            self._trouble = trouble
            self._fresh.notify()


# ---- the program ------------------------------------------------------------------------------------------------


class Pipes:
    """Standard output for records alone; whatever libraries print goes to standard error. Ends the process when
    standard input closes or nobody reads any more."""

    def __init__(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's; it closes our standard input
        self._out = os.dup(1)
        os.dup2(2, 1)
        # A copy, with the null device in its place: on Windows others that ask about a standard handle would wait
        # for the pending read.
        self._in = os.dup(0)
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.close(null)
        if sys.platform == "win32":
            import msvcrt

            msvcrt.setmode(self._out, os.O_BINARY)
        threading.Thread(target=self._leave_with_parent, name="parent", daemon=True).start()

    def send(self, record: child.Record) -> None:
        """Writes one record."""
        data = memoryview(child.encode(record))
        try:
            while data:
                data = data[os.write(self._out, data) :]
        except OSError:
            os._exit(0)

    def _leave_with_parent(self) -> None:
        try:
            while os.read(self._in, 1024):
                pass
        finally:
            os._exit(0)


def main(arguments: list[str] | None = None) -> None:
    """Tracks until the source ends, standard input closes or something breaks."""
    parser = argparse.ArgumentParser(prog="drivers.webcam_child")
    parser.add_argument("--model", type=Path, required=True)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--camera", type=int)
    source.add_argument("--file", type=Path)
    parser.add_argument("--every-frame", action="store_true", help="as fast as possible, skipping nothing")
    options = parser.parse_args(arguments)
    pipes = Pipes()
    try:
        track = Tracker(options.model)
        pipes.send(child.News("opening the source"))
        if options.file is not None:
            opened = open_file(options.file, every_frame=options.every_frame)
        else:
            opened = open_camera(options.camera)
        pipes.send(child.Opened(opened.fps, opened.frames))
        for shot in opened.shots:
            face = track(shot)
            if shot.shown:
                pipes.send(face)
        pipes.send(child.End())
    except UnusableError as error:
        pipes.send(child.Fatal(str(error)))
    except LostError as error:
        pipes.send(child.News(str(error)))
    except BaseException:
        sys.excepthook(*sys.exc_info())
        sys.stderr.flush()
        os._exit(1)
    # Not the ordinary way out: closing a landmarker can hang (mediapipe 6233). The system frees the camera.
    os._exit(0)


if __name__ == "__main__":
    main()
