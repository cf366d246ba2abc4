"""What is no speech: noise, hum, clicks, breath, tones, chords and music, from random numbers. All of it is "closed".

Each maker gives float32 samples at 16 kHz of about unit peak; the level is chosen by who asks.
"""

from collections.abc import Callable
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import RATE_HZ, Floats

Wave = npt.NDArray[np.float64]
Rng = np.random.Generator


def non_speech(seconds: float, rng: Rng, /) -> Floats:
    """One random sound that a mouth should not move for; sometimes two at once."""
    count = int(seconds * RATE_HZ)
    sound = _MAKERS[rng.integers(len(_MAKERS))](count, rng)
    if rng.random() < 0.3:
        sound = sound + 10 ** rng.uniform(-1.5, 0) * _MAKERS[rng.integers(len(_MAKERS))](count, rng)
    return _peak(sound).astype(np.float32)


def melody_or_breath(seconds: float, rng: Rng, /) -> Floats:
    """What is most easily taken for a voice when it comes first: one instrument alone, and breath or wind."""
    count = int(seconds * RATE_HZ)
    sound = _instrument(count, rng) if rng.random() < 0.7 else _gust(count, rng)
    return _peak(sound).astype(np.float32)


def noise(count: int, rng: Rng) -> Wave:
    """Noise with a random smooth spectrum: rooms, fans, streets."""
    spectrum = np.fft.rfft(rng.standard_normal(count))
    octave = np.log2(np.maximum(np.linspace(0, RATE_HZ / 2, len(spectrum)), 30.0) / 30.0)
    knots = np.cumsum(rng.normal(rng.uniform(-6, 1), 5, 9))
    return _peak(np.fft.irfft(spectrum * 10 ** (np.interp(octave, np.arange(9), knots) / 20), count))


def _hum(count: int, rng: Rng) -> Wave:
    base = rng.choice([50.0, 60.0, 100.0, 120.0]) * rng.uniform(0.98, 1.02)
    return _harmonics(np.full(count, base), rng.uniform(0, 1, 20) ** 3, rng) + 0.1 * noise(count, rng)


def _clicks(count: int, rng: Rng) -> Wave:
    """Keys, taps, claps: short bursts with a ring."""
    train = np.zeros(count)
    rate = rng.uniform(1.0, 14.0)
    for at in rng.integers(0, count, int(rate * count / RATE_HZ) + 1):
        length = int(RATE_HZ * 10 ** rng.uniform(-2.7, -1.0))
        t = np.arange(length) / RATE_HZ
        ring = np.sin(2 * np.pi * 10 ** rng.uniform(2.2, 3.8) * t) * rng.uniform(0, 1)
        burst = (rng.standard_normal(length) + ring) * np.exp(-t * 5 * RATE_HZ / length) * 10 ** rng.uniform(-1, 0)
        train[at : at + length] += burst[: count - at]
    return _peak(train)


def _breath(count: int, rng: Rng) -> Wave:
    """Broad noise that comes and goes slowly."""
    t = np.arange(count) / RATE_HZ
    swell = np.clip(np.sin(2 * np.pi * rng.uniform(0.2, 2.5) * t + rng.uniform(0, 6)), 0, 1) ** rng.uniform(0.5, 3)
    return _peak(noise(count, rng) * swell)


def _flutter(count: int, rng: Rng) -> Wave:
    """Noise whose loudness moves at the rate of syllables: wind, paper, crowds."""
    points = np.abs(rng.standard_normal(int(count / RATE_HZ * rng.uniform(2, 12)) + 3))
    return _peak(noise(count, rng) * np.interp(np.linspace(0, len(points) - 1, count), np.arange(len(points)), points))


def _tone(count: int, rng: Rng) -> Wave:
    """A pure tone, steady or in beeps."""
    t = np.arange(count) / RATE_HZ
    tone = np.sin(2 * np.pi * 10 ** rng.uniform(2.0, 3.8) * t + rng.uniform(0, 6))
    if rng.random() < 0.4:
        tone *= np.sin(2 * np.pi * rng.uniform(0.5, 6.0) * t) > rng.uniform(-0.5, 0.8)
    return tone


def _sweep(count: int, rng: Rng) -> Wave:
    """A tone that glides up and down."""
    octaves = np.interp(np.linspace(0, 6, count), np.arange(7), rng.uniform(6.5, 12.5, 7))
    return np.sin(2 * np.pi * np.cumsum(2**octaves) / RATE_HZ)


