"""The live show, one frame at a time: newest of every source -> mix -> filter -> mirror -> draw -> present -> sinks.

Sources are read right before drawing, so that what is shown is as young as it can be. A source or a sink that raises
is told and counted; its channels ease out in the mixer, and the show goes on. What raises in drawing is a defect and
ends the show.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assets.face import FaceFrame
from runtime.clock import Clock
from runtime.filters import FaceFilter
from runtime.metrics import Metrics
from runtime.mishaps import Mishaps
from runtime.mixer import EVERYTHING, Input, mix

Picture = npt.NDArray[np.uint8]


class Face(Protocol):
    """The part of a driver that the loop needs."""

    @property
    def name(self) -> str:
        """Who speaks."""
        ...

    def latest(self) -> FaceFrame | None:
        """The newest frame; never blocks."""
        ...


class Stage(Protocol):
    """What the show is drawn on: a renderer with its surface (`runtime.app.Stage`)."""

    def draw(self, frame: FaceFrame) -> None:
        """Draw the avatar with this face."""
        ...

    def present(self) -> None:
        """Put the drawing before the viewer."""
        ...

    def read_rgba(self) -> Picture:
        """The drawing as uint8 (H, W, 4), straight alpha; valid until the next call."""
        ...

    def open(self) -> bool:
        """Handle what the viewer did; False once the show was closed."""
        ...


class FrameSink(Protocol):
    """Whoever takes finished pictures."""

    @property
    def name(self) -> str:
        """Who takes them."""
        ...

    def write(self, rgba: Picture) -> None:
        """Take one picture, uint8 (H, W, 4), straight alpha."""
        ...


@dataclass(slots=True)
class Source:
    """A driver on stage: which channels it may speak for, and the last frame in which it saw a face."""

    driver: Face
    allowed: frozenset[str] = EVERYTHING
    seen: FaceFrame | None = None
    shown_s: float | None = None


class Loop:
    """Composed of parts that are given; owns the filter state, the pacing and the counting of failures.

    each: called with the time after every frame, for what is not part of the picture.
    """

    def __init__(
        self,
        sources: Sequence[Source],
        stage: Stage,
        *,
        clock: Clock,
        metrics: Metrics,
        fps: float = 60.0,
        mirror: bool = False,
        sinks: Sequence[FrameSink] = (),
        face_filter: FaceFilter | None = None,
        each: Callable[[float], None] | None = None,
    ) -> None:
        self._sources = sources
        self._stage = stage
        self._clock = clock
        self._period_s = 1.0 / fps
        self._mirror = mirror
        self._sinks = sinks
        self._filter = face_filter or FaceFilter()
        self._each = each
        self.metrics = metrics
        self.mishaps = Mishaps()

    def run(self, frames: int | None = None) -> None:
        """Show `frames` frames, or until the stage is closed. Falling behind is forgiven, never caught up."""
        due_s = self._clock.now_s()
        while (frames is None or self.metrics.frames < frames) and self._stage.open():
            self._clock.wait_until(due_s)
            due_s = max(due_s + self._period_s, self._clock.now_s())
            self.frame()

    def frame(self) -> FaceFrame:
        """One frame; returns the face that was drawn."""
        with self.metrics.stage("face"):
            face = self._face(self._clock.now_s())
        with self.metrics.stage("draw"):
            self._stage.draw(face)
        rgba = None
        if self._sinks:
            with self.metrics.stage("read"):
                rgba = self._stage.read_rgba()  # before presenting: a window's buffer means nothing afterwards
        with self.metrics.stage("present"):
            self._stage.present()
        self.metrics.presented(self._newly_shown())
        if rgba is not None:
            with self.metrics.stage("sinks"):
                self._record(rgba)
        if self._each is not None:
            self._each(self._clock.now_s())
        return face

    def _face(self, now_s: float) -> FaceFrame:
        for source in self._sources:
            try:
                frame = source.driver.latest()
            except Exception as error:
                self.mishaps.note(source.driver.name, error)
                continue
            if frame is not None and frame.face_seen:
                source.seen = frame
        mixed = mix([Input(source.seen, source.allowed) for source in self._sources], now_s)
        face = self._filter.step(mixed, now_s)
        return face.mirrored() if self._mirror else face

    def _newly_shown(self) -> dict[str, float]:
        new = {}
        for source in self._sources:
            if source.seen is not None and source.seen.time_s != source.shown_s:
                source.shown_s = source.seen.time_s
                new[source.driver.name] = source.seen.time_s
        return new

    def _record(self, rgba: Picture) -> None:
        for sink in self._sinks:
            try:
                sink.write(rgba)
            except Exception as error:
                self.mishaps.note(sink.name, error)
