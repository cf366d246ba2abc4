"""`track`: a camera, video or picture becomes a take."""

import argparse
from pathlib import Path

from assets.errors import UsageError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "make a take from a video, a picture or a camera"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("source", metavar="SOURCE", help="camera number, video file or picture")
    parser.add_argument("-o", "--out", required=True, metavar="TAKE", help="a .jsonl or Live Link Face .csv file")
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Track every frame and save."""
    inputs = () if args.source.isdecimal() else (arguments.input_file(args.source, error=UsageError),)
    out = arguments.output_file(args.out, ".jsonl", ".csv", inputs=inputs)
    models_dir = arguments.input_folder(args.models) if args.models else None

    from assets import takes
    from drivers import webcam

    with console.bar(f"tracking {args.source}") as advance:

        def progress(done: int, total: int) -> None:
            advance(f"tracking {args.source}", done / total if total > 0 else 0.0)

        take = webcam.track(args.source, models_dir=models_dir, progress=progress)
    takes.save(take, out)
    seen = sum(frame.face_seen for frame in take.frames)
    count, duration_s = len(take.frames), round(take.duration_s, 3)
    data = {"out": str(out), "frames": count, "faces": seen, "fps": take.fps, "duration": duration_s}
    return Outcome(f"{out}: {count} frames, a face in {seen}, {duration_s:.1f} s at {take.fps:g} a second", data)
