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
from drivers.speech.features import BANDS, CHUNK, HALF, INPUTS, LINE, ONE, Floats, aligned, windows

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
    """Features in, odds out, with a memory.

    A hop or two at a time cost more in calls than in arithmetic. So every layer writes where the next one reads, each
    row ends in a one that carries the biases, and what is linear is one matrix wherever it can be: the scale of the
    features is in the convolution's, and what comes of a state, the next hop's gates and the outputs, is one product.
    """

    def __init__(self, weights: Weights) -> None:
        a = weights.arrays
        channels, hidden = len(a["conv.bias"]), len(a["start.state"])
        both = slice(2 * hidden)
        conv = _with_bias(*_unscaled(a["conv.weight"], a["conv.bias"]), TAPS[0], passes_one=True)
        conv2 = _with_bias(a["conv2.weight"], a["conv2.bias"], TAPS[1], passes_one=True)
        self._conv, self._conv2 = aligned(conv, "F"), aligned(conv2, "F")
        # A gate is 1 / (1 + exp(-x)): the minus is in the weights. So is that of the shapes, and a viseme's odds are
        # those against silence, as only differences of logits matter.
        self._input = aligned(_with_bias(a["gru.input"], a["gru.input_bias"]))
        self._input[:, both] *= -1.0
        visemes = len(VISEMES)
        head = np.concatenate([a["head.weight"][1:visemes] - a["head.weight"][0], -a["head.weight"][visemes:]])
        head_bias = np.concatenate([a["head.bias"][1:visemes] - a["head.bias"][0], -a["head.bias"][visemes:]])
        following = _with_bias(np.concatenate([a["gru.state"], head]), np.concatenate([a["gru.state_bias"], head_bias]))
        self._next = aligned(np.pad(following, [(0, 0), (0, -following.shape[1] % LINE)]))
        self._next[:, both] *= -1.0
        # No state is beyond +-1, so this is the most that can come of it; and so much the gates' input may be, so that
        # no exponential overflows. Where it matters, the gate is shut for good.
        most = np.abs(self._next).sum(axis=0)
        self._most = np.array(_LARGEST_EXPONENT - most[both].max(), np.float32)
        if max(most[both].max(), most[3 * hidden :].max()) > 0.75 * _LARGEST_EXPONENT:
            raise WeightsError("speech model: its weights are too large")

        self._rows = np.ones((TAPS[0] - 1 + CHUNK, INPUTS + 1), np.float32)
        self._rows2 = np.ones((TAPS[1] - 1 + CHUNK, channels + 1), np.float32)
        self._rows3 = np.ones((CHUNK, channels + 1), np.float32)
        self._gates = np.zeros((CHUNK, 3 * hidden), np.float32)
        self._odds = np.zeros((CHUNK, OUTPUTS - 1), np.float32)
        self._steps = list(zip(self._gates[:, both], self._gates[:, 2 * hidden :], self._odds, strict=True))
        self._views = [self._viewed(hops) for hops in range(CHUNK + 1)]
        self.rows: Final = self._rows[TAPS[0] - 1 :, :-1]
        """(CHUNK, INPUTS), where features are written before `step`, as `features.Normaliser.write` does."""

        self._rows[: TAPS[0] - 1, :-1] = _unscaled_features(a["start.conv"])
        self._rows2[: TAPS[1] - 1, :-1] = a["start.conv2"]
        self._state = np.append(a["start.state"], np.float32(1.0))
        """The state, and a one."""
        self._memory = np.dot(self._state, self._next)
        """What comes of it: for both gates and the new state of the next hop, and the outputs of this."""
        gate, new, away = (np.zeros(size, np.float32) for size in (2 * hidden, hidden, hidden))
        memory, state, new_gate, tail = self._memory, self._state, 2 * hidden, 3 * hidden
        self._places = (
            self._next, memory, memory[both], memory[new_gate:tail], memory[tail : tail + OUTPUTS - 1], state[:-1],
            gate, gate[:hidden], gate[hidden:], new, away, state.dot,
        )  # fmt: skip

    def _viewed(self, hops: int) -> tuple[Any, ...]:
        """Where so many hops are written and read, layer after layer."""
        rows, rows2, kept, kept2 = self._rows, self._rows2, TAPS[0] - 1, TAPS[1] - 1
        layers = (
            windows(rows, hops, TAPS[0] * rows.shape[1], rows.shape[1]),
            rows2[kept2 : kept2 + hops],
            windows(rows2, hops, TAPS[1] * rows2.shape[1], rows2.shape[1]),
            self._rows3[:hops],
            self._gates[:hops],
        )
        if hops == 1:  # vectors are quicker than matrices of one row
            layers = tuple(layer[0] for layer in layers)
        kept_rows = rows[:kept], rows[hops : hops + kept], rows2[:kept2], rows2[hops : hops + kept2]
        return (*layers, self._odds[:hops], *(part.data.cast("B") for part in kept_rows))

    def push(self, features: Floats, /) -> Floats:
        """float32 (hops, OUTPUTS) from features (hops, INPUTS): viseme logits less that of silence, shapes before
        their sigmoid.
        """
        outputs = np.zeros((len(features), OUTPUTS), np.float32)
        for at in range(0, len(features), CHUNK):
            chunk = features[at : at + CHUNK]
            self.rows[: len(chunk)] = _unscaled_features(chunk)
            np.log(self.step(len(chunk)), outputs[at : at + len(chunk), 1:])
        outputs[:, len(VISEMES) :] *= -1.0
        return outputs

    def step(self, hops: int, /) -> Floats:
        """float32 (hops, OUTPUTS - 1) from as many `rows`: how many times likelier than silence each other viseme is,
        and (1 - s) / s of each shape s. The next step overwrites it.
        """
        odds: Floats
        taps, fresh2, taps2, fresh3, gates, odds, old, newest, old2, newest2 = self._views[hops]
        matrix, memory, of_both, of_new, of_odds, state, gate, reset, update, new, away, product = self._places
        add, maximum, subtract, divide, exp, tanh = np.add, np.maximum, np.subtract, np.divide, np.exp, np.tanh
        taps.dot(self._conv, fresh2)
        maximum(fresh2, _ZERO, out=fresh2)
        taps2.dot(self._conv2, fresh3)
        maximum(fresh3, _ZERO, out=fresh3)
        fresh3.dot(self._input, gates)
        np.minimum(gates, self._most, out=gates)
        for into_both, into_new, odds_of_hop in self._steps[:hops]:
            add(of_both, into_both, gate)
            exp(gate, gate)
            add(gate, _ONE, gate)
            divide(of_new, reset, new)  # new = tanh(x + old / reset), where a gate is one over what stands here
            add(new, into_new, new)
            tanh(new, new)
            subtract(state, new, away)  # state = new + (state - new) / update
            divide(away, update, away)
            add(new, away, state)
            product(matrix, memory)
            exp(of_odds, odds_of_hop)
        old[:] = newest
        old2[:] = newest2
        return odds


# Arrays of no dimension: a ufunc takes them more quickly than it takes numbers.
_ZERO: Final = np.array(0.0, np.float32)
_ONE: Final = np.array(1.0, np.float32)
_LARGEST_EXPONENT: Final = 87.0


def _unscaled(weight: Floats, bias: Floats) -> tuple[Floats, Floats]:
    """The convolution for features whose bands below the peak are x instead of HALF * x + ONE."""
    taps = weight.reshape(len(weight), TAPS[0], INPUTS).astype(np.float64)
    bias = bias + ONE * taps[..., :BANDS].sum(axis=(1, 2))
    taps[..., :BANDS] *= HALF
    return taps.reshape(weight.shape).astype(np.float32), bias.astype(np.float32)


def _unscaled_features(features: Floats) -> Floats:
    made = features.copy()
    made[:, :BANDS] = (made[:, :BANDS] - ONE) / HALF
    return made


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
