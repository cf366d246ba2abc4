"""The command line: words in, one `Outcome` out, and every error of the user's as one line.

Each command is a module of `runtime.commands` with `HELP`, `add_arguments(parser)` and `execute(args, console)`. They
import what they need inside `execute`, so `--help` and `--version` cost next to nothing.

Exit codes: 0 the work was done; 1 it ran and found something wrong (doctor), or met a defect of ours; 2 the user can
mend it; 130 Ctrl-C; 143 asked to end.
"""

import argparse
import contextlib
import importlib
import json
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Any, Final, NoReturn

from assets.errors import CartoonAliveError, UsageError
from runtime import commands
from runtime.console import Console, Outcome

INTERRUPTED: Final = 130
TERMINATED: Final = 143


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line and where help is, instead of printing the whole usage."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see: {self.prog} --help)")


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_: Any) -> None:
        from importlib import metadata

        try:
            version = metadata.version("cartoonalive")
        except metadata.PackageNotFoundError:
            version = "(not installed)"
        print(f"cartoonalive {version}")
        parser.exit()


def parser(only: str | None = None) -> argparse.ArgumentParser:
    """The parser of the whole command line, or of one command alone: that saves loading all the others."""
    top = _Parser(
        prog="cartoonalive",
        description="One portrait becomes a live, layered 2D avatar, driven by your face.",
        epilog="cartoonalive COMMAND --help tells more about a command.",
    )
    top.add_argument("--version", action=_Version, nargs=0, help="print the version and exit")
    subparsers = top.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in commands.NAMES if only is None else (only,):
        module = importlib.import_module(f"runtime.commands.{name}")
        sub = subparsers.add_parser(name, help=module.HELP, description=module.HELP)
        module.add_arguments(sub)
        sub.add_argument("--json", action="store_true", help="print one JSON object instead of text")
        sub.set_defaults(execute=module.execute)
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command. Returns the exit code; `--help` and `--version` raise SystemExit(0), as argparse does."""
    stop = _Stop()
    try:
        with stop:
            words = sys.argv[1:] if argv is None else argv
            known = words[:1] and words[0] in commands.NAMES
            args = parser(words[0] if known else None).parse_args(words)
            outcome: Outcome = args.execute(args, Console())
            _print(json.dumps(outcome.data, ensure_ascii=False, allow_nan=False) if args.json else outcome.text)
            return outcome.code
    except (Exception, KeyboardInterrupt, _Terminated) as error:
        # Asked first: an interruption may come out as another error, such as that of a child which was stopped as well.
        if stop.number == signal.SIGTERM:
            return _complain("terminated", TERMINATED)
        if stop.number == signal.SIGINT or isinstance(error, KeyboardInterrupt):
            return _complain("interrupted", INTERRUPTED)
        if isinstance(error, CartoonAliveError):
            return _complain(str(error), 2)
        if isinstance(error, BrokenPipeError):
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # the reader left; nothing more to say
            return 0
        if isinstance(error, OSError):
            return _complain(": ".join(str(part) for part in (error.strerror or error, error.filename) if part), 2)
        raise


class _Terminated(BaseException):
    """SIGTERM, as an exception: blocks end in order and leave no half-written file."""


class _Stop:
    """While active, SIGINT and SIGTERM raise in the main thread, and `number` tells which one came."""

    def __init__(self) -> None:
        self.number: int | None = None
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            with contextlib.suppress(ValueError):  # not the main thread: signals are someone else's
                if signal.getsignal(number) is not signal.SIG_IGN:
                    self._before[number] = signal.signal(number, self._raise)

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _raise(self, number: int, frame: FrameType | None) -> NoReturn:
        self.number = number
        raise KeyboardInterrupt if number == signal.SIGINT else _Terminated


def _print(text: str) -> None:
    if text:
        print(text, flush=True)


def _complain(message: str, code: int) -> int:
    line = " ".join(message.split())
    print(f"cartoonalive: {line}", file=sys.stderr, flush=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
