"""Fitting the net with torch, on one thread of a processor; the result is numpy arrays for `drivers.speech.net`."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets.files import atomic_write
from drivers.speech.features import INPUTS, Floats
from drivers.speech.net import OUTPUTS, SHAPES, TAPS, VISEMES
from drivers.speech.training.batches import Batches, Plan
from drivers.speech.training.corpus import Corpus

SAVE_EVERY: Final = 100

Report = Callable[[int, float], None]


def build(plan: Plan) -> Any:
    """The net as a torch module, in the arrangement of `drivers.speech.net`."""
    import torch
    from torch import nn

    class Mouth(nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.conv = nn.Linear(INPUTS * TAPS[0], plan.channels)
            self.conv2 = nn.Linear(plan.channels * TAPS[1], plan.channels)
            self.gru = nn.GRU(plan.channels, plan.hidden, batch_first=True)
            self.head = nn.Linear(plan.hidden, OUTPUTS)
            self.dropout = nn.Dropout(0.1)
            self.start_state = nn.Parameter(torch.zeros(plan.hidden))
            self.start_conv = nn.Parameter(torch.zeros(TAPS[0] - 1, INPUTS))
            self.start_conv2 = nn.Parameter(torch.zeros(TAPS[1] - 1, plan.channels))

        def forward(self, x: Any) -> Any:
            x = torch.relu(self.conv(self._stack(self.start_conv, x)))
            x = torch.relu(self.conv2(self._stack(self.start_conv2, x)))
            start = self.start_state.tanh().expand(1, len(x), -1).contiguous()
            return self.head(self.dropout(self.gru(self.dropout(x), start)[0]))

        @staticmethod
        def _stack(start: Any, x: Any) -> Any:
            rows = torch.cat((start.expand(len(x), -1, -1), x), dim=1)
            taps = len(start) + 1
            return torch.cat([rows[:, tap : tap + x.shape[1]] for tap in range(taps)], dim=2)

    return Mouth()


def fit(
    batches: Batches,
    plan: Plan,
    checkpoint: Path,
    report: Report,
    *,
    start: Path | None = None,
    save_every: int = SAVE_EVERY,
) -> dict[str, Floats]:
    """The arrays of `net.Weights`, averaged over the last steps; goes on from `checkpoint` when there is one.

    start: the checkpoint of another fit whose average this one begins with.
    """
    import torch
    from torch.nn import functional

    torch.set_num_threads(1)
    torch.manual_seed(plan.seed)
    module = build(plan)
    if start is not None:
        module.load_state_dict(torch.load(start, weights_only=True)["mean"])
    mean = {name: value.detach().clone() for name, value in module.state_dict().items()}
    optimiser = torch.optim.AdamW(module.parameters(), lr=plan.rate, weight_decay=0.01)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, plan.rate, total_steps=plan.steps + 1, pct_start=0.1)
    step = 0
    if checkpoint.is_file():
        saved = torch.load(checkpoint, weights_only=True)
        module.load_state_dict(saved["module"])
        optimiser.load_state_dict(saved["optimiser"])
        schedule.load_state_dict(saved["schedule"])
        mean, step = saved["mean"], saved["step"]
        torch.set_rng_state(saved["random"])
    class_weight = torch.ones(len(VISEMES))
    class_weight[0] = 0.85
    running = 0.0
    while step < plan.steps:
        features, visemes, shapes, weight = (torch.from_numpy(array) for array in batches.draw(step))
        output = module(features)
        logits, mouth = output[..., : len(VISEMES)], torch.sigmoid(output[..., len(VISEMES) :])
        entropy = functional.cross_entropy(
            logits.transpose(1, 2), visemes, weight=class_weight, label_smoothing=0.05, reduction="none"
        )
        squares = ((mouth - shapes) ** 2).sum(dim=2)
        loss = ((entropy + 6.0 * squares) * weight).sum() / weight.sum()
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimiser.step()
        schedule.step()
        step += 1
        keep = min(plan.average, step / (step + 10.0))
        for name, value in module.state_dict().items():
            mean[name].lerp_(value, 1 - keep)
        running += (loss.item() - running) / min(step, 50)
        if step % save_every == 0 or step == plan.steps:
            _save(checkpoint, module, optimiser, schedule, mean, step)
        report(step, running)
    return _arrays(mean)


def _save(path: Path, module: Any, optimiser: Any, schedule: Any, mean: Any, step: int) -> None:
    import torch

    state = {
        "module": module.state_dict(),
        "optimiser": optimiser.state_dict(),
        "schedule": schedule.state_dict(),
        "mean": mean,
        "step": step,
        "random": torch.get_rng_state(),
    }
    with atomic_write(path) as file:
        torch.save(state, file)


def _arrays(state: Mapping[str, Any]) -> dict[str, Floats]:
    names = {
        "gru.weight_ih_l0": "gru.input",
        "gru.bias_ih_l0": "gru.input_bias",
        "gru.weight_hh_l0": "gru.state",
        "gru.bias_hh_l0": "gru.state_bias",
        "start_state": "start.state",
        "start_conv": "start.conv",
        "start_conv2": "start.conv2",
    }
    arrays = {names.get(name, name): value.numpy().astype(np.float32) for name, value in state.items()}
    arrays["start.state"] = np.tanh(arrays["start.state"])
    return arrays


def balanced(arrays: Mapping[str, Floats], plan: Plan, natural: Corpus, other: Corpus) -> dict[str, Floats]:
    """The arrays as if all speech had had the sounds of `natural` as often as they come there (Bayes' rule).

    Strings of phones have more m, b, p and u than any language. Silence is left as it was learned.
    """
    often, rare = ((np.bincount(c.visemes, minlength=len(VISEMES)) + 1) / len(c.visemes) for c in (natural, other))
    closed, other_closed = (float(c.shapes[:, SHAPES.index("close")].mean(dtype=np.float64)) for c in (natural, other))
    shift = np.zeros(OUTPUTS)
    shift[1 : len(VISEMES)] = np.log(often / ((1 - plan.recorded) * often + plan.recorded * rare))[1:]
    mixed = (1 - plan.recorded) * closed + plan.recorded * other_closed
    shift[len(VISEMES) + SHAPES.index("close")] = np.log(closed / mixed)
    return {**arrays, "head.bias": (arrays["head.bias"] + shift).astype(np.float32)}
