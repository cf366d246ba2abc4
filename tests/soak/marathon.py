"""The whole show in fast motion, on a clock that is moved by hand: sources that come, go, lie and fail; expressions,
outputs, sizes, avatars that change; and what of memory, files, threads and OpenGL objects it leaves behind.

`tests/runtime/test_marathon.py` runs a little of it, `tests/soak/test_marathon_soak.py` all.
"""

import gc
import itertools
import math
import os
import threading
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from assets import arkit
from assets.avatar import AvatarModel
from assets.errors import GraphicsError, UsageError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose
from drivers.idle import idle_frame
from renderer.surface import OffscreenSurface
from runtime.app import Stage
from runtime.clock import ManualClock
from runtime.faces.alive import Alive, Bearing
from runtime.faces.correctors import correct
from runtime.faces.expressions import Expressions, Preset
from runtime.faces.mixer import channels_of
from runtime.loop import Loop, Picture
from runtime.metrics import Metrics
from runtime.outputs import Outputs
from runtime.overlays import with_overlays
from runtime.sources.source import Source

FRAME_S: Final = 1.0 / 60.0
SIZES_PX: Final = ((64, 64), (96, 48), (48, 80), (33, 57))


class Actor:
    """A driver whose face is a function of the time; it falls silent, and it fails as often as it is told to."""

    def __init__(self, name: str, clock: ManualClock, channels: frozenset[str], rng: np.random.Generator) -> None:
        self.name, self.channels = name, channels
        self._clock, self._rng = clock, rng
        self.faults = Counter[str]()
        self.fault: str | None = None
        self.silent_until_s = 0.0

    def latest(self) -> FaceFrame | None:
        now_s = self._clock.now_s()
        fault, self.fault = self.fault, None
        if fault is not None:
            self.faults[fault] += 1
        match fault:
            case "raises":
                raise RuntimeError(f"{self.name}: out of order")
            case "os error":
                raise OSError(5, "Input/output error")
            case "no face":
                return FaceFrame(time_s=now_s, face_seen=False)
            case "from the future":
                return self._face(now_s, now_s + 1000.0)
            case "from the past":
                return self._face(now_s, now_s - 1000.0)
            case "far away":
                far = HeadPose(*self._rng.uniform(-1e6, 1e6, 6))
                return FaceFrame(self._rng.uniform(-9, 9, arkit.COUNT), far, now_s, self.channels)
            case "silent":
                self.silent_until_s = now_s + float(self._rng.uniform(0.0, 2.0))
        return None if now_s < self.silent_until_s else self._face(now_s, now_s)

    def _face(self, at_s: float, time_s: float) -> FaceFrame:
        waves = 0.5 + 0.5 * np.sin(at_s * np.linspace(0.7, 9.0, arkit.COUNT) + len(self.name))
        head = HeadPose(0.5 * math.sin(at_s), 0.2 * math.sin(1.7 * at_s), 0.2 * math.sin(0.9 * at_s))
        return FaceFrame(0.6 * waves, head, time_s, self.channels)


class Idler:
    """What is left when nobody drives."""

    name = "idle"

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock

    def latest(self) -> FaceFrame:
        return idle_frame(self._clock.now_s())


