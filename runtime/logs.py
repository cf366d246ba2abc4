"""Where trouble is written while the show runs: one line on standard error, the traceback in a log file."""

import logging
import logging.handlers
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

log = logging.getLogger("cartoonalive")
MAX_BYTES: Final = 1_000_000


class _OneLine(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        return " ".join(record.getMessage().split())


@contextmanager
def reporting(folder: Path | None = None) -> Iterator[Path | None]:
    """While active, warnings and errors of all modules, and the deaths of threads, go to standard error in one line
    and to a file in full.

    folder: of the log file, by default the user's log folder. Yields the file's path, None when it can't be written.
    """
    root = logging.getLogger()
    words = logging.StreamHandler()
    words.setFormatter(_OneLine())
    words.setLevel(logging.WARNING)
    handlers: list[logging.Handler] = [words]
    path: Path | None = None
    with suppress(OSError):
        path = (folder or _user_folder()) / "cartoonalive.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        file = logging.handlers.RotatingFileHandler(path, maxBytes=MAX_BYTES, backupCount=1, encoding="utf-8")
        file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        handlers.append(file)
    if len(handlers) == 1:
        path = None
    for handler in handlers:
        root.addHandler(handler)
    before, threading.excepthook = threading.excepthook, _thread_died
    try:
        yield path
    finally:
        threading.excepthook = before
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()


def _thread_died(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread is not None else "?"
    if args.exc_value is not None:
        log.error("the thread %s died: %s: %s", name, args.exc_type.__name__, args.exc_value, exc_info=args.exc_value)


def _user_folder() -> Path:
    import platformdirs

    return platformdirs.user_log_path("cartoonalive")
