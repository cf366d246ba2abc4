"""What fails in every frame is told once in full and then counted: nobody reads 60 tracebacks a second."""

import logging
from collections import Counter

log = logging.getLogger("cartoonalive")


class Mishaps:
    """Counts failures by the name of who failed; tells the first in full, then one line at 2, 4, 8, 16 … times."""

    def __init__(self) -> None:
        self._counts: Counter[str] = Counter()

    def note(self, who: str, error: Exception) -> None:
        """`who` has just raised `error`."""
        self._counts[who] += 1
        count = self._counts[who]
        if count == 1:
            log.error("%s failed: %s: %s", who, type(error).__name__, error, exc_info=error)
        elif count & (count - 1) == 0:
            log.error("%s failed %d times, last: %s: %s", who, count, type(error).__name__, error)

    def counts(self) -> dict[str, int]:
        """How often each failed."""
        return dict(self._counts)
