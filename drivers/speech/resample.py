"""Any sample rate to 16 kHz, or another, while it streams: a polyphase filter that no block size makes a difference to.

Output sample n is a dot product of the input around its moment with one of `up` rows of a Kaiser-windowed sinc
(Smith, "Digital Audio Resampling", 2002). The products are the same however the input was cut, so a stream gives the
samples that the whole recording gives, but for the order in which they are summed.
"""

import math
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

Samples = npt.NDArray[np.float32]

RATE_HZ: Final = 16_000
"""What the model hears."""
MIN_RATE_HZ: Final = 4_000
MAX_RATE_HZ: Final = 384_000
CROSSINGS: Final = 24
"""Zero crossings of the sinc on either side: half of the filter's length, in periods of the lower rate."""
BETA: Final = 7.0
"""Of the Kaiser window: about 70 dB of rejection."""
CUTOFF: Final = 0.985
"""Of the lower rate's Nyquist frequency: flat to 7.4 kHz, 1 dB down at 7.6, the top of the model's highest band."""


GROUP: Final = 16
"""Outputs that one row of a product makes."""


class Resampler:
    """From `rate_hz` to `to_hz`, mono float32. Sample n of the output is the sound at n / `to_hz` s of the input.

    It is known `delay_s` later, when the filter has seen what follows; at equal rates at once and unchanged.
    """

    def __init__(self, rate_hz: int, to_hz: int = RATE_HZ) -> None:
        """Raises ValueError for a rate out of `MIN_RATE_HZ`..`MAX_RATE_HZ`."""
        if not MIN_RATE_HZ <= rate_hz <= MAX_RATE_HZ:
            raise ValueError(f"the sample rate must be in {MIN_RATE_HZ}..{MAX_RATE_HZ} Hz, got {rate_hz}")
        self.rate_hz: Final = rate_hz
        common = math.gcd(rate_hz, to_hz)
        self._up, self._down = to_hz // common, rate_hz // common
        self._same = rate_hz == to_hz
        self._taps = np.ones((1, 1), np.float32) if self._same else taps(self._up, self._down)
        self._length = self._taps.shape[1]
        # At a whole multiple of the rate, GROUP outputs at once are a product of matrices; the last of them may reach
        # beyond what is there, and are not used.
        whole = self._up == 1 and not self._same
        self._group = _grouped(self._down) if whole else self._taps
        self._beyond = np.zeros(self._down * GROUP if whole else 0, np.float32)
        self.reset()

    @property
    def delay_s(self) -> float:
        """How much of what follows a sample must be heard before it is known."""
        return float(self._length // 2 / self.rate_hz)

    def reset(self) -> None:
        """Forget the past: silence came before."""
        self._held = np.zeros(self._length - 1, np.float32)
        # Of the next output: in 1/up input samples, counted from where the window that begins the data held is centred.
        self._position = self._length // 2 * self._up

    def push(self, samples: Samples, /) -> Samples:
        """The output that becomes known with these samples: float32 (M,), M = 0 is possible."""
        if self._same or not len(samples):
            return samples
        data = np.concatenate([self._held, samples, self._beyond], dtype=np.float32)
        held = len(self._held) + len(samples)
        room = held - self._length + 1  # how many windows there are
        count = max(0, -((self._position - room * self._up) // self._down))
        first, self._position = self._position, self._position + self._down * count - room * self._up
        self._held = data[room:held]
        if not count:
            return np.zeros(0, np.float32)
        if self._up == 1:
            rows, step = -(-count // GROUP), self._down * GROUP
            groups = np.ndarray((rows, len(self._group)), np.float32, data, 4 * first, (4 * step, 4))
            decimated: Samples = groups.dot(self._group).ravel()[:count]
            return decimated
        start, phase = np.divmod(first + self._down * np.arange(count), self._up)
        windows = np.ndarray((room, self._length), np.float32, data, 0, (4, 4))
        made: Samples = np.vecdot(windows[start], self._taps[phase])
        return made

    def flush(self) -> Samples:
        """What is left inside when the recording has ended."""
        return self.push(np.zeros(0 if self._same else self._length // 2, np.float32))


@lru_cache(maxsize=8)
def taps(up: int, down: int) -> Samples:
    """The filter as rows: float32 (up, length), row p for outputs that lie p/up of an input sample after a window's.

    Each row sums to 1, so a constant stays the constant.
    """
    scale = min(1.0, up / down)  # of the cut-off, in the input's Nyquist frequencies
    half = math.ceil(CROSSINGS / scale)
    offset = np.arange(2 * half) - (half - 1)  # of the window's samples from the one at or before the output
    distance = offset[None, :] - (np.arange(up) / up)[:, None]
    window = np.i0(BETA * np.sqrt(np.maximum(0.0, 1.0 - (distance / half) ** 2))) / np.i0(BETA)
    rows = np.sinc(distance * scale * CUTOFF) * window
    rows /= rows.sum(axis=1, keepdims=True)
    made = rows.astype(np.float32)
    made.setflags(write=False)
    return made


@lru_cache(maxsize=8)
def _grouped(down: int) -> Samples:
    """The filter for GROUP outputs, `down` inputs apart: float32 (inputs, GROUP)."""
    row = taps(1, down)[0]
    made = np.zeros((len(row) + down * (GROUP - 1), GROUP), np.float32)
    for output in range(GROUP):
        made[down * output : down * output + len(row), output] = row
    made.setflags(write=False)
    return made


def whole(samples: Samples, rate_hz: int, /) -> Samples:
    """A recording at 16 kHz, as long as it was."""
    resampler = Resampler(rate_hz)
    made = np.concatenate([resampler.push(samples), resampler.flush()])
    return made[: math.ceil(len(samples) * RATE_HZ / rate_hz)]
