"""Work beside the picture: on a thread of its own, with a future for what comes of it."""

from collections.abc import Callable
from concurrent.futures import Future
from threading import Thread
from typing import Any


def beside(job: Callable[[], Any], *, name: str) -> "Future[Any]":
    """Runs `job` on a thread of its own, which never holds up the end of the program."""
    future: Future[Any] = Future()

    def run() -> None:
        try:
            future.set_result(job())
        except BaseException as error:
            future.set_exception(error)

    Thread(target=run, name=name, daemon=True).start()
    return future
