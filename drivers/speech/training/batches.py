"""What one step of the fit sees: pieces of speech and of other sounds, disturbed and normalised as heard later.

The causal normaliser runs over each piece with a run-up of its own; a third of the pieces begin a stream, where the
loss counts from the first hop, so that the start is learned, too.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.features import BANDS, FLOOR_B, RATE_HZ, WINDOW, Floats, Normaliser, level
from drivers.speech.listener import DELAY_S, HOP_S
from drivers.speech.net import VISEMES
from drivers.speech.training.augment import disturb, disturb_sounds
from drivers.speech.training.corpus import Corpus

PIECE: Final = 300
RUN_UP: Final = 200
STARTING: Final = 100
FIRST_VOWEL: Final = VISEMES.index("aa")


@dataclass(frozen=True, slots=True)
class Plan:
    """steps, batch: how long and how wide. speech, recorded: share of the batch that speaks, and of that with recorded
    voices. held: share of the speech in which vowels are drawn out. calm: how much a hop counts where nothing speaks.
    music: share of the pieces without speech that are instruments or breath. cold: share that begins a stream.
    channels, hidden: size of the net. average: share of the old weights kept in the running average."""

    steps: int = 1500
    batch: int = 48
    speech: float = 0.8
    recorded: float = 0.55
    held: float = 0.0
    calm: float = 1.0
    music: float = 0.0
    cold: float = 1 / 3
    channels: int = 64
    hidden: int = 112
    rate: float = 3e-3
    average: float = 0.995
    seed: int = 1


class Batches:
    """Random pieces of the corpora as features and targets."""

    def __init__(self, corpora: Mapping[str, Corpus], plan: Plan, mean_b: Floats) -> None:
        self._corpora, self._plan, self._mean_b = corpora, plan, mean_b

    def draw(self, step: int) -> tuple[Floats, npt.NDArray[np.int64], Floats, Floats]:
        """features (B, T, INPUTS), visemes (B, T), shapes (B, T, 4), weight of each hop (B, T); the same for a step."""
        rng = np.random.default_rng((self._plan.seed, step))
        plan, size = self._plan, RUN_UP + PIECE
        speaking = round(plan.batch * plan.speech)
        recorded = round(speaking * plan.recorded)
        pieces = [self._piece("recorded" if n < recorded else "espeak", size, rng) for n in range(speaking)]
        bands, visemes, shapes = (np.stack(column) for column in zip(*pieces, strict=True))
        backgrounds = np.stack([self._piece("sounds", size, rng)[0] for _ in range(speaking)])
        silent = plan.batch - speaking
        kinds = ["music" if n < round(silent * plan.music) else "sounds" for n in range(silent)]
        others = np.stack([self._piece(kind, size, rng)[0] for kind in kinds])
        bands = np.concatenate((disturb(bands, backgrounds, rng), disturb_sounds(others, rng)))
        visemes = np.concatenate((visemes, np.zeros(others.shape[:2], visemes.dtype)))
        shapes = np.concatenate((shapes, np.broadcast_to(_CLOSED, (*others.shape[:2], 4))))
        count = np.where(np.arange(plan.batch) < speaking, 1.0, plan.calm).astype(np.float32)
        return self._cut(bands, visemes, shapes, count, rng)

    def _piece(self, kind: str, size: int, rng: np.random.Generator) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
        corpus = self._corpora[kind]
        # A third of the pieces begin with an utterance.
        first = int(rng.integers(len(corpus.bands) - size))
        if rng.random() < 0.33:
            begins = corpus.ends[corpus.ends < len(corpus.bands) - size]
            first = int(rng.choice(begins)) if len(begins) else first
        span: slice | npt.NDArray[np.intp] = slice(first, first + size)
        if kind in ("espeak", "recorded") and self._plan.held and rng.random() < self._plan.held:
            if rng.random() < 0.5:
                return vowels_alone(corpus, size, rng)
            span = first + hold(corpus.visemes[first : first + size], rng)
        return (
            corpus.bands[span].astype(np.float32),
            corpus.visemes[span].astype(np.int64),
            corpus.shapes[span].astype(np.float32),
        )

    def _cut(
        self,
        bands: Floats,
        visemes: npt.NDArray[np.int64],
        shapes: Floats,
        count: Floats,
        rng: np.random.Generator,
    ) -> tuple[Floats, npt.NDArray[np.int64], Floats, Floats]:
        batch = len(bands)
        order = rng.permutation(batch)
        bands, visemes, shapes = bands[order], visemes[order], shapes[order]
        cold = int(batch * self._plan.cold)
        weight = np.repeat(count[order][:, None], PIECE, axis=1)
        # A stream often starts with noise: there it counts once more.
        weight[:cold, :STARTING] *= count[order][:cold, None]
        weight[cold:, :25] = 0.0  # the normaliser has heard a run-up that the net hasn't
        start = Normaliser(self._mean_b, (cold,)).push(bands[:cold, :PIECE], level(bands[:cold, :PIECE]))
        later = Normaliser(self._mean_b, (batch - cold,)).push(bands[cold:], level(bands[cold:]))[:, RUN_UP:]
        return (
            np.concatenate((start, later)),
            np.concatenate((visemes[:cold, :PIECE], visemes[cold:, RUN_UP:])),
            np.concatenate((shapes[:cold, :PIECE], shapes[cold:, RUN_UP:])),
            weight,
        )


_CLOSED: Final = np.array([0.0, 0.15, 0.0, 0.25], np.float32)


def hold(visemes: npt.NDArray[np.uint8], rng: np.random.Generator, /) -> npt.NDArray[np.intp]:
    """Hops to read (n,), ascending but for a tremble of 20 ms, that draw out up to three vowels of `visemes` (n,)."""
    reach, count = 4, len(visemes)
    inside = visemes[reach:-reach]
    steady = (inside >= FIRST_VOWEL) & (inside == visemes[: -2 * reach]) & (inside == visemes[2 * reach :])
    places = np.flatnonzero(steady) + reach
    repeats = np.ones(count, np.intp)
    for place in rng.choice(places, min(3, len(places)), replace=False):
        repeats[place] = rng.integers(30, 180)
    hops = np.repeat(np.arange(count), repeats)[:count]
    drawn_out = repeats[hops] > 1
    tremble = np.round(2 * np.sin(np.cumsum(rng.uniform(0.05, 0.6, count)))).astype(np.intp)
    return np.clip(hops + np.where(drawn_out, tremble, 0), 0, count - 1)


def vowels_alone(
    corpus: Corpus, size: int, rng: np.random.Generator, /
) -> tuple[Floats, npt.NDArray[np.int64], Floats]:
    """bands, visemes and shapes (size, ...) of somebody who says single long vowels with pauses between them."""
    first = int(rng.integers(len(corpus.bands) - 3000)) if len(corpus.bands) > 3000 else 0
    near = corpus.visemes[first : first + 3000]
    vowels = (
        first + np.flatnonzero((near[:-8] >= FIRST_VOWEL) & (near[:-8] == near[4:-4]) & (near[:-8] == near[8:])) + 4
    )
    bands = np.full((size, BANDS), FLOOR_B, np.float32)
    hops = np.full(size, -1)
    at = int(rng.integers(3, 120))
    while at < size and len(vowels):
        length = int(rng.integers(20, 180))
        tremble = np.round(2 * np.sin(np.cumsum(rng.uniform(0.05, 0.6, length)))).astype(np.intp)
        held = (int(rng.choice(vowels)) + tremble)[: size - at]
        fade = np.minimum(np.arange(1, len(held) + 1), np.arange(length, 0, -1)[: len(held)]) / 5.0
        bands[at : at + len(held)] = corpus.bands[held] + np.minimum(np.log10(fade), 0)[:, None]
        hops[at : at + len(held)] = held
        at += length + int(rng.integers(15, 100))
    hops = np.concatenate((np.full(HEARD_EARLIER, -1), hops))[:size]  # what is told comes later than what is heard
    said = hops >= 0
    visemes = np.where(said, corpus.visemes[hops], 0).astype(np.int64)
    shapes = np.where(said[:, None], corpus.shapes[hops].astype(np.float32), _CLOSED)
    return bands, visemes, np.stack([np.convolve(np.pad(c, 4, "edge"), _BELL, "valid") for c in shapes.T], axis=1)


HEARD_EARLIER: Final = round((DELAY_S - 0.5 * WINDOW / RATE_HZ) / HOP_S)
_BELL: Final = (lambda bell: (bell / bell.sum()).astype(np.float32))(np.exp(-0.5 * (np.arange(-4, 5) / 2.8) ** 2))


def speech_mean_b(corpus: Corpus, /) -> Floats:
    """Mean spectrum of the corpus below its peak, over hops with sound: what `Normaliser` believes at the start."""
    bands = corpus.bands[:: max(len(corpus.bands) // 60_000, 1)].astype(np.float32)
    levels = level(bands)
    loud = levels > np.quantile(levels, 0.98) - 2.5
    mean: Floats = np.mean(np.maximum(bands[loud] - np.quantile(levels, 0.98), -6.0), axis=0).astype(np.float32)
    return mean
