"""A toy corpus in which two sounds take turns, and batches of it."""

from collections.abc import Callable

import numpy as np
import pytest

from drivers.speech.features import BANDS
from drivers.speech.training.batches import Batches, Plan, speech_mean_b
from drivers.speech.training.corpus import Corpus


def toy_corpus(seed: int, *, speech: bool) -> Corpus:
    """Two sounds that differ at one end of the spectrum and take turns, 30 hops each; or noise."""
    rng = np.random.default_rng(seed)
    hops = 1500
    kind = (np.arange(hops) // 30) % 2 if speech else np.zeros(hops, int)
    bands = rng.normal(-4, 0.2, (hops, BANDS))
    if speech:
        bands[kind == 1, :20] += 2
        bands[kind == 0, 20:] += 2
    shapes = np.repeat(kind[:, None] * 0.8, 4, axis=1)
    ends = np.arange(300, hops + 1, 300)
    return Corpus(bands.astype(np.float16), (10 * kind).astype(np.uint8), shapes.astype(np.float16), ends)


@pytest.fixture
def make_corpus() -> Callable[..., Corpus]:
    return toy_corpus


@pytest.fixture
def plan() -> Plan:
    return Plan(steps=6, batch=6, channels=8, hidden=10, seed=3)


@pytest.fixture
def batches(plan: Plan) -> Batches:
    corpora = {name: toy_corpus(seed, speech=seed < 3) for seed, name in enumerate(("espeak", "recorded", "sounds"), 1)}
    return Batches(corpora, plan, speech_mean_b(corpora["recorded"]))
