"""A voice learnt from five vowels: the nine numbers with which the net tells them apart best.

Gradient descent on nine numbers needs no more than differences. The first two thirds of each vowel teach, the last
third judges: a voice that doesn't help on what it hasn't heard is not taken.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech import net
from drivers.speech.features import HOP, Floats, Normaliser, level
from drivers.speech.listener import DELAY_S, HOP_S
from drivers.speech.resample import Samples
from drivers.speech.spectrum import Spectrum
from drivers.speech.voice import MOST_B, MOST_STRETCH, POINTS, Voice

VOWELS: Final[Mapping[str, str]] = {"a": "aa", "i": "ih", "u": "ou", "e": "E", "o": "oh"}
"""What is said -> what the net should hear."""
ROUNDS: Final = 12
STEPS: Final = (1.0, 0.4, 0.15, 0.05)
NUDGE: Final = 0.02
CAUTION: Final = 0.4
"""How dear it is to be unusual: the penalty for an equaliser or a stretch at a third of its limit."""
LOUD_B: Final = -1.5
"""Hops of a vowel quieter than this below its loudest are its edges, and no example."""
LEAST_HOPS: Final = 30
_LATE: Final = round(DELAY_S / HOP_S)

Vector = npt.NDArray[np.float64]


class TooQuietError(Exception):
    """One of the vowels was not heard; the message names it."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """voice: what was found. before, after: how surprised the net was by the vowels kept back (lower is better).

    right: the share of their hops that the net told right, before and after.
    """

    voice: Voice
    before: float
    after: float
    right: tuple[float, float]

    @property
    def helps(self) -> bool:
        """Whether it is worth keeping."""
        return self.after < self.before


def fit(
    sounds: Mapping[str, Samples], weights: net.Weights, *, progress: Callable[[float], None] = lambda share: None
) -> Fitted:
    """The voice in `sounds`: "" is a silence, "a", "i", "u", "e", "o" are vowels, each some seconds at 16 kHz.

    Raises TooQuietError when a vowel has less than 0.3 s of voice.
    """
    lesson = _Lesson(sounds, weights)
    x = np.zeros(POINTS + 1)
    best = lesson.cost(x)
    for turn in range(ROUNDS):
        slope = np.array([lesson.cost(x + NUDGE * axis) - best for axis in np.eye(POINTS + 1)]) / NUDGE
        length = float(np.linalg.norm(slope))
        tries = [x - step * slope / length for step in STEPS] if length > 1e-9 else []
        costs = [lesson.cost(each) for each in tries]
        progress((turn + 1) / ROUNDS)
        if not costs or min(costs) > best - 1e-4:
            break
        x, best = tries[int(np.argmin(costs))], min(costs)
    progress(1.0)
    before, after = lesson.judged(np.zeros(POINTS + 1)), lesson.judged(x)
    return Fitted(_voice(x), before[0], after[0], (before[1], after[1]))


def _voice(x: Vector) -> Voice:
    """From numbers of about 1 to a voice within its limits."""
    held = np.tanh(x)
    return Voice(tuple((held[:POINTS] * MOST_B).tolist()), float(held[POINTS] * MOST_STRETCH))


class _Lesson:
    """The bands of all that was said, one after the other, and which hops teach and which judge."""

    def __init__(self, sounds: Mapping[str, Samples], weights: net.Weights) -> None:
        self._weights = weights
        parts, teach, judge, wanted = [], [], [], []
        at = 0
        for name, sound in sounds.items():
            bands = Spectrum().push(sound[: len(sound) // HOP * HOP])
            if name:
                loud = level(bands)
                good = np.flatnonzero(loud > loud.max() + LOUD_B)
                if len(good) < LEAST_HOPS or loud.max() < -5.0:
                    raise TooQuietError(f'the "{name}" was too quiet or too short')
                split = len(good) * 2 // 3
                teach += (at + good[:split] + _LATE).tolist()
                judge += (at + good[split:] + _LATE).tolist()
                wanted += [(at + hop + _LATE, net.VISEMES.index(VOWELS[name])) for hop in good.tolist()]
            parts.append(bands)
            at += len(bands)
        self._bands = np.concatenate([*parts, parts[0][:0], np.repeat(parts[0][:1], _LATE, axis=0)])
        self._wanted = dict(wanted)
        self._teach, self._judge = teach, judge

    def cost(self, x: Vector) -> float:
        """Surprise at what teaches, and the price of being unusual."""
        return self._surprise(x, self._teach)[0] + CAUTION * float(np.mean((3.0 * np.tanh(x)) ** 2)) / 2.0

    def judged(self, x: Vector) -> tuple[float, float]:
        """Surprise at what was kept back, and the share of it that was told right."""
        return self._surprise(x, self._judge)

    def _surprise(self, x: Vector, hops: list[int]) -> tuple[float, float]:
        likely = self._visemes(_voice(x))[hops]
        wanted = [self._wanted[hop] for hop in hops]
        surprise = -np.log(likely[np.arange(len(hops)), wanted] + 1e-6)
        return float(surprise.mean()), float((likely.argmax(axis=1) == wanted).mean())

    def _visemes(self, voice: Voice) -> Floats:
        bands = voice.adapt(self._bands)
        features = Normaliser(self._weights.arrays["mean_b"]).push(bands, level(bands))
        return net.softmax(net.Net(self._weights).push(features)[:, : len(net.VISEMES)])
