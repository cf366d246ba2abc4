"""runtime.commands.train"""

import importlib.util
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets import identity
from generator.identity import dataset, network, sampling


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A small data set, computed instead of drawn."""
    template = identity.template()
    dataset.begin(tmp_path / "set", dataset.Plan(1, 400, dataset.template_hash()))
    weights = np.random.default_rng(1).uniform(-30.0, 30.0, (400, 21))
    dataset.write_shard(tmp_path / "set", 0, weights, sampling.keypoints(template, weights))
    return tmp_path / "set"


def test_a_network_is_trained_and_saved(call: Callable, folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    out = tmp_path / "n.safetensors"
    called = call("train", "identity", "--data", folder, "-o", out, "--epochs", 2, "--device", "cpu", "--json")
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    made = network.load(out)
    assert told["mean_absolute_error"] == made.facts["mean_absolute_error"] > 0.3
    assert (told["samples"], told["epochs"], told["converged"], told["device"]) == (400, 2, False, "cpu")
    called = call("train", "identity", "--data", folder, "-o", out, "--epochs", 1, "--device", "cpu")
    assert called.out.startswith("mean absolute error on held-out faces")
    assert "left_eye.scale" in called.out
    assert "not yet converged after 1 rounds over 380 faces on cpu, 20 held out" in called.out


@pytest.mark.parametrize("kind", ["identity", "lipsync"])
def test_without_torch_it_says_how_to_get_it(
    call: Callable, folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *more: None if name == "torch" else real(name, *more))
    where = ("--data", folder) if kind == "identity" else ("--work", tmp_path / "work")
    called = call("train", kind, *where, "-o", tmp_path / "n.safetensors")
    assert (called.code, called.out) == (2, "")
    assert called.err == (
        "cartoonalive: training needs torch, which is not installed: pip install 'cartoonalive[train]'\n"
    )


def test_a_folder_without_a_data_set(call: Callable, tmp_path: Path) -> None:
    pytest.importorskip("torch", reason="torch is not installed")
    called = call("train", "identity", "--data", tmp_path, "-o", tmp_path / "n.safetensors")
    assert (called.code, called.out) == (2, "")
    assert "expected a data set made by `cartoonalive dataset identity`" in called.err
    assert called.err.count("\n") == 1


def test_what_to_train_must_be_said(call: Callable) -> None:
    called = call("train")
    assert called.code == 2
    assert "KIND" in called.err
