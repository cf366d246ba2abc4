"""From samples to 40 log-mel bands every 10 ms: the last 25 ms are kept, windowed, transformed and summed in triangles.

For one hop or two, calls cost more than arithmetic; so there is room for every step, made once, and the transform is
two small products of matrices.
"""

from functools import cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import (
    BANDS,
    CHUNK,
    FFT,
    FLOOR_B,
    HIGHEST_HZ,
    HOP,
    LOWEST_HZ,
    RATE_HZ,
    WINDOW,
    Floats,
    aligned,
    windows,
)  # fmt: skip

COLUMNS: Final = 16
KINDS: Final = FFT // COLUMNS // 2 + 1
"""The transform is done as FFT = 16 * 32, of which real sound needs 17: see `_transform`."""

Table = tuple[Floats, Floats]
"""Bands (hops, BANDS) and the level (hops,) of each."""

PIECE: Final = CHUNK * HOP
"""Samples that are worked on at once, at most."""

LOUDEST: Final = 4.0
"""Samples are held within +-LOUDEST: ten times full scale and infinity sound the same."""


class Spectrum:
    """Samples to log-mel bands, in blocks of any size."""

    def __init__(self) -> None:
        self._sound = np.zeros(_BEFORE + PIECE + HOP, np.float32)
        self._memory = self._sound.data
        self._filled = _BEFORE
        self._zeros = _BEFORE
        """How many of the newest samples are known to be nothing but zeros."""
        self._window, self._along, self._twist, self._across, self._filters = _transform()
        # Each step has its own room, so nothing is made anew.
        self._windowed = np.zeros(WINDOW, np.float32)
        self._columns = self._windowed.reshape(-1, COLUMNS).T
        self._partial = np.zeros((COLUMNS, 2 * KINDS), np.float32)
        self._partials = self._partial.view(np.complex64)
        spectra = np.zeros((CHUNK, COLUMNS * KINDS + 1), np.complex64)
        spectra[:, -1].real = 1.0  # brings the floors
        whole = np.ndarray((CHUNK, COLUMNS, KINDS), np.complex64, spectra, 0, (spectra.strides[0], 8 * KINDS, 8))
        self._hops = list(zip(windows(self._sound, CHUNK, WINDOW, HOP), whole, strict=True))
        parts, table = spectra.view(np.float32), np.zeros((CHUNK, BANDS + 1), np.float32)
        # One hop has no axis for hops: that is quicker.
        self._parts = [parts[0] if hops == 1 else parts[:hops] for hops in range(CHUNK + 1)]
        self._powers = [table[0] if hops == 1 else table[:hops] for hops in range(CHUNK + 1)]
        self._tables: list[Table] = [(table[:hops, :BANDS], table[:hops, BANDS]) for hops in range(CHUNK + 1)]
        self._silence = np.log10(_floors())

    def push(self, samples: npt.NDArray[Any], /) -> Floats:
        """float32 (hops, BANDS) in bel for every hop that `samples` (N,) at 16 kHz completes; NaN counts as silence."""
        return self.hear(samples)[0]

    def hear(self, samples: npt.NDArray[Any], /) -> Table:
        """The same and the `level` (hops,) of each, which costs nothing more here."""
        pieces = (samples[at : at + PIECE] for at in range(0, len(samples), PIECE))
        tables = [(bands.copy(), levels.copy()) for bands, levels in map(self.table, pieces)]
        bands, levels = zip(self._tables[0], *tables, strict=True)
        return np.concatenate(bands), np.concatenate(levels)

    def table(self, samples: npt.NDArray[Any], energy: float | None = None, /) -> Table:
        """The same of at most PIECE samples; what is given is overwritten by the next call.

        energy: the sum of their squares, where it is known; then they are float32.
        """
        fresh = samples
        if energy is None:
            fresh = np.asarray(samples, np.float32)
            energy = float(np.vdot(fresh, fresh))  # unlike `dot`, it doesn't complain when what is enormous overflows
        if not energy <= LOUDEST * LOUDEST:  # so for NaN; where it holds, no single sample can be louder
            fresh = _tamed(fresh)
        start, size = self._filled, len(fresh)
        end = start + size
        self._sound[start:end] = fresh
        self._zeros = 0 if energy else self._zeros + size
        hops = (end - _BEFORE) // HOP
        if hops:
            if self._zeros < end:
                self._transform(hops)
            else:
                self._powers[hops][...] = self._silence
            heard, sound = hops * HOP, self._memory
            sound[: end - heard] = sound[heard:end]
            end -= heard
        self._filled = end
        return self._tables[hops]

    def _transform(self, hops: int) -> None:
        """Fills so many rows of the table from the first windows of the sound."""
        windowed, columns, partial, partials = self._windowed, self._columns, self._partial, self._partials
        for sound, spectrum in self._hops[:hops]:
            np.multiply(sound, self._window, windowed)
            columns.dot(self._along, partial)
            np.multiply(partials, self._twist, partials)
            self._across.dot(partials, spectrum)
        parts, powers = self._parts[hops], self._powers[hops]
        np.multiply(parts, parts, parts)
        parts.dot(self._filters, powers)
        np.log10(powers, powers)


def _tamed(samples: Floats) -> Floats:
    """NaN as silence, everything else within +-LOUDEST."""
    if np.abs(samples).max() <= LOUDEST:  # false for NaN, too
        return samples
    return np.clip(np.where(np.isnan(samples), np.float32(0), samples), -LOUDEST, LOUDEST)


_BEFORE: Final = WINDOW - HOP


@cache
def _transform() -> tuple[Floats, Any, Any, Any, Floats]:
    """What turns windows into powers of bands: window, two halves of a Fourier transform, filters with floors.

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
    # Of real sound, bins k and 512 - k have the same power; some appear twice, and count half each time.
    bins = (c[None, :] + (FFT // COLUMNS) * d[:, None]).ravel()
    bins = np.minimum(bins, FFT - bins)
    shares = 1.0 / np.bincount(bins)[bins]
    filters = np.repeat(_filters()[bins] * shares[:, None], 2, axis=0)  # real and imaginary parts lie side by side
    filters = np.column_stack([filters, filters.sum(axis=1)])  # the last column is for the level
    filters = np.vstack([filters, _floors(), np.zeros(BANDS + 1)])
    return _window(), along, twist, across, aligned(filters, "F")


@cache
def _window() -> Floats:
    ramp = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    return ramp.astype(np.float32)


@cache
def _floors() -> Floats:
    """(BANDS + 1,): the power that is added to each band, and to their sum."""
    return np.array([10**FLOOR_B] * BANDS + [BANDS * 10**FLOOR_B], np.float32)


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
