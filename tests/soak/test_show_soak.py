"""A whole show for 200,000 frames, asked for everything again and again. For `make soak`; it tells its figures."""

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets import store, takes
from assets.samples import AVATAR
from drivers.idle import IdleDriver
from drivers.replay import ReplayDriver
from drivers.stub import StubDriver
from renderer.surface import OffscreenSurface
from runtime.app import Stage
from runtime.clock import ManualClock
from runtime.metrics import Metrics
from runtime.overlays import with_overlays
from runtime.performance import Performance, Plan
from runtime.settings.keeper import Keeper
from runtime.show import Show
from tests.runtime.conftest import build_take, build_tiny
from tests.soak.marathon import SIZES_PX, Held, held

pytestmark = [pytest.mark.soak, pytest.mark.gl]

FRAMES = 200_000
SWAP_EVERY = 50_000
WARM_UP = 12_000
FPS = 60.0
MAX_GROWTH_BYTES = 16 << 20
PATIENCE_S = 30.0
Tell = Callable[[str], None]


class Evening:
    """A show that is asked for things, at intervals that don't divide one another; time passes only with frames."""

    def __init__(self, folder: Path) -> None:
        self.rng = np.random.default_rng(5)
        self.clock = ManualClock(100.0)
        self.folder = folder
        self.avatars = [AVATAR, folder / "tiny.avatar", folder / "second.avatar", folder / "third.avatar"]
        for path in self.avatars[1:]:
            store.save(build_tiny(), path)
        self.take = folder / "take.jsonl"
        takes.save(build_take(90), self.take)
        self.shown = 0
        self.posted = Counter[str]()

    def begin(self) -> None:
        """The show, on the first avatar."""
        show = Show(now_s=self.clock.now_s)
        self.surface = OffscreenSurface(SIZES_PX[0])
        self.stage = Stage(with_overlays(store.load(self.avatars[0])), self.surface)
        keeper = Keeper(self.folder / "config", self.avatars[0], work=show.work, notice=show.notice,
                        now_s=self.clock.now_s)  # fmt: skip
        plan = Plan(self.avatars[0], FPS, True, self.folder / "videos", calibrate=False)
        self.performance = Performance(
            plan, self.stage, show, keeper, clock=self.clock, metrics=Metrics(self.clock), say=lambda line: None
        ).__enter__()
        self.show = show
        self.presets = [preset["name"] for preset in self._presets()]

    def _presets(self) -> list[dict[str, Any]]:
        return [preset.as_json() for preset in self.performance.parts.shaping.expressions.presets]

    def end(self) -> None:
        """Everything is closed."""
        self.performance.__exit__(None, None, None)
        self.stage.__exit__()

    def run(self, frames: int) -> None:
        """So many frames, in fast motion."""
        loop = self.performance.loop
        for _ in range(frames):
            self.shown += 1
            self._ask(self.shown)
            self.performance.run(loop.metrics.frames + 1)
        assert loop.shown is not None
        assert np.isfinite(loop.shown.face.weights).all()

    def post(self, action: str, **values: Any) -> None:
        """Asked for, and counted."""
        self.posted[action] += 1
        self.show.post(action, values)

    def _ask(self, n: int) -> None:
        rng = self.rng
        if n % 37 == 0:
            self.post("expression.trigger", name=str(rng.choice(self.presets)))
        if n % 53 == 0:
            self.post("weights.set", weights={"jawOpen": float(rng.uniform())}, for_s=0.3)
        if n % 211 == 0:
            zoom, x, y = (float(value) for value in rng.uniform((0.5, -0.3, -0.3), (2.0, 0.3, 0.3)))
            self.post("view.place", zoom=zoom, x=x, y=y)
        if n % 307 == 0:
            names = ("hair", "wind", "breath", "blink", "gaze", "body")
            self.post("motion.set", **{name: float(rng.uniform(0.0, 2.0)) for name in names})
        if n % 401 == 0:
            self.post("view.mirror", on=bool(n % 802))
        if n % 503 == 0:
            self.post("shape.curve", name="mouthSmileLeft", low=0.1, high=float(rng.uniform(0.5, 1.5)))
        if n % 1009 == 0:
            self.post("expression.clear")
            self.post("expression.set", name="own", weights={"cheekPuff": float(rng.uniform())}, fade_s=0.2)
        if n % 1301 == 0:
            self.surface.resize(SIZES_PX[n // 1301 % len(SIZES_PX)])
        if n % 1511 == 0:
            driver, options = (("stub", {}), ("replay", {"take": str(self.take), "loop": True}))[n // 1511 % 2]
            self.post("source.add", driver=driver, options=options)
        if n % 1511 == 900 and n > 1511:
            self.post("source.remove", name=("stub", "replay")[n // 1511 % 2])
        if n % 2003 == 0:
            self.post("output.on", name="vmc", options={"address": "127.0.0.1:9"})
        if n % 2003 == 700 and n > 2003:
            self.post("output.off", name="vmc")
        if n % 4001 == 0:
            self.post("output.on", name="recording", options={"path": str(self.folder / f"show{n}"), "fps": 10.0})
        if n % 4001 == 60 and n > 4001:
            self.post("output.off", name="recording")
        if n % 5003 == 0:
            self.post("output.snapshot", path=str(self.folder / "snapshot.png"))
            self.post("settings.reset", section="curves")
        if n % 997 == 0:
            self.show.state(), self.show.live(), self.show.preview(64)

    def swap(self, number: int) -> None:
        """Another avatar, read and prepared beside the show."""
        before = self.stage.model
        self.post("avatar.load", path=str(self.avatars[number % len(self.avatars)]))
        self._until(lambda: self.stage.model is not before)

    def held(self) -> Held:
        """What it holds when nothing is going on."""
        for name in ("vmc", "recording"):
            self.post("output.off", name=name)
        for name in [member.name for member in self.performance.cast.members if member.name != "idle"]:
            self.post("source.remove", name=name)
        self.post("expression.clear")
        self.post("view.place", zoom=1.0, x=0.0, y=0.0)
        self.surface.resize(SIZES_PX[0])
        count = self.performance.loop.metrics.frames
        self.performance.run(count + 150)  # and the memory of the last avatar has gone back
        quiet = ("output-", "snapshot", "work", "cast", "leaving", "settings")
        self._until(lambda: not any(name.startswith(quiet) for name in names()))
        return held(self.surface.gl, 30_000)

    def _until(self, true: Callable[[], bool]) -> None:
        give_up_s = time.monotonic() + PATIENCE_S
        while not true():
            assert time.monotonic() < give_up_s, f"never came true; threads: {names()}"
            self.performance.run(self.performance.loop.metrics.frames + 1)
            time.sleep(0.001)


def names() -> list[str]:
    """Of the threads that run."""
    import threading

    return [thread.name for thread in threading.enumerate()]


@pytest.fixture
def evening(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Evening]:
    """A show on a clock that only frames move."""
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    made = Evening(tmp_path)
    for driver in (IdleDriver, ReplayDriver, StubDriver):
        defaults = driver.__init__.__kwdefaults__
        if defaults and "clock" in defaults:
            monkeypatch.setitem(defaults, "clock", made.clock.now_s)
    made.begin()
    logging.getLogger("cartoonalive").setLevel(logging.CRITICAL)
    yield made
    logging.getLogger("cartoonalive").setLevel(logging.NOTSET)
    made.end()


def test_200_000_frames(evening: Evening, tell: Tell) -> None:
    for number in range(4):
        evening.run(WARM_UP // 4)
        evening.swap(number + 1)
    before = evening.held()
    tell(f"after a warm-up of {WARM_UP} frames: {before}")
    start_s = time.monotonic()
    for number in range(FRAMES // SWAP_EVERY):
        evening.run(SWAP_EVERY)
        evening.swap(number + 1)
        after = evening.held()
        took_s = time.monotonic() - start_s
        tell(f"after {(number + 1) * SWAP_EVERY} frames, {took_s:.0f} s: {after}")
    tell(f"asked for: {dict(evening.posted)}")
    tell(f"failed: {evening.performance.loop.mishaps.counts()}")
    notices = Counter(notice["text"] for notice in evening.show.state()["notices"])
    tell(f"noticed: {dict(notices)}")
    assert not evening.performance.loop.mishaps.counts()
    assert after.rss_bytes - before.rss_bytes <= MAX_GROWTH_BYTES
    assert (after.files, after.threads, after.names) == (before.files, before.threads, before.names)
    assert after.objects < 1.01 * before.objects
