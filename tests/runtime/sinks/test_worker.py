"""runtime.sinks.worker: an outlet on its thread, with a fake outlet that does what a test wants."""

import itertools
import logging
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assets.errors import CartoonAliveError
from runtime.sinks.worker import RETRY_S, NotYetError, Worker, reason

PICTURE = np.zeros((2, 3, 4), np.uint8)


class Fake:
    """Notes what is asked of it; `opening` and `writing` may raise or answer."""

    depth = 4

    def __init__(self, *, heals: bool = True) -> None:
        self.heals = heals
        self.calls: list[str] = []
        self.opening: Callable[[float], None] = lambda time_s: None
        self.writing: Callable[[float], str | None] = lambda time_s: None
        self.closing: Callable[[], dict[str, Any]] = dict
        self.seen = threading.Semaphore(0)

    def open(self, size_px: tuple[int, int], time_s: float) -> str:
        self.calls.append(f"open {size_px[0]}x{size_px[1]} {time_s:g}")
        self.opening(time_s)
        return "open now"

    def write(self, rgba: np.ndarray, time_s: float) -> str | None:
        self.calls.append(f"write {time_s:g}")
        return self.writing(time_s)

    def close(self, error: Exception | None) -> dict[str, Any]:
        self.calls.append(f"close {type(error).__name__ if error else 'well'}")
        return self.closing()

    def leave(self) -> None:
        self.calls.append("leave")


def fed(fake: Fake, *times_s: float) -> tuple[Worker, list[str]]:
    """A worker that has been given pictures of these times, one after another, and has been stopped."""
    told: list[str] = []
    worker = Worker("it", fake, lambda text, level="info", /: told.append(text))
    for time_s in times_s:
        worker.offer(PICTURE, time_s)
        drained(worker)
    return worker, told


def drained(worker: Worker) -> None:
    """Waits until the worker has taken and given back every picture."""
    handover = worker._handover
    with handover._changed:
        while (handover._waiting or handover._out) and not worker.finished:
            handover._changed.wait(0.002)


def ended(worker: Worker) -> dict[str, Any]:
    worker.stop()
    assert worker.join(5.0)
    return worker.health()


def test_pictures_go_in_and_what_is_left_comes_out() -> None:
    fake = Fake()
    fake.closing = lambda: {"path": "x", "words": "saved x"}
    worker, told = fed(fake, 1.0, 1.1)
    assert worker.health()["state"] == "on"
    assert worker.health()["words"] == "open now"
    health = ended(worker)
    assert fake.calls == ["open 3x2 1", "write 1", "write 1.1", "leave", "close well"]
    assert health == {"state": "done", "words": "saved x", "pictures": 2, "failures": 0, "dropped": 0, "path": "x"}
    assert told == ["it: saved x"]


def test_a_failure_is_told_once_counted_and_tried_again_later_and_later(caplog: pytest.LogCaptureFixture) -> None:
    fake = Fake()

    def fail(time_s: float) -> None:
        raise CartoonAliveError("no camera")

    fake.opening = fail
    with caplog.at_level(logging.WARNING, "cartoonalive"):
        worker, told = fed(fake, *(0.1 * step for step in range(170)))
    tries = [float(call.split()[2]) for call in fake.calls if call.startswith("open")]
    gaps = [round(later - earlier, 6) for earlier, later in itertools.pairwise(tries)]
    assert gaps == pytest.approx([*RETRY_S, 8.0, 8.0, 8.0][: len(gaps)], abs=0.11)
    assert worker.health()["failures"] == len(tries) >= 4
    assert worker.health()["state"] == "waiting"
    assert told == ["it: no camera; trying again"]
    assert len(caplog.records) == 1
    fake.opening = lambda time_s: None
    worker.offer(PICTURE, 60.0)
    drained(worker)
    assert told[1:] == ["it: works again"]
    assert worker.health()["state"] == "on"
    ended(worker)


def test_what_fails_in_writing_is_closed_and_opened_again() -> None:
    fake = Fake()

    def once(time_s: float) -> None:
        if time_s == 2.0:
            raise BrokenPipeError(32, "Broken pipe")

    fake.writing = once
    worker, told = fed(fake, 1.0, 2.0, 2.1, 2.6)
    ended(worker)
    assert fake.calls == [
        "open 3x2 1", "write 1", "write 2", "close BrokenPipeError", "open 3x2 2.6", "write 2.6", "leave", "close well",
    ]  # fmt: skip
    assert told == ["it: Broken pipe; trying again", "it: works again"]


def test_what_cannot_heal_is_over_after_its_first_failure() -> None:
    fake = Fake(heals=False)

    def fail(time_s: float) -> None:
        raise OSError(28, "No space left on device")

    fake.writing = fail
    worker, told = fed(fake, 1.0, 2.0, 3.0)
    assert worker.join(5.0)
    assert not worker.wanted
    assert worker.health()["state"] == "failed"
    assert fake.calls == ["open 3x2 1", "write 1", "close OSError"]
    assert told == ["it: No space left on device"]
    assert ended(worker)["state"] != "on"


def test_waiting_for_somebody_is_no_failure() -> None:
    fake = Fake()

    def nobody(time_s: float) -> None:
        if time_s < 1.0:
            raise NotYetError("waiting for a reader")

    fake.opening = nobody
    worker, told = fed(fake, 0.0, 0.1)
    assert worker.health() | {"dropped": 0} == {
        "state": "waiting", "words": "waiting for a reader", "pictures": 0, "failures": 0, "dropped": 0,
    }  # fmt: skip
    worker.offer(PICTURE, 1.5)
    drained(worker)
    assert worker.health()["state"] == "on"
    assert told == []
    ended(worker)


def test_an_outlet_may_end_itself_in_good_order() -> None:
    fake = Fake(heals=False)
    fake.writing = lambda time_s: "long enough" if time_s > 1.0 else None
    fake.closing = lambda: {"words": "saved"}
    worker, told = fed(fake, 1.0, 2.0)
    assert worker.join(5.0)
    assert not worker.wanted
    assert worker.health()["state"] == "done"
    assert told == ["it: long enough; saved"]
    assert fake.calls[-1] == "close well"


def test_what_fails_while_it_finishes_is_told() -> None:
    fake = Fake(heals=False)

    def fail() -> dict[str, Any]:
        raise CartoonAliveError("the encoder did not finish")

    fake.closing = fail
    worker, told = fed(fake, 1.0)
    assert ended(worker)["state"] == "failed"
    assert told == ["it: the encoder did not finish"]


def test_stopping_before_any_picture_opens_nothing() -> None:
    fake = Fake()
    worker, told = fed(fake)
    assert ended(worker)["state"] == "done"
    assert fake.calls == ["leave", "close well"]
    assert told == []


def test_reasons_are_one_line() -> None:
    assert reason(CartoonAliveError("a\n b")) == "a b"
    assert reason(OSError(5, "Input/output error")) == "Input/output error"
    assert reason(KeyError("x")) == "KeyError: 'x'"
    assert reason(MemoryError()) == "MemoryError"
