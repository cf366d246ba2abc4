"""What people see on standard error while a command works: single lines, and a bar where a terminal shows it.

Standard output belongs to results (`Outcome`), which `runtime.cli` prints.
"""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final, TextIO

PROGRESS_VARIABLE: Final = "CARTOONALIVE_PROGRESS"
PROGRESS_LINES: Final = "lines"
"""This value of that environment variable makes each step of a bar a line, for a program that shows it elsewhere."""
PROGRESS_MARK: Final = "@progress "
"""How such a line begins; then the part done, 0..1, a space, and what is going on."""

Advance = Callable[[str, float], None]
"""`advance(what, done)`: what is going on, and which part 0..1 of the whole is done."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a command has to say at its end: `text` for people or `data`, JSON-ready, for programs.

    code: the exit code; other than 0 when the command ran but what it looked at is not in order.
    """

    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    code: int = 0


class Console:
    """Lines and bars on `stream`; a quiet one says nothing."""

    def __init__(self, stream: TextIO | None = None, *, quiet: bool = False) -> None:
        self._stream = stream or sys.stderr
        self._quiet = quiet

    def say(self, line: str, /) -> None:
        """One line, at once."""
        if not self._quiet:
            self._stream.write(f"{line}\n")
            self._stream.flush()

    @contextmanager
    def bar(self, title: str) -> Iterator[Advance]:
        """A progress bar while the block runs; nothing where no terminal shows it, unless lines are asked for."""
        if not self._quiet and os.environ.get(PROGRESS_VARIABLE) == PROGRESS_LINES:
            yield lambda what, done: self.say(f"{PROGRESS_MARK}{min(max(done, 0.0), 1.0):.3f} {what}")
            return
        if self._quiet or not self._stream.isatty():
            yield _ignore
            return
        from rich.console import Console as RichConsole
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
        with Progress(*columns, console=RichConsole(file=self._stream), transient=True) as progress:
            task = progress.add_task(title, total=1.0)

            def advance(what: str, done: float) -> None:
                progress.update(task, description=what or title, completed=min(max(done, 0.0), 1.0))

            yield advance


def _ignore(what: str, done: float, /) -> None:
    return None
