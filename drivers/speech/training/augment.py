"""Other throats, microphones, rooms and distances, made from the bands of a training batch.

Everything happens before the causal normalisation, so that the net learns with its features as they will be.
"""

import numpy as np
import numpy.typing as npt

from drivers.speech.features import BANDS, Floats

Rng = np.random.Generator

FLOOR_B = -9.0


def disturb(bands: Floats, backgrounds: Floats, rng: Rng, /) -> Floats:
    """float32 (B, T, BANDS): speech `bands` as another person's, through another microphone, over `backgrounds`.

    backgrounds: (B, T, BANDS), sounds of about the same level as the speech; they are put 3 to 45 dB below it.
    """
    batch = len(bands)
    voices = warp(bands, _warps(batch, rng))
    noisy = rng.random(batch) < 0.65
    below_b = np.where(noisy, rng.triangular(0.3, 1.8, 4.5, batch), 12.0).astype(np.float32)
    return _recorded(_power(voices) + _power(backgrounds - below_b[:, None, None]), rng)


def disturb_sounds(bands: Floats, rng: Rng, /) -> Floats:
    """The same for sounds without speech: other levels, other microphones."""
    return _recorded(_power(bands), rng)


def warp(bands: Floats, places: npt.NDArray[np.float64], /) -> Floats:
    """Bands read at other places of the frequency axis: (B, BANDS), in bands. Longer and shorter throats."""
    low = np.clip(np.floor(places).astype(int), 0, BANDS - 2)
    share = np.clip(places - low, 0.0, 1.0).astype(np.float32)[:, None, :]
    rows = np.arange(len(bands))[:, None]
    moved = bands.transpose(0, 2, 1)
    left, right = moved[rows, low].transpose(0, 2, 1), moved[rows, low + 1].transpose(0, 2, 1)
    warped: Floats = left + share * (right - left)
    return warped


def _warps(batch: int, rng: Rng) -> npt.NDArray[np.float64]:
    """Where each band reads: two joined lines, so that lower and upper formants may move apart."""
    band = np.arange(BANDS)
    low, high = rng.normal(0, 1.0, (batch, 1)), rng.normal(0, 1.0, (batch, 1))
    bend = np.interp(band, [0, 14, 28, BANDS - 1], [0, 1, 0.5, 0]) * low
    bend = bend + np.interp(band, [0, 14, 28, BANDS - 1], [0, 0, 1, 0.6]) * high
    return band + bend


def microphone(batch: int, rng: Rng, /) -> Floats:
    """(B, BANDS) in bel: tilt, a smooth wavy response, at times the missing ends of a telephone."""
    band = np.linspace(-1, 1, BANDS)
    response = rng.normal(0, 0.35, (batch, 1)) * band
    knots = rng.normal(0, 0.35, (batch, 7))
    response = response + np.stack([np.interp(np.linspace(0, 6, BANDS), np.arange(7), k) for k in knots])
    lowest = np.where(rng.random((batch, 1)) < 0.25, rng.uniform(0, 7, (batch, 1)), -9.0)
    highest = np.where(rng.random((batch, 1)) < 0.25, rng.uniform(27, BANDS, (batch, 1)), 99.0)
    at = np.arange(BANDS)
    response = response - np.clip((lowest - at) * 0.5, 0, 3) - np.clip((at - highest) * 0.6, 0, 4)
    return np.asarray(response, np.float32)


def gain_b(batch: int, rng: Rng, /) -> Floats:
    """(B,) in bel of power: peaks between full scale and -42 dB."""
    return rng.uniform(-3.6, 0.6, batch).astype(np.float32)


def _recorded(power: Floats, rng: Rng) -> Floats:
    """In bel, as a device would record it: its response, its gain, and its hiss of -90 to -70 dB, which fluctuates."""
    batch = len(power)
    power = power * _power(microphone(batch, rng) + gain_b(batch, rng)[:, None])[:, None, :]
    hiss = np.float32(0.4) + np.float32(0.6) * rng.standard_exponential(power.shape, np.float32)
    power += hiss * _power(rng.uniform(FLOOR_B, -7.0, (batch, 1, 1)).astype(np.float32))
    recorded: Floats = np.log10(power)
    return recorded


def _power(bands: Floats) -> Floats:
    power: Floats = np.exp(bands * np.float32(np.log(10.0)))
    return power
