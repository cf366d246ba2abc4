"""The live show, one frame at a time: newest of every source -> mix -> correct -> mirror -> draw -> present -> sinks.

Sources are read right before drawing, so that what is shown is as young as it can be; each keeps its own filters
(`runtime.source`). A source, sink or listener that raises is told and counted, and the show goes on: a source's
channels ease out in the mixer. What raises in drawing is a defect and ends the show.
"""

from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt

from assets.face import FaceFrame
from runtime.clock import Clock
from runtime.correctors import correct
from runtime.metrics import Metrics
from runtime.mishaps import Mishaps
from runtime.mixer import DEFAULT, Mixer, Rules
from runtime.rest import closed
from runtime.source import Source

Picture = npt.NDArray[np.uint8]


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


class Listener(Protocol):
    """Whoever takes the face itself, such as another program on the network."""

    @property
    def name(self) -> str:
        """Who takes it."""
        ...

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Take the face of this picture, before any mirror."""
        ...


class Loop:
    """Composed of parts that are given; owns the mixer, the pacing and the counting of failures.

    rules: how sources are mixed. link_eyes: see `correctors.correct`. jaw_at_rest: see `rest.closed`.
    listeners: told the face, before any mirror.
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
        listeners: Sequence[Listener] = (),
        rules: Rules = DEFAULT,
        link_eyes: float = 0.0,
        jaw_at_rest: float = 0.0,
        each: Sequence[Callable[[float], None]] = (),
    ) -> None:
        self._sources = sources
        self._stage = stage
        self._clock = clock
        self._period_s = 1.0 / fps
        self._mirror = mirror
        self._sinks = sinks
        self._listeners = listeners
        self._link_eyes = link_eyes
        self._jaw_at_rest = jaw_at_rest
        self._captured_s: dict[str, float] = {}
        self._each = each
        self.mixer = Mixer(rules)
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
            now_s = self._clock.now_s()
            face = self._face(now_s)
            shown = closed(face.mirrored() if self._mirror else face, self._jaw_at_rest)
        with self.metrics.stage("draw"):
            self._stage.draw(shown)
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
        self._tell(face, now_s)
        for call in self._each:
            call(self._clock.now_s())
        return shown

    def _face(self, now_s: float) -> FaceFrame:
        for source in self._sources:
            try:
                source.listen()
            except Exception as error:
                self.mishaps.note(source.driver.name, error)
        mixed = self.mixer.step([source.at(now_s) for source in self._sources], now_s)
        return correct(mixed, link_eyes=self._link_eyes)

    def _newly_shown(self) -> dict[str, float]:
        new = {}
        for source in self._sources:
            name = source.driver.name
            if source.seen is not None and source.seen.time_s != self._captured_s.get(name):
                new[name] = self._captured_s[name] = source.seen.time_s
        return new

    def _record(self, rgba: Picture) -> None:
        for sink in self._sinks:
            try:
                sink.write(rgba)
            except Exception as error:
                self.mishaps.note(sink.name, error)

    def _tell(self, face: FaceFrame, now_s: float) -> None:
        for listener in self._listeners:
            try:
                listener.send(face, now_s)
            except Exception as error:
                self.mishaps.note(listener.name, error)
