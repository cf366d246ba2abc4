"""The whole show for long: 200,000 frames, and 10,000 faults. For `make soak`; each tells its figures."""

import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets import store
from assets.avatar import AvatarModel
from assets.samples import AVATAR
from tests.runtime.conftest import build_tiny
from tests.soak.marathon import Marathon

pytestmark = [pytest.mark.soak, pytest.mark.gl]

FRAMES = 200_000
SWAP_EVERY = 50_000
FAULTS = 10_000
MAX_GROWTH_BYTES = 16 << 20
Tell = Callable[[str], None]


@pytest.fixture
def tell(capsys: pytest.CaptureFixture[str]) -> Tell:
    """Writes a line that is seen even when the test passes."""

    def write(line: str) -> None:
        with capsys.disabled():
            sys.stdout.write(f"\n{line}")
            sys.stdout.flush()

    return write


@pytest.fixture
def models() -> list[AvatarModel]:
    """A real avatar for a quarter of the time, then tiny ones: what is drawn costs, not what is swapped."""
    return [store.load(AVATAR), *(build_tiny() for _ in range(3))]


def test_200_000_frames(models: list[AvatarModel], tmp_path: Path, tell: Tell) -> None:
    with Marathon(models, tmp_path) as show:
        show.run(10_000, swap_every=2_500)
        before = show.held()
        tell(f"after the warm-up: {before}")
        start_s = time.monotonic()
        for part in range(FRAMES // SWAP_EVERY):
            show.run(SWAP_EVERY, swap_every=SWAP_EVERY)
            after = show.held()
            tell(f"after {(part + 1) * SWAP_EVERY} frames, {time.monotonic() - start_s:.0f} s: {after}")
        assert not show.loop.mishaps.counts()
    assert after.rss_bytes - before.rss_bytes <= MAX_GROWTH_BYTES
    assert (after.files, after.threads, after.names) == (before.files, before.threads, before.names)
    assert after.objects < 1.01 * before.objects


def test_10_000_faults(models: list[AvatarModel], tmp_path: Path, tell: Tell) -> None:
    """Alive, counted, and no slower: times of the frame's parts are those without any fault."""
    with Marathon([models[1]], tmp_path, seed=1) as show:
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
