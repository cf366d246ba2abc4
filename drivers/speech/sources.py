"""Where sound comes from, behind one interface: a recording, bytes that another program pushes, or nothing.

The microphone is in `drivers.speech.capture`. A source never waits: `read` gives what has come since the last call.
"""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Final, Literal, NamedTuple, Protocol

import numpy as np

from drivers.speech import recordings
from drivers.speech.resample import RATE_HZ, Samples

MAX_WAITING_S: Final = 1.0
"""Sound that nobody fetched for longer than this is dropped, oldest first."""


class Block(NamedTuple):
    """A piece of sound.

    samples: float32 (N,), mono. rate_hz: samples a second. end_s: when the last one was caught, on the clock of
    `time.perf_counter()`.
    """

    samples: Samples
    rate_hz: int
    end_s: float


class Source(Protocol):
    """A source of sound. All methods are called on one thread, with the present in seconds."""

    def start(self, now_s: float) -> None:
        """Begins to listen. Raises DriverError when that can't be and waiting won't mend it."""
        ...

    def read(self, now_s: float) -> Block | None:
        """What has come since the last call, or None; never blocks."""
        ...

    def stop(self) -> None:
        """Frees everything within two seconds; harmless when repeated."""
        ...

    def status(self) -> str:
        """A few words for people."""
        ...

    @property
    def latency_s(self) -> float:
        """How old a sound is when `read` first gives it, as far as the source knows."""
        ...

    @property
    def device(self) -> str:
        """The name of the microphone that is heard now, for what is kept of it; "" where there is none."""
        ...


class Silence:
    """Nothing, for ever."""

    latency_s = 0.0
    device = ""

    def start(self, now_s: float) -> None:
        """Does nothing."""

    def read(self, now_s: float) -> Block | None:
        """None."""
        return None

    def stop(self) -> None:
        """Does nothing."""

    def status(self) -> str:
        """That it is silent."""
        return "no sound"


class SoundFile:
    """A recording: at its own pace from the start, or all at once at the first `read`. Silent after its end."""

    latency_s = 0.0
    device = ""

    def __init__(
        self, path: Path, *, paced: bool = True, load: Callable[[Path], recordings.Recording] = recordings.load
    ) -> None:
        self._path = path
        self._paced = paced
        self._load = load
        self._samples: Samples | None = None
        self._given = 0
        self._start_s = 0.0

    def start(self, now_s: float) -> None:
        """Reads the file. Raises DriverError."""
        if self._samples is None:
            self._samples = self._load(self._path).samples
            self._given, self._start_s = 0, now_s

    def read(self, now_s: float) -> Block | None:
        """What has been played since the last call."""
        if self._samples is None:
            return None
        played = len(self._samples) if not self._paced else int(max(0.0, now_s - self._start_s) * RATE_HZ)
        end = min(played, len(self._samples))
        if end <= self._given:
            return None
        block = self._samples[self._given : end]
        self._given = end
        return Block(block, RATE_HZ, self._start_s + end / RATE_HZ if self._paced else now_s)

    def stop(self) -> None:
        """Forgets the recording."""
        self._samples = None

    def status(self) -> str:
        """How far it is."""
        if self._samples is None:
            return "not playing"
        return f"{self._path.name}, {self._given / RATE_HZ:.1f} of {len(self._samples) / RATE_HZ:.1f} s"


class PushedSound:
    """PCM bytes that another thread or program hands in, cut anywhere, little-endian and interleaved.

    encoding: "s16" or "f32". What is pushed before `start` is dropped.
    """

    latency_s = 0.0
    device = ""

    def __init__(self, *, rate_hz: int = RATE_HZ, channels: int = 1, encoding: Literal["s16", "f32"] = "s16") -> None:
        self._rate_hz, self._channels = rate_hz, channels
        self._type = np.dtype("<i2" if encoding == "s16" else "<f4")
        self._lock = threading.Lock()
        self._waiting = bytearray()
        self._end_s = 0.0
        self._open = False
        self._count = 0

    def push(self, data: bytes, now_s: float) -> None:
        """Hands in sound that was caught until now; callable from any thread."""
        most = int(MAX_WAITING_S * self._rate_hz) * self._frame_bytes
        with self._lock:
            if not self._open:
                return
            self._waiting += data
            self._end_s = now_s
            if (excess := len(self._waiting) - most) > 0:
                del self._waiting[: -(-excess // self._frame_bytes) * self._frame_bytes]

    @property
    def _frame_bytes(self) -> int:
        return self._type.itemsize * self._channels

    def start(self, now_s: float) -> None:
        """Begins to accept."""
        with self._lock:
            self._open = True

    def read(self, now_s: float) -> Block | None:
        """All whole frames pushed since the last call."""
        with self._lock:
            whole = len(self._waiting) // self._frame_bytes * self._frame_bytes
            data, end_s = bytes(self._waiting[:whole]), self._end_s
            del self._waiting[:whole]
        if not data:
            return None
        values = np.frombuffer(data, self._type).reshape(-1, self._channels)
        scaled = values.astype(np.float32) / np.float32(32768.0) if self._type.kind == "i" else values
        self._count += len(values)
        return Block(recordings.mono(scaled), self._rate_hz, end_s)

    def stop(self) -> None:
        """Accepts no more, drops what waits."""
        with self._lock:
            self._open = False
            self._waiting.clear()

    def status(self) -> str:
        """How much has come."""
        return f"{self._count / self._rate_hz:.1f} s of sound handed in"
