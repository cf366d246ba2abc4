"""Trouble that is logged becomes a notice of the show: a thread that died, a source that fails."""

import contextlib
import logging
from collections.abc import Iterator
from typing import Final

from runtime.show import Show

MOST: Final = 500
"""Characters of a line."""


@contextlib.contextmanager
def noticing(show: Show) -> Iterator[None]:
    """While active, what is logged as an error is a notice, too."""
    handler = _Notices(show)
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        yield
    finally:
        root.removeHandler(handler)


class _Notices(logging.Handler):
    def __init__(self, show: Show) -> None:
        super().__init__(logging.ERROR)
        self._show = show

    def emit(self, record: logging.LogRecord) -> None:
        """One line."""
        self._show.notice(record.getMessage()[:MOST], level="error")
