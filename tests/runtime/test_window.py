"""`run` in a real window, on a virtual X server where there is one."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from runtime import cli

pytestmark = pytest.mark.gl


@pytest.fixture
def display() -> Iterator[str]:
    """A display of our own."""
    server = shutil.which("Xvfb")
    if server is None:
        pytest.skip("Xvfb is not installed: no display to open a window on")
    told, tell = os.pipe()
    command = [server, "-displayfd", str(tell), "-screen", "0", "640x480x24", "-nolisten", "tcp"]
    with subprocess.Popen(command, pass_fds=(tell,), stderr=subprocess.DEVNULL) as process:
        os.close(tell)
        with os.fdopen(told) as answer:
            number = answer.readline().strip()
        assert number, "the X server did not start"
        yield f":{number}"
        process.terminate()


def test_a_window_opens_shows_and_closes(display: str, tiny_path: Path, tmp_path: Path) -> None:
    names = ("SDL_VIDEODRIVER", "PYOPENGL_PLATFORM", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    environment |= {"DISPLAY": display, "PYTHONPATH": str(Path(cli.__file__).resolve().parents[1])}
    done = subprocess.run(
        [sys.executable, "-m", "runtime", "run", str(tiny_path), "--driver", "idle", "--frames", "6", "--json",
         "--record", str(tmp_path / "frames")],
        env=environment, capture_output=True, text=True, check=False, timeout=60.0,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["frames"] == 6
    assert len(list((tmp_path / "frames").iterdir())) >= 6
