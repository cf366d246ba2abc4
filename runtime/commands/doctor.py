"""`doctor`."""

import argparse

from assets.errors import UsageError
from runtime.console import Console, Outcome

HELP = "doctor"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """To come."""
    raise UsageError("doctor comes in a later version")
