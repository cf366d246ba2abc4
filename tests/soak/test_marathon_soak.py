"""10,000 faults in a running show. For `make soak`; it tells its figures."""

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from tests.runtime.conftest import build_tiny
from tests.soak.marathon import Marathon

pytestmark = [pytest.mark.soak, pytest.mark.gl]

FAULTS = 10_000
Tell = Callable[[str], None]


def test_10_000_faults(tmp_path: Path, tell: Tell) -> None:
    """Alive, counted, and no slower: times of the frame's parts are those without any fault."""
    with Marathon([build_tiny()], tmp_path, seed=1) as show:
        show.run(1_000)
        calm = _times(show, 3_000, 0)
        hurt = _times(show, 2 * FAULTS, 2)
        raised = {actor.name: actor.faults["raises"] + actor.faults["os error"] for actor in show.actors}
        raised |= {taker.name: taker.faults.total() for taker in show.takers}
        assert show.loop.mishaps.counts() == raised
        assert show.refused == show.asked
        total = sum(actor.faults.total() for actor in show.actors) + sum(taker.faults.total() for taker in show.takers)
        waiting = len([None for victim in (*show.actors, *show.takers) if victim.fault is not None])
        p99 = [1000 * float(np.percentile(times, 99)) for times in (calm, hurt)]
        tell(f"{total + show.asked.total()} faults in {2 * FAULTS} frames ({waiting} not met yet): p99 of a frame "
             f"{p99[1]:.1f} ms, without faults {p99[0]:.1f} ms")  # fmt: skip
        assert total + show.asked.total() > 0.7 * FAULTS  # a fault that waits is replaced by the next


def _times(show: Marathon, frames: int, fault_every: int) -> list[float]:
    took = []
    for number in range(1, frames + 1):
        if fault_every and number % fault_every == 0:
            show.hurt()
        start_s = time.perf_counter()
        show.run(1)
        took.append(time.perf_counter() - start_s)
    return took
