"""What every source of faces promises: `Driver`, and the mailbox between its thread and the drawing thread.

A driver is one public module of this folder. It holds

* `Options`, a frozen dataclass whose fields all have a default, and `metadata={"help": "..."}`: the line that the
  command line shows beside the option;
* `create(options) -> Driver`, which is cheap: it opens nothing, starts nothing and checks nothing.

The bytes a source speaks are read by pure functions in `drivers.protocols`, tested with literal bytes; the driver
itself is the thin edge around them. `drivers/stub.py` is the template to copy.
"""

import threading
from collections.abc import Callable
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeVar, runtime_checkable

from assets.face import FaceFrame

T = TypeVar("T")

Clock = Callable[[], float]
"""Gives the present as `time.perf_counter()` does; tests pass their own."""


@runtime_checkable
class Driver(Protocol):
    """A source of faces, used as `with create(options) as driver: ... driver.latest()`.

    All four methods are called on one thread, the one that draws. A driver that waits for something does so on a
    thread or in a process of its own, and hands over through a `LatestSlot`.
    """

    @property
    def name(self) -> str:
        """The module's name: what the user types."""
        ...

    @property
    def channels(self) -> frozenset[str]:
        """What this kind of source may speak for: shape names, and `assets.face.HEAD`. A frame may name fewer."""
        ...

    def __enter__(self) -> Self:
        """Opens sockets, files, devices. May take seconds (a first download of a model).

        Raises DriverError (or another CartoonAliveError) with one clear line when the source can't be started
        and waiting won't mend it; what may heal by itself (a camera that isn't plugged in yet) is no error here
        but a line in `status`. Entering twice is the same as entering once.
        """
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        """Closes everything within two seconds; leaves no thread, process or socket. Leaving twice is harmless."""
        ...

    def latest(self) -> FaceFrame | None:
        """The newest face, or None until one has arrived (and before entering).

        Called at every picture: never blocks, never raises, takes under 2 ms. The same frame is returned again
        while nothing new has come; its `time_s` (`time.perf_counter()` of the capture) tells its age.
        """
        ...

    def status(self) -> str:
        """One line for people: what is connected, how much arrives, what is wrong. Never raises."""
        ...


class DriverModule(Protocol):
    """What `drivers.load` returns: a module of this folder."""

    __name__: str
    Options: type[Any]

    def create(self, options: Any) -> Driver: ...


@dataclass(frozen=True, slots=True)
class Statistics:
    """What a driver that listens to the network has heard since it was entered."""

    address: str
    """Where it listens; 0.0.0.0 is every address of this machine."""
    ports: tuple[int, ...]
    taken: tuple[int, ...]
    """Ports that it was to listen on, and that another program holds."""
    packets: int
    packets_per_s: float
    """Over the last two seconds."""
    age_s: float | None
    """Since the last packet of the sender that it listens to; None while nothing came."""
    sender: str
    """Address of that packet's sender."""
    locked_to: str
    """The only address that is listened to now; empty while anybody is."""
    unparseable: int
    foreign: int
    """Packets that were ignored because they came from somebody else."""
    skipped: int
    """Packets that came too fast to be read."""
    faces: int
    moved: tuple[str, ...]
    """Which of the 52 shapes have ever moved, in ARKit order."""


@runtime_checkable
class Listener(Driver, Protocol):
    """A driver that listens to the network."""

    def statistics(self) -> Statistics:
        """What it has heard. Never raises."""
        ...


class LatestSlot(Generic[T]):
    """A mailbox of one, safe between threads: the newest by time wins, nothing queues.

    A value that is older than the one held is refused, so a late or re-ordered packet never turns time back.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._value: T | None = None
        self._time_s = float("-inf")

    def put(self, value: T, *, time_s: float) -> bool:
        """Keeps `value` unless a newer one is held; tells whether it was kept. Equal times: the later call wins."""
        with self._lock:
            if not time_s >= self._time_s:  # also refuses NaN
                return False
            self._value, self._time_s = value, time_s
            return True

    def get(self) -> T | None:
        """The newest value, again and again until a newer one comes; None while empty."""
        with self._lock:
            return self._value

    def clear(self) -> None:
        """Empties the slot; whatever comes next is new."""
        with self._lock:
            self._value, self._time_s = None, float("-inf")
