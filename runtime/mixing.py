"""The options of `run` that say how sources are read and mixed, and what they come to."""

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from runtime import arguments

if TYPE_CHECKING:
    from runtime.choosing import Choice
    from runtime.mixer import Rules
    from runtime.source import Source


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """How sources are read and mixed."""
    parser.add_argument("--smooth", type=arguments.calmness, default=1.0, metavar="X",
                        help="0.25 is lively, 4 is calm (default: 1)")  # fmt: skip
    parser.add_argument("--no-calibration", action="store_true", help="read the drivers' numbers as they come")
    parser.add_argument("--lost", choices=("idle", "ease", "hold"), default="idle",
                        help="a lost face lives on by itself, eases to rest, or stays (default: idle)")  # fmt: skip
    parser.add_argument("--link-eyes", type=arguments.share, default=0.0, metavar="X",
                        help="0: each lid for itself; 1: both alike (default: 0)")  # fmt: skip
    parser.add_argument("--voice", type=arguments.share, default=1.0, metavar="X",
                        help="how far a voice may move a mouth that is also seen, 0 to 1 (default: 1)")  # fmt: skip
    parser.add_argument("--voice-mode", choices=("blend", "max"), default="blend",
                        help="max: a voice only opens the jaw wider (default: blend)")  # fmt: skip


def rules(args: argparse.Namespace) -> "Rules":
    """What the mixer goes by."""
    from runtime.mixer import Rules

    return Rules(hold=args.lost == "hold", voice=args.voice, voice_mode=args.voice_mode)


def sources(
    started: "Sequence[Choice]", args: argparse.Namespace, say: Callable[[str], None]
) -> "list[tuple[str, Source, Path | None]]":
    """Each driver on stage with its name and the file that keeps its calibration; None: it isn't to be calibrated."""
    from runtime import calibration_live, calibration_store
    from runtime.filters import FaceFilter
    from runtime.source import Source

    made = []
    for choice in started:
        kept = None if args.no_calibration else calibration_live.kept(choice.source, say)
        if kept is not None:
            say(f"{choice.source}: calibrated; --no-calibration leaves that out")
        calm = FaceFilter(lively=1.0 / args.smooth)
        source = Source(choice.driver, choice.allowed, calibration=kept, face_filter=calm)
        path = None if args.no_calibration else calibration_store.path_of(choice.source)
        made.append((choice.name, source, path))
    return made
