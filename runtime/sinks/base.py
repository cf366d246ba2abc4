"""What every sink promises, and what it is told at the start."""

from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final, Protocol, Self

import numpy as np
import numpy.typing as npt
from PIL import Image

from assets.errors import CartoonAliveError
from runtime.clock import Clock

Picture = npt.NDArray[np.uint8]
"""uint8 (H, W, 4), straight alpha, top row first."""

Colour = tuple[float, float, float, float]
"""Straight (r, g, b, a), each 0..1."""

LIGHT_GREY: Final[Colour] = (0.88, 0.88, 0.88, 1.0)
TRANSPARENT: Final[Colour] = (0.0, 0.0, 0.0, 0.0)
MAX_REPEATED_S: Final = 2.0
"""A live recording fills no longer gap than this: after it, the show was asleep."""
MAX_GIF_FPS: Final = 50.0
"""GIF counts in hundredths of a second, and players take a delay of one of them for ten."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What to make.

    out: where. kind: one of `runtime.sinks.KINDS`. size_px: (width, height) of every picture.
    fps: pictures a second, > 0. sound: a sound file that begins with the first picture; only for "mp4".
    live: made while a show runs, so quickly rather than small.
    """

    out: Path
    kind: str
    size_px: tuple[int, int]
    fps: float
    sound: Path | None = None
    live: bool = False


class Sink(Protocol):
    """A context manager that takes pictures in order."""

    @property
    def name(self) -> str:
        """Who takes them, for messages."""
        ...

    def __enter__(self) -> Self:
        """Opens a temporary place. Raises CartoonAliveError when that can't be."""
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Finishes the work and publishes it; after an error, removes every trace of it."""
        ...

    def write(self, rgba: Picture, /) -> None:
        """Takes one picture of the size agreed; it may be overwritten after the call."""
        ...


class Recorder:
    """A sink for a live show: keeps its time, takes pictures of any size, and once a write has failed, no more.

    A picture that comes late is written as often as pictures were missed, up to `MAX_REPEATED_S`: so the film is as
    long as the show was. The failure is raised once where it happens; leaving the block then removes the recording
    and says so.
    """

    def __init__(self, sink: Sink, spec: Spec, clock: Clock) -> None:
        self.name = sink.name
        self._sink = sink
        self._size_px = spec.size_px
        self._fps = spec.fps
        self._clock = clock
        self._due_s: float | None = None
        self._error: Exception | None = None

    def __enter__(self) -> Self:
        self._sink.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if self._error is None or kind is not None:
            self._sink.__exit__(kind, error, traceback)
            return
        self._sink.__exit__(type(self._error), self._error, self._error.__traceback__)
        raise CartoonAliveError(f"the recording failed and was removed: {self._error}") from self._error

    def write(self, rgba: Picture, /) -> None:
        """Take one picture; one of another size (the window was resized) is scaled."""
        if self._error is not None:
            return
        try:
            if rgba.shape[1::-1] != self._size_px:
                rgba = np.asarray(Image.fromarray(rgba).resize(self._size_px))
            for _ in range(self._times()):
                self._sink.write(rgba)
        except Exception as error:
            self._error = error
            raise

    def _times(self) -> int:
        """How many pictures are due now, at least this one."""
        now_s = self._clock.now_s()
        if self._due_s is None or now_s - self._due_s > MAX_REPEATED_S:
            self._due_s = now_s
        missed = max(0, int((now_s - self._due_s) * self._fps))
        self._due_s += (missed + 1) / self._fps
        return missed + 1
