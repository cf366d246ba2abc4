"""Surfaces: what is refused, in which words, and a real window when there is an X server to try it on."""

import os
import subprocess
import sys

import pytest

from assets.errors import GraphicsError
from renderer import context
from renderer.surface import OffscreenSurface, WindowSurface

pytestmark = pytest.mark.gl


def run(code: str, **environment: str | None) -> str:
    """The output of a fresh Python with changed environment variables (None removes one)."""
    env = {**os.environ, **{name: value for name, value in environment.items() if value is not None}}
    for name, value in environment.items():
        if value is None:
            env.pop(name, None)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def refusal(what: str, **environment: str | None) -> str:
    """The one line with which a fresh process refuses to open a surface."""
    code = (
        "from renderer.surface import *\nfrom assets.errors import GraphicsError\n"
        f"try: {what}\nexcept GraphicsError as error: print(error)\nelse: print('not refused')"
    )
    line = run(code, **environment)
    assert "\n" not in line
    return line


# ---- off-screen -------------------------------------------------------------------------------


def test_an_offscreen_surface_needs_no_environment() -> None:
    """Neither a display nor SDL_VIDEODRIVER nor PYOPENGL_PLATFORM: the surface finds its way alone."""
    code = (
        "import os\nfrom renderer.surface import OffscreenSurface\n"
        "with OffscreenSurface((30, 20)) as s: print(s.size_px, s.gl.glGetError(), os.environ.get('SDL_VIDEODRIVER'))"
    )
    bare = dict.fromkeys(("SDL_VIDEODRIVER", "PYOPENGL_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY", context.CHECK_VARIABLE))
    assert run(code, **bare) == "(30, 20) 0 None"


def test_a_simulated_wayland_session_does_not_mislead_it() -> None:
    code = "from renderer.surface import *\nwith OffscreenSurface((3, 2)) as s: s.gl.glGenBuffers(1); print('drawn')"
    assert run(code, PYOPENGL_PLATFORM=None, WAYLAND_DISPLAY="wayland-0", XDG_SESSION_TYPE="wayland") == "drawn"


def test_checking_of_calls_is_off_unless_asked_for() -> None:
    code = (
        "from renderer.surface import *\nimport OpenGL\n"
        "with OffscreenSurface((3, 2)): print(OpenGL.ERROR_CHECKING, OpenGL.ERROR_LOGGING)"
    )
    assert run(code, CARTOONALIVE_GL_CHECK=None) == "False False"
    assert run(code, CARTOONALIVE_GL_CHECK="1") == "True False"


@pytest.mark.parametrize("size", [(0, 10), (10, -1), (9000, 10)], ids=str)
def test_impossible_sizes_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(GraphicsError, match=rf"sides must be in 1..8192 px, got {size[0]}x{size[1]}"):
        OffscreenSurface(size)
    assert context._surfaces == 0  # nothing was left open


def test_offscreen_surfaces_share_the_context_and_the_last_one_closes_it() -> None:
    first, second = OffscreenSurface((8, 8)), OffscreenSurface((4, 4))
    first.close()
    first.close()
    second.begin()
    assert second.gl.glGetError() == 0
    assert context._surfaces == 1
    second.close()
    assert context._surfaces == 0


def test_no_events_come_from_memory() -> None:
    with OffscreenSurface((4, 4)) as quiet:
        assert list(quiet.events()) == []
        quiet.present()


# ---- refusals ---------------------------------------------------------------------------------


def test_a_window_without_a_display_is_refused_instead_of_invisible() -> None:
    with pytest.raises(GraphicsError, match=r"SDL has only its invisible driver 'offscreen'.*--headless"):
        WindowSurface((100, 100))
    assert context._surfaces == 0


def test_a_window_beside_an_offscreen_surface_is_refused() -> None:
    with OffscreenSurface((4, 4)), pytest.raises(GraphicsError, match="close the other surfaces first"):
        WindowSurface((100, 100))


def test_the_dummy_driver_is_named() -> None:
    assert refusal("OffscreenSurface((9, 9))", SDL_VIDEODRIVER="dummy").startswith("SDL's driver 'dummy' has no OpenGL")
    assert "invisible driver 'dummy'" in refusal("WindowSurface((9, 9))", SDL_VIDEODRIVER="dummy")


def test_a_driver_that_does_not_exist_is_named() -> None:
    assert refusal("OffscreenSurface((9, 9))", SDL_VIDEODRIVER="nonsense").startswith("no display: ")


