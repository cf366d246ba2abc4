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
        fresh = np.asarray(samples, np.float32)
        with np.errstate(invalid="ignore"):
            fresh = np.clip(np.where(np.isnan(fresh), np.float32(0), fresh), -LOUDEST, LOUDEST)
        signal = np.concatenate((self._kept, fresh))
        hops = max((len(signal) - (WINDOW - HOP)) // HOP, 0)
        self._kept = signal[hops * HOP :].copy()
        if not hops:
            return np.zeros((0, BANDS), np.float32)
        frames = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)[: hops * HOP : HOP]
        spectra = np.fft.rfft(frames * _window(), FFT)
        power = (spectra.real**2 + spectra.imag**2).astype(np.float32)
        bels: Floats = np.log10(power @ _filters() + np.float32(10**FLOOR_B))
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
        self._peak = np.full(batch, self.LOWEST_PEAK_B, np.float32)
        self._background = np.full(batch, 9.0, np.float32)
        self._hops = np.full(batch, self.PRIOR_HOPS, np.float32)
        self._mean = np.zeros((*batch, BANDS), np.float32) + mean_b

    def push(self, bands: Floats, /) -> Floats:
        """float32 (*batch, hops, INPUTS) from bands (*batch, hops, BANDS)."""
        levels = level(bands)
        peaks, backgrounds = np.zeros_like(levels), np.zeros_like(levels)
        for hop in range(bands.shape[-2]):
            now = levels[..., hop]
            self._peak = np.maximum(np.maximum(now, self._peak - self.PEAK_FALL_B), self.LOWEST_PEAK_B)
            self._background = np.minimum(now, self._background + self.BACKGROUND_RISE_B)
            peaks[..., hop] = self._peak
            backgrounds[..., hop] = self._background
        below = np.clip(bands - peaks[..., None], self.DEEPEST_B, 1.0)
        under, above = levels - peaks, levels - backgrounds
        speech = ((under > self.BELOW_PEAK_B) & (above > self.ABOVE_BACKGROUND_B)).astype(np.float32)
        means = np.zeros_like(below)
        for hop in range(bands.shape[-2]):
            heard = speech[..., hop]
            self._hops = np.minimum(self._hops + heard, self.LONGEST_HOPS)
            share = (heard / self._hops)[..., None]
            self._mean = self._mean + share * (below[..., hop, :] - self._mean)
            means[..., hop, :] = self._mean
        extra = np.stack((np.maximum(under, -6.0), np.minimum(above, 5.0) - 2.0), axis=-1)
        features: Floats = np.concatenate((0.5 * below + 1.0, below - means, extra), axis=-1).astype(np.float32)
        return features


def level(bands: Floats, /) -> Floats:
    """Loudness in bel (...,) of bands (..., BANDS): the sum of their powers."""
    total: Floats = np.log10(np.sum(np.float32(10) ** bands, axis=-1))
    return total


@cache
def _window() -> Floats:
    ramp = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    return ramp.astype(np.float32)


@cache
def _filters() -> Floats:
    """float32 (FFT / 2 + 1, BANDS): triangles evenly spaced in mel (O'Shaughnessy), a full-scale sine sums to 0 B."""

    def mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(2595.0 * np.log10(1.0 + hz / 700.0))

    edges = np.linspace(mel(np.array(LOWEST_HZ)), mel(np.array(HIGHEST_HZ)), BANDS + 2)
    bins = mel(np.arange(FFT // 2 + 1) * RATE_HZ / FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    # A sine of amplitude 1 has a spectral energy of FFT * sum(window^2) / 4 on the positive side.
    energy = float(np.sum(_window().astype(np.float64) ** 2))
    return np.asarray(triangles * 4.0 / (FFT * energy), np.float32)
