"""`doctor`: what works here, what is missing, how to get it."""

import argparse
import dataclasses
from typing import Final

from runtime.console import Console, Outcome

HELP = "tell what works here, what is missing, and how to get it"
MARKS: Final = {"ok": "ok  ", "warn": "warn", "fail": "FAIL"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """No options of its own."""


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Examine."""
    from runtime.checks import checkup

    checks = checkup.run_all()
    lines = []
    for check in checks:
        lines.append(f"{MARKS[check.status]}  {check.name:<28} {check.detail}")
        if check.fix:
            lines.append(f"{'':<35}-> {check.fix}")
    counts = {status: sum(check.status == status for check in checks) for status in MARKS}
    essential = counts["fail"] == 0
    lines.append("")
    lines.append(f"{counts['ok']} ok, {counts['warn']} to look at, {counts['fail']} broken")
    data = {"ok": essential, "counts": counts, "checks": [dataclasses.asdict(check) for check in checks]}
    return Outcome("\n".join(lines), data, 0 if essential else 1)
