"""The few lines between PortAudio's real-time thread and ours: a ring that one side only writes, the other only reads.

The writer copies and then moves a counter; Python moves it in one step, so no lock is needed, and the real-time thread
waits for nobody. A reader that was away for longer than the ring lasts gets the newest part.
"""

from typing import Final

import numpy as np

from drivers.speech.resample import Samples


class Ring:
    """float32 frames of `channels`; `frames` of them fit."""

    def __init__(self, frames: int, channels: int) -> None:
        self._frames: Final = np.zeros((frames, channels), np.float32)
        self._written = 0
        self._read = 0

    def write(self, block: Samples, /) -> None:
        """Copies float32 (N, channels) in; of a block longer than the ring, its end."""
        size = len(self._frames)
        kept = block[-size:]
        start = (self._written + len(block) - len(kept)) % size
        head = min(len(kept), size - start)
        self._frames[start : start + head] = kept[:head]
        self._frames[: len(kept) - head] = kept[head:]
        self._written += len(block)

    def take(self) -> Samples:
        """Everything written since the last call, float32 (N, channels), a copy.

        Half of the ring is kept between reader and writer, so that what is copied isn't overwritten meanwhile.
        """
        size, written = len(self._frames), self._written
        first = max(self._read, written - size // 2)
        self._read = written
        start, end = first % size, written % size
        if start <= end:
            return self._frames[start:end].copy()
        return np.concatenate([self._frames[start:], self._frames[:end]])
