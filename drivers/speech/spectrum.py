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
)  # fmt: skip

COLUMNS: Final = 16
KINDS: Final = FFT // COLUMNS // 2 + 1
"""The transform is done as FFT = 16 * 32, of which real sound needs 17: see `_transform`."""

LOUDEST: Final = 4.0
"""Samples are held within +-LOUDEST: ten times full scale and infinity sound the same."""


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
        tables = []
        while len(fresh):  # once, for what a microphone has ready
            room = len(self._sound) - self._filled
            taken = fresh[:room]
            self._sound[self._filled : self._filled + len(taken)] = taken
            self._filled += len(taken)
            self._zeros = self._zeros + len(taken) if energy == 0.0 else 0
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


def _tamed(samples: Floats) -> Floats:
    """NaN as silence, everything else within +-LOUDEST."""
    if np.abs(samples).max() <= LOUDEST:  # false for NaN, too
        return samples
    return np.clip(np.where(np.isnan(samples), np.float32(0), samples), -LOUDEST, LOUDEST)


_NO_HOPS: Final = np.zeros((0, BANDS + 1), np.float32)


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
