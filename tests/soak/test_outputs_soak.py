"""Outputs switched on and off for hours, in fast motion: recordings, pipes, snapshots, faces, and what fails."""

import gc
import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets.face import FaceFrame
from runtime.clock import ManualClock
from runtime.outputs import Outputs

pytestmark = pytest.mark.soak

ROUNDS = 200
PICTURES = 20
SIZE = (96, 64)
MAX_GROWTH_BYTES = 16 << 20


def left_open() -> tuple[int, int]:
    """File descriptors and threads."""
    return len(os.listdir("/proc/self/fd")), threading.active_count()


def memory_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def play(outputs: Outputs, clock: ManualClock, rng: np.random.Generator) -> None:
    for _ in range(PICTURES):
        outputs.write(rng.integers(0, 256, (SIZE[1], SIZE[0], 4)).astype(np.uint8), clock.now_s())
        outputs.send(FaceFrame(), clock.now_s())
        outputs.hear(np.zeros(800, np.float32), 48_000, clock.now_s())
        clock.advance(1.0 / 60.0)


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="only Linux tells a process its files in /proc")
def test_nothing_is_left_behind(tmp_path: Path, rng: np.random.Generator) -> None:
    clock, numbers = ManualClock(1.0), iter(range(10_000_000))
    outputs = Outputs(clock, fps=60.0, folder=tmp_path / "films", stamp=lambda: str(next(numbers)))
    kinds: list[dict[str, Any]] = [{"format": kind} for kind in ("mp4", "webp", "folder", "gif")]
    kinds.append({"path": str(tmp_path / "films" / "gone" / "x.mp4")})
    before, memory, films = left_open(), 0, 0
    for round_ in range(ROUNDS):
        if round_ == ROUNDS // 10:
            gc.collect()
            memory = memory_bytes()
        outputs.turn_on("pipe", {"path": str(tmp_path / "p")}, SIZE)
        outputs.turn_on("vmc", {"address": "127.0.0.1:9" if round_ % 3 else "nobody"}, SIZE)
        values = kinds[round_ % len(kinds)]
        (tmp_path / "films" / "gone").mkdir(parents=True, exist_ok=True)
        outputs.turn_on("recording", values, SIZE)
        if "path" in values:
            (tmp_path / "films" / "gone").rmdir()  # under its feet
        films += "path" not in values
        outputs.snapshot()
        play(outputs, clock, rng)
        for name in ("recording", "pipe", "vmc"):
            outputs.turn_off(name)
        outputs.close()
        outputs.notices()
    gc.collect()
    growth = memory_bytes() - memory
    made = [path for path in (tmp_path / "films").iterdir() if path.name != "gone"]
    print(f"{films} films, grew {growth} bytes")  # noqa: T201
    assert left_open() == before
    assert growth <= MAX_GROWTH_BYTES
    assert [path for path in made if path.name.startswith(".")] == []
    assert len([path for path in made if path.suffix != ".png"]) == films
    assert len([path for path in made if path.suffix == ".png"]) == ROUNDS