def _music(count: int, rng: Rng) -> Wave:
    """Notes and chords on instruments between organ, guitar, chip tune and bell; drums at times."""
    mix = np.zeros(count)
    for _ in range(rng.integers(1, 3)):
        shares = rng.uniform(0, 1, 24) ** 2 * np.arange(1, 25) ** -rng.uniform(0.0, 2.0)
        shares[1::2] *= rng.choice([0.0, 1.0])  # square waves have odd harmonics only
        decay, attack_s = rng.choice([0.0, rng.uniform(1, 12)]), 10 ** rng.uniform(-2.7, -0.8)
        voices, beat_s, stretch = rng.integers(1, 5), rng.uniform(0.08, 1.0), rng.choice([1.0, rng.uniform(1, 1.02)])
        at = 0
        while at < count:
            length = int(beat_s * rng.choice([1, 1, 2, 4]) * RATE_HZ)
            t = np.arange(min(length, count - at)) / RATE_HZ
            envelope = np.exp(-decay * t) * np.minimum(t / attack_s, 1) * np.minimum((t[-1] - t) / 0.01, 1)
            for _ in range(voices):
                pitch = 440 * 2 ** ((rng.integers(-30, 25)) / 12)
                mix[at : at + len(t)] += _harmonics(np.full(len(t), pitch), shares, rng, stretch) * envelope
            at += length
    if rng.random() < 0.3:
        mix = _peak(mix) + 0.7 * _clicks(count, rng)
    return _peak(mix)


def _organ(count: int, rng: Rng) -> Wave:
    """A chord that stands still."""
    mix = np.zeros(count)
    shares = rng.uniform(0, 1, 12) * np.arange(1, 13) ** -rng.uniform(0, 1.5)
    for step in rng.choice(25, rng.integers(2, 6), replace=False):
        mix += _harmonics(np.full(count, 110 * 2 ** (rng.integers(0, 12) / 12) * 2 ** (step / 12)), shares, rng)
    return _peak(mix)


def _instrument(count: int, rng: Rng) -> Wave:
    """A tune or broken chords on one instrument: plucked, struck, bowed or blown; notes may ring into each other."""
    mix = np.zeros(count)
    shares = rng.uniform(0.4, 1.0, 20) * np.arange(1, 21) ** -rng.uniform(0.5, 2.2)
    decay, attack_s = rng.choice([0.5, rng.uniform(1, 9)]), 10 ** rng.uniform(-2.7, -1.2)
    beat_s, rings = float(10 ** rng.uniform(-1.0, -0.15)), float(rng.uniform(1.0, 5.0))
    steps = np.cumsum(rng.choice([-7, -5, -4, -3, -2, 0, 2, 3, 4, 5, 7], 200)) % 24
    base_hz = 10 ** rng.uniform(1.9, 2.65)
    starts = np.arange(0, count, int(beat_s * RATE_HZ))
    for start, step in zip(starts.tolist(), np.resize(steps[: rng.integers(3, 60)], len(starts)), strict=True):
        t = np.arange(min(int(beat_s * rings * RATE_HZ), count - start)) / RATE_HZ
        envelope = np.exp(-decay * t) * np.minimum(t / attack_s, 1) * np.minimum((t[-1] - t) / 0.01, 1)
        vibrato = 1 + 0.006 * rng.choice([0.0, 1.0]) * np.sin(2 * np.pi * 5.5 * t)
        note = _harmonics(base_hz * 2 ** (step / 12) * vibrato, shares, rng)
        mix[start : start + len(t)] += rng.uniform(0.5, 1.0) * note * envelope
    return _peak(mix) + 10 ** rng.uniform(-4, -2) * rng.standard_normal(count)


def _gust(count: int, rng: Rng) -> Wave:
    """A broad band of noise that swells and sinks from the first moment: breath at the microphone, wind."""
    t = np.arange(count) / RATE_HZ
    swell = np.clip(np.sin(2 * np.pi * rng.uniform(0.15, 1.5) * t + rng.uniform(-1, 2)), 0, 1) ** rng.uniform(0.5, 3)
    spectrum = np.fft.rfft(rng.standard_normal(count))
    hz = np.linspace(0, RATE_HZ / 2, len(spectrum))
    middle, width = 10 ** rng.uniform(2.3, 3.7), 10 ** rng.uniform(2.5, 3.5)
    band = np.exp(-(((hz - middle) / width) ** 2)) + 10 ** rng.uniform(-4, -1)
    return _peak(np.fft.irfft(spectrum * band, count) * swell) + 10 ** rng.uniform(-4, -2.5) * rng.standard_normal(
        count
    )


def _quiet(count: int, rng: Rng) -> Wave:
    """Digital silence, or almost."""
    return float(rng.choice([0.0, 1e-3])) * rng.standard_normal(count)


_MAKERS: Final[tuple[Callable[[int, Rng], Wave], ...]] = (
    *(noise, noise, _hum, _clicks, _clicks, _breath, _flutter, _tone, _tone, _sweep),
    *(_music, _music, _music, _organ, _organ, _quiet),
)


def _harmonics(pitch_hz: Wave, shares: Wave, rng: Rng, stretch: float = 1.0) -> Wave:
    phase = 2 * np.pi * np.cumsum(pitch_hz) / RATE_HZ
    sound = np.zeros(len(pitch_hz))
    for number, share in enumerate(shares, 1):
        if number * pitch_hz.max() * stretch < RATE_HZ / 2:
            sound += share * np.sin(number * stretch ** (number - 1) * phase + rng.uniform(0, 6))
    return _peak(sound)


def _peak(sound: Wave) -> Wave:
    return sound / max(float(np.abs(sound).max(initial=0.0)), 1e-9)
