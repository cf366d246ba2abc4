"""generator.identity.network"""

import itertools
from pathlib import Path

import numpy as np
import pytest

from assets import identity
from assets.errors import WeightsError
from assets.identity import LIMIT, PARAMETERS
from generator.identity import network, sampling


def by_hand(rng: np.random.Generator, facts: dict[str, object]) -> network.Network:
    sizes = [124, 8, 8, 8, 21]
    layers = tuple(
        (rng.normal(0, 0.5, (after, before)).astype(np.float32), rng.normal(0, 0.5, after).astype(np.float32))
        for before, after in itertools.pairwise(sizes)
    )
    return network.Network(layers, np.full(124, 512.0), np.full(124, 20.0), facts)


def test_a_network_comes_back_from_its_file(tmp_path: Path, rng: np.random.Generator) -> None:
    made = by_hand(rng, {"parameters": list(PARAMETERS), "samples": 7})
    network.save(made, tmp_path / "n.safetensors")
    back = network.load(tmp_path / "n.safetensors")
    points = rng.uniform(400.0, 600.0, (3, 62, 2))
    np.testing.assert_array_equal(back.weights(points), made.weights(points))
    assert back.facts["samples"] == 7


def test_it_computes_what_torch_computes(rng: np.random.Generator) -> None:
    torch = pytest.importorskip("torch", reason="torch is not installed")
    made = by_hand(rng, {})
    points = rng.uniform(450.0, 560.0, (5, 62, 2))
    value = torch.from_numpy(((points.reshape(5, -1) - 512.0) / 20.0).astype(np.float32))
    for number, (weight, bias) in enumerate(made.layers):
        value = torch.nn.functional.linear(value, torch.from_numpy(weight), torch.from_numpy(bias))
        value = torch.nn.functional.silu(value) if number < 3 else value
    expected = np.clip(value.numpy() * LIMIT, -LIMIT, LIMIT)
    np.testing.assert_allclose(made.weights(points), expected, atol=1e-3)


def test_wild_points_give_weights_in_range(rng: np.random.Generator) -> None:
    found = network.shipped().weights(rng.uniform(-1e5, 1e5, (20, 62, 2)))
    assert np.isfinite(found).all()
    assert np.abs(found).max() <= LIMIT


def test_the_shipped_network_says_how_it_was_made() -> None:
    facts = network.shipped().facts
    assert facts["parameters"] == list(PARAMETERS)
    assert facts["converged"] is True
    assert facts["trained_on"] + facts["held_out"] == facts["samples"] >= 20_000
    assert facts["mean_absolute_error"] <= 0.3


def test_the_shipped_network_belongs_to_the_shipped_template() -> None:
    from generator.identity import dataset

    assert network.shipped().facts["template"] == dataset.template_hash()


def test_its_error_on_fresh_weights(rng: np.random.Generator) -> None:
    template = identity.template()
    wanted = np.stack([sampling.weights(template, 987_654, number) for number in range(150)])
    found = network.shipped().weights(sampling.keypoints(template, wanted))
    assert np.abs(found - wanted).mean() <= 0.3


def test_files_of_unknown_origin(tmp_path: Path, rng: np.random.Generator) -> None:
    path = tmp_path / "n.safetensors"
    path.write_bytes(b"no tensors here")
    with pytest.raises(WeightsError, match="not an identity network"):
        network.load(path)
    network.save(by_hand(rng, {"parameters": ["left_eye.x"]}), path)
    with pytest.raises(WeightsError, match="it predicts other parameters"):
        network.load(path)
    path.write_bytes(identity.to_bytes({"mean": np.zeros(3)}, {"parameters": list(PARAMETERS)}))
    with pytest.raises(WeightsError, match="layer0"):
        network.load(path)
