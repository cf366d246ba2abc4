"""runtime.show: asked from any thread, done between two frames, told in one line; runtime.beside."""

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest

from assets.errors import CartoonAliveError, UsageError
from runtime.beside import beside
from runtime.clock import ManualClock
from runtime.show import MOST_AT_ONCE, NOTICES, QUEUE, Show


class Drawing:
    """A thread that drains a show whenever it is told to."""

    def __init__(self, show: Show) -> None:
        self.show, self.ident = show, 0
        self._go, self._done, self._over = threading.Semaphore(0), threading.Semaphore(0), False
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def frame(self) -> None:
        self._go.release()
        self._done.acquire()

    def close(self) -> None:
        self._over = True
        self._go.release()
        self._thread.join()

    def _run(self) -> None:
        self.ident = threading.get_ident()
        while True:
            self._go.acquire()
            if self._over:
                return
            self.show.drain()
            self._done.release()


@pytest.fixture
def show() -> Show:
    return Show(now_s=ManualClock().now_s)


def asked(show: Show, action: str, values: dict[str, Any] | None = None) -> "Future[Any]":
    """Asked from a thread of its own; the question lies in the queue when this returns."""
    before = len(show._queue)
    future = beside(lambda: show.ask(action, values), name="asking")
    while len(show._queue) == before and not future.done():
        pass
    return future


def test_what_is_asked_is_done_on_the_drawing_thread_and_answered(show: Show) -> None:
    seen: list[tuple[int, dict[str, Any]]] = []
    show.handle("view.mirror", lambda values: seen.append((threading.get_ident(), values)) or {"on": True})
    drawing = Drawing(show)
    answer = asked(show, "view.mirror", {"on": True})
    assert not answer.done()
    before = show.revision
    drawing.frame()
    assert answer.result(5.0) == {"on": True}
    assert seen == [(drawing.ident, {"on": True})]
    assert show.revision > before
    drawing.close()


def test_who_draws_may_ask_too(show: Show) -> None:
    show.drain()
    show.handle("show.quit", lambda values: "bye")
    assert show.ask("show.quit") == "bye"


@pytest.mark.parametrize(
    ("raised", "said"),
    [(UsageError("no window"), "no window"), (RuntimeError("oh"), "show.quit: failed inside: RuntimeError: oh")],
)
def test_trouble_is_one_line_for_who_asked_and_a_notice_for_who_only_posted(
    raised: Exception, said: str, show: Show
) -> None:
    def fail(values: dict[str, Any]) -> None:
        raise raised

    show.handle("show.quit", fail)
    answer = asked(show, "show.quit")
    show.post("show.quit")
    show.post("show.quit", {"now": True})
    show.drain()
    with pytest.raises(CartoonAliveError) as error:
        answer.result(5.0)
    assert str(error.value) == said
    assert [(notice["text"], notice["level"]) for notice in show.state()["notices"]] == [
        ("show.quit: there is no value 'now'", "error"), (said, "error")
    ]  # fmt: skip


def test_what_takes_long_is_waited_for_by_who_asked_not_by_who_draws(show: Show) -> None:
    work: Future[str] = Future()
    show.handle("source.devices", lambda values: work)
    drawing = Drawing(show)
    answer = asked(show, "source.devices")
    drawing.frame()
    drawing.frame()
    assert not answer.done()
    work.set_result("cameras")
    assert answer.result(5.0) == "cameras"
    drawing.close()


def test_then_goes_on_between_two_frames(show: Show) -> None:
    work: Future[int] = Future()
    outcome = show.then(work, lambda value: (value, threading.get_ident()))
    beside(lambda: work.set_result(3), name="work").result(5.0)
    assert not outcome.done()
    while not outcome.done():
        show.drain()
    assert outcome.result() == (3, threading.get_ident())
    failed: Future[int] = Future()
    failed.set_exception(UsageError("no"))
    assert isinstance(show.then(failed, lambda value: value).exception(), UsageError)


def test_too_late_and_too_many(show: Show) -> None:
    show.handle("show.quit", lambda values: None)
    with pytest.raises(CartoonAliveError, match=r"show\.quit: took longer than 0 s"):
        show.ask("show.quit", timeout_s=0.0)
    for _ in range(QUEUE):
        show.post("show.quit")
    assert show.state()["notices"][-1]["text"] == f"show.quit: {QUEUE} actions are waiting already; say fewer at once"
    waiting = len(show._queue)
    show.drain()
    assert len(show._queue) == waiting - MOST_AT_ONCE


def test_after_the_end_nobody_waits(show: Show) -> None:
    show.handle("show.quit", lambda values: None)
    answer = asked(show, "show.quit")
    show.end()
    with pytest.raises(CartoonAliveError, match="the show has ended"):
        answer.result(5.0)
    with pytest.raises(CartoonAliveError, match="the show has ended"):
        show.ask("show.quit")


def test_what_nobody_does_is_said(show: Show) -> None:
    show.drain()
    with pytest.raises(CartoonAliveError, match="this show can't do that"):
        show.ask("view.mirror", {"on": True})
    with pytest.raises(ValueError, match="no such action"):
        show.handle("view.miror", lambda values: None)


def test_notices_count_up_are_few_and_can_be_dismissed(show: Show) -> None:
    for _ in range(3):
        show.notice("the  same\nthing", level="warning", about="view")
    (notice,) = show.state()["notices"]
    assert (notice["text"], notice["times"], notice["about"]) == ("the same thing", 3, "view")
    for number in range(2 * NOTICES):
        show.notice(str(number))
    notices = show.state()["notices"]
    assert len(notices) == NOTICES
    show.dismiss(notices[0]["id"])
    assert [entry["id"] for entry in show.state()["notices"]] == [entry["id"] for entry in notices[1:]]
    show.dismiss()
    assert show.state()["notices"] == []


def test_state_and_live_are_what_the_parts_tell(show: Show) -> None:
    count = iter(range(9))
    show.tell("view", lambda: next(count))
    show.tell_live(lambda: {"fps": 60.0})
    assert (show.state()["view"], show.state()["view"]) == (0, 1)
    assert show.live() == {"fps": 60.0}
    before = show.revision
    show.changed()
    assert show.state()["revision"] == before + 1


def test_beside_brings_what_was_raised() -> None:
    def fail() -> None:
        raise KeyError("x")

    make: Callable[[], str] = lambda: threading.current_thread().name  # noqa: E731
    assert beside(make, name="helper").result(5.0) == "helper"
    assert isinstance(beside(fail, name="helper").exception(5.0), KeyError)
