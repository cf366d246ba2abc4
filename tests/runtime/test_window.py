"""`run` in a real window, on a virtual X server where there is one."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from runtime import cli

pytestmark = pytest.mark.gl


def shown(avatar: Path, environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    """`run`, moved by itself."""
    return python(["-m", "runtime", "run", str(avatar), "--driver", "idle", *words], environment)


def python(words: list[str], environment: dict[str, str]) -> "subprocess.CompletedProcess[str]":
    """Python in a process of its own, with nothing of this one's display."""
    names = ("SDL_VIDEODRIVER", "PYOPENGL_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    ours = {name: value for name, value in os.environ.items() if name not in names}
    ours |= {"PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])} | environment
    return subprocess.run(
        [sys.executable, *words], env=ours, capture_output=True, text=True, check=False, timeout=60.0
    )


def test_a_window_opens_shows_and_closes(display: str, tiny_path: Path, tmp_path: Path) -> None:
    done = shown(tiny_path, {"DISPLAY": display}, "--frames", "6", "--json", "--record", str(tmp_path / "frames"))
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frames"] == 6
    assert len(list((tmp_path / "frames").iterdir())) >= 6


@pytest.mark.parametrize(
    ("environment", "words"),
    [
        ({"SDL_VIDEODRIVER": "offscreen"}, "SDL has only its invisible driver 'offscreen'"),
        ({"DISPLAY": ":4711"}, "no display"),
    ],
    ids=["offscreen", "gone"],
)
def test_never_an_invisible_window(environment: dict[str, str], words: str, tiny_path: Path) -> None:
    """One line that says what to do, exit code 2; SDL alone would draw where nobody looks."""
    done = shown(tiny_path, environment, "--frames", "2")
    assert done.returncode == 2
    assert done.stdout == ""
    line = done.stderr.strip().splitlines()[-1]
    assert words in line
    assert "--headless" in line
    assert "Traceback" not in done.stderr


def test_an_old_driver_is_named(display: str, tiny_path: Path) -> None:
    done = shown(tiny_path, {"DISPLAY": display, "MESA_GL_VERSION_OVERRIDE": "3.1"}, "--frames", "2")
    assert done.returncode == 2
    assert "OpenGL 3.3 is needed" in done.stderr
    assert "Traceback" not in done.stderr


ALPHA = """
import sys
from renderer.straight import StraightPass
from runtime import cli
passes, finish = [], StraightPass.finish
StraightPass.finish = lambda self: (passes.append(1), finish(self))[1]
for words in (["--window-alpha", "straight"], ["--window-alpha", "premultiplied"], []):
    passes.clear()
    code = cli.main(["run", sys.argv[1], "--driver", "idle", "--frames", "3", "--no-settings", *words])
    sys.stderr.write(f"{words[-1:]} {len(passes)} {code}\\n")
"""


def test_straight_or_premultiplied_as_asked(display: str, tiny_path: Path) -> None:
    done = python(["-c", ALPHA, str(tiny_path)], {"DISPLAY": display})
    told = [line for line in done.stderr.splitlines() if line.startswith("[")]
    natural = 4 if sys.platform == "win32" else 0  # the first picture, and three frames
    assert told == ["['straight'] 4 0", "['premultiplied'] 0 0", f"[] {natural} 0"], done.stderr
