"""The net in numpy: a convolution over 50 ms, a gated recurrent layer, a linear one. No torch when it runs.

    conv.weight (C, INPUTS * 5)   conv.bias (C,)           ReLU
    conv2.weight (C, C * 3)       conv2.bias (C,)          ReLU
    gru.input (3 H, C)   gru.input_bias (3 H,)   gru.state (3 H, H)   gru.state_bias (3 H,)   gates: reset, update, new
    head.weight (OUTPUTS, H)      head.bias (OUTPUTS,)
    start.state (H,), start.conv (4, INPUTS), start.conv2 (2, C)   what the net remembers before the first hop
    mean_b (BANDS,)               mean spectrum of speech, for `features.Normaliser`

The convention of the recurrence is that of torch's GRU: new = tanh(x_n + reset * (U_n h + b_n)).
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open

from assets.errors import WeightsError
from drivers.speech.features import BANDS, CHUNK, INPUTS, Floats, windows

VISEMES: Final = ("sil", "PP", "FF", "TH", "DD", "kk", "CH", "SS", "nn", "RR", "aa", "E", "ih", "oh", "ou")
"""The fifteen mouth pictures that lip-sync programs agree on, in their usual order."""

SHAPES: Final = ("open", "wide", "round", "close")
OUTPUTS: Final = len(VISEMES) + len(SHAPES)

WEIGHTS_FILE: Final = Path(__file__).resolve().parents[2] / "assets" / "speech" / "listener.safetensors"
FORMAT_VERSION: Final = "1"
TAPS: Final = (5, 3)


@dataclass(frozen=True, slots=True)
class Weights:
    """The arrays of the net, float32, and the facts that came with them."""

    arrays: Mapping[str, Floats]
    facts: Mapping[str, str]

    def __post_init__(self) -> None:
        missing = sorted(set(_shapes(1, 1)) - set(self.arrays))
        if missing:
            raise WeightsError(f"speech model: the array {missing[0]} is missing")
        channels, hidden = len(self.arrays["conv.bias"]), len(self.arrays["start.state"])
        for name, shape in _shapes(channels, hidden).items():
            array = self.arrays[name]
            if array.shape != shape or array.dtype != np.float32 or not np.isfinite(array).all():
                raise WeightsError(
                    f"speech model: {name} should be finite float32 {shape}, got {array.dtype} {array.shape}"
                )


def _shapes(channels: int, hidden: int) -> dict[str, tuple[int, ...]]:
    return {
        "conv.weight": (channels, INPUTS * TAPS[0]),
        "conv.bias": (channels,),
        "conv2.weight": (channels, channels * TAPS[1]),
        "conv2.bias": (channels,),
        "gru.input": (3 * hidden, channels),
        "gru.input_bias": (3 * hidden,),
        "gru.state": (3 * hidden, hidden),
        "gru.state_bias": (3 * hidden,),
        "head.weight": (OUTPUTS, hidden),
        "head.bias": (OUTPUTS,),
        "start.state": (hidden,),
        "start.conv": (TAPS[0] - 1, INPUTS),
        "start.conv2": (TAPS[1] - 1, channels),
        "mean_b": (BANDS,),
    }


def load(path: Path = WEIGHTS_FILE, /) -> Weights:
    """The weights in a safetensors file. Raises WeightsError for a file that is missing or isn't one of ours."""
    try:
        with safe_open(path, framework="numpy") as file:
            facts = {str(k): str(v) for k, v in json.loads((file.metadata() or {}).get("facts", "{}")).items()}
            arrays = {name: file.get_tensor(name).astype(np.float32) for name in file.keys()}
    except FileNotFoundError as error:
        raise WeightsError(f"the speech model is missing; install the package anew: {path}") from error
    except (OSError, SafetensorError, ValueError, AttributeError) as error:
        raise WeightsError(f"not a speech model ({' '.join(str(error).split())}): {path}") from error
    if facts.get("version") != FORMAT_VERSION:
        raise WeightsError(
            f"speech model of version {facts.get('version', 'none')!r}, this program reads {FORMAT_VERSION!r}: {path}"
        )
    return Weights(arrays, facts)


@cache
def shipped() -> Weights:
    """The weights that come with the program; read once."""
    return load()


