"""Pieces are repeatable, in shape, and disturbed where they should be."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from drivers.speech.features import BANDS, INPUTS
from drivers.speech.training.batches import PIECE, Batches, Plan, hold, vowels_alone
from drivers.speech.training.corpus import Corpus


def test_batches_are_repeatable_and_in_shape(batches: Batches) -> None:
    features, visemes, shapes, weight = batches.draw(0)
    assert features.shape == (6, PIECE, INPUTS)
    assert visemes.shape == weight.shape == (6, PIECE)
    assert shapes.shape == (6, PIECE, 4)
    assert set(np.unique(visemes)) == {0, 10}
    assert weight[:2].all(), "at the start of a stream every hop counts"
    for one, same in zip(batches.draw(4), batches.draw(4), strict=True):
        assert np.array_equal(one, same)
    assert not np.array_equal(batches.draw(1)[0], features)


def test_held_vowels_are_drawn_out_and_consonants_are_not(rng: np.random.Generator) -> None:
    visemes = np.repeat(np.array([1, 10, 7, 12, 0], np.uint8), 40)
    hops = hold(visemes, rng)
    assert hops.shape == visemes.shape
    assert np.diff(hops).max() <= 4
    assert np.diff(hops).min() >= -4
    read = visemes[hops]
    assert (read >= 10).sum() > 100, "vowels got longer"
    assert np.array_equal(hold(np.zeros(200, np.uint8), rng), np.arange(200)), "nothing to hold"


def test_single_vowels_stand_between_silences(make_corpus: Callable[..., Corpus], rng: np.random.Generator) -> None:
    bands, visemes, shapes = vowels_alone(make_corpus(1, speech=True), 600, rng)
    assert bands.shape == (600, BANDS)
    assert shapes.shape == (600, 4)
    assert set(np.unique(visemes)) == {0, 10}
    loud = bands.mean(axis=1) > -6
    assert not loud[:3].any()
    assert np.array_equal(visemes[3:] == 10, loud[:-3] | (bands[:-3] > -8).all(axis=1)), "told three hops after"
    middle = np.flatnonzero(np.convolve(visemes == 10, np.ones(9), "same") == 9)
    assert np.allclose(shapes[middle], 0.8, atol=1e-3)
    assert shapes[visemes == 0][:, 0].min() == 0.0


def test_what_does_not_speak_counts_more(batches: Batches, plan: Plan) -> None:
    anxious = replace(plan, calm=3.0)
    weight = Batches(batches._corpora, anxious, batches._mean_b).draw(0)[3]
    assert set(np.unique(weight)) <= {0.0, 1.0, 3.0, 9.0}
    assert (weight.max(axis=1) >= 3.0).sum() == 1, "one of the six pieces"