class Taker:
    """A sink and a listener that fail when they are told to."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.faults = Counter[str]()
        self.fault: str | None = None
        self.taken = 0

    def write(self, rgba: Picture) -> None:
        self._take()

    def send(self, face: FaceFrame, now_s: float) -> None:
        assert np.isfinite(face.weights).all()
        self._take()

    def _take(self) -> None:
        fault, self.fault = self.fault, None
        if fault is not None:
            self.faults[fault] += 1
        if fault == "disk full":
            raise OSError(28, "No space left on device")
        if fault == "raises":
            raise ValueError(f"{self.name}: out of order")
        self.taken += 1


class Shape:
    """Corrections, life and expressions, as `runtime.faces.shaping` puts them together."""

    def __init__(self) -> None:
        self.alive, self.expressions = Alive(), Expressions()

    def step(self, mixed: FaceFrame, now_s: float) -> tuple[FaceFrame, dict[str, float]]:
        driven = frozenset({"jawOpen"}) if math.sin(now_s / 7.0) > 0.5 else None
        return self.expressions.step(self.alive.step(correct(mixed), now_s, driven), now_s)


@dataclass(frozen=True)
class Held:
    """What a process holds. objects: those that Python's collector knows; names: OpenGL's, by kind."""

    rss_bytes: int
    files: int
    threads: int
    objects: int
    names: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        kept = f"{self.rss_bytes / 2**20:.1f} MiB, {self.files} files, {self.threads} threads, {self.objects} objects"
        return f"{kept}, {sum(self.names.values())} of OpenGL"


FAULTS: Final[dict[str, tuple[str, ...]]] = {
    "actor": ("raises", "os error", "no face", "from the future", "from the past", "far away", "silent"),
    "taker": ("disk full", "raises"),
    "asked": ("unknown expression", "bad preset", "bad output", "no file", "bad view", "bad size"),
}


class Marathon:
    """A show that is run for any number of frames. A context manager: leaving frees everything."""

    def __init__(self, models: Sequence[AvatarModel], folder: Path, *, seed: int = 0) -> None:
        self.clock = ManualClock(100.0)
        self.rng = np.random.default_rng(seed)
        self._models = [with_overlays(model) for model in models]
        self._turn = itertools.cycle(range(len(models)))
        self._folder = folder
        self._stack = ExitStack()
        self.refused = Counter[str]()
        self.asked = Counter[str]()

    def __enter__(self) -> Self:
        everything = ALL_CHANNELS | {HEAD}
        self.actors = [
            Actor(name, self.clock, channels, self.rng)
            for name, channels in (
                ("phone", everything), ("camera", everything - {"tongueOut"}), ("voice", channels_of(["mouth"])),
            )
        ]  # fmt: skip
        self.takers = [Taker("sink"), Taker("listener")]
        self.surface = OffscreenSurface(SIZES_PX[0])
        self.stage = self._stack.enter_context(Stage(self._models[next(self._turn)], self.surface))
        self.stage.swing(self.clock.now_s)
        self.stage.bearing = Bearing()
        self.outputs = self._stack.enter_context(Outputs(self.clock, fps=60.0, folder=self._folder))
        self.shape = Shape()
        self._sources = [Source(actor) for actor in (*self.actors, Idler(self.clock))]
        self.loop = Loop(
            self._sources, self.stage, clock=self.clock, metrics=Metrics(self.clock), shaping=self.shape,
            sinks=[self.takers[0]], listeners=[self.takers[1]], outputs=self.outputs, mirror=True,
        )  # fmt: skip
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        self._stack.close()

    def run(self, frames: int, *, swap_every: int = 50_000, fault_every: int = 0) -> None:
        """So many frames. Every part is used again and again, at intervals that don't divide one another."""
        for number in range(1, frames + 1):
            self._live(number)
            if number % swap_every == 0:
                self.swap()
            if fault_every and number % fault_every == 0:
                self.hurt()
            self.clock.advance(FRAME_S)
            shown = self.loop.frame()
            if number % 97 == 0:
                assert np.isfinite(shown.weights).all()

    def swap(self) -> None:
        """Another avatar."""
        self.stage.swap(self._models[next(self._turn)])

    def _live(self, number: int) -> None:
        now_s = self.clock.now_s()
        if number % 41 == 0:
            names = [preset.name for preset in self.shape.expressions.presets]
            self.shape.expressions.trigger(str(self.rng.choice(names)), None, now_s)
        if number % 997 == 0:
            self.shape.expressions.clear(now_s)
            self.shape.expressions.set(Preset("own", {"cheekPuff": float(self.rng.uniform())}), now_s)
        if number % 503 == 0:
            self._recast()
        if number % 1511 == 0:
            self.surface.resize(SIZES_PX[number // 1511 % len(SIZES_PX)])
        if number % 211 == 0:
            zoom, x, y = self.rng.uniform((0.5, -0.3, -0.3), (2.0, 0.3, 0.3))
            self.stage.view = (zoom, x, y) if number % 422 else (1.0, 0.0, 0.0)
        if number % 1009 == 0:
            self.stage.swing(self.clock.now_s, strength=float(self.rng.uniform(0.1, 2.0)), wind=number % 3)
            self.loop.mirror = not self.loop.mirror
        if number % 2003 == 0:
            on = number // 2003 % 2 == 1
            self.outputs.turn_on("vmc", {"address": "127.0.0.1:9"}, self.surface.size_px) if on else None
            self.outputs.turn_off("vmc") if not on else None
        if number % 4001 == 0:
            path = self._folder / f"show{number}"
            self.outputs.turn_on("recording", {"path": str(path), "fps": 10.0}, self.surface.size_px)
        if number % 4001 == 60 and number > 4001:
            self.outputs.turn_off("recording")
        if number % 5003 == 0:
            self.outputs.snapshot(self._folder / "snapshot.png")
            self.outputs.notices()

    def _recast(self) -> None:
        """Other sources in another order; the idle one stays the last."""
        before = self.loop.sources
        several = [source for source in self._sources[:-1] if self.rng.uniform() < 0.8]
        self.rng.shuffle(several)  # type: ignore[arg-type]
        after = [*several, self._sources[-1]]
        self.loop.sources = after
        self.loop.mixer.recast([before.index(source) if source in before else None for source in after], None)

    # ---- harm ---------------------------------------------------------------------------------------

    def hurt(self) -> None:
        """One fault, wherever chance has it: in a source, a sink, a listener, or in what is asked of the show."""
        where = str(self.rng.choice(list(FAULTS)))
        what = str(self.rng.choice(FAULTS[where]))
        if where == "asked":
            self.asked[what] += 1
            try:
                self._ask(what)
            except (UsageError, GraphicsError, ValueError) as error:
                self.refused[what] += "\n" not in str(error)
            return
        victims: list[Any] = list(self.actors if where == "actor" else self.takers)
        victims[int(self.rng.integers(len(victims)))].fault = what

    def _ask(self, what: str) -> None:
        match what:
            case "unknown expression":
                self.shape.expressions.trigger("no such", True, self.clock.now_s())
            case "bad preset":
                self.shape.expressions.set(Preset("bad", {"jawOpen": float("nan")}), self.clock.now_s())
            case "bad output":
                self.outputs.turn_on("hologram", {}, self.surface.size_px)
            case "no file":
                self.outputs.snapshot(Path("/proc/none/picture.jpg"))
            case "bad view":
                self.stage.view = (float("nan"), 0.0, 0.0)
            case "bad size":
                size_px = self.surface.size_px
                try:
                    self.surface.resize((0, 99999))
                finally:
                    assert self.surface.size_px == size_px

    # ---- what it holds ------------------------------------------------------------------------------

    def settle(self, patience: Callable[[], bool] = lambda: True) -> None:
        """Turn every output off and wait until their threads have ended."""
        for name in list(self.outputs.health()):
            if name != "snapshot":
                self.outputs.turn_off(name)
        for thread in threading.enumerate():
            if thread.name.startswith(("output-", "snapshot")):
                thread.join(30.0)

    def held(self) -> Held:
        """What the process holds now, at the first size."""
        self.settle()
        self.surface.resize(SIZES_PX[0])
        self.stage.view = (1.0, 0.0, 0.0)
        self.loop.frame()
        return held(self.surface.gl)


def held(gl: Any, names_below: int = 500) -> Held:
    """What the process holds now, after a full collection. gl: OpenGL's functions, whose names of objects rise."""
    gc.collect()
    names = {
        kind: sum(bool(getattr(gl, f"glIs{kind}")(name)) for name in range(1, names_below))
        for kind in ("Texture", "Buffer", "Framebuffer", "Renderbuffer", "VertexArray", "Program", "Shader")
    }
    rss = int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    return Held(rss, len(os.listdir("/proc/self/fd")), threading.active_count(), len(gc.get_objects()), names)
