"""Samples in, a mouth every 10 ms out."""

import itertools
import math
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from drivers.speech import net
from drivers.speech.features import CHUNK, HOP, RATE_HZ, Floats, Normaliser, level
from drivers.speech.spectrum import PIECE, Spectrum
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
        self._net = net.Net(self._weights)
        self._normaliser = Normaliser(self._weights.arrays["mean_b"], rows=self._net.rows)
        self._speaking = 0.0
        self._silent_hops = 0

    def push(self, samples: npt.NDArray[Any], /) -> Mouth:
        """The mouth at each hop that `samples`, float (N,) at 16 kHz, +-1, completes; N may be 0.

        NaN counts as silence and what is louder than full scale is held; it never raises for what is in the samples.
        """
        pieces = (self._hear(samples[at : at + PIECE]) for at in range(0, len(samples), PIECE))
        heard = [(odds.copy(), levels) for odds, levels in pieces]
        odds = np.concatenate([_NOTHING, *[piece[0] for piece in heard]])
        against = odds[:, :_OTHERS]
        silent = np.reciprocal(1.0 + against.sum(axis=1, keepdims=True))
        visemes = np.concatenate([silent, against * silent], axis=1)
        levels = itertools.chain.from_iterable(piece[1] for piece in heard)
        gates = [self._gate(sure, level_b) for sure, level_b in zip(silent[:, 0].tolist(), levels, strict=True)]
        gate = np.array(gates, np.float32)
        tracks = gate[:, None] * np.reciprocal(1.0 + odds[:, _OTHERS:])
        return Mouth(tracks, visemes, gate)

    def moments(self, samples: npt.NDArray[Any], energy: float | None = None, /) -> list[Moment]:
        """The same as plain numbers without the visemes: for a hop or two that is three times as quick as arrays.

        energy: the sum of the squares of the samples, where it is known; then they are float32.
        """
        found: list[Moment] = []
        if len(samples) > PIECE:
            for at in range(0, len(samples), PIECE):
                self._add(found, samples[at : at + PIECE], None)
        else:
            self._add(found, samples, energy)
        return found

    def _add(self, found: list[Moment], samples: npt.NDArray[Any], energy: float | None) -> None:
        odds, levels = self._hear(samples, energy)
        for (*against, opened, wide, rounded, closed), level_b in zip(odds.tolist(), levels, strict=True):
            gate = self._gate(1.0 / (1.0 + sum(against)), level_b)
            found.append(
                (gate / (1.0 + opened), gate / (1.0 + wide), gate / (1.0 + rounded), gate / (1.0 + closed), gate)
            )

    def _hear(self, samples: npt.NDArray[Any], energy: float | None = None) -> tuple[Floats, list[float]]:
        """What `Net.step` says of each hop that at most PIECE samples complete, and how loud each is, in bel."""
        bands, loudness = self._spectrum.table(samples, energy)
        if self._voice is not None:
            bands = self._voice.adapt(bands)
            loudness = level(bands)
        levels = loudness.tolist()
        if not levels:
            return _NOTHING, levels
        hops = self._normaliser.write(bands, levels)
        if min(levels) > SILENT_B:
            self._silent_hops = 0
            return self._net.step(hops), levels
        return self._hear_silence(levels), levels

    def _hear_silence(self, levels: list[float]) -> Floats:
        """The same where some hops are silent."""
        resting = []
        for level_b in levels:
            self._silent_hops = 0 if level_b > SILENT_B else self._silent_hops + 1
            resting.append(self._silent_hops > REST_HOPS)
        hops = len(levels)
        if not any(resting):
            return self._net.step(hops)
        odds, at = _RESTING[:hops], 0
        if not all(resting):
            odds, rows, features = odds.copy(), self._net.rows, self._net.rows[:hops].copy()
            for rests, group in itertools.groupby(resting):
                start, at = at, at + len(list(group))
                if not rests:
                    rows[: at - start] = features[start:at]
                    odds[start:at] = self._net.step(at - start)
        return odds

    def _gate(self, silent: float, level_b: float) -> float:
        """After one more hop, which is silence as surely as `silent` says."""
        heard = 1.0 - silent if level_b > SILENT_B else 0.0
        self._speaking = speaking = self._speaking + self.GATE_SHARE * (heard - self._speaking)
        low, high = self.GATE_RAMP
        return 1.0 if speaking >= high else (speaking - low) / (high - low) if speaking > low else 0.0


_OTHERS: Final = len(net.VISEMES) - 1
_NOTHING: Final = np.zeros((0, net.OUTPUTS - 1), np.float32)
_RESTING: Final = np.array([[math.exp(-30.0)] * _OTHERS + [1.0] * len(net.SHAPES)] * CHUNK, np.float32)
"""What a net that rests would say: silence."""
