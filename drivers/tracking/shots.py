"""What a source gives: pictures, each with the moment of its capture."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.uint8]
"""(H, W, 3), as OpenCV gives it: blue, green, red."""


class UnusableError(Exception):
    """The model or the source can't be used, and another try would end the same way."""


class LostError(Exception):
    """The source is gone for now: unplugged, busy, frozen."""


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture. time_s: `perf_counter` of its capture; source_s: its place in the source; shown: send the result."""

    picture: Picture
    time_s: float
    source_s: float
    shown: bool = True


@dataclass(frozen=True, slots=True)
class Source:
    """An open source. fps and frames are 0 where unknown; words: what it is, for people."""

    fps: float
    frames: int
    shots: Iterator[Shot]
    words: str = ""
