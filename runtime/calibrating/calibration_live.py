"""Calibrations while the show runs: what is kept is applied, and a key says "this is my face at rest"."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from assets.errors import CartoonAliveError
from assets.face import FaceFrame
from runtime.calibrating import calibration_measures, calibration_store
from runtime.calibrating.calibration import Calibration
from runtime.faces.mixer import Mixer
from runtime.sources.source import Source

WATCH_S: Final = 1.0

Say = Callable[[str], None]


def kept(source: str, say: Say, *, folder: Path | None = None) -> Calibration | None:
    """The calibration kept for a source; None where there is none, or it can't be read, which is said."""
    try:
        return calibration_store.load(calibration_store.path_of(source, folder=folder))
    except CartoonAliveError as error:
        say(f"{source}: {error}")
        return None


@dataclass(slots=True)
class _Sitter:
    """A source, where its calibration is kept (None: nowhere), and its faces of the last moment."""

    name: str
    source: Source
    path: Path | None
    frames: list[FaceFrame] = field(default_factory=list)


class RestKey:
    """After `press`, a second of every source's faces becomes its rest. Call it with the time after every picture."""

    def __init__(self, sources: Sequence[tuple[str, Source, Path | None]], mixer: Mixer, say: Say) -> None:
        """sources: each with its name, and the file that keeps its calibration, if any."""
        self._sitters = [_Sitter(*source) for source in sources]
        self._mixer = mixer
        self._say = say
        self._pressed = False
        self._until_s: float | None = None

    def press(self) -> None:
        """Begin with the next picture; pressed again meanwhile, begin anew."""
        self._pressed = True

    def __call__(self, now_s: float) -> None:
        """Look at what every source says now."""
        if self._pressed:
            self._pressed = False
            self._until_s = now_s + WATCH_S
            self._say("hold still for a second: mouth closed, eyes open, looking straight ahead")
            for sitter in self._sitters:
                sitter.frames.clear()
        if self._until_s is None:
            return
        for sitter in self._sitters:
            seen = sitter.source.seen
            if seen is not None and seen.speech is None and seen not in sitter.frames[-1:]:
                sitter.frames.append(seen)
        if now_s >= self._until_s:
            self._until_s = None
            for sitter in self._sitters:
                self._finish(sitter)

    def _finish(self, sitter: _Sitter) -> None:
        if len(sitter.frames) < 2:
            return  # a source that says nothing now keeps what it has
        try:
            made = calibration_measures.at_rest(sitter.source.calibration, sitter.frames)
            self._mixer.soften()
            sitter.source.calibration = made
            if sitter.path is not None:
                calibration_store.save(made, sitter.path)
            self._say(f"{sitter.name}: this is your face at rest{'' if sitter.path is None else ', also next time'}")
        except ValueError as error:
            self._say(f"{sitter.name}: {error}")
        except CartoonAliveError as error:
            self._say(f"{sitter.name}: your face at rest, this time only: {error}")
