"""`track`: a camera, video or picture becomes a take."""

import argparse
from pathlib import Path
from typing import Final

from assets.errors import DriverError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "make a take from a video, a picture or a camera"
CAMERA_S: Final = 10.0


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("source", metavar="SOURCE", help="camera number or name, video file or picture")
    parser.add_argument("-o", "--out", required=True, metavar="TAKE", help="a .jsonl or Live Link Face .csv file")
    parser.add_argument("--seconds", type=arguments.seconds, metavar="S", help="for a camera: how long (default: 10)")
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Track every frame and save."""
    from drivers import webcam

    camera = webcam.is_camera(args.source)
    inputs = () if camera else (arguments.input_file(args.source, error=DriverError),)
    if args.seconds is not None and not camera:
        raise UsageError("--seconds is for cameras; a video is tracked to its end")
    seconds = (args.seconds or CAMERA_S) if camera else None
    out = arguments.output_file(args.out, ".jsonl", ".csv", inputs=inputs)
    models_dir = arguments.input_folder(args.models) if args.models else None

    from assets import takes

    title = f"tracking {args.source}"
    with console.bar(title) as advance:

        def progress(done: int, total: int) -> None:
            advance(title, done / total if total > 0 else 0.0)

        take = webcam.track(args.source, models_dir=models_dir, progress=progress, seconds=seconds)
    takes.save(take, out)
    seen = sum(frame.face_seen for frame in take.frames)
    count, duration_s = len(take.frames), round(take.duration_s, 3)
    data = {"out": str(out), "frames": count, "faces": seen, "fps": take.fps, "duration": duration_s}
    return Outcome(f"{out}: {count} frames, a face in {seen}, {duration_s:.1f} s at {take.fps:g} a second", data)
