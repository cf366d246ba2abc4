"""The options of `run` that say how sources are read and mixed."""

import argparse

from runtime import arguments


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
