"""A small fit learns, goes on where it stopped, and is the net that numpy runs."""

import argparse
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from drivers.speech import net, training
from drivers.speech.features import BANDS, INPUTS
from drivers.speech.training.batches import Batches, Plan
from drivers.speech.training.corpus import Corpus
from drivers.speech.training.fit import balanced, build, fit


def test_a_second_fit_begins_with_the_first(batches: Batches, plan: Plan, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    first = fit(batches, plan, tmp_path / "first.pt", lambda step, loss: None)
    still = replace(plan, steps=1, rate=1e-9)
    second = fit(batches, still, tmp_path / "second.pt", lambda step, loss: None, start=tmp_path / "first.pt")
    for name, array in first.items():
        assert np.allclose(array, second[name], atol=1e-6), name


def test_the_fit_learns_and_goes_on_where_it_stopped(batches: Batches, plan: Plan, tmp_path: Path) -> None:
    pytest.importorskip("torch")
    losses: list[float] = []
    whole = fit(batches, plan, tmp_path / "whole.pt", lambda step, loss: losses.append(loss))
    assert losses[-1] < losses[0]

    def stop(step: int, loss: float) -> None:
        if step == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fit(batches, plan, tmp_path / "cut.pt", stop, save_every=2)
    steps: list[int] = []
    resumed = fit(batches, plan, tmp_path / "cut.pt", lambda step, loss: steps.append(step), save_every=2)
    assert steps == [5, 6]
    assert resumed.keys() == whole.keys()
    for name, array in whole.items():
        assert np.array_equal(array, resumed[name]), name


def test_numpy_runs_what_torch_has_fitted(plan: Plan, rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch")
    from drivers.speech.training.fit import _arrays

    torch.manual_seed(0)
    module = build(plan).eval()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.add_(0.1 * torch.randn_like(parameter))
        features = rng.normal(0, 1, (50, INPUTS)).astype(np.float32)
        expected = module(torch.from_numpy(features)[None])[0].numpy()
    expected[:, : len(net.VISEMES)] -= expected[:, :1]  # numpy gives the logits against silence's
    arrays = _arrays(module.state_dict()) | {"mean_b": np.zeros(BANDS, np.float32)}
    assert np.allclose(net.Net(net.Weights(arrays, {})).push(features), expected, atol=1e-5)


def test_sounds_that_were_too_frequent_become_less_likely(make_corpus: Callable[..., Corpus], plan: Plan) -> None:
    natural = make_corpus(1, speech=True)
    other = Corpus(natural.bands, np.where(natural.visemes == 10, 1, 0).astype(np.uint8), natural.shapes, natural.ends)
    arrays = {"head.bias": np.zeros(net.OUTPUTS, np.float32), "mean_b": np.ones(BANDS, np.float32)}
    bias = balanced(arrays, plan, natural, other)["head.bias"]
    assert bias[0] == 0.0
    # "aa" came in the natural half only, so with rate 1 - recorded of it; nothing but the share of the halves remains
    assert abs(bias[10] + np.log(1 - plan.recorded)) < 0.01
    assert bias[1] < -5.0, "m and b came in the other half only"
    assert not bias[15:18].any()
    assert np.array_equal(balanced(arrays, plan, natural, natural)["head.bias"], np.zeros(net.OUTPUTS))


def test_the_command_has_its_options() -> None:
    parser = argparse.ArgumentParser()
    training.add_arguments(parser)
    args = parser.parse_args(["--work", "somewhere", "--seed", "7", "-o", "model.safetensors"])
    assert (args.work, args.seed, args.out) == (Path("somewhere"), 7, Path("model.safetensors"))
