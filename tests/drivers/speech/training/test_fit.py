"""A small fit learns, goes on where it stopped, and is the net that numpy runs."""

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.speech import net, training
from drivers.speech.features import BANDS, INPUTS
from drivers.speech.training.corpus import Corpus
from drivers.speech.training.fit import PIECE, Batches, Plan, build, fit, hold, speech_mean_b, vowels_alone

PLAN = Plan(steps=6, batch=6, channels=8, hidden=10, seed=3)


def corpus(seed: int, *, speech: bool) -> Corpus:
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
def batches() -> Batches:
    corpora = {"espeak": corpus(1, speech=True), "recorded": corpus(2, speech=True), "sounds": corpus(3, speech=False)}
    return Batches(corpora, PLAN, speech_mean_b(corpora["recorded"]))


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


def test_single_vowels_stand_between_silences(rng: np.random.Generator) -> None:
    bands, visemes, shapes = vowels_alone(corpus(1, speech=True), 600, rng)
    assert bands.shape == (600, BANDS)
    assert shapes.shape == (600, 4)
    assert set(np.unique(visemes)) == {0, 10}
    loud = bands.mean(axis=1) > -6
    assert not loud[:3].any()
    assert np.array_equal(visemes[3:] == 10, loud[:-3] | (bands[:-3] > -8).all(axis=1)), "told three hops after"
    middle = np.flatnonzero(np.convolve(visemes == 10, np.ones(9), "same") == 9)
    assert np.allclose(shapes[middle], 0.8, atol=1e-3)
    assert shapes[visemes == 0][:, 0].min() == 0.0


def test_what_does_not_speak_counts_more(batches: Batches) -> None:
    plan = replace(PLAN, calm=3.0)
    weight = Batches(batches._corpora, plan, batches._mean_b).draw(0)[3]
    assert set(np.unique(weight)) <= {0.0, 1.0, 3.0, 9.0}
    assert (weight.max(axis=1) >= 3.0).sum() == 1, "one of the six pieces"


def test_a_second_fit_begins_with_the_first(batches: Batches, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    first = fit(batches, PLAN, tmp_path / "first.pt", lambda step, loss: None)
    still = replace(PLAN, steps=1, rate=1e-9)
    second = fit(batches, still, tmp_path / "second.pt", lambda step, loss: None, start=tmp_path / "first.pt")
    for name, array in first.items():
        assert np.allclose(array, second[name], atol=1e-6), name


def test_the_fit_learns_and_goes_on_where_it_stopped(batches: Batches, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    losses: list[float] = []
    whole = fit(batches, PLAN, tmp_path / "whole.pt", lambda step, loss: losses.append(loss))
    assert losses[-1] < losses[0]

    def stop(step: int, loss: float) -> None:
        if step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(batches, PLAN, tmp_path / "cut.pt", stop, save_every=2)
    steps: list[int] = []
    resumed = fit(batches, PLAN, tmp_path / "cut.pt", lambda step, loss: steps.append(step), save_every=2)
    assert steps == [5, 6]
    assert resumed.keys() == whole.keys()
    for name, array in whole.items():
        assert np.array_equal(array, resumed[name]), name


def test_numpy_runs_what_torch_has_fitted(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    from drivers.speech.training.fit import _arrays

    torch.manual_seed(0)
    module = build(PLAN).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        features = rng.normal(0, 1, (50, INPUTS)).astype(np.float32)
        expected = module(torch.from_numpy(features)[None])[0].numpy()
    arrays = _arrays(module.state_dict()) | {"mean_b": np.zeros(BANDS, np.float32)}
    assert np.allclose(net.Net(net.Weights(arrays, {})).push(features), expected, atol=1e-5)


def test_the_command_has_its_options() -> None:
    parser = argparse.ArgumentParser()
    training.add_arguments(parser)
    args = parser.parse_args(["--work", "somewhere", "--seed", "7", "-o", "model.safetensors"])
    assert (args.work, args.seed, args.out) == (Path("somewhere"), 7, Path("model.safetensors"))
