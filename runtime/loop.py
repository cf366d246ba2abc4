"""The live show, one frame at a time: newest of every source -> mix -> curves -> correct -> expressions -> mirror ->
draw -> present -> sinks.

Sources are read right before drawing, so that what is shown is as young as it can be; each keeps its own filters
(`runtime.sources.source`). A source, sink or listener that raises is told and counted, and the show goes on: a source's
channels ease out in the mixer. What raises in drawing is a defect and ends the show.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from assets.face import FaceFrame
from runtime.clock import Clock
from runtime.faces.correctors import correct
from runtime.faces.mixer import DEFAULT, Mixer, Rules
from runtime.faces.rest import closed
from runtime.metrics import Metrics
from runtime.mishaps import Mishaps
from runtime.preview import Preview
from runtime.sources.source import Source

Picture = npt.NDArray[np.uint8]


class Stage(Protocol):
    """What the show is drawn on: a renderer with its surface (`runtime.app.Stage`)."""

    def draw(self, frame: FaceFrame, overlays: Mapping[str, float] = ..., /) -> None:
        """Draw the avatar with this face; overlays: the opacity of each that is shown, left out while there is none."""
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


class Outputs(Protocol):
    """Where pictures and faces go besides the stage (`runtime.outputs`)."""

    @property
    def wanted(self) -> bool:
        """Whether anybody wants pictures."""
        ...

    def write(self, rgba: Picture, now_s: float) -> None:
        """Take one picture, uint8 (H, W, 4), straight alpha; it may be overwritten after the call."""
        ...

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Take the face, before any mirror."""
        ...


class Shaping(Protocol):
    """What is made of a mixed face before it is shown."""

    def step(self, mixed: FaceFrame, now_s: float) -> tuple[FaceFrame, Mapping[str, float]]:
        """The face, and the opacity of each overlay that is shown."""
        ...


class Plain:
    """A shaping that only corrects what no face can do."""

    def __init__(self, *, link_eyes: float = 0.0) -> None:
        self.link_eyes = link_eyes

    def step(self, mixed: FaceFrame, now_s: float) -> tuple[FaceFrame, Mapping[str, float]]:
        """See `Shaping`."""
        return correct(mixed, link_eyes=self.link_eyes), {}


_LONG: Final = 0.75
"""A frame that has taken this share of its time isn't read back for a look from elsewhere, too, if that can wait."""


@dataclass(frozen=True, slots=True)
class Shown:
    """The newest frame: what was mixed, and the face that came of it, before any mirror."""

    now_s: float
    mixed: FaceFrame
    face: FaceFrame


class Loop:
    """Composed of parts that are given; owns the mixer, the pacing and the counting of failures.

    sources, mirror, jaw_at_rest, shaping: may be changed between frames; `mixer.recast` when the sources are.
    rules: how sources are mixed. link_eyes: see `correctors.correct`, unless a `shaping` is given. jaw_at_rest: see
    `rest.closed`. listeners: told the face, before any mirror. outputs: pictures and faces for others. before: called
    before every frame. each: called with the time after every frame, for what is not part of the picture.
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
        outputs: Outputs | None = None,
        rules: Rules = DEFAULT,
        link_eyes: float = 0.0,
        shaping: Shaping | None = None,
        jaw_at_rest: float = 0.0,
        before: Sequence[Callable[[], None]] = (),
        each: Sequence[Callable[[float], None]] = (),
    ) -> None:
        self.sources = list(sources)
        self.mirror = mirror
        self.jaw_at_rest = jaw_at_rest
        self.shaping: Shaping = shaping if shaping is not None else Plain(link_eyes=link_eyes)
        self.shown: Shown | None = None
        self.preview: Preview | None = None
        self._stage = stage
        self._clock = clock
        self._period_s = 1.0 / fps
        self._sinks = sinks
        self._listeners = listeners
        self._outputs = outputs
        self._captured_s: dict[str, float] = {}
        self._before = before
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
        for call in self._before:
            call()
        with self.metrics.stage("face"):
            now_s = self._clock.now_s()
            mixed = self._mixed(now_s)
            face, overlays = self.shaping.step(mixed, now_s)
            shown = closed(face.mirrored() if self.mirror else face, self.jaw_at_rest)
        with self.metrics.stage("draw"):
            if overlays:
                self._stage.draw(shown, overlays)
            else:
                self._stage.draw(shown)
        self.shown = Shown(now_s, mixed, face)
        rgba = None
        looked_at = self._looked_at(now_s)
        if self._sinks or (self._outputs is not None and self._outputs.wanted) or looked_at:
            with self.metrics.stage("read"):
                rgba = self._stage.read_rgba()  # before presenting: a window's buffer means nothing afterwards
        with self.metrics.stage("present"):
            self._stage.present()
        self.metrics.presented(self._newly_shown())
        if rgba is not None:
            with self.metrics.stage("sinks"):
                self._record(rgba, now_s, looked_at)
        self._tell(face, now_s)
        for look in self._each:
            look(self._clock.now_s())
        return shown

    def _mixed(self, now_s: float) -> FaceFrame:
        for source in self.sources:
            try:
                source.listen()
            except Exception as error:
                self.mishaps.note(source.driver.name, error)
        return self.mixer.step([source.at(now_s) for source in self.sources], now_s)

    def _looked_at(self, began_s: float) -> bool:
        busy = self._clock.now_s() - began_s > _LONG * self._period_s
        return self.preview is not None and self.preview.wanted(busy=busy)

    def _newly_shown(self) -> dict[str, float]:
        new = {}
        for source in self.sources:
            name = source.driver.name
            if source.seen is not None and source.seen.time_s != self._captured_s.get(name):
                new[name] = self._captured_s[name] = source.seen.time_s
        return new

    def _record(self, rgba: Picture, now_s: float, looked_at: bool) -> None:
        for sink in self._sinks:
            try:
                sink.write(rgba)
            except Exception as error:
                self.mishaps.note(sink.name, error)
        try:
            if self._outputs is not None and self._outputs.wanted:
                self._outputs.write(rgba, now_s)
            if self.preview is not None and looked_at:
                self.preview.put(rgba)
        except Exception as error:
            self.mishaps.note("outputs", error)

    def _tell(self, face: FaceFrame, now_s: float) -> None:
        for listener in self._listeners:
            try:
                listener.send(face, now_s)
            except Exception as error:
                self.mishaps.note(listener.name, error)
        try:
            if self._outputs is not None:
                self._outputs.send(face, now_s)
        except Exception as error:
            self.mishaps.note("outputs", error)
