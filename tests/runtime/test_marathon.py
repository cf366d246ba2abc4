"""The whole show in fast motion, a little of it; all of it is in `tests/soak`."""

import sys
from collections import Counter
from pathlib import Path

import pytest

from assets import store
from assets.avatar import AvatarModel
from assets.samples import AVATAR
from tests.soak.marathon import FAULTS, Marathon

pytestmark = [
    pytest.mark.gl,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="only Linux tells what a process holds"),
]


def test_nothing_is_left_behind(tiny: AvatarModel, tmp_path: Path) -> None:
    """Two avatars in turn; the first frames fill caches."""
    with Marathon([store.load(AVATAR), tiny], tmp_path) as show:
        show.run(90, swap_every=30)
        show.swap()
        before = show.held()
        show.run(180, swap_every=30)
        after = show.held()
        assert not show.loop.mishaps.counts()
    assert (after.files, after.threads, after.names) == (before.files, before.threads, before.names)
    assert after.objects <= 1.03 * before.objects
    assert after.rss_bytes - before.rss_bytes <= 16 << 20


def test_faults_are_counted_and_nothing_else_happens(tiny: AvatarModel, tmp_path: Path) -> None:
    with Marathon([tiny], tmp_path, seed=3) as show:
        show.run(700, fault_every=1)
        show.run(120)  # and then it is as if nothing had happened
        told = show.loop.mishaps.counts()
        raised = Counter[str]()
        for actor in show.actors:
            raised[actor.name] = actor.faults["raises"] + actor.faults["os error"]
        for taker in show.takers:
            raised[taker.name] = taker.faults.total()
        assert told == {name: count for name, count in raised.items() if count}
        assert show.refused == show.asked
        assert set(show.asked) == set(FAULTS["asked"])
        assert min(sum((actor.faults for actor in show.actors), Counter[str]()).values()) > 2
        assert show.takers[0].taken + show.takers[0].faults.total() == 820
        assert show.loop.metrics.frames == 820
        assert show.loop.shown is not None
        assert show.loop.shown.face.face_seen