def test_opengl_that_is_too_old_is_refused() -> None:
    line = refusal("OffscreenSurface((9, 9))", MESA_GL_VERSION_OVERRIDE="3.1", SDL_VIDEODRIVER=None)
    assert line.startswith("OpenGL 3.3 is needed")


@pytest.mark.parametrize("version", [b"3.2 Mesa", b"2.1", b"OpenGL ES 3.2", b"", None])
def test_versions_below_3_3_are_refused(version: bytes | None) -> None:
    class Gl:
        GL_VERSION = 1

        def glGetString(self, _: int) -> bytes | None:
            return version

    with pytest.raises(GraphicsError, match=r"OpenGL 3\.3 is needed, this driver has"):
        context._check_version(Gl())


# ---- a real window ----------------------------------------------------------------------------


WINDOW = """
import numpy as np, pygame
from pathlib import Path
import importlib.util
from assets.face import FaceFrame
from renderer.gl import Renderer
from renderer.surface import *
spec = importlib.util.spec_from_file_location("made", Path("tests/renderer/conftest.py"))
made = importlib.util.module_from_spec(spec); spec.loader.exec_module(made)
def picture(renderer, width, height):
    out = np.zeros((height, width, 4), np.uint8)
    renderer.draw(FaceFrame.from_mapping({"jawOpen": 0.7}))
    renderer.read_rgba(out)
    return out
"""


def test_a_window_draws_resizes_and_reports(display: str) -> None:
    """The same picture as off-screen, before and after a resize in the same context; events as plain data."""
    code = WINDOW + """
face = made.build_face()
with WindowSurface((256, 256), "test", vsync=True) as window, Renderer(face, window) as renderer:
    pictures = [picture(renderer, 256, 256)]
    window.present()
    list(window.events())
    pygame.Window.from_display_module().size = (300, 200)
    events = list(window.events())
    print(window.size_px, Resized((300, 200)) in events)
    pictures.append(picture(renderer, 300, 200))
    window.present()
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_ESCAPE))
    pygame.event.post(pygame.event.Event(pygame.QUIT))
    print(list(window.events()))
    print(window.gl.glGetError(), pygame.display.get_driver(), pygame.display.get_caption()[0])
with WindowSurface((300, 200)) as window, Renderer(face, window) as renderer:
    print(np.array_equal(pictures[1], picture(renderer, 300, 200)))
    print(pictures[1][0, 0].tolist(), int(pictures[1][100, 150, 3]))
"""
    assert run(code, DISPLAY=display, SDL_VIDEODRIVER="x11", PYOPENGL_PLATFORM=None).splitlines() == [
        "(300, 200) True",
        "[KeyPressed(key='escape'), Quit()]",
        "0 x11 test",
        "True",
        "[0, 0, 0, 0] 255",
    ]


@pytest.mark.parametrize("force_egl", ["0", "1"])
def test_the_owner_of_the_context_is_found(display: str, force_egl: str) -> None:
    code = (
        "import os\nfrom renderer.surface import WindowSurface\n"
        "with WindowSurface((64, 64)) as window:\n"
        "    window.gl.glGenVertexArrays(1); print(os.environ['PYOPENGL_PLATFORM'])"
    )
    environment = {"DISPLAY": display, "SDL_VIDEODRIVER": "x11", "SDL_VIDEO_X11_FORCE_EGL": force_egl}
    found = run(code, **environment, WAYLAND_DISPLAY="wayland-0", XDG_SESSION_TYPE="wayland", PYOPENGL_PLATFORM=None)
    assert found == ("egl" if force_egl == "1" else "glx")


def test_without_an_offscreen_driver_a_hidden_window_serves(display: str) -> None:
    """What happens on systems whose SDL has no such driver: the same picture from SDL's own one."""
    code = WINDOW + """
import hashlib
with OffscreenSurface((200, 150)) as surface, Renderer(made.build_face(), surface) as renderer:
    print(pygame.display.get_driver(), hashlib.sha256(picture(renderer, 200, 150)).hexdigest())
"""
    hidden = run(code, DISPLAY=display, SDL_VIDEODRIVER="x11", PYOPENGL_PLATFORM=None).split()
    offscreen = run(code).split()
    assert (hidden[0], offscreen[0]) == ("x11", "offscreen")
    assert hidden[1] == offscreen[1]
