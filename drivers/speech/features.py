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

COLUMNS: Final = 16
KINDS: Final = FFT // COLUMNS // 2 + 1
"""The transform is done as FFT = 16 * 32, of which real sound needs 17: see `_transform`."""

INPUTS: Final = 2 * BANDS + 2
"""Length of a feature vector: bands below the peak, bands around their mean, level below peak and above background."""

LOUDEST: Final = 4.0
"""Samples are held within +-LOUDEST: ten times full scale and infinity sound the same."""


CHUNK: Final = 32
"""Hops that are worked on at once, at most: the buffers hold so many."""


class Spectrum:
    """Samples to log-mel bands, in blocks of any size."""

    def __init__(self) -> None:
        self._sound = np.zeros(WINDOW - HOP + CHUNK * HOP, np.float32)
        self._filled = WINDOW - HOP
        self._zeros = WINDOW - HOP
        """How many of the newest samples are known to be nothing but zeros."""
        self._views = [_Views(self._sound, hops) for hops in range(1, CHUNK + 1)]

    def push(self, samples: npt.NDArray[Any], /) -> Floats:
        """float32 (hops, BANDS) in bel for every hop that `samples` (N,) at 16 kHz completes; NaN counts as silence."""
        return self.hear(samples)[0]

    def hear(self, samples: npt.NDArray[Any], /) -> tuple[Floats, Floats]:
        """The same and the `level` (hops,) of each, which costs nothing more here."""
        fresh = np.asarray(samples, np.float32)
        energy = float(np.vdot(fresh, fresh))  # unlike `dot`, it doesn't complain when what is enormous overflows
        if not energy <= LOUDEST * LOUDEST:  # so for NaN; where it holds, no single sample can be louder
            fresh = _tamed(fresh)
        self._zeros = self._zeros + len(fresh) if energy == 0.0 else 0
        tables = []
        while len(fresh):  # once, for what a microphone has ready
            room = len(self._sound) - self._filled
            taken = fresh[:room]
            self._sound[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            fresh = fresh[room:]
            if hops := (self._filled - (WINDOW - HOP)) // HOP:
                tables.append(self._table(hops))
                kept = self._sound[hops * HOP : self._filled]
                self._sound[: len(kept)] = kept
                self._filled = len(kept)
        table = tables[0] if len(tables) == 1 else np.concatenate([_NO_HOPS, *tables])
        return table[:, :BANDS], table[:, BANDS]

    def _table(self, hops: int) -> Floats:
        """(hops, BANDS + 1): the bands and the level of the first hops in the buffer."""
        if self._zeros >= self._filled:
            return _silence().repeat(hops, axis=0)
        view, (window, along, twist, across, filters, floors) = self._views[hops - 1], _transform()
        np.multiply(view.sound, window, view.windowed)
        np.dot(view.columns, along, view.partial)
        np.multiply(view.partials, twist, view.partials)
        np.matmul(across, view.partials, view.spectra)
        np.multiply(view.parts, view.parts, view.parts)
        powers: Floats = np.dot(view.parts, filters)
        np.add(powers, floors, powers)
        np.log10(powers, powers)
        return powers


class _Views:
    """Room for the transform of so many hops; the windows overlap in `sound` and are seen as 16 columns of 25."""

    def __init__(self, sound: Floats, hops: int) -> None:
        size = sound.itemsize
        strides = (HOP * size, size, COLUMNS * size)
        self.sound = np.ndarray((hops, COLUMNS, WINDOW // COLUMNS), np.float32, sound, 0, strides)
        self.windowed = np.zeros(self.sound.shape, np.float32)
        self.columns = self.windowed.reshape(hops * COLUMNS, -1)
        self.partials = np.zeros((hops, COLUMNS, KINDS), np.complex64)
        self.partial = self.partials.view(np.float32).reshape(hops * COLUMNS, -1)
        self.spectra = np.zeros((hops, COLUMNS, KINDS), np.complex64)
        self.parts = self.spectra.view(np.float32).reshape(hops, -1)


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
        self._peak: Any = self.LOWEST_PEAK_B + np.zeros(batch) if batch else self.LOWEST_PEAK_B
        self._background: Any = 9.0 + np.zeros(batch) if batch else 9.0
        self._hops: Any = self.PRIOR_HOPS + np.zeros(batch) if batch else self.PRIOR_HOPS
        self._mean = np.zeros((*batch, BANDS), np.float32) + mean_b
        self._step = np.zeros((*batch, BANDS), np.float32)

    def push(self, bands: Floats, levels: Floats, /, out: Floats | None = None) -> Floats:
        """float32 (*batch, hops, INPUTS) from bands (*batch, hops, BANDS) and their `level` (*batch, hops).

        out: where to write it, for one stream.
        """
        if levels.ndim == 1:
            out = np.zeros((len(levels), INPUTS), np.float32) if out is None else out
            self._push_one(bands, levels, out)
            return out
        table = self._follow_many(levels)
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

    def _push_one(self, bands: Floats, levels: Floats, features: Floats) -> None:
        """The same for one stream, with as few calls as can be: a microphone has but a hop or two ready."""
        peak, background, heard = self._peak, self._background, self._hops
        mean, step = self._mean, self._step
        for hop, level_b in enumerate(levels.tolist()):
            peak = max(level_b, peak - self.PEAK_FALL_B, self.LOWEST_PEAK_B)
            background = min(level_b, background + self.BACKGROUND_RISE_B)
            under, above = level_b - peak, level_b - background
            row = features[hop]
            row[2 * BANDS], row[2 * BANDS + 1] = max(under, self.DEEPEST_B), min(above, 5.0) - 2.0
            below, around = row[:BANDS], row[BANDS : 2 * BANDS]
            np.subtract(bands[hop], peak, below)
            np.maximum(below, _DEEPEST_B, out=below)
            np.subtract(below, mean, around)
            if under > self.BELOW_PEAK_B and above > self.ABOVE_BACKGROUND_B:
                heard = min(heard + 1.0, self.LONGEST_HOPS)
                np.multiply(around, 1.0 / heard, step)
                np.add(mean, step, mean)
                np.subtract(around, step, around)
        self._peak, self._background, self._hops = peak, background, heard
        all_below = features[:, :BANDS]
        np.multiply(all_below, _HALF, all_below)
        np.add(all_below, _ONE, all_below)

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
    """NaN as silence, everything else within +-LOUDEST."""
    if np.abs(samples).max() <= LOUDEST:  # false for NaN, too
        return samples
    return np.clip(np.where(np.isnan(samples), np.float32(0), samples), -LOUDEST, LOUDEST)


_NO_HOPS: Final = np.zeros((0, BANDS + 1), np.float32)
_LN10: Final = np.float32(np.log(10.0))


@cache
def _transform() -> tuple[Floats, Any, Any, Any, Floats, Floats]:
    """What turns windows into powers of bands: window, two halves of a Fourier transform, filters, floors.

    Cooley and Tukey's split of FFT = 16 * 32 points: sample t = 16 a + b, bin k = c + 32 d, then exp(-2 pi i t k / 512)
    is exp(-2 pi i a c / 32) * exp(-2 pi i b c / 512) * exp(-2 pi i b d / 16). Each factor is a small matrix: for one
    window that is quicker than a library's transform, most of whose time goes into the call.
    """
    rows = WINDOW // COLUMNS
    a, b, c, d = np.arange(rows), np.arange(COLUMNS), np.arange(KINDS), np.arange(COLUMNS)
    turn = -2j * np.pi / FFT
    along = np.exp(turn * COLUMNS * np.outer(a, c)).astype(np.complex64).view(np.float32)
    twist = np.exp(turn * np.outer(b, c)).astype(np.complex64)
    across = np.exp(turn * (FFT // COLUMNS) * np.outer(d, b)).astype(np.complex64)
    window = np.ascontiguousarray(_window().reshape(rows, COLUMNS).T)
    # Of real sound, bins k and 512 - k have the same power; some appear twice, and count half each time.
    bins = (c[None, :] + (FFT // COLUMNS) * d[:, None]).ravel()
    bins = np.minimum(bins, FFT - bins)
    shares = 1.0 / np.bincount(bins)[bins]
    filters = np.repeat(_filters()[bins] * shares[:, None], 2, axis=0)  # real and imaginary parts lie side by side
    filters = np.column_stack([filters, filters.sum(axis=1)])  # the last column is for the level
    return window, along, twist, across, filters.astype(np.float32), _floors()


@cache
def _window() -> Floats:
    ramp = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    return ramp.astype(np.float32)


@cache
def _floors() -> Floats:
    """(BANDS + 1,): the power that is added to each band, and to their sum."""
    return np.array([10**FLOOR_B] * BANDS + [BANDS * 10**FLOOR_B], np.float32)


@cache
def _silence() -> Floats:
    """(1, BANDS + 1): the bands and the level of digital silence."""
    return np.log10(_floors())[None]


@cache
def _filters() -> npt.NDArray[np.float64]:
    """(FFT / 2 + 1, BANDS): triangles evenly spaced in mel (O'Shaughnessy), a full-scale sine sums to 0 B."""

    def mel(hz: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(2595.0 * np.log10(1.0 + hz / 700.0))

    edges = np.linspace(mel(np.array(LOWEST_HZ)), mel(np.array(HIGHEST_HZ)), BANDS + 2)
    bins = mel(np.arange(FFT // 2 + 1) * RATE_HZ / FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    triangles = np.clip(np.minimum(rising, falling), 0.0, None)
    # A sine of amplitude 1 has a spectral energy of FFT * sum(window^2) / 4 on the positive side.
    energy = float(np.sum(_window().astype(np.float64) ** 2))
    return np.asarray(triangles * 4.0 / (FFT * energy))
