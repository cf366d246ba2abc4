"""From samples to what the net hears: 40 log-mel bands every 10 ms, freed of gain, channel and background noise.

Two steps. `Spectrum` keeps the last 25 ms and turns samples into bands. `Normaliser` follows loudness, background and
mean spectrum of the voice with what has been heard so far and nothing later, so that training, a file and a microphone
are treated alike. Levels are in bel (log10 of power): 1 B = 10 dB; 0 B is a sine of full scale.
"""

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

RATE_HZ: Final = 16_000
HOP: Final = 160
WINDOW: Final = 400
FFT: Final = 512
BANDS: Final = 40
LOWEST_HZ: Final = 80.0
HIGHEST_HZ: Final = 7600.0
FLOOR_B: Final = -9.0
"""What a band of digital silence reads."""

INPUTS: Final = 2 * BANDS + 2
"""Length of a feature vector: bands below the peak, bands around their mean, level below peak and above background."""

LOUDEST: Final = 4.0
"""Samples are held within +-LOUDEST: ten times full scale and infinity sound the same."""


class Spectrum:
    """Samples to log-mel bands, in blocks of any size."""

    def __init__(self) -> None:
        self._kept = np.zeros(WINDOW - HOP, np.float32)

    def push(self, samples: npt.NDArray[Any], /) -> Floats:
        """float32 (hops, BANDS) in bel for every hop that `samples` (N,) at 16 kHz completes; NaN counts as silence."""
        signal = np.concatenate((self._kept, _tamed(np.asarray(samples, np.float32))))
        hops = max((len(signal) - (WINDOW - HOP)) // HOP, 0)
        self._kept = signal[hops * HOP :].copy()
        if not hops:
            return np.zeros((0, BANDS), np.float32)
        frames = windows(signal, hops, WINDOW, HOP)
        parts = np.fft.rfft(frames * _window(), FFT).astype(np.complex64, copy=False).view(np.float32)
        bels: Floats = np.log10(parts * parts @ _filters() + _FLOOR)
        return bels


class Normaliser:
    """Bands to feature vectors; keeps a memory of loudness, background and mean spectrum.

    batch: () for one stream, (B,) for B streams side by side, as in training.
    mean_b: float32 (BANDS,), the mean spectrum of speech below its peak, believed until this voice has been heard.
    """

    PEAK_FALL_B: Final = 0.0045  # 4.5 dB a second
    LOWEST_PEAK_B: Final = -5.5
    BACKGROUND_RISE_B: Final = 0.004  # 4 dB a second
    DEEPEST_B: Final = -6.0
    BELOW_PEAK_B: Final = -2.5  # speech, for the mean, is louder than this
    ABOVE_BACKGROUND_B: Final = 0.6  # and than this
    PRIOR_HOPS: Final = 60.0
    LONGEST_HOPS: Final = 300.0

    def __init__(self, mean_b: Floats, batch: tuple[int, ...] = ()) -> None:
        self._peak = np.full(batch, self.LOWEST_PEAK_B)
        self._background = np.full(batch, 9.0)
        self._hops = np.full(batch, self.PRIOR_HOPS)
        self._mean = np.zeros((*batch, BANDS), np.float32) + mean_b

    def push(self, bands: Floats, levels: Floats, /) -> Floats:
        """float32 (*batch, hops, INPUTS) from bands (*batch, hops, BANDS) and their `level` (*batch, hops)."""
        table = self._follow_one(levels) if levels.ndim == 1 else self._follow_many(levels)
        features = np.zeros((*levels.shape, INPUTS), np.float32)
        below, around = features[..., :BANDS], features[..., BANDS : 2 * BANDS]
        np.maximum(bands - table[..., :1], _DEEPEST_B, out=below)
        features[..., 2 * BANDS :] = table[..., 1:3]
        mean = self._mean
        for hop in range(levels.shape[-1]):
            now = below[..., hop, :]
            mean = mean + table[..., hop, 3:] * (now - mean)
            np.subtract(now, mean, out=around[..., hop, :])
        self._mean = mean
        below *= _HALF
        below += _ONE
        return features

    def _follow_one(self, levels: Floats) -> Floats:
        """float32 (hops, 4): the peak, the level below it, the level above the background, the hop's share of the mean.

        Plain floats, hop by hop: for the few hops that a microphone has ready, that is three times as fast as arrays.
        """
        peak, background, heard = float(self._peak), float(self._background), float(self._hops)
        rows = []
        for level_b in levels.tolist():
            peak = max(level_b, peak - self.PEAK_FALL_B, self.LOWEST_PEAK_B)
            background = min(level_b, background + self.BACKGROUND_RISE_B)
            under, above, share = level_b - peak, level_b - background, 0.0
            if under > self.BELOW_PEAK_B and above > self.ABOVE_BACKGROUND_B:
                heard = min(heard + 1.0, self.LONGEST_HOPS)
                share = 1.0 / heard
            rows.append((peak, max(under, self.DEEPEST_B), min(above, 5.0) - 2.0, share))
        self._peak, self._background, self._hops = np.array(peak), np.array(background), np.array(heard)
        return np.array(rows, np.float32).reshape(-1, 4)

    def _follow_many(self, levels: Floats) -> Floats:
        """The same for streams side by side: (*batch, hops, 4)."""
        # The peak is the highest of all levels so far, each less what has fallen since; so too the background. In this
        # form all hops are found at once; float64, because time is in the numbers.
        time = np.arange(1.0, levels.shape[-1] + 1.0)
        loud = np.maximum(levels, self.LOWEST_PEAK_B) + self.PEAK_FALL_B * time
        peaks = np.maximum(np.maximum.accumulate(loud, axis=-1), self._peak[..., None]) - self.PEAK_FALL_B * time
        low = np.minimum.accumulate(levels - self.BACKGROUND_RISE_B * time, axis=-1)
        backgrounds = np.minimum(low, self._background[..., None]) + self.BACKGROUND_RISE_B * time
        under, above = levels - peaks, levels - backgrounds
        speech = (under > self.BELOW_PEAK_B) & (above > self.ABOVE_BACKGROUND_B)
        heard = np.add.accumulate(speech, axis=-1, dtype=np.float64) + self._hops[..., None]
        heard = np.minimum(heard, self.LONGEST_HOPS)
        self._peak, self._background, self._hops = peaks[..., -1], backgrounds[..., -1], heard[..., -1]
        columns = (peaks, np.maximum(under, self.DEEPEST_B), np.minimum(above, 5.0) - 2.0, speech / heard)
        return np.stack(columns, axis=-1).astype(np.float32)


_DEEPEST_B: Final = np.float32(Normaliser.DEEPEST_B)
_HALF: Final = np.float32(0.5)
_ONE: Final = np.float32(1.0)


def level(bands: Floats, /) -> Floats:
    """Loudness in bel (...,) of bands (..., BANDS): the sum of their powers."""
    total: Floats = np.log10(np.add.reduce(np.exp(bands * _LN10), axis=-1))
    return total


def windows(rows: Floats, count: int, length: int, step: int) -> Floats:
    """(count, length) overlapping windows of contiguous memory, `step` apart, without a copy."""
    size = rows.itemsize
    return np.ndarray((count, length), rows.dtype, rows, 0, (step * size, size))


def _tamed(samples: Floats) -> Floats:
    """NaN as silence, everything else within +-LOUDEST; nearly always that is so already."""
    if not len(samples) or np.abs(samples).max() <= LOUDEST:  # false for NaN, too
        return samples
    return np.clip(np.where(np.isnan(samples), np.float32(0), samples), -LOUDEST, LOUDEST)


_FLOOR: Final = np.float32(10**FLOOR_B)
_LN10: Final = np.float32(np.log(10.0))


@cache
def _window() -> Floats:
    ramp = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    return ramp.astype(np.float32)


@cache
def _filters() -> Floats:
    """float32 (FFT + 2, BANDS): triangles evenly spaced in mel (O'Shaughnessy), a full-scale sine sums to 0 B.

    Each row twice, for the squares of real and imaginary parts, which lie side by side.
    """

    def mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(2595.0 * np.log10(1.0 + hz / 700.0))

    edges = np.linspace(mel(np.array(LOWEST_HZ)), mel(np.array(HIGHEST_HZ)), BANDS + 2)
    bins = mel(np.arange(FFT // 2 + 1) * RATE_HZ / FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    # A sine of amplitude 1 has a spectral energy of FFT * sum(window^2) / 4 on the positive side.
    energy = float(np.sum(_window().astype(np.float64) ** 2))
    return np.repeat(triangles * 4.0 / (FFT * energy), 2, axis=0).astype(np.float32)
