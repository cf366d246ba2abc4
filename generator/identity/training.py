"""Trains the network: mean squared error until convergence. The only place of the generator that needs torch.

Convergence: each time the error on held-out samples has not fallen for PATIENCE epochs the rate is divided by three;
after DROPS times it is over, and the best state counts. What counts is the running average of the weights: it leaves
out the trembling of single steps.

The samples lie exactly on the template's linear faces, and no real face does. So half of each batch is disturbed: every
key point is moved by a little at random, and the answer stays. That teaches the network what least squares know by
construction, to weigh all points of a component; without it, it may answer a real face with anything.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.identity import LIMIT, PARAMETERS, Template
from generator.identity.network import LAYERS, Network
from generator.identity.solve import Solver

Floats = npt.NDArray[np.float32]
Progress = Callable[[str, float], None]

HIDDEN: Final = 256
BATCH: Final = 512
RATE: Final = 2e-3
DROPS: Final = 4
PATIENCE: Final = 6
AVERAGED: Final = 0.004
"""Share of each step in the running average of the weights, once there are enough of them."""
HELD_OUT: Final = 0.05
MOST_HELD_OUT: Final = 5000
LEAST_SPREAD_PX: Final = 13.5
"""Key points are divided by their spread, at least this: the chin never moves sideways in the samples, and that of a
real face would otherwise count a thousandfold."""
DISTURBED_PX: Final = 8.0
"""Key points are moved by up to this much along each axis (standard deviation, drawn per face): 0.03 of the inter-iris
distance, what real and drawn faces are off the template's linear ones (0.044 over both axes, median of 18)."""


@dataclass(frozen=True, slots=True)
class Settings:
    """device: "auto" takes a graphics card where there is one, else the CPU with `threads` threads."""

    device: str = "auto"
    epochs: int = 200
    seed: int = 0
    threads: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """error, closed_form: mean absolute error per parameter (P,) on held-out samples, in units of the -30..30 range.

    disturbed, closed_form_disturbed: the same with key points moved at random by DISTURBED_PX.
    """

    network: Network
    error: npt.NDArray[np.float64]
    closed_form: npt.NDArray[np.float64]
    disturbed: npt.NDArray[np.float64]
    closed_form_disturbed: npt.NDArray[np.float64]


def train(
    weights: Floats, dots_px: Floats, template: Template, settings: Settings, facts: dict[str, Any], progress: Progress
) -> Trained:
    """weights: (N, P). dots_px: (N, K, 2). facts: what the file should remember about the data."""
    import torch

    torch.manual_seed(settings.seed)
    torch.set_num_threads(settings.threads)
    name = settings.device
    if name == "auto":
        name = "cuda" if torch.cuda.is_available() else "cpu"
    device = torch.device(name)
    held = max(1, min(int(len(weights) * HELD_OUT), MOST_HELD_OUT))
    flat = dots_px.reshape(len(dots_px), -1)
    mean = flat[:-held].mean(axis=0, dtype=np.float64)
    spread = np.maximum(flat[:-held].std(axis=0, dtype=np.float64), LEAST_SPREAD_PX)

    def tensor(rows: Floats) -> Any:
        return torch.from_numpy(np.ascontiguousarray(rows, np.float32)).to(device)

    given, wanted = tensor((flat - mean) / spread), tensor(weights / LIMIT)
    noise = tensor(DISTURBED_PX / spread)
    model = _model(torch, flat.shape[1]).to(device)
    average = copy.deepcopy(model)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    shuffle = torch.Generator().manual_seed(settings.seed)
    best, best_state, waited, drops, epoch = float("inf"), copy.deepcopy(average.state_dict()), 0, 0, 0
    step = 0
    while epoch < settings.epochs and drops < DROPS:
        order = torch.randperm(len(given) - held, generator=shuffle).to(device)
        for rows in order.split(BATCH):
            step += 1
            shown = given[rows]
            strength = torch.rand(len(rows), 1, device=device).mul_(2.0).sub_(1.0).clamp_(min=0.0)
            shown = shown + torch.randn_like(shown) * strength * noise
            optimizer.zero_grad(set_to_none=True)
            torch.nn.functional.mse_loss(model(shown), wanted[rows]).backward()
            optimizer.step()
            with torch.no_grad():
                for mean_of, own in zip(average.parameters(), model.parameters(), strict=True):
                    mean_of.lerp_(own, max(AVERAGED, 1.0 / step))
        with torch.no_grad():
            error = float(torch.nn.functional.mse_loss(average(given[-held:]), wanted[-held:]))
        epoch += 1
        if error < best * 0.995:
            best, best_state, waited = error, copy.deepcopy(average.state_dict()), 0
        else:
            waited += 1
            if waited >= PATIENCE:
                drops, waited = drops + 1, 0
                for group in optimizer.param_groups:
                    group["lr"] /= 3.0
        progress(f"epoch {epoch}: {LIMIT * best**0.5:.3f} units (root mean square)", epoch / settings.epochs)
    arrays = [value.cpu().numpy() for value in best_state.values()]
    facts = facts | {
        "parameters": list(PARAMETERS), "epochs": epoch, "converged": drops >= DROPS, "held_out": held,
        "trained_on": len(weights) - held, "seed": settings.seed, "torch": torch.__version__, "device": name,
    }  # fmt: skip
    network = Network(tuple(zip(arrays[0::2], arrays[1::2], strict=True)), mean, spread, facts)
    return _evaluated(network, weights[-held:], dots_px[-held:], template, settings.seed)


def _model(torch: Any, inputs: int) -> Any:
    sizes = [inputs, *[HIDDEN] * (LAYERS - 1), len(PARAMETERS)]
    parts: list[Any] = []
    for number in range(LAYERS):
        parts += [torch.nn.Linear(sizes[number], sizes[number + 1]), torch.nn.SiLU()]
    return torch.nn.Sequential(*parts[:-1])


def _evaluated(network: Network, weights: Floats, dots_px: Floats, template: Template, seed: int) -> Trained:
    rng = np.random.default_rng(seed)
    moved = dots_px + rng.normal(0.0, DISTURBED_PX, dots_px.shape)
    solver = Solver.of(template)

    def error(found: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        return np.asarray(np.abs(np.clip(found, -LIMIT, LIMIT) - weights).mean(axis=0, dtype=np.float64))

    errors = [error(method.weights(points)) for points in (dots_px, moved) for method in (network, solver)]
    facts = dict(network.facts) | {
        "mean_absolute_error": round(float(errors[0].mean()), 4),
        "mean_absolute_error_closed_form": round(float(errors[1].mean()), 6),
    }
    network = Network(network.layers, network.mean, network.spread, facts)
    return Trained(network, errors[0], errors[1], errors[2], errors[3])
