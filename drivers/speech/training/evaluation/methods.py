"""Three ways from sound to a mouth: loudness, the nearest spectral profile, and the listener of this program.

The first two are written here as their authors describe them, to be compared with; the program doesn't use them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import HOP, RATE_HZ, WINDOW, Floats
from drivers.speech.listener import Listener
from drivers.speech.net import VISEMES, Weights, softmax
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.targets import mouth_track

SMOOTHING_S: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """What a method says at each hop: float32 (n,) each, 0..1; visemes int (n,) or None; NaN shapes: not told."""

    open: Floats
    wide: Floats
    round: Floats
    close: Floats
    visemes: npt.NDArray[np.int64] | None


def ours(samples: Floats, weights: Weights | None = None) -> Heard:
    """The listener of this program, gate and all."""
    mouth = Listener(weights).push(samples)
    visemes = np.where(mouth.gate > 0, mouth.visemes.argmax(axis=1), 0)
    return Heard(mouth.open, mouth.wide, mouth.round, mouth.close, visemes)


def loudness(samples: Floats, range_db: tuple[float, float] | None = None) -> Heard:
    """The level in dB over 25 ms, smoothed over 50 ms, within `range_db` of full scale.

    Without a range, from the 10th to the 95th percentile of the recording: knowing that beforehand is a favour.
    """
    level = 20 * np.log10(np.maximum(_rms(samples, WINDOW), 1e-5))
    low, high = range_db or np.percentile(level, (10, 95))
    opening = _smooth(np.clip((level - low) / max(high - low, 6.0), 0, 1))
    nothing = np.full_like(opening, np.nan)
    return Heard(opening, nothing, nothing, nothing, None)


class Profiles:
    """Nearest profile of cepstra, in the manner of uLipSync: 12 MFCC of 64 ms against one mean for each viseme.

    A viseme's share is its cosine to the 100th power, times a volume from the log of the level, smoothed over 50 ms.
    The means come from the voices that may be trained on. Shapes are the mean shapes of the visemes, by share.
    """

    def __init__(self, utterances: Sequence[Utterance]) -> None:
        cepstra, labels, shapes = [], [], []
        for utterance in utterances:
            found = _cepstra(utterance.samples)
            track = mouth_track(utterance.phones, len(found), delay_s=0.032)
            cepstra.append(found)
            labels.append(track.visemes)
            shapes.append(track.shapes)
        x, y, z = np.concatenate(cepstra), np.concatenate(labels), np.concatenate(shapes)
        self._offset, self._scale = x.mean(axis=0), x.std(axis=0)
        x = (x - self._offset) / self._scale
        self._means = np.stack([x[y == k].mean(axis=0) for k in range(len(VISEMES))])
        self._shapes = np.stack([z[y == k].mean(axis=0) for k in range(len(VISEMES))])

    def hear(self, samples: Floats) -> Heard:
        """One recording."""
        x = (_cepstra(samples) - self._offset) / self._scale
        cosine = (x @ self._means.T) / (
            np.linalg.norm(x, axis=1, keepdims=True) * np.linalg.norm(self._means, axis=1) + 1e-9
        )
        shares = softmax(100 * np.log(np.clip(cosine, 1e-6, 1)))  # the 100th power, whose sum may not vanish
        level = np.log10(np.maximum(_rms(samples, 1024), 1e-5))
        volume = np.clip((level + 2.5) / 1.0, 0, 1)
        shapes = shares @ self._shapes
        opening = _smooth(shapes[:, 0] * volume)
        wide, rounding, closed = (_smooth(shapes[:, k]) for k in (1, 2, 3))
        visemes = np.where(volume > 0, shares.argmax(axis=1), 0)
        return Heard(opening, wide, rounding, closed, visemes)


def _frames(samples: Floats, size: int) -> Floats:
    padded = np.concatenate((np.zeros(size - HOP, np.float32), samples))
    hops = len(samples) // HOP
    return np.lib.stride_tricks.sliding_window_view(padded, size)[: hops * HOP : HOP]


def _rms(samples: Floats, size: int) -> Floats:
    value: Floats = np.sqrt(np.mean(_frames(samples, size) ** 2, axis=1))
    return value


def _smooth(values: npt.NDArray[np.floating]) -> Floats:
    """Critically damped, as a spring (Game Programming Gems 4, 1.10)."""
    out, speed, at = np.zeros(len(values), np.float32), 0.0, 0.0
    rate = 2.0 / SMOOTHING_S
    step = HOP / RATE_HZ
    for n, goal in enumerate(values):
        decay = np.exp(-rate * step)
        gap = at - float(goal)
        pull = (speed + rate * gap) * step
        speed = (speed - rate * pull) * decay
        at = float(goal) + (gap + pull) * decay
        out[n] = at
    return out


def _cepstra(samples: Floats) -> Floats:
    frames = _frames(samples, 1024)
    peak = np.maximum(np.abs(frames).max(axis=1, keepdims=True), 1e-6)
    emphasised = np.diff(frames / peak, axis=1, prepend=0) * 0.97 + 0.03 * frames / peak
    spectrum = np.abs(np.fft.rfft(emphasised * np.hamming(1024))) ** 2
    logs = np.log10(spectrum @ _mel_filters() + 1e-6)
    n = np.arange(26)
    cosines = np.cos(np.pi / 26 * (n[:, None] + 0.5) * np.arange(1, 13))
    found: Floats = (logs @ cosines).astype(np.float32)
    return found


@cache
def _mel_filters() -> npt.NDArray[np.float64]:
    edges = 700 * (10 ** (np.linspace(0, 2595 * np.log10(1 + 8000 / 700), 28) / 2595) - 1)
    hz = np.fft.rfftfreq(1024, 1 / RATE_HZ)[:, None]
    rising, falling = (hz - edges[:-2]) / np.diff(edges)[:-1], (edges[2:] - hz) / np.diff(edges)[1:]
    return np.asarray(np.clip(np.minimum(rising, falling), 0, None))
