"""`lipsync`: recorded speech becomes a take that moves the mouth."""

import argparse
from typing import TYPE_CHECKING

from assets.errors import DriverError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from drivers.speech.mapping import Manner

HELP = "make a take from recorded speech: the mouth that speaks it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("audio", metavar="AUDIO", help="a .wav, .flac, .ogg or .mp3 file, any rate, mono or stereo")
    parser.add_argument("-o", "--out", required=True, metavar="TAKE", help="a .jsonl or Live Link Face .csv file")
    parser.add_argument("--fps", type=arguments.fps, default=60.0, metavar="N", help="frames a second (default: 60)")
    add_manner(parser, expression=0.0)


def add_manner(parser: argparse.ArgumentParser, *, expression: float) -> None:
    """How the mouth speaks."""
    parser.add_argument("--openness", type=arguments.factor, default=1.0, metavar="X",
                        help="how far the mouth opens: 0.5 mumbles, 1.5 shouts (default: 1)")  # fmt: skip
    parser.add_argument("--smoothing", type=arguments.factor, default=1.0, metavar="X",
                        help="0 is nervous, 3 is lazy (default: 1)")  # fmt: skip
    parser.add_argument("--expression", type=arguments.share, default=expression, metavar="X",
                        help="0 to 1: uneven smiles, brows that rise with the voice "
                        f"(default: {expression:g})")  # fmt: skip


def manner(args: argparse.Namespace) -> "Manner":
    """The manner that was asked for."""
    from drivers.speech.mapping import Manner

    return Manner(args.openness, args.smoothing, args.expression)


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Listen and save."""
    audio = arguments.input_file(args.audio, error=DriverError)
    out = arguments.output_file(args.out, ".jsonl", ".csv", inputs=(audio,))

    from assets import arkit, takes
    from drivers.speech import offline

    title = f"listening to {audio.name}"
    with console.bar(title) as advance:
        take = offline.take(audio, fps=args.fps, manner=manner(args), progress=lambda share: advance(title, share))
    takes.save(take, out)
    jaw = arkit.INDEX["jawOpen"]
    open_s = sum(bool(frame.weights[jaw] > 0.1) for frame in take.frames) / args.fps
    data = {
        "out": str(out), "frames": len(take.frames), "fps": args.fps, "duration": round(take.duration_s, 3),
        "mouth_open": round(open_s, 3),
    }  # fmt: skip
    return Outcome(
        f"{out}: {len(take.frames)} frames, {take.duration_s:.1f} s, the mouth open for {open_s:.1f} s of it", data
    )
