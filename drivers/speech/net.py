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
from drivers.speech.features import BANDS, INPUTS, Floats, windows

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
    """Features in, raw outputs out, with a memory."""

    def __init__(self, weights: Weights) -> None:
        a = weights.arrays
        # Transposed once: a row of features times a matrix is then one product over contiguous memory.
        self._conv, self._conv_bias = _transposed(a["conv.weight"]), a["conv.bias"]
        self._conv2, self._conv2_bias = _transposed(a["conv2.weight"]), a["conv2.bias"]
        self._input, self._input_bias = _transposed(a["gru.input"]), a["gru.input_bias"]
        self._recurrent, self._recurrent_bias = _transposed(a["gru.state"]), a["gru.state_bias"]
        self._head, self._head_bias = _transposed(a["head.weight"]), a["head.bias"]
        self._kept, self._kept2, self._state = a["start.conv"], a["start.conv2"], a["start.state"]
        self._hidden = len(self._state)

    def push(self, features: Floats, /) -> Floats:
        """float32 (hops, OUTPUTS) from features (hops, INPUTS): viseme logits, then shapes before the sigmoid."""
        x, self._kept = _stacked(self._kept, features, TAPS[0])
        x = np.maximum(x @ self._conv + self._conv_bias, _ZERO)
        x, self._kept2 = _stacked(self._kept2, x, TAPS[1])
        x = np.maximum(x @ self._conv2 + self._conv2_bias, _ZERO)
        gates = x @ self._input + self._input_bias
        states = np.zeros((len(gates), self._hidden), np.float32)
        h, split = self._state, 2 * self._hidden
        for hop, inner in enumerate(gates):
            recurrent = h @ self._recurrent + self._recurrent_bias
            both = sigmoid(inner[:split] + recurrent[:split])
            new = np.tanh(inner[split:] + both[: self._hidden] * recurrent[split:])
            h = new + both[self._hidden :] * (h - new)
            states[hop] = h
        self._state = h
        return states @ self._head + self._head_bias


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


def _stacked(kept: Floats, fresh: Floats, taps: int) -> tuple[Floats, Floats]:
    """Each row with the `taps` - 1 before it, oldest first, (hops, taps * width), and what to keep for next time."""
    rows = np.concatenate((kept, fresh))
    hops, width = fresh.shape
    return windows(rows, hops, taps * width, width), rows[hops:].copy()  # a view would keep all of `rows`


def _transposed(matrix: Floats) -> Floats:
    return np.ascontiguousarray(matrix.T)
