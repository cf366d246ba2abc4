"""One output of pictures on a thread of its own: opened, fed, closed and, where that helps, opened again.

Whatever an outlet does, wait or raise, happens there; the show only hands its pictures over. Time is that of the
pictures, so nothing here looks at a clock, and an outlet that failed is tried again by the picture that comes when it
is due.
"""

import contextlib
import logging
import threading
from typing import Any, Final, Protocol

from assets.errors import CartoonAliveError
from runtime.sinks.base import Picture
from runtime.sinks.handover import Handover

_log = logging.getLogger("cartoonalive")

RETRY_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""How long an output that failed is left alone, each time longer; the last one repeats."""
WAIT_S: Final = 0.25
"""How long one is left alone that only waits for somebody, such as the reader of a pipe."""


class Tell(Protocol):
    """How an output says what people should know, one line each; on any thread."""

    def __call__(self, text: str, level: str = "info", /) -> None:
        """level: "info" or "warning"."""
        ...


class NotYetError(Exception):
    """Nothing is wrong, but the outlet can't open: what it waits for, in a few words."""


class Outlet(Protocol):
    """Where pictures go. All methods but `leave` are called on the worker's thread."""

    heals: bool
    """Whether trying again may help."""
    depth: int
    """How many pictures may be on their way to it."""

    def open(self, size_px: tuple[int, int], time_s: float) -> str:
        """Opens for pictures that begin with this size and time; words for people. Raises NotYetError or any other."""
        ...

    def write(self, rgba: Picture, time_s: float) -> str | None:
        """Takes one picture of any size. Words end it, in good order."""
        ...

    def close(self, error: Exception | None) -> dict[str, Any]:
        """Finishes what was opened, or after an error removes it; what is left of it, JSON-ready. Raises.

        Also called at the end of one that isn't open, without an error."""
        ...

    def leave(self) -> None:
        """From any thread: come to an end, whoever you wait for."""
        ...


class Worker:
    """Runs an outlet."""

    def __init__(self, name: str, outlet: Outlet, tell: Tell) -> None:
        self.name: Final = name
        self._outlet = outlet
        self._tell = tell
        self._handover = Handover(outlet.depth)
        self._open = False
        self._over = False
        self._due_s = float("-inf")
        self._streak = 0
        self._health: dict[str, Any] = {"state": "starting", "words": "starting", "pictures": 0, "failures": 0}
        self._thread = threading.Thread(target=self._work, name=f"output-{name}", daemon=True)
        self._thread.start()

    def offer(self, rgba: Picture, time_s: float) -> None:
        """Hand over one picture; never waits."""
        self._handover.offer(rgba, time_s)

    @property
    def wanted(self) -> bool:
        """Whether it still takes pictures."""
        return not self._over

    @property
    def finished(self) -> bool:
        """Whether nothing more will happen."""
        return not self._thread.is_alive()

    def health(self) -> dict[str, Any]:
        """JSON-ready; `state` is starting, on, waiting, finishing, done or failed."""
        return {**self._health, "dropped": self._handover.dropped}

    def stop(self) -> None:
        """No more pictures; it finishes by itself."""
        if not self._over:
            self._over = True
            self._health = {**self._health, "state": "finishing", "words": "finishing"}
        self._outlet.leave()
        self._handover.close()

    def join(self, timeout_s: float) -> bool:
        """Waits until it has finished; False when it didn't in that time."""
        self._thread.join(timeout_s)
        return self.finished

    # ---- on its own thread ------------------------------------------------------------------------------------------

    def _work(self) -> None:
        while (taken := self._handover.take()) is not None:
            rgba, time_s = taken
            try:
                self._one(rgba, time_s)
            finally:
                self._handover.give_back(rgba)
        if self._open:
            self._finish("")
        elif self._health["state"] not in ("failed", "done"):
            with contextlib.suppress(Exception):
                self._outlet.close(None)
            self._say("done", "off")

    def _one(self, rgba: Picture, time_s: float) -> None:
        if self._health["state"] in ("failed", "done"):
            return
        if not self._open and not self._opened(rgba, time_s):
            return
        try:
            end = self._outlet.write(rgba, time_s)
        except Exception as error:
            self._fail(error, time_s)
            return
        self._health["pictures"] += 1
        if end:
            self._finish(end)

    def _opened(self, rgba: Picture, time_s: float) -> bool:
        if time_s < self._due_s:
            return False
        height, width = rgba.shape[:2]
        try:
            words = self._outlet.open((width, height), time_s)
        except NotYetError as waiting:
            self._due_s = time_s + WAIT_S
            self._say("waiting", str(waiting))
            return False
        except Exception as error:
            self._fail(error, time_s)
            return False
        self._open = True
        if self._streak:
            self._tell(f"{self.name}: works again")
        self._streak = 0
        self._say("on", words)
        return True

    def _fail(self, error: Exception, time_s: float) -> None:
        if self._open:
            self._open = False
            with contextlib.suppress(Exception):
                self._outlet.close(error)
        self._health["failures"] += 1
        line = reason(error)
        self._streak += 1
        if self._streak == 1:  # told once; how often it fails is counted
            log_failure(self.name, error)
            self._tell(f"{self.name}: {line}" + ("; trying again" if self._outlet.heals else ""), "warning")
        if self._outlet.heals:
            self._due_s = time_s + RETRY_S[min(self._streak, len(RETRY_S)) - 1]
            self._say("waiting", line)
        else:
            self._over = True
            self._handover.close()
            self._say("failed", line)

    def _finish(self, why: str) -> None:
        self._open = False
        self._over = True
        self._handover.close()
        self._say("finishing", why or "finishing")
        try:
            left = self._outlet.close(None)
        except Exception as error:
            self._health["failures"] += 1
            line = reason(error)
            log_failure(self.name, error)
            self._tell(f"{self.name}: {line}", "warning")
            self._say("failed", line)
            return
        words = "; ".join(part for part in (why, left.pop("words", "")) if part)
        if words:
            self._tell(f"{self.name}: {words}")
        self._health = {**self._health, **left}
        self._say("done", words or "off")

    def _say(self, state: str, words: str) -> None:
        if self._over and state in ("on", "waiting"):
            words = "finishing"
            state = "finishing"
        self._health = {**self._health, "state": state, "words": words}


def log_failure(name: str, error: Exception) -> None:
    """One line for what people can mend; of everything else, where it came from."""
    known = isinstance(error, CartoonAliveError)
    _log.warning("%s failed: %s", name, reason(error), exc_info=None if known else error)


def reason(error: Exception) -> str:
    """One line; of what is no user's error, its kind as well."""
    line = " ".join(str(error).split())
    if isinstance(error, CartoonAliveError):
        return line
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return f"{type(error).__name__}: {line}" if line else type(error).__name__
