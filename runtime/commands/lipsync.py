"""`lipsync`: speech becomes a take. Not in this version."""

import argparse

from assets.errors import UsageError
from runtime.console import Console, Outcome

HELP = "make a take from recorded speech (comes in a later version)"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("audio", metavar="AUDIO", help="a .wav, .flac or .ogg file")
    parser.add_argument("-o", "--out", required=True, metavar="TAKE")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Says that it is not there yet."""
    raise UsageError("lipsync comes in a later version; `cartoonalive track` makes takes from video today")
