"""Samples in, a mouth every 10 ms out."""

import itertools
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.speech import net
from drivers.speech.features import CHUNK, HOP, RATE_HZ, Floats, Normaliser, level
from drivers.speech.spectrum import Spectrum
from drivers.speech.voice import Voice

HOP_S: Final = HOP / RATE_HZ
DELAY_S: Final = 0.04
"""How long before its newest sample the mouth of a hop was that way: the net listens on before it decides."""

SILENT_B: Final = -6.0
"""Quieter hops (-60 dB below a full-scale sine) never open the mouth."""


REST_HOPS: Final = 50
"""After so many silent hops in a row the net rests, as it is, until one isn't silent: nothing more is to be learnt."""

Moment = tuple[float, float, float, float, float]
"""open, wide, round, close and gate of one hop, as in `Mouth`."""


@dataclass(frozen=True, slots=True, eq=False)
class Mouth:
    """The mouth at `n` successive hops of 10 ms, all float32 0..1; empty (n = 0) when no hop was complete.

    tracks (n, 4)     open, wide, round and close, below; already 0 where the gate is shut
    visemes (n, 15)   how likely each of `net.VISEMES` is; each row sums to 1
    gate (n,)         1 while somebody speaks, 0 for silence, noise and music
    """

    tracks: Floats
    visemes: Floats
    gate: Floats

    def __len__(self) -> int:
        return len(self.gate)

    @property
    def open(self) -> Floats:
        """(n,), how far the jaw is down."""
        return self.tracks[:, 0]

    @property
    def wide(self) -> Floats:
        """(n,), corners apart, as in "ee"."""
        return self.tracks[:, 1]

    @property
    def round(self) -> Floats:
        """(n,), lips rounded and forward, as in "oo"."""
        return self.tracks[:, 2]

    @property
    def close(self) -> Floats:
        """(n,), lips pressed together, as in "m", "b", "p"."""
        return self.tracks[:, 3]


class Listener:
    """Hears one stream. The size of the blocks that it is given makes no difference."""

    GATE_SHARE: Final = 0.25
    GATE_RAMP: Final = (0.35, 0.65)

    def __init__(self, weights: net.Weights | None = None, *, voice: Voice | None = None) -> None:
        self._weights = weights or net.shipped()
        self._voice = voice
        self.reset()

    def reset(self) -> None:
        """Forget everything heard, as after another microphone was plugged in."""
        self._spectrum = Spectrum()
        self._normaliser = Normaliser(self._weights.arrays["mean_b"])
        self._net = net.Net(self._weights)
        self._speaking = 0.0
        self._silent_hops = 0

    def push(self, samples: npt.NDArray[Any], /) -> Mouth:
        """The mouth at each hop that `samples`, float (N,) at 16 kHz, +-1, completes; N may be 0.

        NaN counts as silence and what is louder than full scale is held; it never raises for what is in the samples.
        """
        outputs, levels = self._hear(samples)
        visemes = net.softmax(outputs[:, : len(net.VISEMES)])
        gates = [self._gate(silent, level_b) for silent, level_b in zip(visemes[:, 0].tolist(), levels, strict=True)]
        gate = np.array(gates, np.float32)
        return Mouth(net.sigmoid(outputs[:, len(net.VISEMES) :]) * gate[:, None], visemes, gate)

    def moments(self, samples: npt.NDArray[Any], /) -> list[Moment]:
        """The same as plain numbers without the visemes: for a hop or two that is three times as quick as arrays."""
        outputs, levels = self._hear(samples)
        found = []
        for row, level_b in zip(outputs.tolist(), levels, strict=True):
            likely = row[: len(net.VISEMES)]
            most = max(likely)
            gate = self._gate(math.exp(likely[0] - most) / sum([math.exp(each - most) for each in likely]), level_b)
            half = 0.5 * gate
            opened, wide, rounded, closed = (half + half * math.tanh(0.5 * each) for each in row[len(net.VISEMES) :])
            found.append((opened, wide, rounded, closed, gate))
        return found

    def _hear(self, samples: npt.NDArray[Any]) -> tuple[Floats, list[float]]:
        """What the net says of each hop, (n, OUTPUTS), and how loud each is, in bel."""
        bands, loudness = self._spectrum.hear(samples)
        if not len(bands):
            return _NOTHING, []
        if self._voice is not None:
            bands = self._voice.adapt(bands)
            loudness = level(bands)
        levels = loudness.tolist()
        room = self._net.room(len(levels)) if len(levels) <= CHUNK else None
        features = self._normaliser.push(bands, loudness, out=room)
        if min(levels) > SILENT_B:
            self._silent_hops = 0
            return self._net.push(features), levels
        return self._hear_silence(features, levels), levels

    def _hear_silence(self, features: Floats, levels: list[float]) -> Floats:
        """The same where some hops are silent."""
        resting = []
        for level_b in levels:
            self._silent_hops = 0 if level_b > SILENT_B else self._silent_hops + 1
            resting.append(self._silent_hops > REST_HOPS)
        parts, at = [], 0
        for rests, group in itertools.groupby(resting):
            start, at = at, at + len(list(group))
            if rests:
                parts.append(_RESTING.repeat(at - start, axis=0))
            else:
                parts.append(self._net.push(features[start:at]))
        return parts[0] if len(parts) == 1 else np.concatenate(parts)

    def _gate(self, silent: float, level_b: float) -> float:
        """After one more hop, which is silence as surely as `silent` says."""
        low, high = self.GATE_RAMP
        heard = 1.0 - silent if level_b > SILENT_B else 0.0
        self._speaking += self.GATE_SHARE * (heard - self._speaking)
        return min(max((self._speaking - low) / (high - low), 0.0), 1.0)


_NOTHING: Final = np.zeros((0, net.OUTPUTS), np.float32)
_RESTING: Final = np.array([[30.0] + [0.0] * (net.OUTPUTS - 1)], np.float32)
"""What a net that rests would say: silence."""
