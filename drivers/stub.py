"""The template: copy this file to begin a new driver. It runs in the tests, so it can't rot.

It plays a device that sends `jawOpen=0.25 eyeBlinkLeft=1` as text, sixty times a second, on a thread of its own. To
make it yours:

1. Rename it: the file's name is the driver's name, and being in this folder is all the registration there is.
2. `Options`: what the user may choose. Every field has a default and a line of help.
3. `decode`: the pure part, bytes -> FaceFrame, without socket, clock or thread. When it grows, it moves to
   `drivers/protocols/`. Its tests hold bytes as the real device sends them. It refuses what it can't read by
   returning None: what comes from outside never raises.
4. `__enter__` opens the device, or raises DriverError in one clear line; `_listen` waits for it on a thread and fills
   the slot; `latest` only looks into the slot; `__exit__` ends the thread. Sources that can be asked without waiting
   (a non-blocking socket, a function of time) need no thread: see `osc.py` and `idle.py`.
5. Name what your device speaks for in `channels`: the others are not zero but unknown, and left to other sources.
   Left and right, signs and units are settled here, once (see `assets`).

`tests/drivers/test_conformance.py` finds the new file by itself and checks what `drivers.base.Driver` asks.
"""

import math
import threading
import time
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from assets import arkit
from assets.errors import DriverError
from assets.face import FaceFrame
from drivers.base import LatestSlot

CHANNELS: Final = frozenset({"jawOpen", "eyeBlinkLeft", "eyeBlinkRight"})


@dataclass(frozen=True)
class Options:
    """What the user may choose."""

    period_s: float = field(default=2.0, metadata={"help": "seconds from one wide open mouth to the next"})


def create(options: Options) -> "StubDriver":
    """A driver that isn't connected yet. Opens nothing, checks nothing."""
    return StubDriver(options)


def decode(packet: bytes, time_s: float, /) -> FaceFrame | None:
    """The face in one packet that arrived at `time_s`, or None when it holds none.

    Unknown names are ignored, as newer devices will send more; a value that is no number from 0 to 1 spoils the packet.
    """
    shapes: dict[str, float] = {}
    for word in packet.split():
        name, _, value = word.decode("ascii", "replace").partition("=")
        shape = arkit.normalise(name)
        if shape not in CHANNELS:
            continue
        try:
            weight = float(value)
        except ValueError:
            return None
        if not 0.0 <= weight <= 1.0:  # also NaN
            return None
        shapes[shape] = weight
    return FaceFrame.from_mapping(shapes, time_s=time_s, channels=CHANNELS) if shapes else None


class StubDriver:
    """See `drivers.base.Driver`."""

    name: Final = "stub"
    channels: Final = CHANNELS

    def __init__(self, options: Options) -> None:
        self._options = options
        self._slot: LatestSlot[FaceFrame] = LatestSlot()
        self._thread: threading.Thread | None = None
        self._stop = threading.Event()
        self._packets = 0

    def __enter__(self) -> Self:
        if self._thread is None:
            if not self._options.period_s > 0.0:
                raise DriverError(f"stub: period_s must be more than 0 seconds, got {self._options.period_s}")
            self._stop.clear()
            self._thread = threading.Thread(target=self._listen, name=self.name, daemon=True)
            self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        if self._thread is not None:
            self._stop.set()
            self._thread.join()
            self._thread = None
            self._slot.clear()

    def latest(self) -> FaceFrame | None:
        """The newest face."""
        return self._slot.get()

    def status(self) -> str:
        """One line."""
        return f"stub: {self._packets} packets" if self._thread else "stub: not started"

    def _listen(self) -> None:
        """On a thread of its own: waits for packets until told to stop."""
        while not self._stop.wait(1.0 / 60.0):
            time_s = time.perf_counter()
            frame = decode(self._receive(time_s), time_s)
            self._packets += 1
            if frame is not None:
                self._slot.put(frame, time_s=time_s)

    def _receive(self, time_s: float) -> bytes:
        """Where a real driver reads its device."""
        opened = 0.5 - 0.5 * math.cos(2.0 * math.pi * time_s / self._options.period_s)
        return f"jawOpen={opened:.3f} battery=87".encode()
