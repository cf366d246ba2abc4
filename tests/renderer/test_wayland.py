"""renderer.window on Wayland, before a headless Weston where there is one: what the compositor is told."""

import os
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

pytestmark = pytest.mark.gl


@pytest.fixture
def wayland(tmp_path: Path) -> Iterator[dict[str, str]]:
    """The environment of a Wayland session of our own."""
    weston = shutil.which("weston")
    if weston is None:
        pytest.skip("weston is not installed: no Wayland to open a window on")
    place = {"XDG_RUNTIME_DIR": str(tmp_path), "WAYLAND_DISPLAY": "wayland-test"}
    tmp_path.chmod(0o700)
    command = [weston, "--backend=headless-backend.so", "--use-pixman", "--socket=wayland-test", "--idle-time=0"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=os.environ | place, stdout=quiet, stderr=quiet) as server:
        for _ in range(5000):
            if (tmp_path / "wayland-test").exists() or server.poll() is not None:
                break
            threading.Event().wait(0.002)
        if server.poll() is not None:
            pytest.skip("weston doesn't start here")
        yield place
        server.terminate()


CODE = """
from assets.errors import GraphicsError
from renderer.surface import *
with WindowSurface((64, 48), "Mine - CartoonAlive", alpha="straight") as window:
    for _ in range(3):
        window.begin()
        window.gl.glClearColor(0.5, 0.0, 0.0, 0.5)
        window.gl.glClear(window.gl.GL_COLOR_BUFFER_BIT)
        window.present()
        list(window.events())
    print(window.transparent, window.gl.glGetError())
    try: window.always_on_top = True
    except GraphicsError as error: print(error)
    window.position_px = (5, 5)
    window.borderless = True
    window.fullscreen = True
    window.present()
    print(window.fullscreen)
"""


def test_the_compositor_gets_alpha_a_title_and_an_id(wayland: dict[str, str]) -> None:
    names = ("SDL_VIDEODRIVER", "PYOPENGL_PLATFORM", "DISPLAY")
    env = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-c", CODE], env=env | wayland | {"WAYLAND_DEBUG": "1", "SDL_VIDEODRIVER": "wayland"},
        capture_output=True, text=True, timeout=60.0, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == [
        "True 0",
        "this desktop lets no program keep its window on top: choose it in the window's menu",
        "True",
    ]
    said = done.stderr
    assert 'set_title("Mine - CartoonAlive")' in said
    assert 'set_app_id("CartoonAlive")' in said
    buffers = [line for line in said.splitlines() if "create_buffer(" in line]
    assert buffers
    assert all(line.endswith(", 0)") for line in buffers)  # ARGB8888
    assert "set_opaque_region(wl_region" not in said
