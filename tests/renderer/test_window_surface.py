"""renderer.window, renderer.events, renderer.x11, renderer.straight, renderer.context on a virtual X server.

Windows are read back as another program reads them. Each test is one process: a process has one window.
"""

import os
import subprocess
import sys

import pytest

pytest.importorskip("Xlib", reason="python-xlib is not installed: nothing to read windows back with")

pytestmark = pytest.mark.gl


BEGIN = """
import numpy as np, pygame
from pathlib import Path
from Xlib import X, display as xdisplay
from Xlib.ext import xtest
from renderer.surface import *
x = xdisplay.Display()
def handle(window):
    return x.create_resource_object("window", window._window.handle)
def bgra(window):
    width, height = window.size_px
    data = handle(window).get_image(0, 0, width, height, X.ZPixmap, 0xffffffff).data
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)
def fill(window, colour, box=None):
    gl = window.gl
    window.begin()
    gl.glClearColor(*colour)
    gl.glEnable(gl.GL_SCISSOR_TEST) if box else None
    gl.glScissor(*box) if box else None
    gl.glClear(gl.GL_COLOR_BUFFER_BIT)
    gl.glDisable(gl.GL_SCISSOR_TEST)
def show(window, colour=(0, 0, 0, 0), times=2):
    for _ in range(times):
        fill(window, colour)
        window.present()
        window.gl.glFinish()
def wait(window, until, tries=2000):
    # What an X server does comes when it comes: look until it has come.
    for _ in range(tries):
        events = list(window.events())
        if (found := until(events)):
            return found
        pygame.time.wait(1)
    raise SystemExit("it never came")
def mouse(kind, detail=0, at=None):
    if at:
        xtest.fake_input(x, X.MotionNotify, x=at[0], y=at[1])
    if kind:
        xtest.fake_input(x, kind, detail)
    x.sync()
"""


