"""Sounds made from a formula, to ask simple questions of the listener: a talking tube, and 13 things that don't talk.

The tube is the textbook source and filter (Fant 1960): glottal pulses through four resonances, with formants of men's
vowels after Peterson & Barney (1952). Nothing of it is in the training speech, nor are these makers of noise and music.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import RATE_HZ, Floats

Wave = npt.NDArray[np.float64]

FORMANTS_HZ: Final[Mapping[str, tuple[float, float, float, float]]] = {
    "a": (730, 1150, 2440, 3500),
    "e": (480, 1900, 2500, 3500),
    "i": (280, 2250, 2950, 3600),
    "o": (480, 850, 2400, 3400),
    "u": (310, 800, 2250, 3300),
    "m": (260, 1100, 2200, 3300),
}
_WIDTHS_HZ: Final = (70.0, 90.0, 130.0, 180.0)


def tube(sounds: Sequence[tuple[str, float]], *, pitch_hz: float = 118.0, throat: float = 1.0, seed: int = 0) -> Floats:
    """float32 samples at 16 kHz, peak 0.5: (sound, seconds) one after the other; "" is a pause, p a closure and burst.

    throat scales the formants: 1.17 is a woman's. Formants glide over 50 ms between sounds.
    """
    rng = np.random.default_rng(seed)
    counts = [round(seconds * RATE_HZ) for _, seconds in sounds]
    names = np.repeat([name for name, _ in sounds], counts)
    total = len(names)
    voiced = np.isin(names, list(FORMANTS_HZ)).astype(float)
    gain = _glide(voiced * np.where(names == "m", 0.25, 1.0), 0.012)
    targets = np.array([FORMANTS_HZ.get(name, FORMANTS_HZ["e"]) for name, _ in sounds]) * throat
    formants = np.stack([_glide(np.repeat(column, counts), 0.05) for column in targets.T])
    t = np.arange(total) / RATE_HZ
    pitch = pitch_hz * (1 + 0.04 * np.sin(2 * np.pi * 2.3 * t) + 0.01 * np.sin(2 * np.pi * 5.1 * t))
    phase = np.cumsum(pitch) / RATE_HZ
    pulses = np.diff(np.floor(phase), prepend=0.0)
    source = _one_pole(_one_pole(pulses, 0.94), 0.6) + 0.002 * rng.standard_normal(total)
    sound = source * gain
    for formant, width in zip(formants, _WIDTHS_HZ, strict=True):
        sound = _resonance(sound, formant, width)
    for index, (name, _) in enumerate(sounds):
        if name == "p":
            at = sum(counts[: index + 1]) - 160
            sound[at : at + 160] += np.abs(sound).max() * 0.1 * rng.standard_normal(160) * np.linspace(1, 0, 160)
    peak = np.abs(sound).max()
    return (0.5 * sound / (peak if peak > 0 else 1.0)).astype(np.float32)


def _glide(steps: Wave, seconds: float) -> Wave:
    count = int(seconds * RATE_HZ)
    bell = np.hanning(count + 2)[1:-1]
    return np.asarray(np.convolve(np.pad(steps, count, mode="edge"), bell / bell.sum(), "same")[count:-count])


def _one_pole(x: Wave, keep: float) -> Wave:
    y, last = np.zeros_like(x), 0.0
    for n, value in enumerate(x):
        last = value + keep * last
        y[n] = last
    return y


def _resonance(x: Wave, formant_hz: Wave, width_hz: float) -> Wave:
    radius = np.exp(-np.pi * width_hz / RATE_HZ)
    turn = 2 * radius * np.cos(2 * np.pi * formant_hz / RATE_HZ)
    scale = 1 - turn + radius**2
    y, one, two = np.zeros_like(x), 0.0, 0.0
    for n, value in enumerate(x):
        one, two = scale[n] * value + turn[n] * one - radius**2 * two, one
        y[n] = one
    return y


# ---- thirteen things that do not talk ------------------------------------------------------------------------------


def _db(level: float) -> float:
    return float(10 ** (level / 20))


def _t(seconds: float) -> Wave:
    return np.arange(int(seconds * RATE_HZ)) / RATE_HZ


def _rms(sound: Wave, level_db: float) -> Wave:
    return sound * (_db(level_db) / float(np.sqrt(np.mean(sound**2))))


def _pink(count: int, rng: np.random.Generator) -> Wave:
    spectrum = np.fft.rfft(rng.standard_normal(count))
    return np.fft.irfft(spectrum / np.sqrt(np.arange(len(spectrum)) + 1.0), count)


def _bursts(seconds: float, rate: float, decay_s: float, level_db: float, rng: np.random.Generator) -> Wave:
    sound, length = np.zeros(int(seconds * RATE_HZ)), int(decay_s * 6 * RATE_HZ)
    for start in np.cumsum(rng.uniform(0.6, 1.4, int(seconds * rate)) / rate):
        at = int(start * RATE_HZ)
        burst = rng.standard_normal(length) * np.exp(-np.arange(length) / (decay_s * RATE_HZ)) * rng.uniform(0.4, 1)
        sound[at : at + length] += burst[: max(len(sound) - at, 0)]
    return np.asarray(sound / np.abs(sound).max() * _db(level_db))


def _breathing(seconds: float, rng: np.random.Generator) -> Wave:
    t = _t(seconds)
    swell = np.clip(np.sin(2 * np.pi * 0.45 * t), 0, 1) ** 2
    noise = np.fft.rfft(rng.standard_normal(len(t)))
    hz = np.linspace(0, RATE_HZ / 2, len(noise))
    shaped = np.fft.irfft(noise * np.exp(-(((hz - 1600) / 1100) ** 2)), len(t))
    return _rms(shaped * swell, -42.0)


def _notes(
    seconds: float, length_s: float, semitones: Sequence[int], timbre: Callable[[Wave], Wave], fall: float
) -> Wave:
    sound, size = np.zeros(int(seconds * RATE_HZ)), int(length_s * RATE_HZ)
    for index, at in enumerate(range(0, len(sound), size)):
        t = _t(min(1.2 if fall else length_s, (len(sound) - at) / RATE_HZ))
        hz = 220.0 * 2 ** (semitones[index % len(semitones)] / 12)
        sound[at : at + len(t)] += timbre(hz * t) * np.exp(-fall * t) * np.minimum(t / 0.004, 1)
    return np.asarray(sound / np.abs(sound).max() * _db(-12.0))


def _string(cycles: Wave) -> Wave:
    return np.asarray(np.sum([np.sin(2 * np.pi * n * cycles) / n**1.3 for n in range(1, 12)], axis=0))


def _square(cycles: Wave) -> Wave:
    return np.sign(np.sin(2 * np.pi * cycles))


def _chords(seconds: float) -> Wave:
    t = _t(seconds)
    chords = [(0, 4, 7), (5, 9, 12), (7, 11, 14), (-3, 0, 4)]
    sound = np.zeros(len(t))
    for index, chord in enumerate(chords):
        span = slice(index * len(t) // 4, (index + 1) * len(t) // 4)
        for step in chord:
            for stop, share in ((0.5, 0.5), (1, 1.0), (2, 0.6), (4, 0.3), (6, 0.15)):
                sound[span] += share * np.sin(2 * np.pi * 220 * 2 ** (step / 12) * stop * t[span])
    return np.asarray(sound / np.abs(sound).max() * _db(-12.0))


def non_speech(seconds: float = 10.0, seed: int = 7) -> dict[str, Floats]:
    """The thirteen, by name; float32 samples at 16 kHz, `seconds` long, in levels that rooms and desks have."""
    rng = np.random.default_rng(seed)
    t = _t(seconds)
    hum = sum((np.sin(2 * np.pi * 50 * n * t) / n for n in range(1, 8)), np.zeros(len(t)))
    made: dict[str, Wave] = {
        "digital silence": np.zeros(len(t)),
        "room -60 dB": _rms(_pink(len(t), rng), -60.0),
        "room -45 dB": _rms(_pink(len(t), rng), -45.0),
        "white noise -40 dB": _rms(rng.standard_normal(len(t)), -40.0),
        "fan and hum -40 dB": _rms(_rms(hum, 0.0) + _rms(_pink(len(t), rng), 0.0), -40.0),
        "keyboard": _bursts(seconds, 6.0, 0.006, -20.0, rng),
        "claps": _bursts(seconds, 1.5, 0.03, -6.0, rng),
        "breath": _breathing(seconds, rng),
        "guitar": _notes(seconds, 0.25, (0, 7, 12, 16, 19, 16, 12, 7), _string, 3.0),
        "chiptune": _notes(seconds, 0.12, (0, 4, 7, 12, 7, 4, -5, 2), _square, 0.0),
        "organ chords": _chords(seconds),
        "1 kHz tone": 0.25 * np.sin(2 * np.pi * 1000 * t),
        "sweep": 0.25 * np.sin(2 * np.pi * 120 * seconds / np.log(40) * (40 ** (t / seconds) - 1)),
    }
    return {name: sound.astype(np.float32) for name, sound in made.items()}
