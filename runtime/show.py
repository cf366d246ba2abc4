"""What can be said to a running show from any thread, and what it says of itself.

The thread that draws owns the show. Whoever else wants something (the page, a plugin) leaves it in a queue, which is
emptied between two frames: so an action never meets a half-drawn picture, and nothing needs a lock but the queue.

An action that takes long (a camera, a file) is begun by its taker, which returns a `Future`; whoever asked waits for
that, and the picture doesn't.
"""

import functools
import itertools
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from typing import Any, Final

from assets.errors import CartoonAliveError
from runtime import actions
from runtime.beside import beside
from runtime.preview import Preview

log = logging.getLogger("cartoonalive")

Handler = Callable[[dict[str, Any]], Any]
"""Takes the checked values of an action, on the thread that draws; returns something JSON-ready, or a Future of it."""

NOTICES: Final = 40
"""The newest notices kept."""
QUEUE: Final = 1000
"""Actions that may wait; more than that is somebody gone wild."""
MOST_AT_ONCE: Final = 64
"""Actions done between two frames."""


class Show:
    """The door of a show. All methods may be called on any thread, but for `handle`, `tell`, `drain` and `end`."""

    def __init__(self, *, now_s: Callable[[], float] = time.monotonic) -> None:
        self._now_s = now_s
        self._handlers: dict[str, Handler] = {}
        self._tellers: dict[str, Callable[[], Any]] = {}
        self._queue: deque[tuple[str, dict[str, Any], Future[Any] | None]] = deque()
        self._lock = threading.Lock()
        self._thread: int | None = None
        self._ended = False
        self._revision = 1
        self._numbers = itertools.count(1)
        self._notices: deque[dict[str, Any]] = deque(maxlen=NOTICES)
        self._live: Callable[[], dict[str, Any]] = dict
        self.pictures = Preview(now_s)

    # ---- said to the show -------------------------------------------------------------------------

    def ask(self, action: str, values: Mapping[str, Any] | None = None, *, timeout_s: float = 5.0) -> Any:
        """Does an action between two frames, and returns what came of it, JSON-ready.

        Raises CartoonAliveError, in one line, for what can't be done or took longer than `timeout_s`.
        """
        checked = actions.check(action, values)
        if threading.get_ident() == self._thread:  # who draws can't wait for itself
            return self._waited(action, self._do(action, checked), timeout_s)
        future: Future[Any] = Future()
        until_s = self._now_s() + timeout_s
        self._put(action, checked, future)
        result = self._waited(action, future, timeout_s)
        return self._waited(action, result, max(until_s - self._now_s(), 0.0))

    def post(self, action: str, values: Mapping[str, Any] | None = None) -> None:
        """Does an action, and doesn't wait. Trouble becomes a notice."""
        try:
            self._put(action, actions.check(action, values), None)
        except CartoonAliveError as error:
            self.notice(str(error), level="error")

    def notice(self, text: str, *, level: str = "info", about: str = "") -> None:
        """Something that people should know. level: "info", "warning" or "error". about: which part it concerns.

        The same again only counts up."""
        line = " ".join(text.split())
        with self._lock:
            for known in self._notices:
                if (known["text"], known["level"]) == (line, level):
                    known["times"] += 1
                    known["time"] = time.time()
                    break
            else:
                self._notices.append({
                    "id": next(self._numbers), "text": line, "level": level, "about": about,
                    "time": time.time(), "times": 1,
                })  # fmt: skip
            self._revision += 1

    def dismiss(self, number: int | None = None) -> None:
        """Forget one notice, or all."""
        with self._lock:
            kept = [] if number is None else [known for known in self._notices if known["id"] != number]
            self._notices = deque(kept, maxlen=NOTICES)
            self._revision += 1

    # ---- what it says -----------------------------------------------------------------------------

    @property
    def revision(self) -> int:
        """Grows with every change of `state`."""
        return self._revision

    def state(self) -> dict[str, Any]:
        """A JSON-ready snapshot: `revision`, `notices`, and what every part tells under its name."""
        with self._lock:
            told: dict[str, Any] = {"revision": self._revision, "notices": [dict(known) for known in self._notices]}
            tellers = dict(self._tellers)
        for name, tell in tellers.items():
            told[name] = tell()
        return told

    def live(self) -> dict[str, Any]:
        """The newest frame, JSON-ready; see docs/api.md."""
        return self._live()

    def preview(self, side_px: int) -> bytes | None:
        """The newest picture at most `side_px` wide and high, as JPEG, or PNG where it is transparent.

        None until one is there: pictures are only made while somebody has asked within the last second."""
        return self.pictures.encoded(side_px)

    # ---- for the parts of the show ----------------------------------------------------------------

    def handle(self, action: str, handler: Handler, /) -> None:
        """`handler` does `action` from now on."""
        if action not in actions.ACTIONS:
            raise ValueError(f"no such action: {action}")
        self._handlers[action] = handler

    def tell(self, name: str, teller: Callable[[], Any], /) -> None:
        """`state()[name]` is what `teller` returns; called on any thread, so it reads what is replaced as a whole."""
        with self._lock:
            self._tellers[name] = teller

    def tell_live(self, teller: Callable[[], dict[str, Any]], /) -> None:
        """`live()` is what `teller` returns."""
        self._live = teller

    def changed(self) -> None:
        """Something that `state` tells is another now."""
        with self._lock:
            self._revision += 1

    def drain(self) -> None:
        """Do what was asked since the last call. Called by the thread that draws, between two frames."""
        self._thread = threading.get_ident()
        for _ in range(min(len(self._queue), MOST_AT_ONCE)):
            name, values, future = self._queue.popleft()
            if future is not None and not future.set_running_or_notify_cancel():
                continue
            try:
                result = self._do(name, values)
            except Exception as error:
                self._failed(name, error, future)
            else:
                if future is not None:
                    future.set_result(result)
                elif isinstance(result, Future):
                    result.add_done_callback(functools.partial(self._settled, name))

    def end(self) -> None:
        """Nothing is done any more; whoever waits is told so."""
        with self._lock:
            self._ended = True
            waiting = list(self._queue)
            self._queue.clear()
        for name, _, future in waiting:
            if future is not None and future.set_running_or_notify_cancel():
                future.set_exception(CartoonAliveError(f"{name}: the show has ended"))

    def work(self, job: Callable[[], Any], *, name: str = "work") -> "Future[Any]":
        """Runs `job` on a thread of its own; see `runtime.beside`."""
        return beside(job, name=f"show-{name}")

    def then(self, future: "Future[Any]", finish: Callable[[Any], Any]) -> "Future[Any]":
        """What `finish` makes, on the thread that draws, of what `future` brings."""
        outcome: Future[Any] = Future()

        def settle(done: "Future[Any]") -> None:
            if (error := done.exception()) is not None:
                outcome.set_exception(error)
                return

            def last() -> None:
                try:
                    result = finish(done.result())
                except Exception as error:
                    outcome.set_exception(error)
                else:
                    self.changed()  # before whoever waits looks
                    outcome.set_result(result)

            self.soon(last)

        future.add_done_callback(settle)
        return outcome

    def soon(self, call: Callable[[], None], /) -> None:
        """Calls `call` between two frames. Its errors are its own affair."""
        with self._lock:
            if not self._ended:
                self._queue.append(("", {"call": call}, None))

    def _put(self, action: str, values: dict[str, Any], future: "Future[Any] | None") -> None:
        with self._lock:
            if self._ended:
                raise CartoonAliveError(f"{action}: the show has ended")
            if len(self._queue) >= QUEUE:
                raise CartoonAliveError(f"{action}: {QUEUE} actions are waiting already; say fewer at once")
            self._queue.append((action, values, future))

    def _do(self, name: str, values: dict[str, Any]) -> Any:
        if not name:
            return values["call"]()
        handler = self._handlers.get(name)
        if handler is None:
            raise CartoonAliveError(f"{name}: this show can't do that")
        result = handler(values)
        self.changed()
        return result

    def _failed(self, name: str, error: BaseException, future: "Future[Any] | None") -> None:
        error = _spoken(name, error)
        if future is not None:
            future.set_exception(error)
        else:
            self.notice(str(error), level="error")

    def _settled(self, name: str, done: "Future[Any]", /) -> None:
        if (error := done.exception()) is not None:
            self._failed(name, error, None)

    def _waited(self, action: str, result: Any, timeout_s: float) -> Any:
        if not isinstance(result, Future):
            return result
        try:
            return result.result(timeout_s)
        except FutureTimeoutError:
            result.cancel()
            raise CartoonAliveError(f"{action}: took longer than {timeout_s:g} s") from None
        except Exception as error:
            raise _spoken(action, error) from error


def _spoken(action: str, error: BaseException) -> CartoonAliveError:
    """What people are told, in one line. What is a defect of ours is in the log, too."""
    if isinstance(error, CartoonAliveError):
        return error
    if isinstance(error, OSError):
        parts = (action, error.strerror or error, str(error.filename or "")[:200])
        return CartoonAliveError(": ".join(str(part) for part in parts if part))
    log.error("%s failed: %s: %s", action or "show", type(error).__name__, error, exc_info=error)
    return CartoonAliveError(f"{action}: failed inside: {type(error).__name__}: {error}")
