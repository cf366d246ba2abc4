"""runtime.memory"""

import ctypes
import os
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from runtime import memory


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells a process its memory in /proc")
def test_what_a_thread_has_freed_goes_back() -> None:
    if not hasattr(ctypes.CDLL(None), "malloc_trim"):
        pytest.skip("another C library than glibc")

    def work() -> None:
        kept = [np.ones(8_000) for _ in range(1_000)]  # pieces too small to be mapped on their own: 64 MB
        kept[-1] = np.ones(8_000)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    memory.give_back()
    before = resident_bytes()
    again = threading.Thread(target=work)
    again.start()
    again.join()
    memory.give_back()
    assert resident_bytes() - before < 16 << 20


def test_elsewhere_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    assert memory.give_back() is False


def test_what_is_there_when_it_settles_is_no_longer_searched() -> None:
    code = (
        "import gc\nfrom runtime import memory\nbefore = len(gc.get_objects())\nmemory.settle()\n"
        "after = len(gc.get_objects())\nassert gc.get_freeze_count() > 0.9 * before, (before, gc.get_freeze_count())\n"
        "assert after < 0.1 * before, (before, after)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).resolve().parents[2])
