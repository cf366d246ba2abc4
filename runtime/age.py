"""How long this process has been running: what a person waits from the press of Enter to the first picture."""

import os
import time
from typing import Final

_IMPORTED_S: Final = time.perf_counter()


def process_s() -> float:
    """Seconds since the process began; where the system doesn't tell, since this module was imported."""
    try:
        with open("/proc/self/stat", encoding="ascii", errors="replace") as file:
            begun_ticks = int(file.read().rpartition(")")[2].split()[19])
        return time.clock_gettime(time.CLOCK_BOOTTIME) - begun_ticks / os.sysconf("SC_CLK_TCK")
    except (OSError, ValueError, IndexError, AttributeError):
        return time.perf_counter() - _IMPORTED_S
