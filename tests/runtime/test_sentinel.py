"""runtime.sentinel: a crash is found by the next start; a show that still runs is none. With real processes, too."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from runtime import cli
from runtime.sentinel import NAME, Sentinel, lives

ME = Path("me.avatar")


def gone() -> int:
    """The number of a process that has ended."""
    done = subprocess.Popen([sys.executable, "-c", ""])
    done.wait()
    return done.pid


def test_a_show_that_came_to_its_end_leaves_nothing(tmp_path: Path) -> None:
    with Sentinel(tmp_path / "state", ME) as before:
        assert before.found is None
        assert json.loads((tmp_path / "state" / NAME).read_text()) == {"pid": os.getpid(), "avatar": "me.avatar"}
    assert list((tmp_path / "state").iterdir()) == []


def test_a_crash_is_found_once(tmp_path: Path) -> None:
    Sentinel(tmp_path, ME, pid=gone()).__enter__()
    with Sentinel(tmp_path, Path("you.avatar")) as after:
        assert after.found == "me.avatar"
    with Sentinel(tmp_path, ME) as again:
        assert again.found is None


def test_another_show_that_runs_keeps_its_mark(tmp_path: Path) -> None:
    with Sentinel(tmp_path, ME, pid=os.getppid()), Sentinel(tmp_path, ME) as second:
        assert second.found is None
        assert json.loads((tmp_path / NAME).read_text())["pid"] == os.getppid()
    assert not (tmp_path / NAME).exists()


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": true, "avatar": ""}', '{"pid": 1}', "\x00", "[" * 9999])
def test_a_mark_that_says_nothing_is_none(text: str, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text(text)
    with Sentinel(tmp_path, ME) as before:
        assert before.found is None


def test_no_place_for_a_mark_stops_no_show(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Sentinel(tmp_path / "file", ME) as before:
        assert before.found is None


def test_who_lives() -> None:
    assert lives(os.getpid())
    assert not lives(gone())
    assert not lives(0)
    assert not lives(-1)
    assert lives(10**30) in (True, False)


@pytest.fixture
def start(tiny_path: Path, tmp_path: Path) -> Iterator[Callable[..., "subprocess.Popen[str]"]]:
    """A headless show in a process of its own, whose first picture is there."""
    running: list[subprocess.Popen[str]] = []
    home = {name: str(tmp_path) for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME")}

    def begin(*words: str) -> "subprocess.Popen[str]":
        process = subprocess.Popen(
            [sys.executable, "-m", "runtime", "run", str(tiny_path), "--headless", "--driver", "idle", *words],
            env=os.environ | home | {"PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])},
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
        running.append(process)
        return process

    yield begin
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        process.stderr.close()


@pytest.mark.gl
@pytest.mark.skipif(os.name == "nt", reason="signals are sent as POSIX has them")
def test_killed_it_is_told_by_the_next_and_interrupted_it_leaves_in_order(
    start: Callable[..., "subprocess.Popen[str]"], tmp_path: Path
) -> None:
    mark = tmp_path / "cartoonalive" / NAME
    first = start("--page", "--no-browser")
    assert first.stderr is not None
    assert first.stderr.readline().startswith("control page: http://127.0.0.1:")
    assert mark.exists()
    first.send_signal(signal.SIGKILL)
    first.wait()
    second = start("--page", "--no-browser")
    assert second.stderr is not None
    assert second.stderr.readline().startswith("the last show ended in the middle (log: ")
    assert second.stderr.readline().startswith("control page: http://127.0.0.1:")
    second.send_signal(signal.SIGINT)
    out, err = second.communicate(timeout=30.0)
    assert (second.returncode, out, err) == (130, "", "cartoonalive: interrupted\n")
    assert not mark.exists()
