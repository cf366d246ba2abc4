"""The sound beside a recording: what the microphone heard, each piece at its time, in a WAV of 48 kHz and one channel.

The thread that draws hands pieces in; the recording's own thread writes them. Where nothing was heard, silence is; two
pieces that meet a little early or late are joined without a click.
"""

import threading
import wave
from collections import deque
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from drivers.speech.resample import Resampler, Samples

RATE_HZ: Final = 48_000
MOST_WAITING: Final = 4096
"""Pieces. They wait only while the recorder is busy; beyond this, the oldest are lost."""
JITTER_S: Final = 0.06
"""A piece this much early or late follows the one before it: clocks of sound cards and computers are never the same."""

Piece = tuple[Samples, int, float]
"""Mono samples, their rate in Hz, and the time of the last one, seconds."""


class Tape:
    """`hear` on any thread; all else on one."""

    def __init__(self, path: Path, start_s: float) -> None:
        """A new WAV at `path`, whose first sample is heard at `start_s`. Raises OSError."""
        self.path: Final = path
        self._start_s = start_s
        self._file = wave.open(str(path), "wb")
        self._file.setnchannels(1)
        self._file.setsampwidth(2)
        self._file.setframerate(RATE_HZ)
        self._waiting: deque[Piece] = deque(maxlen=MOST_WAITING)
        self._lock = threading.Lock()
        self._resampler: Resampler | None = None
        self._written = 0
        self.heard = False
        """Whether there was any sound."""

    def hear(self, samples: Samples, rate_hz: int, end_s: float) -> None:
        """A piece of sound whose last sample belongs to the picture of `end_s`."""
        with self._lock:
            self._waiting.append((samples, rate_hz, end_s))

    def write(self) -> None:
        """Writes what has come. Raises OSError."""
        while True:
            with self._lock:
                if not self._waiting:
                    return
                piece = self._waiting.popleft()
            self._place(*piece)

    def close(self, duration_s: float) -> None:
        """Writes the rest and makes the tape as long as the film. Raises OSError."""
        self.write()
        self._silence(round(duration_s * RATE_HZ))
        self._file.close()

    def _place(self, samples: Samples, rate_hz: int, end_s: float) -> None:
        if self._resampler is None or self._resampler.rate_hz != rate_hz:
            self._resampler = Resampler(rate_hz, RATE_HZ)
        made = self._resampler.push(samples)
        end = round((end_s - self._resampler.delay_s - self._start_s) * RATE_HZ)
        start = end - len(made)
        if end <= 0 or not len(made):
            return
        if not self.heard or abs(start - self._written) > JITTER_S * RATE_HZ:
            self._silence(start)
            made = made[max(0, self._written - start) :]  # what lies before the first picture, or was heard twice
        self.heard = True
        self._write(np.rint(np.clip(made, -1.0, 1.0) * 32767.0).astype("<i2"))

    def _silence(self, until: int) -> None:
        while (missing := until - self._written) > 0:
            self._write(np.zeros(min(missing, RATE_HZ), "<i2"))

    def _write(self, values: npt.NDArray[np.int16]) -> None:
        self._file.writeframesraw(values.tobytes())
        self._written += len(values)
