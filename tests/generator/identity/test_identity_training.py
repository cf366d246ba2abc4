"""generator.identity.training"""

import numpy as np
import pytest

from assets import identity
from generator.identity import sampling, training

pytest.importorskip("torch", reason="torch is not installed")


def train(epochs: int, seed: int = 0) -> tuple[training.Trained, list[float]]:
    template = identity.template()
    weights = np.random.default_rng(1).uniform(-30.0, 30.0, (1200, 21))
    dots = sampling.keypoints(template, weights)
    shares: list[float] = []
    settings = training.Settings(device="cpu", epochs=epochs, seed=seed)
    trained = training.train(
        weights.astype(np.float32), dots.astype(np.float32), template, settings, {"samples": 1200},
        lambda _, share: shares.append(share),
    )  # fmt: skip
    return trained, shares


def test_the_network_learns_and_says_what_it_learned() -> None:
    few, _ = train(1)
    more, shares = train(12)
    assert shares == pytest.approx(np.arange(1, 13) / 12)
    assert few.error.mean() > 12.0
    assert more.error.mean() < 0.6 * few.error.mean()
    assert more.closed_form.max() < 1e-3
    facts = more.network.facts
    assert (facts["samples"], facts["trained_on"], facts["held_out"], facts["epochs"]) == (1200, 1140, 60, 12)
    assert facts["converged"] is False
    assert facts["mean_absolute_error"] == pytest.approx(more.error.mean(), abs=1e-4)


def test_equal_seeds_give_equal_networks() -> None:
    first, again, other = (train(2, seed)[0].network.layers[0][0] for seed in (3, 3, 4))
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
