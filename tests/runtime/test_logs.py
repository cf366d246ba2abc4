"""runtime.logs"""

import logging
import threading
from pathlib import Path

import pytest

from runtime.logs import reporting


def fail() -> None:
    try:
        raise ValueError("inner reason")
    except ValueError as error:
        logging.getLogger("drivers.test").error("it\nfailed", exc_info=error)


def test_one_line_for_people_the_traceback_in_the_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with reporting(tmp_path / "logs") as path:
        assert path == tmp_path / "logs" / "cartoonalive.log"
        fail()
        logging.getLogger("drivers.test").info("not worth a word")
    fail_count = len(logging.getLogger().handlers)
    assert path.read_text().count("Traceback") == 1
    assert "ValueError: inner reason" in path.read_text()
    assert capsys.readouterr().err == "it failed\n"
    with reporting(tmp_path / "logs"):
        pass
    assert len(logging.getLogger().handlers) == fail_count


def test_goes_on_without_a_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "logs").write_text("a file where the folder should be")
    with reporting(tmp_path / "logs") as path:
        assert path is None
        fail()
    assert capsys.readouterr().err == "it failed\n"


def test_a_thread_that_dies_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = threading.excepthook
    with reporting(tmp_path) as path:
        thread = threading.Thread(target=lambda: 1 // 0, name="webcam")
        thread.start()
        thread.join()
    assert threading.excepthook is before
    assert capsys.readouterr().err.startswith("the thread webcam died: ZeroDivisionError")
    assert path is not None
    assert "Traceback" in path.read_text()
