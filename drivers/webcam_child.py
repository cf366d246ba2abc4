"""The tracker: a program of its own that `drivers.webcam` starts, because cameras hang and native code may crash.

    python -m drivers.webcam_child --model FACE_LANDMARKER.task [--engine NAME]
                                   (--camera WHICH [--remember FILE] | --file PATH) [--every-frame]
    python -m drivers.webcam_child --list

Reads a camera, a video or a picture, finds the face, and writes the records of `drivers.protocols.child` to its
standard output. It ends when its standard input closes, so it never outlives the program that started it. Only this
file and `drivers.tracking`, which it is made of, import cv2 and mediapipe. It opens no network connection.
"""

import argparse
import contextlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

from assets.errors import CartoonAliveError
from drivers.protocols import child
from drivers.tracking import cameras, engines, lastcamera
from drivers.tracking.appetite import Appetite
from drivers.tracking.camera import open_camera
from drivers.tracking.engines import Engine
from drivers.tracking.film import open_file
from drivers.tracking.shots import LostError, Source, UnusableError
from drivers.tracking.tracker import Tracker

_YIELDING: Final = 5
"""How far it stands back, of 19, where the system has that: with two busy cores the picture is drawn in time, and the
face in it is no older (p99 of a frame 24 ms instead of 26 to 27, capture to picture 41 ms either way)."""


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


def open_engine(name: str | None, task: Path, /) -> Engine:
    """The engine of that name, or the best that can be loaded here. Raises UnusableError."""
    if (name or engines.best()) == "mediapipe":
        try:
            from drivers.tracking.mediapipe_engine import MediapipeEngine
        except (ImportError, OSError) as error:  # a system library that mediapipe wants, such as libGL
            if name is not None:
                raise UnusableError(f"engine mediapipe can't be loaded here ({error}); use engine opencv") from error
        else:
            return MediapipeEngine(task)
    from drivers.tracking.opencv_engine import OpencvEngine

    return OpencvEngine(task)


def open_source(options: argparse.Namespace, /) -> Source:
    """The file, or the camera that is meant, which is remembered once it opened. Raises UnusableError, LostError."""
    if options.file is not None:
        return open_file(options.file, every_frame=options.every_frame)
    here = cameras.find()
    memory: Path | None = options.remember
    camera = cameras.choose(options.camera, here, remembered=lastcamera.recall(memory) if memory else "")
    source = open_camera(camera, here)
    if memory is not None:
        with contextlib.suppress(OSError, CartoonAliveError):  # a full disk is no reason to show no face
            lastcamera.remember(memory, camera.key)
    return source


def follow(source: Source, tracker: Tracker, pipes: Pipes, *, live: bool) -> None:
    """Sends a face for each picture until the source ends. Raises LostError."""
    appetite = Appetite(time.monotonic())
    for shot in source.shots:
        face = tracker(shot)
        if shot.shown:
            pipes.send(face)
        if live and appetite(time.monotonic(), face_seen=face.frame.face_seen):
            raise LostError("the tracker starts anew to free memory")


def main(arguments: list[str] | None = None) -> None:
    """Tracks until the source ends, standard input closes or something breaks."""
    if hasattr(os, "nice"):
        os.nice(_YIELDING)
    parser = argparse.ArgumentParser(prog="drivers.webcam_child")
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument("--camera", metavar="WHICH", help="number, name, part of a name, or auto")
    what.add_argument("--file", type=Path)
    what.add_argument("--list", action="store_true", help="only tell which cameras there are")
    parser.add_argument("--model", type=Path)
    parser.add_argument("--engine", choices=engines.NAMES)
    parser.add_argument("--remember", type=Path, metavar="FILE", help="where the last camera is kept")
    parser.add_argument("--every-frame", action="store_true", help="as fast as possible, skipping nothing")
    options = parser.parse_args(arguments)
    if options.model is None and not options.list:
        parser.error("--model is needed")
    pipes = Pipes()
    try:
        if options.list:
            for camera in cameras.find():
                pipes.send(child.Camera(camera.number, camera.name))
        else:
            pipes.send(child.News("loading the tracker"))
            tracker = Tracker(open_engine(options.engine, options.model))
            pipes.send(child.News("opening the source"))
            source = open_source(options)
            pipes.send(child.Opened(source.fps, source.frames, source.words))
            follow(source, tracker, pipes, live=options.file is None)
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
