"""Samples in, a mouth every 10 ms out."""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.speech import net
from drivers.speech.features import HOP, RATE_HZ, Floats, Normaliser, Spectrum, level

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


class Listener:
    """Hears one stream. The size of the blocks that it is given makes no difference."""

    GATE_SHARE: Final = 0.25
    GATE_RAMP: Final = (0.35, 0.65)

    def __init__(self, weights: net.Weights | None = None) -> None:
        self._weights = weights or net.shipped()
        self.reset()

    def reset(self) -> None:
        """Forget everything heard, as after another microphone was plugged in."""
        self._spectrum = Spectrum()
        self._normaliser = Normaliser(self._weights.arrays["mean_b"])
        self._net = net.Net(self._weights)
        self._speaking = np.float32(0)

    def push(self, samples: npt.NDArray[Any], /) -> Mouth:
        """The mouth at each hop that `samples`, float (N,) at 16 kHz, +-1, completes; N may be 0.

        NaN counts as silence and what is louder than full scale is held; it never raises for what is in the samples.
        """
        bands = self._spectrum.push(samples)
        outputs = self._net.push(self._normaliser.push(bands)) if len(bands) else np.zeros((0, net.OUTPUTS), np.float32)
        visemes = net.softmax(outputs[:, : len(net.VISEMES)])
        gate = self._gate(1 - visemes[:, 0], level(bands))
        shapes = net.sigmoid(outputs[:, len(net.VISEMES) :]) * gate[:, None]
        opening, wide, rounding, closed = np.ascontiguousarray(shapes.T)
        return Mouth(opening, wide, rounding, closed, visemes, gate)

    def _gate(self, speech: Floats, levels: Floats) -> Floats:
        gate = np.zeros(len(speech), np.float32)
        low, high = self.GATE_RAMP
        for hop, (likely, level_b) in enumerate(zip(speech, levels, strict=True)):
            heard = likely if level_b > SILENT_B else np.float32(0)
            self._speaking += np.float32(self.GATE_SHARE) * (heard - self._speaking)
            gate[hop] = min(max((float(self._speaking) - low) / (high - low), 0.0), 1.0)
        return gate
