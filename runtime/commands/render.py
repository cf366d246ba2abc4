"""`render`: an avatar and a take become pictures, exactly and without a display."""

import argparse
import time

from assets.errors import AvatarError, TakeError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

HELP = "draw an avatar moved by a take into a folder of PNGs, a .png, .mp4, .gif or .webp"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", metavar="NAME.avatar")
    parser.add_argument("--take", required=True, metavar="TAKE", help="recording: .jsonl or Live Link Face .csv")
    parser.add_argument("-o", "--out", required=True, metavar="OUT",
                        help="a folder (000000.png ...), .png (the first frame), .mp4, .gif or .webp")  # fmt: skip
    parser.add_argument("--size", type=arguments.size, metavar="WxH", help="size of the pictures (default: the canvas)")
    parser.add_argument("--fps", type=arguments.fps, metavar="N", help="pictures a second (default: the take's)")
    parser.add_argument("--background", type=arguments.colour, metavar="COLOUR",
                        help="a name, #rrggbb or transparent (default: transparent; .mp4, .gif: grey)")  # fmt: skip


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Draw the film."""
    started_s = time.perf_counter()
    from runtime import sinks

    kind = sinks.kind_of(args.out)
    background = sinks.background_for(kind, args.background)
    if kind == "gif" and args.fps is not None and args.fps > sinks.MAX_GIF_FPS:
        raise UsageError(f"a GIF shows at most {sinks.MAX_GIF_FPS:g} pictures a second, got --fps {args.fps:g}")
    avatar = arguments.input_file(args.avatar, error=AvatarError)
    recording = arguments.input_file(args.take, error=TakeError)
    out = arguments.output_folder(args.out) if kind == "folder" else arguments.output_file(args.out, f".{kind}")
    arguments.check_no_input(out, (avatar, recording))

    from assets import store, takes
    from runtime import app, film

    take = takes.load(recording)
    model = store.load(avatar)
    fps = args.fps or take.fps
    if kind == "gif" and fps > sinks.MAX_GIF_FPS:
        console.say(f"the take has {fps:g} frames a second, a GIF shows at most {sinks.MAX_GIF_FPS:g}")
        fps = sinks.MAX_GIF_FPS
    size_px = args.size or model.canvas_px
    times_s = film.moments_s(take.duration_s, fps)[: 1 if kind == "png" else None]
    spec = sinks.Spec(out, kind, size_px, fps)
    with (
        app.offscreen(model, size_px, background=background) as stage,
        console.bar(f"drawing {out.name}") as advance,
        sinks.create(spec) as sink,
    ):
        film.shoot(take, times_s, stage, sink, advance=advance)
    seconds = round(time.perf_counter() - started_s, 3)
    data = {
        "out": str(out), "kind": kind, "frames": len(times_s), "fps": fps, "size": list(size_px), "seconds": seconds,
    }  # fmt: skip
    pictures = "picture" if len(times_s) == 1 else "pictures"
    return Outcome(f"{out}: {len(times_s)} {pictures} of {size_px[0]}x{size_px[1]} px in {seconds:.1f} s", data)
