"""Samples in, a mouth every 10 ms out."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.speech import net
from drivers.speech.features import HOP, RATE_HZ, Floats, Normaliser, Spectrum, level
from drivers.speech.voice import Voice

HOP_S: Final = HOP / RATE_HZ
DELAY_S: Final = 0.04
"""How long before its newest sample the mouth of a hop was that way: the net listens on before it decides."""

SILENT_B: Final = -6.0
"""Quieter hops (-60 dB below a full-scale sine) never open the mouth."""


@dataclass(frozen=True, slots=True, eq=False)
class Mouth:
    """The mouth at `n` successive hops of 10 ms, all float32 0..1; empty (n = 0) when no hop was complete.

    open (n,)         how far the jaw is down; already 0 where the gate is shut
    wide (n,)         corners apart, as in "ee"
    round (n,)        lips rounded and forward, as in "oo"
    close (n,)        lips pressed together, as in "m", "b", "p"
    visemes (n, 15)   how likely each of `net.VISEMES` is; each row sums to 1
    gate (n,)         1 while somebody speaks, 0 for silence, noise and music
    """

    open: Floats
    wide: Floats
    round: Floats
    close: Floats
    visemes: Floats
    gate: Floats

    def __len__(self) -> int:
        return len(self.open)


def _nothing() -> Mouth:
    none = np.zeros(0, np.float32)
    return Mouth(none, none, none, none, np.zeros((0, len(net.VISEMES)), np.float32), none)


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

    def push(self, samples: npt.NDArray[Any], /) -> Mouth:
        """The mouth at each hop that `samples`, float (N,) at 16 kHz, +-1, completes; N may be 0.

        NaN counts as silence and what is louder than full scale is held; it never raises for what is in the samples.
        """
        bands = self._spectrum.push(samples)
        if not len(bands):
            return _nothing()
        if self._voice is not None:
            bands = self._voice.adapt(bands)
        levels = level(bands)
        outputs = self._net.push(self._normaliser.push(bands, levels))
        visemes = net.softmax(outputs[:, : len(net.VISEMES)])
        gate = self._gate(visemes[:, 0], levels)
        shapes = net.sigmoid(outputs[:, len(net.VISEMES) :]) * gate[:, None]
        return Mouth(shapes[:, 0], shapes[:, 1], shapes[:, 2], shapes[:, 3], visemes, gate)

    def _gate(self, silence: Floats, levels: Floats) -> Floats:
        gate = []
        low, high = self.GATE_RAMP
        for silent, level_b in zip(silence.tolist(), levels.tolist(), strict=True):  # plain floats are fastest here
            heard = 1.0 - silent if level_b > SILENT_B else 0.0
            self._speaking += self.GATE_SHARE * (heard - self._speaking)
            gate.append(min(max((self._speaking - low) / (high - low), 0.0), 1.0))
        return np.array(gate, np.float32)
