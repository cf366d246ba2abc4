"""Keeps a webcam child running: one after another, for as long as the show goes on."""

import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from drivers._child_process import ChildProcess
from drivers.protocols import child

Take = Callable[[child.Face | child.Opened], None]
Arguments = Callable[[], Sequence[str]]
"""The command line of the next child."""


@dataclass(frozen=True, slots=True)
class Patience:
    """How long the child may be silent before it counts as hung, and how soon the next one follows."""

    opening_s: float = 30.0
    """Until the source is open: some cameras take 20 s."""
    first_s: float = 20.0
    """Until the first picture is tracked. A camera that gives none is noticed by the child, and sooner."""
    flowing_s: float = 4.0
    """Between two pictures: the child notices a silent camera after one second, so only a tracker that hangs (or a
    machine that is very busy) takes as long as this."""
    retry_first_s: float = 0.5
    retry_last_s: float = 8.0
    good_life_s: float = 10.0
    """A child that tracked for this long was no failure: the next wait is the first again."""


class Backoff:
    """How long to wait before the next try: twice as long each time, up to a limit; a good life starts it anew."""

    def __init__(self, patience: Patience) -> None:
        self._patience = patience
        self.failures = 0

    def failed(self, tracked_s: float) -> float:
        """Seconds to wait after a child that tracked for so long."""
        if tracked_s >= self._patience.good_life_s:
            self.failures = 0
        self.failures += 1
        # The exponent is bounded: a camera may be away for a year.
        return min(self._patience.retry_first_s * 2.0 ** min(self.failures - 1, 30), self._patience.retry_last_s)


class Run:
    """One child from start to end, read on a thread of its own."""

    def __init__(self, arguments: Sequence[str], take: Take) -> None:
        """Raises OSError when no process can be started."""
        self._process = ChildProcess(arguments)
        self._take = take
        self._ended = threading.Event()
        self._news = ""
        self._last_sign_s = time.monotonic()
        self._first_face_s: float | None = None
        self._opened = False
        self.over = False
        """Another run would be no different: the source is at its end, or the child said so."""
        self.fatal = ""
        self.trouble = ""
        self._reader = threading.Thread(target=self._read, name="webcam records", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        """The child's process number."""
        return self._process.pid

    @property
    def tracked_s(self) -> float:
        """For how long pictures came."""
        return self._last_sign_s - self._first_face_s if self._first_face_s is not None else 0.0

    def watch(self, stop: threading.Event, patience: Patience) -> None:
        """Returns when the child has ended, hangs, or `stop` is set; the child is gone then."""
        hung = False
        while not (stop.is_set() or hung or self._ended.wait(0.1)):
            hung = time.monotonic() - self._last_sign_s > self._limit_s(patience)
        status = self._process.kill()
        self._reader.join()
        words = self._process.last_words()
        self._process.close()
        if hung:
            self.trouble = "the camera doesn't answer" if self._opened else "the camera doesn't open"
        else:
            self.trouble = self._news or words or f"the tracker ended with status {status}"

    def _limit_s(self, patience: Patience) -> float:
        if not self._opened:
            return patience.opening_s
        return patience.flowing_s if self._first_face_s is not None else patience.first_s

    def _read(self) -> None:
        try:
            for record in self._process.records():
                self._last_sign_s = time.monotonic()
                match record:
                    case child.News(text):
                        self._news = text
                    case child.Fatal(text):
                        self.over, self.fatal = True, text
                    case child.End():
                        self.over = True
                    case child.Opened():
                        self._opened, self._news = True, ""
                        self._take(record)
                    case child.Face():
                        self._first_face_s = self._first_face_s or self._last_sign_s
                        self._take(record)
        finally:
            self._ended.set()


class Supervisor:
    """A thread that starts children until one is over. `take` is called on the child's reading thread."""

    def __init__(
        self, arguments: Arguments, take: Take, patience: Patience, *, on_trouble: Callable[[str, int], None]
    ) -> None:
        """on_trouble: told why a child ended, and how often one has failed in a row."""
        self._arguments = arguments
        self._take = take
        self._patience = patience
        self._on_trouble = on_trouble
        self._stop = threading.Event()
        self.decided = threading.Event()
        """Set when the source is open, or never will be."""
        self.child_pid: int | None = None
        self.over = False
        self.fatal = ""
        """Why no other child is started; empty at the end of a file."""
        self._thread = threading.Thread(target=self._supervise, name="webcam", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Ends the child and the thread."""
        self._stop.set()
        self._thread.join()

    def _supervise(self) -> None:
        backoff = Backoff(self._patience)
        while not self._stop.is_set():
            tracked_s = 0.0
            try:
                run = Run(self._arguments(), self._taken)
            except OSError as error:  # no memory, no more processes: for now
                trouble = f"the tracker can't be started: {error.strerror or error}"
            else:
                self.child_pid = run.pid
                run.watch(self._stop, self._patience)
                self.child_pid = None
                if run.over:
                    self.over, self.fatal = True, run.fatal
                    self.decided.set()
                    return
                trouble, tracked_s = run.trouble, run.tracked_s
            if self._stop.is_set():
                return
            wait_s = backoff.failed(tracked_s)
            self._on_trouble(trouble, backoff.failures)
            self._stop.wait(wait_s)

    def _taken(self, record: child.Face | child.Opened) -> None:
        self._take(record)
        self.decided.set()
