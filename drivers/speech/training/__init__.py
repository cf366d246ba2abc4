"""Where the shipped speech model comes from: `cartoonalive train lipsync`.

    phones, targets      what a mouth does for each sound of speech, and between them
    texts                what the voices read
    espeak, recorded     the voices: espeak-ng, and those of flite and festival that may be used
    sounds               what is no speech
    corpus               all that as bands and targets, in shards on disk
    augment, batches     other throats and microphones; what one step of the fit sees
    fit, session         the fit (torch, only here); the whole, from nothing to the file
    export               the file that ships
    evaluation/          how well it works, beside two other methods

Nothing here is loaded when a mouth is driven.
"""

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from assets.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager


class Console(Protocol):
    """What `run` tells people through; `runtime.console.Console` is one."""

    def say(self, line: str, /) -> None:
        """One line."""

    def bar(self, title: str) -> "AbstractContextManager[Callable[[str, float], None]]":
        """A progress bar."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of `train lipsync`."""
    parser.add_argument("--work", type=Path, required=True, metavar="FOLDER",
                        help="where speech and checkpoints are kept; a second call goes on there")  # fmt: skip
    parser.add_argument("-o", "--out", type=Path, required=True, metavar="FILE.safetensors", help="the model to write")
    parser.add_argument("--steps", type=int, default=1500, metavar="N", help="steps of the fit (default: %(default)s)")
    parser.add_argument("--minutes", type=int, default=315, metavar="N",
                        help="speech to make, in minutes (default: %(default)s)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="equal seeds give equal models")


def run(args: argparse.Namespace, console: Console) -> str:
    """Makes the speech that is missing, fits, writes the model; says where it is. Raises UsageError when it can't."""
    import importlib.util

    if args.steps < 1 or args.minutes < 1:
        raise UsageError(f"--steps and --minutes should be 1 or more, got {args.steps} and {args.minutes}")
    if importlib.util.find_spec("torch") is None:
        raise UsageError("training needs torch, which is not installed: pip install 'cartoonalive[train]'")
    from drivers.speech.training import session

    return session.train(args.work, args.out, steps=args.steps, minutes=args.minutes, seed=args.seed, console=console)