class Net:
    """Features in, raw outputs out, with a memory.

    A hop or two at a time cost more in calls than in arithmetic. So every layer writes where the next one reads, each
    row ends in a one that carries the biases, and the gates' sigmoid, (1 + tanh(x / 2)) / 2, has its halves in the
    weights.
    """

    def __init__(self, weights: Weights) -> None:
        a = weights.arrays
        channels, hidden = len(a["conv.bias"]), len(a["start.state"])
        self._conv = _with_bias(a["conv.weight"], a["conv.bias"], TAPS[0], passes_one=True)
        self._conv2 = _with_bias(a["conv2.weight"], a["conv2.bias"], TAPS[1], passes_one=True)
        halves = np.repeat(np.array([0.5, 1.0], np.float32), [2 * hidden, hidden])
        self._input = _with_bias(a["gru.input"], a["gru.input_bias"]) * halves
        self._recurrent = _with_bias(a["gru.state"], a["gru.state_bias"]) * _HALF
        self._head = _with_bias(a["head.weight"], a["head.bias"])
        self._rows = np.ones((TAPS[0] - 1 + CHUNK, INPUTS + 1), np.float32)
        self._rows2 = np.ones((TAPS[1] - 1 + CHUNK, channels + 1), np.float32)
        self._rows3 = np.ones((CHUNK, channels + 1), np.float32)
        self._gates = np.zeros((CHUNK, 3 * hidden), np.float32)
        self._states = np.ones((1 + CHUNK, hidden + 1), np.float32)
        self._memory = np.zeros(3 * hidden, np.float32)
        self._scratch = np.zeros((3, hidden), np.float32)
        self._steps = [
            (self._states[k], self._states[k, :-1], self._states[k + 1, :-1], self._gates[k, : 2 * hidden],
             self._gates[k, 2 * hidden :])
            for k in range(CHUNK)
        ]  # fmt: skip
        self._views = [self._viewed(hops) for hops in range(CHUNK + 1)]
        self._kept = [
            [(rows[:kept], rows[hops : hops + kept])
             for rows, kept in ((self._rows, TAPS[0] - 1), (self._rows2, TAPS[1] - 1), (self._states, 1))]
            for hops in range(CHUNK + 1)
        ]  # fmt: skip
        self._rows[: TAPS[0] - 1, :-1], self._rows2[: TAPS[1] - 1, :-1] = a["start.conv"], a["start.conv2"]
        self._states[0, :-1] = a["start.state"]

    def _viewed(self, hops: int) -> tuple[Floats, ...]:
        """Where so many hops are written and read, layer after layer."""
        rows, rows2, kept, kept2 = self._rows, self._rows2, TAPS[0] - 1, TAPS[1] - 1
        return (
            rows[kept : kept + hops, :-1],
            windows(rows, hops, TAPS[0] * rows.shape[1], rows.shape[1]),
            rows2[kept2 : kept2 + hops],
            windows(rows2, hops, TAPS[1] * rows2.shape[1], rows2.shape[1]),
            self._rows3[:hops],
            self._gates[:hops],
            self._states[1 : hops + 1],
        )

    def room(self, hops: int, /) -> Floats:
        """Where features (hops, INPUTS), at most CHUNK, may be written, so that `push` needn't copy them."""
        return self._views[hops][0]

    def push(self, features: Floats, /) -> Floats:
        """float32 (hops, OUTPUTS) from features (hops, INPUTS): viseme logits, then shapes before the sigmoid."""
        if len(features) <= CHUNK:
            return self._push(features)
        return np.concatenate([self._push(features[at : at + CHUNK]) for at in range(0, len(features), CHUNK)])

    def _push(self, features: Floats) -> Floats:
        hops = len(features)
        fresh, taps, fresh2, taps2, fresh3, gates, after = self._views[hops]
        if features is not fresh:
            fresh[:] = features
        np.dot(taps, self._conv, fresh2)
        np.maximum(fresh2, _ZERO, out=fresh2)
        np.dot(taps2, self._conv2, fresh3)
        np.maximum(fresh3, _ZERO, out=fresh3)
        np.dot(fresh3, self._input, gates)
        self._recur(hops)
        outputs: Floats = np.dot(after, self._head)
        for to, what in self._kept[hops]:
            np.copyto(to, what)
        return outputs

    def _recur(self, hops: int) -> None:
        """The states 1 to `hops` from state 0 and the gates' inputs."""
        memory, hidden = self._memory, self._scratch.shape[1]
        both, reset, update, old = (
            memory[: 2 * hidden],
            memory[:hidden],
            memory[hidden : 2 * hidden],
            memory[2 * hidden :],
        )
        new, away, step = self._scratch
        add, multiply, tanh = np.add, np.multiply, np.tanh
        for with_one, state, state_after, into_both, into_new in self._steps[:hops]:
            np.dot(with_one, self._recurrent, memory)
            add(both, into_both, both)
            tanh(both, both)
            # new = tanh(x + reset * old), where `reset` is 2 r - 1 and `old` is half of what it should be
            multiply(reset, old, new)
            add(new, old, new)
            add(new, into_new, new)
            tanh(new, new)
            # state = new + update * (state - new), where `update` is 2 u - 1
            np.subtract(state, new, away)
            multiply(update, away, step)
            add(step, away, step)
            multiply(step, _HALF, step)
            add(step, new, state_after)


_ZERO: Final = np.float32(0.0)
_HALF: Final = np.float32(0.5)


def sigmoid(x: Floats, /) -> Floats:
    """1 / (1 + exp(-x)), without overflow."""
    y: Floats = np.tanh(x * _HALF) * _HALF + _HALF
    return y


def softmax(logits: npt.NDArray[Any], /) -> Floats:
    """Shares of one along the last axis."""
    powers = np.exp(logits - np.maximum.reduce(logits, axis=-1, keepdims=True))
    shares: Floats = powers / np.add.reduce(powers, axis=-1, keepdims=True)
    return shares


def _with_bias(matrix: Floats, bias: Floats, taps: int = 1, *, passes_one: bool = False) -> Floats:
    """The matrix (out, taps * width) for rows that end in a one: float32 (taps * (width + 1), out).

    The last tap's one brings the bias. passes_one: there is one more output, and it is one again.
    """
    outputs, width = len(matrix), matrix.shape[1] // taps
    made = np.zeros((taps, width + 1, outputs + passes_one), np.float32)
    made[:, :width, :outputs] = matrix.T.reshape(taps, width, outputs)
    made[-1, width, :outputs] = bias
    made[-1, width, outputs:] = 1.0
    return made.reshape(-1, outputs + passes_one)
