"""Phone times for a recording of known words: a synthesiser reads them, and its phones are laid over the recording.

Dynamic time warping over mel bands (Sakoe & Chiba 1978). On two recordings with times from a recogniser, half of the
phones' ends are within 10 ms of one of its own.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import Floats
from drivers.speech.listener import HOP_S
from drivers.speech.resample import RATE_HZ
from drivers.speech.spectrum import Spectrum
from drivers.speech.training.corpus import resample
from drivers.speech.training.espeak import Espeak
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.phones import SILENCE
from drivers.speech.training.recorded import flite
from drivers.speech.training.targets import Timed

UNEVEN: Final = 0.3
"""The price of a hop that stands still or leaps, against one in step; distances of unlike sounds are about 1."""
LEVEL_WEIGHT: Final = 2.0
QUIET_B: Final = -3.0
FLITE: Final = ("rms", "awb", "slt")
ESPEAK: Final = ("", "+m3", "+f2", "+f4")


def readings(words: str, language: str, /) -> list[Utterance]:
    """The words read by several synthesisers; English by flite as well."""
    found = []
    espeak = Espeak()
    for variant in ESPEAK:
        if (said := espeak.speak(words, language + variant, rate=150)) is not None:
            found.append(Utterance("espeak", variant, resample(said[0], espeak.rate_hz, RATE_HZ), tuple(said[1])))
    if language.startswith("en"):
        for voice in FLITE:
            samples, rate_hz, timed = flite(voice, words)
            found.append(Utterance("flite", voice, resample(samples, rate_hz, RATE_HZ), tuple(timed)))
    return found


def aligned(samples: Floats, read: Sequence[Utterance]) -> tuple[Timed, ...]:
    """The phones of the reading that fits best, at the times at which they are in `samples` (16 kHz)."""
    mine = picture(samples)
    cheapest, found = np.inf, tuple[Timed, ...]()
    for utterance in read:
        other = picture(utterance.samples)
        ends_s = np.array([timed.end_s for timed in utterance.phones])
        phones = np.searchsorted(ends_s, (np.arange(len(other)) + 0.5) * HOP_S)
        silent = np.array([timed.phone is SILENCE for timed in (*utterance.phones, Timed(SILENCE, 0.0))])[phones]
        cost, place = warp(mine, other, silent)
        if cost < cheapest:
            hops = np.searchsorted(place * HOP_S, ends_s)  # the first of my hops that lies beyond each end
            cheapest = cost
            found = tuple(
                Timed(timed.phone, hop * HOP_S) for timed, hop in zip(utterance.phones, hops.tolist(), strict=True)
            )
    return found


def warp(mine: Floats, other: Floats, silent: npt.NDArray[np.bool_]) -> tuple[float, npt.NDArray[np.int64]]:
    """(mean cost, hop of `other` (n,) at each hop of `mine` (n, d)); it never goes back and leaps over one at most.

    silent: the hops of `other` that may last as long as they like.
    """
    still = np.where(silent, 0.0, UNEVEN)
    distance = 1.0 - mine @ other.T
    count, size = distance.shape
    total = np.full(size, np.inf)
    total[0] = distance[0, 0]
    came = np.zeros((count, size), np.int8)
    for hop in range(1, count):
        ways = np.full((3, size), np.inf)
        ways[0] = total + still
        ways[1, 1:] = total[:-1]
        ways[2, 2:] = total[:-2] + UNEVEN
        came[hop] = ways.argmin(axis=0)
        total = ways.min(axis=0) + distance[hop]
    place = np.zeros(count, np.int64)
    place[-1] = size - 1
    for hop in range(count - 1, 0, -1):
        place[hop - 1] = place[hop] - came[hop, place[hop]]
    return float(total[-1]) / count, place


def picture(samples: Floats) -> Floats:
    """(hops, d) of unit length: bands against their mean in speech, and the level."""
    bands, levels = Spectrum().hear(samples)
    loud = float(np.percentile(levels, 95))
    below = np.clip(levels - loud, QUIET_B, 0.0)[:, None]
    pause = below <= QUIET_B + 0.5
    held = np.maximum(bands - loud, -6.0)
    around = np.where(pause, 0.0, held - held[~pause[:, 0]].mean(axis=0))  # of a pause, only that it is one
    rows = np.concatenate([around, LEVEL_WEIGHT * (below - QUIET_B / 2.0)], axis=1)
    unit: Floats = (rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-6)).astype(np.float32)
    return unit
