"""`listen`."""

import argparse

from assets.errors import UsageError
from runtime.console import Console, Outcome

HELP = "listen"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """To come."""
    raise UsageError("listen comes in a later version")
