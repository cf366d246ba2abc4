"""What is counted: how often the viseme is right, how well the shapes move along, how late, how often lips meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.listener import HOP_S
from drivers.speech.net import SHAPES, VISEMES
from drivers.speech.training.evaluation.methods import Heard
from drivers.speech.training.targets import Track

LAGS: Final = 20
"""Hops of lag that are tried: 0 to 200 ms."""

_BILABIAL: Final = VISEMES.index("PP")


@dataclass(frozen=True, slots=True)
class Scores:
    """One voice, one method. r: correlations at the lag that fits `open` best; accuracy and closures may be NaN.

    accuracy: share of hops with the right one of 15 visemes at that lag. closures: share of p, b, m that are noticed:
    at some hop of them the viseme is PP or `close` is 0.4 or more.
    """

    accuracy: float
    open_r: float
    lag_s: float
    wide_r: float
    round_r: float
    close_r: float
    closures: float


def score(track: Track, heard: Heard) -> Scores:
    """`track`: the truth at each hop without delay (delay_s=0); `heard`: what the method said then."""
    count = min(len(track.visemes), len(heard.open))
    lags = [_shifted_r(track.shapes[:count, 0], heard.open[:count], lag) for lag in range(LAGS + 1)]
    lag = int(np.argmax(lags))
    truth, said = slice(0, count - lag), slice(lag, count)
    shapes = (heard.open, heard.wide, heard.round, heard.close)
    rs = [correlation(track.shapes[truth, column], shape[said]) for column, shape in enumerate(shapes)]
    right = np.nan if heard.visemes is None else float(np.mean(heard.visemes[said] == track.visemes[truth]))
    closures = (
        np.nan
        if heard.visemes is None
        else _closures(track.visemes[truth], (heard.visemes[said] == _BILABIAL) | (heard.close[said] >= 0.4))
    )
    return Scores(right, rs[0], lag * HOP_S, rs[1], rs[2], rs[3], closures)


def correlation(a: npt.NDArray[np.floating], b: npt.NDArray[np.floating]) -> float:
    """Pearson's r; NaN where one doesn't move or isn't known."""
    if len(a) < 2 or not np.isfinite(b).all() or np.ptp(a) == 0 or np.ptp(b) == 0:
        return float("nan")
    return float(np.corrcoef(a, b)[0, 1])


def best_lag(truth: npt.NDArray[np.floating], said: npt.NDArray[np.floating], lags: range) -> tuple[float, int]:
    """The highest correlation when `said` lags behind by one of `lags` (hops, negative: runs ahead), and that lag."""
    rs = [_shifted_r(truth, said, lag) if lag >= 0 else _shifted_r(said, truth, -lag) for lag in lags]
    return float(np.nanmax(rs)), lags[int(np.nanargmax(rs))]


def joined(tracks: Sequence[Track], heard: Sequence[Heard]) -> tuple[Track, Heard]:
    """Several recordings as one."""
    visemes = None
    if all(one.visemes is not None for one in heard):
        visemes = np.concatenate([one.visemes for one in heard if one.visemes is not None])
    shapes = [np.concatenate([getattr(one, name) for one in heard]) for name in SHAPES]
    truth = Track(np.concatenate([t.visemes for t in tracks]), np.concatenate([t.shapes for t in tracks]))
    return truth, Heard(shapes[0], shapes[1], shapes[2], shapes[3], visemes)


def _shifted_r(truth: npt.NDArray[np.floating], said: npt.NDArray[np.floating], lag: int) -> float:
    count = min(len(truth), len(said))
    return correlation(truth[: count - lag], said[lag:count])


def _closures(visemes: npt.NDArray[np.uint8], noticed: npt.NDArray[np.bool_]) -> float:
    inside = np.concatenate(([0], (visemes == _BILABIAL).astype(int), [0]))
    starts, ends = np.flatnonzero(np.diff(inside) == 1), np.flatnonzero(np.diff(inside) == -1)
    if not len(starts):
        return float("nan")
    return float(np.mean([noticed[a:b].any() for a, b in zip(starts, ends, strict=True)]))
