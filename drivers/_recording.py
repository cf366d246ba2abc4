"""A whole source tracked into a take: every picture of a film, or a camera for a while."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from assets.errors import DriverError
from assets.takes import Take
from drivers import _tracker
from drivers._child_process import ChildProcess
from drivers.protocols import child

Progress = Callable[[int, int], None]
"""Pictures done, pictures in all (0: unknown)."""


def track(
    source: str | Path,
    *,
    models_dir: Path | None = None,
    progress: Progress | None = None,
    seconds: float | None = None,
    engine: str | None = None,
) -> Take:
    """The faces in every picture of a video at the video's rate, or the one of a picture.

    A camera records until Ctrl-C, or for `seconds`. Positions are relative to the first face seen.
    Raises DriverError when the source is missing, can't be read, or shows no face at all; WeightsError when the
    model file is missing and can't be fetched.
    """
    name = str(source)
    live = _tracker.is_camera(name)
    process = ChildProcess(
        _tracker.tracker_command(name, models_dir=models_dir, every_frame=True, engine=engine, remember=False)
    )
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
    return take_of(faces, opened.fps if opened is not None else 0.0, name)


def take_of(faces: Sequence[child.Face], fps: float, name: str, /) -> Take:
    """A take at `fps`, or at the faces' own rate where that is 0. Raises DriverError when nobody is seen in it."""
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
    frames = (replace(_tracker.from_origin(face.frame, seen), time_s=face.source_s - start_s) for face in faces)
    return Take(tuple(frames), fps)
