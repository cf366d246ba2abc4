"""Outputs that take the face itself: opened beside the show (a name may have to be looked up), then told every frame.

What a sender raises is counted and told once; it goes on, since what is lost on a network may come back.
"""

import contextlib
import importlib
import threading
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, Self

from assets.face import FaceFrame
from runtime.sinks.worker import Tell, log_failure, reason

MODULES: Final[Mapping[str, str]] = {"vmc": "runtime.sinks.vmc", "vts": "runtime.sinks.vts"}
"""Output -> its module, which has `from_options(values) -> Sender` and may raise UsageError; it opens nothing yet."""


class Sender(Protocol):
    """A context manager. It may have `status() -> str`, words for people."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: Any) -> None: ...

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Takes one face; never waits. Raises OSError and the like."""
        ...


class FaceOutput:
    """One sender. All methods are quick and belong to the show's thread."""

    def __init__(self, name: str, values: Mapping[str, Any], tell: Tell) -> None:
        """Raises UsageError for options that make no sense."""
        self.name: Final = name
        self._tell = tell
        self._sender: Sender | None = None
        self._over = False
        self._health: dict[str, Any] = {"state": "starting", "words": "starting", "faces": 0, "failures": 0}
        make = importlib.import_module(MODULES[name]).from_options
        self._lock = threading.Lock()
        self._failing = False
        self._thread = threading.Thread(target=self._open, args=(make, dict(values)), name=f"output-{name}")
        self._thread.daemon = True
        self._thread.start()

    @property
    def wanted(self) -> bool:
        """Whether it still takes faces."""
        return not self._over

    def send(self, face: FaceFrame, now_s: float) -> None:
        """Pass one face on, if it is open."""
        sender = self._sender
        if sender is None or self._over:
            return
        try:
            sender.send(face, now_s)
        except Exception as error:
            self._health["failures"] += 1
            if not self._failing:
                self._failing = True
                log_failure(self.name, error)
                self._tell(f"{self.name}: {reason(error)}; going on", "warning")
                self._health |= {"state": "waiting", "words": reason(error)}
            return
        if self._failing:
            self._failing = False
            self._health |= {"state": "on", "words": "works again"}
        self._health["faces"] += 1

    def health(self) -> dict[str, Any]:
        """JSON-ready."""
        status = getattr(self._sender, "status", None)
        if status is not None and self._health["state"] == "on":
            return {**self._health, "words": status()}
        return dict(self._health)

    def stop(self) -> None:
        """Closes it."""
        with self._lock:
            self._over = True
            sender, self._sender = self._sender, None
        if sender is not None:
            with contextlib.suppress(Exception):
                sender.__exit__(None, None, None)
        if self._health["state"] != "failed":
            self._health |= {"state": "done", "words": "off"}

    def join(self, timeout_s: float) -> bool:
        """Waits for what is still opening."""
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _open(self, make: Callable[[Mapping[str, Any]], Sender], values: Mapping[str, Any]) -> None:
        try:
            sender = make(values)
            sender.__enter__()
        except Exception as error:
            log_failure(self.name, error)
            self._health["failures"] += 1
            self._health |= {"state": "failed", "words": reason(error)}
            self._over = True
            self._tell(f"{self.name}: {reason(error)}", "warning")
            return
        with self._lock:
            if not self._over:
                self._sender = sender
                self._health |= {"state": "on", "words": "sending"}
                return
        sender.__exit__(None, None, None)
