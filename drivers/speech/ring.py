"""The few lines between PortAudio's real-time thread and ours: a ring of blocks.

One side only appends, the other only takes from the front; Python does either in one step, so no lock is needed, and
the real-time thread waits for nobody. It copies bytes and makes no array; the reader makes one of all that came.
"""

from collections import deque
from typing import Final

import numpy as np

from drivers.speech.resample import Samples


class Ring:
    """Blocks of float32 frames of `channels`; the newest `blocks` of them are kept for a reader that is away."""

    def __init__(self, blocks: int, channels: int) -> None:
        self._blocks: Final[deque[bytes]] = deque(maxlen=blocks)
        self._channels: Final = channels

    def write(self, block: bytes, /) -> None:
        """Takes a block in, frame after frame, as the machine has its numbers."""
        self._blocks.append(block)

    def take(self) -> Samples:
        """Everything written since the last call, float32 (N, channels), read-only."""
        blocks = self._blocks
        # The writer may drop what is oldest meanwhile, but then there is as much as before.
        data = b"".join([blocks.popleft() for _ in range(len(blocks))])
        return np.frombuffer(data, np.float32).reshape(-1, self._channels)
