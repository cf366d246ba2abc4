"""`render`: an avatar and a take, or recorded speech, become pictures, exactly and without a display."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from assets.errors import AvatarError, DriverError, TakeError, UsageError
from runtime import arguments
from runtime.commands import lipsync
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from runtime.films.film import Recording

HELP = "draw an avatar moved by a take, or talking, into a folder of PNGs, a .png, .mp4, .gif or .webp"
TALKING_FPS: Final = 30.0
EXPRESSION: Final = 0.5
"""A talking head that nobody drives may use its brows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("avatar", metavar="NAME.avatar")
    parser.add_argument("--take", metavar="TAKE", help="recording: .jsonl or Live Link Face .csv")
    parser.add_argument("--audio", metavar="AUDIO",
                        help="speech (.wav, .flac, .ogg, .mp3): the avatar says it, and an .mp4 has the sound; "
                        "with --take, only the sound")  # fmt: skip
    parser.add_argument("--still", action="store_true", help="with --audio: no blinks and no idle motion")
    lipsync.add_manner(parser, expression=EXPRESSION)
    arguments.add_hair_flags(parser, default=None, told="0; talking: 1")
    parser.add_argument("-o", "--out", required=True, metavar="OUT",
                        help="a folder (000000.png ...), .png (the first frame), .mp4, .gif or .webp")  # fmt: skip
    parser.add_argument("--size", type=arguments.size, metavar="WxH", help="size of the pictures (default: the canvas)")
    parser.add_argument("--fps", type=arguments.fps, metavar="N",
                        help="pictures a second (default: the take's; talking: 30)")  # fmt: skip
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
    if args.take is None and args.audio is None:
        raise UsageError("render needs --take (a recording) or --audio (speech to say)")
    avatar = arguments.input_file(args.avatar, error=AvatarError)
    recording = None if args.take is None else arguments.input_file(args.take, error=TakeError)
    audio = None if args.audio is None else arguments.input_file(args.audio, error=DriverError)
    out = arguments.output_folder(args.out) if kind == "folder" else arguments.output_file(args.out, f".{kind}")
    arguments.check_no_input(out, [path for path in (avatar, recording, audio) if path is not None])

    from assets import store
    from runtime import app
    from runtime.films import film

    take, usual_fps = _played(args, recording, audio, console)
    model = store.load(avatar)
    fps = args.fps or usual_fps
    if kind == "gif" and fps > sinks.MAX_GIF_FPS:
        console.say(f"the take has {fps:g} frames a second, a GIF shows at most {sinks.MAX_GIF_FPS:g}")
        fps = sinks.MAX_GIF_FPS
    size_px = args.size or model.canvas_px
    times_s = film.moments_s(take.duration_s, fps)[: 1 if kind == "png" else None]
    spec = sinks.Spec(out, kind, size_px, fps, audio if kind == "mp4" else None)
    if audio is not None and kind != "mp4":
        console.say(f"a {'folder' if kind == 'folder' else f'.{kind}'} has no sound; write an .mp4 to hear it")
    with (
        app.offscreen(model, size_px, background=background) as stage,
        console.bar(f"drawing {out.name}") as advance,
        sinks.create(spec) as sink,
    ):
        played = film.PlayHead(take)
        alive = 1.0 if recording is None and not args.still else 0.0
        stage.swing(played.now_s, strength=alive if args.hair is None else args.hair, wind=args.wind)
        film.shoot(played, times_s, stage, sink, advance=advance)
    seconds = round(time.perf_counter() - started_s, 3)
    data = {
        "out": str(out), "kind": kind, "frames": len(times_s), "fps": fps, "size": list(size_px), "seconds": seconds,
    }  # fmt: skip
    pictures = "picture" if len(times_s) == 1 else "pictures"
    return Outcome(f"{out}: {len(times_s)} {pictures} of {size_px[0]}x{size_px[1]} px in {seconds:.1f} s", data)


def _played(
    args: argparse.Namespace, recording: Path | None, audio: Path | None, console: Console
) -> "tuple[Recording, float]":
    """What is to be drawn, and its own rate."""
    if recording is not None:
        from assets import takes

        take = takes.load(recording)
        return take, take.fps
    assert audio is not None
    from drivers.speech import offline
    from runtime.films.talking import TalkingHead

    fps: float = args.fps or TALKING_FPS
    title = f"listening to {audio.name}"
    with console.bar(title) as advance:
        spoken = offline.take(
            audio, fps=fps, manner=lipsync.manner(args), progress=lambda share: advance(title, share)
        )
    return (spoken if args.still else TalkingHead(spoken)), fps
