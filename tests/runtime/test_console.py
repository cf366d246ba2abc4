"""runtime.console"""

import io

import pytest

from runtime.console import PROGRESS_LINES, PROGRESS_VARIABLE, Console, Outcome


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_lines_go_to_the_stream_and_quiet_is_quiet() -> None:
    stream = io.StringIO()
    Console(stream).say("hello")
    Console(stream, quiet=True).say("nothing")
    assert stream.getvalue() == "hello\n"


def test_no_bar_without_a_terminal() -> None:
    stream = io.StringIO()
    with Console(stream).bar("working") as advance:
        advance("half", 0.5)
    assert stream.getvalue() == ""


def test_a_bar_on_a_terminal_says_what_is_going_on() -> None:
    stream = Terminal()
    with Console(stream).bar("working") as advance:
        advance("cutting hair", 0.5)
        advance("", 2.0)
    assert "working" in stream.getvalue()


def test_a_program_that_asks_for_lines_gets_one_for_each_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PROGRESS_VARIABLE, PROGRESS_LINES)
    stream = io.StringIO()
    with Console(stream).bar("working") as advance:
        advance("cutting hair", 0.5)
        advance("done", 2.0)
    assert stream.getvalue() == "@progress 0.500 cutting hair\n@progress 1.000 done\n"


def test_an_outcome_is_a_success_unless_it_says_otherwise() -> None:
    assert Outcome("done").code == 0
    assert dict(Outcome("done").data) == {}
