"""runtime.cli: the contract of the command line as a whole; each command has a file of its own."""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assets import takes
from assets.errors import UsageError
from assets.takes import Take
from runtime import cli, commands
from runtime.commands import info

COMMANDS = (
    "generate", "points", "info", "edit", "render", "track", "lipsync", "listen", "drivers", "calibrate", "run",
    "demo", "doctor", "bench", "dataset", "train",
)  # fmt: skip


def program(*words: object, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    """The program as a user starts it."""
    return subprocess.run(
        [sys.executable, "-m", "runtime", *map(str, words)], capture_output=True, text=True, check=False, cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])},
    )  # fmt: skip


def test_the_contract_names_these_commands() -> None:
    assert commands.NAMES == COMMANDS


@pytest.mark.parametrize("name", ["", *COMMANDS])
def test_help_is_there(name: str, call: Callable) -> None:
    called = call(*filter(None, [name]), "--help")
    assert called.code == 0
    assert called.out.startswith(f"usage: cartoonalive {name}".rstrip())
    assert called.err == ""


def test_version(call: Callable) -> None:
    called = call("--version")
    assert called.code == 0
    assert called.out.startswith("cartoonalive ")


@pytest.mark.parametrize(
    "words",
    [
        [], ["paint"], ["render"], ["render", "a", "--take", "b"], ["run"], ["info"], ["info", "a", "b"],
        ["render", "a", "--take", "b", "-o", "c", "--fps", "x"],
        ["render", "a", "--take", "b", "-o", "c", "--size", "0x0"],
        ["generate", "a"], ["track"], ["lipsync"], ["listen"], ["bench", "--size", "x"], ["info", "a", "--jsno"],
    ],
)  # fmt: skip
def test_wrong_words_are_one_line_and_exit_code_2(words: list[str], call: Callable) -> None:
    called = call(*words)
    assert called.code == 2
    assert called.out == ""
    assert called.err.startswith("cartoonalive: ")
    assert called.err.count("\n") == 1
    assert "--help" in called.err


def test_errors_of_the_user_are_one_line(call: Callable, tmp_path: Path) -> None:
    called = call("info", tmp_path / "no\nsuch.avatar")
    assert (called.code, called.out) == (2, "")
    assert called.err == f"cartoonalive: there is no such file: {tmp_path}/no such.avatar\n"


@pytest.mark.parametrize(
    ("error", "code", "line"),
    [
        (UsageError("first\nsecond"), 2, "cartoonalive: first second\n"),
        (PermissionError(13, "Permission denied", "/x"), 2, "cartoonalive: Permission denied: /x\n"),
        (OSError(28, "No space left on device"), 2, "cartoonalive: No space left on device\n"),
        (KeyboardInterrupt(), 130, "cartoonalive: interrupted\n"),
    ],
)
def test_what_ends_a_command_early(
    error: BaseException, code: int, line: str, call: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(args: argparse.Namespace, console: object) -> None:
        raise error

    monkeypatch.setattr(info, "execute", fail)
    called = call("info", "x")
    assert (called.code, called.err, called.out) == (code, line, "")


def test_a_defect_of_ours_keeps_its_traceback(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(args: argparse.Namespace, console: object) -> None:
        raise ZeroDivisionError("ours")

    monkeypatch.setattr(info, "execute", fail)
    with pytest.raises(ZeroDivisionError):
        call("info", "x")


def test_as_a_program(tiny_path: Path, tmp_path: Path) -> None:
    done = program("info", tiny_path.name, "--json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["vertices"] == 12
    refused = program("render", tiny_path, "--take", tiny_path, "-o", tmp_path / "out", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith("cartoonalive: ")
    assert refused.stderr.count("\n") == 1
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(os.name == "nt", reason="POSIX signals")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
@pytest.mark.parametrize("out", ["film.mp4", "frames"])
def test_stopped_halfway_leaves_nothing(
    out: str, number: int, code: int, tiny_path: Path, tmp_path: Path, make_take: Callable[..., Take]
) -> None:
    take, place = tmp_path / "long.jsonl", tmp_path / "place"
    takes.save(make_take(1_000), take)
    place.mkdir()
    child = subprocess.Popen(
        [sys.executable, "-m", "runtime", "render", str(tiny_path), "--take", str(take), "-o", str(place / out),
         "--size", "1600x1600"],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])},
    )  # fmt: skip
    patience = time.monotonic() + 60.0
    while not any(place.iterdir()) and child.poll() is None and time.monotonic() < patience:
        time.sleep(0.01)
    assert child.poll() is None, child.stderr
    os.killpg(child.pid, number)  # as a terminal does: to the program and to its children
    printed, words = child.communicate(timeout=30.0)
    assert (child.returncode, words) == (code, f"cartoonalive: {'interrupted' if code == 130 else 'terminated'}\n")
    assert printed == ""
    assert list(place.iterdir()) == []


def test_a_reader_that_leaves_is_no_error(tiny_path: Path) -> None:
    line = f"{sys.executable} -m runtime info {tiny_path} | true"
    done = subprocess.run(
        ["bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])},
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")


def test_main_module_is_the_program() -> None:
    import runtime.__main__

    assert runtime.__main__.main is cli.main


@pytest.mark.parametrize("out", ["frames", "one.png", "a.gif", "a.webp", "a.mp4"])
def test_a_full_disk_is_one_line_and_leaves_nothing(
    out: str, tiny_path: Path, take_path: Path, tmp_path: Path
) -> None:
    """A limit on the size of files stands for the full disk."""
    resource = pytest.importorskip("resource")
    place = tmp_path / "place"
    place.mkdir()
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "render", str(tiny_path), "--take", str(take_path), "-o", str(place / out),
         "--size", "256x256"],
        capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300)),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    assert done.stderr.startswith("cartoonalive: ")
    assert done.stderr.count("\n") == 1
    assert list(place.iterdir()) == []
