"""What the net hears: 40 log-mel bands every 10 ms, freed of gain, channel and background noise.

`drivers.speech.spectrum` turns samples into bands. `Normaliser` follows loudness, background and mean spectrum of the
voice with what has been heard so far and nothing later, so that training, a file and a microphone are treated alike.
Levels are in bel (log10 of power): 1 B = 10 dB; 0 B is a sine of full scale.
"""

from typing import Any, Final, Literal

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

HALF: Final = 0.5
ONE: Final = 1.0
"""The bands below the peak are HALF * x + ONE in a feature vector: -6..0 bel become -2..1."""

LINE: Final = 16
"""Numbers in a cache line."""

CHUNK: Final = 16
"""Hops that are worked on at once, at most: the buffers hold so many."""


class Normaliser:
    """Bands to feature vectors; keeps a memory of loudness, background and mean spectrum.

    batch: () for one stream, (B,) for B streams side by side, as in training.
    mean_b: float32 (BANDS,), the mean spectrum of speech below its peak, believed until this voice has been heard.
    rows: for one stream, where `write` writes: float32 (CHUNK, INPUTS).
    """

    PEAK_FALL_B: Final = 0.0045  # 4.5 dB a second
    LOWEST_PEAK_B: Final = -5.5
    BACKGROUND_RISE_B: Final = 0.004  # 4 dB a second
    DEEPEST_B: Final = -6.0
    BELOW_PEAK_B: Final = -2.5  # speech, for the mean, is louder than this
    ABOVE_BACKGROUND_B: Final = 0.6  # and than this
    PRIOR_HOPS: Final = 60
    LONGEST_HOPS: Final = 300

    def __init__(self, mean_b: Floats, batch: tuple[int, ...] = (), *, rows: Floats | None = None) -> None:
        self._peak: Any = self.LOWEST_PEAK_B + np.zeros(batch) if batch else self.LOWEST_PEAK_B
        self._background: Any = 9.0 + np.zeros(batch) if batch else 9.0
        self._hops: Any = self.PRIOR_HOPS + np.zeros(batch) if batch else self.PRIOR_HOPS
        self._mean = np.zeros((*batch, BANDS), np.float32) + mean_b
        if not batch:
            self._rows = np.zeros((CHUNK, INPUTS), np.float32) if rows is None else rows
            self._hop_rows = [(row[:BANDS], row[BANDS : 2 * BANDS], row[2 * BANDS :].data) for row in self._rows]
            self._peak_b = np.zeros((), np.float32)

    def push(self, bands: Floats, levels: Floats, /) -> Floats:
        """float32 (*batch, hops, INPUTS) from bands (*batch, hops, BANDS) and their `level` (*batch, hops)."""
        features = np.zeros((*levels.shape, INPUTS), np.float32)
        if levels.ndim == 1:
            for at in range(0, len(levels), CHUNK):
                hops = self.write(bands[at : at + CHUNK], levels[at : at + CHUNK].tolist())
                features[at : at + hops] = self._rows[:hops]
            below = features[:, :BANDS]
        else:
            table = self._follow_many(levels)
            below, around = features[..., :BANDS], features[..., BANDS : 2 * BANDS]
            np.maximum(bands - table[..., :1], _DEEPEST_B, out=below)
            features[..., 2 * BANDS :] = table[..., 1:3]
            mean = self._mean
            for hop in range(levels.shape[-1]):
                now = below[..., hop, :]
                mean = mean + table[..., hop, 3:] * (now - mean)
                np.subtract(now, mean, out=around[..., hop, :])
            self._mean = mean
        below *= np.float32(HALF)
        below += np.float32(ONE)
        return features

    def write(self, bands: Floats, levels: list[float], /) -> int:
        """The same for one stream into `rows`, where the bands below the peak are still x, not HALF * x + ONE.

        With as few calls as can be, and plain numbers: a microphone has but a hop or two ready. Gives the number of
        hops, CHUNK at most.
        """
        peak, background, heard, mean, peak_b = self._peak, self._background, self._hops, self._mean, self._peak_b
        subtract, maximum, deepest = np.subtract, np.maximum, self.DEEPEST_B
        for band, level_b, (below, around, tail) in zip(bands, levels, self._hop_rows, strict=False):
            peak -= self.PEAK_FALL_B
            if level_b > peak:
                peak = level_b
            if peak < self.LOWEST_PEAK_B:
                peak = self.LOWEST_PEAK_B
            background += self.BACKGROUND_RISE_B
            if level_b < background:
                background = level_b
            under, above = level_b - peak, level_b - background
            tail[0] = under if under > deepest else deepest
            tail[1] = above - 2.0 if above < 5.0 else 3.0
            peak_b[()] = peak
            subtract(band, peak_b, below)
            maximum(below, _DEEPEST_B, out=below)
            subtract(below, mean, around)
            if under > self.BELOW_PEAK_B and above > self.ABOVE_BACKGROUND_B:
                if heard < self.LONGEST_HOPS:
                    heard += 1
                # The mean follows; of what is between it and this hop, so much stays.
                np.multiply(around, _KEPT[heard], around)
                subtract(below, around, mean)
        self._peak, self._background, self._hops = peak, background, heard
        return len(levels)

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


# Arrays of no dimension: a ufunc takes them more quickly than it takes numbers.
_DEEPEST_B: Final = np.array(Normaliser.DEEPEST_B, np.float32)
_KEPT: Final = [np.array(1.0 - 1.0 / max(hops, 1), np.float32) for hops in range(Normaliser.LONGEST_HOPS + 1)]


def level(bands: Floats, /) -> Floats:
    """Loudness in bel (...,) of bands (..., BANDS): the sum of their powers."""
    total: Floats = np.log10(np.add.reduce(np.exp(bands * _LN10), axis=-1))
    return total


def windows(rows: Floats, count: int, length: int, step: int) -> Floats:
    """(count, length) overlapping windows of contiguous memory, `step` apart, without a copy."""
    size = rows.itemsize
    return np.ndarray((count, length), rows.dtype, rows, 0, (step * size, size))


_LN10: Final = np.float32(np.log(10.0))


def aligned(matrix: Floats, order: Literal["C", "F"] = "C") -> Floats:
    """A copy that begins at a cache line, row after row or column after column: products are up to a fifth quicker."""
    line = LINE * matrix.itemsize
    memory = np.zeros(matrix.size + LINE, np.float32)
    start = -memory.ctypes.data % line // matrix.itemsize
    made = memory[start : start + matrix.size].reshape(matrix.shape, order=order)
    made[...] = matrix
    return made
