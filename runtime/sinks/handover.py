"""Pictures from the thread that draws to one that may be slow: copied into a few reused buffers, never queued for long.

The thread that draws copies and goes on. When the other side is behind, the newest picture takes the place of the one
that waited longest at the end of the line, which is counted as dropped.
"""

import threading
from collections import deque
from typing import Final

import numpy as np

from runtime.sinks.base import Picture

Timed = tuple[Picture, float]
"""A picture and when it was drawn, seconds."""


class Handover:
    """At most `depth` pictures are on their way, the one that is being used among them. Depth is at least 2."""

    def __init__(self, depth: int) -> None:
        if depth < 2:
            raise ValueError(f"one picture is used while another waits: depth must be at least 2, got {depth}")
        self._depth: Final = depth
        self._changed = threading.Condition()
        self._free: list[Picture] = []
        self._waiting: deque[Timed] = deque()
        self._out = 0
        self._closed = False
        self.dropped = 0
        """Pictures that nobody has seen."""

    def offer(self, rgba: Picture, time_s: float, /) -> None:
        """Copy one picture; never waits for the other side. After `close` nothing happens."""
        with self._changed:
            if self._closed:
                return
            if (buffer := self._buffer(rgba.shape)) is None:
                return
            np.copyto(buffer, rgba)
            self._waiting.append((buffer, time_s))
            self._changed.notify()

    def take(self) -> Timed | None:
        """Waits for the next picture, which is the caller's until `give_back`; None once it is closed and empty."""
        with self._changed:
            while not self._waiting:
                if self._closed:
                    return None
                self._changed.wait()
            self._out += 1
            return self._waiting.popleft()

    def give_back(self, buffer: Picture, /) -> None:
        """The picture is no longer needed."""
        with self._changed:
            self._out -= 1
            self._free.append(buffer)

    def close(self) -> None:
        """No more pictures; those that wait can still be taken."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _buffer(self, shape: tuple[int, ...]) -> Picture | None:
        if self._out + len(self._waiting) >= self._depth:
            self.dropped += 1
            if not self._waiting:
                return None
            buffer, _ = self._waiting.pop()
        else:
            buffer = self._free.pop() if self._free else np.zeros(shape, np.uint8)
        if buffer.shape != shape:  # the window has another size now
            self._free.clear()
            buffer = np.zeros(shape, np.uint8)
        return buffer
