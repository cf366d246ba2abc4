"""From timed phones to what the net should say at each hop.

Every phone pulls the mouth toward its shape with its own weight; the pull spreads to its neighbours as a Gaussian of
28 ms, which is how lips anticipate and linger (dominance model, Cohen & Massaro 1993).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import Floats
from drivers.speech.listener import DELAY_S, HOP_S
from drivers.speech.training.phones import SILENCE, Phone

SPREAD_S: Final = 0.028
FINER: Final = 5  # the model runs at 2 ms


@dataclass(frozen=True, slots=True)
class Timed:
    """A phone and when it ends, in seconds from the start of the sound; it begins where the one before it ends."""

    phone: Phone
    end_s: float


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """visemes uint8 (hops,): indices into `net.VISEMES`. shapes float32 (hops, 4): open, wide, round, close."""

    visemes: npt.NDArray[np.uint8]
    shapes: Floats


def mouth_track(phones: Sequence[Timed], hops: int, *, delay_s: float = DELAY_S) -> Track:
    """What a mouth does, as seen at hop k at the time (k + 1) * 10 ms - `delay_s`; closed before and after."""
    step_s = HOP_S / FINER
    margin = round(0.3 / step_s)
    times = (np.arange(hops * FINER + 2 * margin) - margin) * step_s
    ends = np.array([timed.end_s for timed in phones])
    index = np.searchsorted(ends, times, side="right")
    known = [timed.phone for timed in phones] + [SILENCE]
    index[times < 0] = len(phones)
    shape, weight = np.array([p.shape for p in known])[index], np.array([p.weight for p in known])[index]
    kernel = _kernel(step_s)

    def spread(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.stack([np.convolve(column, kernel, "same") for column in values.T], axis=1)

    blended = spread(shape * weight) / spread(weight)
    at = np.clip(np.round(((np.arange(hops) + 1) * HOP_S - delay_s) / step_s).astype(int) + margin, 0, len(times) - 1)
    visemes = np.array([p.viseme for p in known], np.uint8)[index[at]]
    return Track(visemes, blended[at].astype(np.float32))


@cache
def _kernel(step_s: float) -> npt.NDArray[np.float64]:
    offsets = np.arange(-round(4 * SPREAD_S / step_s), round(4 * SPREAD_S / step_s) + 1) * step_s
    bell = np.exp(-0.5 * (offsets / SPREAD_S) ** 2)
    return np.asarray(bell / bell.sum())