def run(display: str, code: str, **environment: str) -> list[str]:
    """The lines that `code` prints in a process of its own."""
    names = ("SDL_VIDEODRIVER", "PYOPENGL_PLATFORM", "WAYLAND_DISPLAY", "SDL_VIDEO_X11_FORCE_EGL")
    env = {name: value for name, value in os.environ.items() if name not in names}
    done = subprocess.run(
        [sys.executable, "-W", "error::DeprecationWarning:renderer", "-c", BEGIN + code],
        env=env | {"DISPLAY": display, "SDL_VIDEODRIVER": "x11"} | environment,
        capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.splitlines()


def test_alpha_reaches_the_screen_premultiplied_or_straight(display: str) -> None:
    """A quarter red at half opacity, read from the X server: the numbers a compositor or OBS gets."""
    code = """
with WindowSurface((64, 48), "Mine - CartoonAlive") as window:
    for alpha in ("premultiplied", "straight", "premultiplied"):
        window.alpha = alpha
        show(window, (0.25, 0.0, 0.0, 0.5))
        print(bgra(window).reshape(-1, 4).min(0).tolist(), bgra(window).reshape(-1, 4).max(0).tolist())
    show(window)
    print(bgra(window).any(), handle(window).get_geometry().depth, window.transparent, window.gl.glGetError())
"""
    red, straight = [0, 0, 64, 128], [0, 0, 128, 128]
    assert run(display, code) == [f"{red} {red}", f"{straight} {straight}", f"{red} {red}", "False 32 True 0"]


AVATAR = """
import importlib.util
from assets.face import FaceFrame
from renderer.gl import Renderer
spec = importlib.util.spec_from_file_location("made", Path("tests/renderer/conftest.py"))
made = importlib.util.module_from_spec(spec); spec.loader.exec_module(made)
with WindowSurface((200, 200)) as window, Renderer(made.build_face(), window) as renderer:
    out = np.zeros((200, 200, 4), np.uint8)
    for alpha in ("premultiplied", "straight"):
        window.alpha = alpha
        for _ in range(2):
            renderer.draw(FaceFrame())
            renderer.read_rgba(out)
            window.present()
            window.gl.glFinish()
        seen = bgra(window)[..., [2, 1, 0, 3]].astype(int)
        share = out[..., 3:] / 255.0 if alpha == "premultiplied" else 1.0
        wrong = np.abs(seen[..., :3] - out[..., :3] * share)[out[..., 3] > 15]
        print(alpha, wrong.max() <= (1.0 if alpha == "premultiplied" else 12.0), wrong.mean() < 0.5,
              np.array_equal(seen[..., 3], out[..., 3]), len(np.unique(out[..., 3])) > 20)
    print(window.gl.glGetError())
"""


def test_an_avatar_has_the_right_edges_in_either(display: str) -> None:
    """What is in the window is what is read back, pixel by pixel: its alpha exactly, its colours to a rounding.

    A straight colour is divided by its alpha, so a rounding weighs more the thinner the pixel is.
    """
    assert run(display, AVATAR) == ["premultiplied True True True True", "straight True True True True", "0"]


def test_without_egl_or_where_it_is_unwanted_the_window_is_opaque_and_works(display: str) -> None:
    code = """
with WindowSurface((64, 48)) as window:
    show(window, (0.25, 0.0, 0.0, 0.5))
    print(handle(window).get_geometry().depth, window.transparent, bgra(window)[0, 0, 2])
"""
    assert run(display, code, SDL_VIDEO_X11_FORCE_EGL="0") == ["24 False 64"]
    assert run(display, code, CARTOONALIVE_OPAQUE_WINDOW="1") == ["24 False 64"]


def test_a_driver_that_refuses_the_visual_gets_an_opaque_window(display: str) -> None:
    code = """
from renderer import context, x11
make, asked = context._set_mode, []
def refusing(size_px, title, **flags):
    import os
    asked.append(os.environ.get(x11.VISUAL_VARIABLE))
    if asked[-1]:
        raise context.GraphicsError("BadMatch")
    make(size_px, title, **flags)
context._set_mode = refusing
with WindowSurface((64, 48)) as window:
    show(window)
    print(handle(window).get_geometry().depth, window.transparent, [bool(visual) for visual in asked])
"""
    assert run(display, code) == ["24 False [True, False]"]


def test_capturing_programs_find_it_by_name_and_compositors_go_on(display: str) -> None:
    code = """
import os
with WindowSurface((64, 48), "Mina - CartoonAlive") as window:
    show(window)
    names = handle(window).get_full_property(x.intern_atom("_NET_WM_NAME"), X.AnyPropertyType)
    icon = handle(window).get_full_property(x.intern_atom("_NET_WM_ICON"), X.AnyPropertyType)
    bypass = handle(window).get_full_property(x.intern_atom("_NET_WM_BYPASS_COMPOSITOR"), X.AnyPropertyType)
    print(names.value.decode(), handle(window).get_wm_class(), bypass, list(icon.value[:2]), window.title)
    print(sorted(name for name in os.environ if name.startswith("SDL_VIDEO") and name != "SDL_VIDEODRIVER"))
"""
    assert run(display, code) == [
        "Mina - CartoonAlive ('CartoonAlive', 'CartoonAlive') None [64, 64] Mina - CartoonAlive",
        "[]",
    ]


def test_border_top_and_full_screen_are_switched_while_it_is_shown(display: str) -> None:
    """The context, and so the picture, outlives every switch."""
    code = """
with WindowSurface((64, 48), alpha="straight") as window:
    for name in ("borderless", "always_on_top", "fullscreen"):
        for on in (True, False, True, False):
            setattr(window, name, on)
            show(window, (0.0, 0.5, 0.0, 0.5), times=1)
            list(window.events())
            assert getattr(window, name) is on, name
            if name == "fullscreen":
                wait(window, lambda _: window.size_px == ((800, 600) if on else (64, 48)))
    show(window, (0.0, 0.5, 0.0, 0.5))
    print(window.size_px, bgra(window)[5, 5].tolist(), window.gl.glGetError())
with WindowSurface((32, 32), borderless=True, always_on_top=True) as window:
    print(window.borderless, window.always_on_top, window.fullscreen)
"""
    assert run(display, code) == ["(64, 48) [0, 255, 0, 128] 0", "True True False"]


def test_wheel_drag_and_drop_are_events(display: str) -> None:
    code = """
with WindowSurface((200, 100)) as window:
    show(window)
    window.position_px = (50, 60)
    mouse(None, at=(100, 100))
    wait(window, lambda _: pygame.mouse.get_pos() == (50, 40) and window.position_px == (50, 60))
    mouse(X.ButtonPress, 4), mouse(X.ButtonRelease, 4)
    print(wait(window, lambda events: [e for e in events if isinstance(e, Zoomed)]))
    mouse(X.ButtonPress, 5), mouse(X.ButtonRelease, 5)
    print(wait(window, lambda events: [e for e in events if isinstance(e, Zoomed)])[0].steps)
    mouse(X.ButtonPress, 1)
    total = [0, 0]
    def moved(events):
        for e in events:
            if isinstance(e, Dragged):
                total[0] += e.by_px[0]; total[1] += e.by_px[1]
        return tuple(total) == (30, -10)
    mouse(None, at=(120, 95)), mouse(None, at=(130, 90))
    wait(window, moved)
    mouse(X.ButtonRelease, 1)
    mouse(None, at=(140, 90))
    wait(window, lambda _: pygame.mouse.get_pos() == (90, 30))
    print(total, window.position_px)
    pygame.event.post(pygame.event.Event(pygame.DROPFILE, file="/tmp/portrait of mine.png"))
    pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_f))
    print(list(window.events()))
"""
    assert run(display, code) == [
        "[Zoomed(steps=1.0, at_px=(50, 40))]",
        "-1.0",
        "[30, -10] (50, 60)",
        "[Dropped(path=PosixPath('/tmp/portrait of mine.png')), KeyPressed(key='f')]",
    ]


def test_a_window_without_border_is_moved_by_the_mouse(display: str) -> None:
    code = """
with WindowSurface((100, 100), borderless=True) as window:
    show(window)
    window.position_px = (50, 60)
    wait(window, lambda _: window.position_px == (50, 60))
    mouse(None, at=(90, 90))
    wait(window, lambda _: pygame.mouse.get_pos() == (40, 30))
    mouse(X.ButtonPress, 1)
    wait(window, lambda _: window._grip is not None)
    events = []
    for at in ((100, 95), (140, 100), (250, 180)):
        mouse(None, at=at)
    wait(window, lambda new: (events.extend(new), window.position_px == (210, 150))[1])
    mouse(X.ButtonRelease, 1)
    wait(window, lambda _: window._grip is None)
    mouse(None, at=(400, 300))
    wait(window, lambda _: pygame.mouse.get_pos(desktop=True) == (400, 300))
    print(window.position_px, [e for e in events if isinstance(e, Dragged)])
    mouse(X.ButtonPress, 3, at=(260, 200))
    mouse(None, at=(265, 210))
    wait(window, lambda new: (events.extend(new), any(isinstance(e, Dragged) for e in events))[1])
    mouse(X.ButtonRelease, 3)
    print(window.position_px)
"""
    assert run(display, code) == ["(210, 150) []", "(210, 150)"]


def test_many_sizes_in_one_window(display: str) -> None:
    """Straight, so that the framebuffer of our own is renewed each time as well."""
    code = """
with WindowSurface((64, 48), alpha="straight") as window:
    for size in ((1, 1), (300, 2), (2, 300), (64, 48), (640, 480), (63, 47)):
        window.resize(size)
        wait(window, lambda _: window.size_px == size)
        show(window, (0.5, 0.0, 0.0, 0.5))
        assert bgra(window).reshape(-1, 4).min(0).tolist() == [0, 0, 255, 128], size
        assert window.gl.glGetError() == 0
    print("all")
"""
    assert run(display, code) == ["all"]
