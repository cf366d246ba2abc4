"""The one OpenGL context of the process, which SDL makes through pygame-ce, and the functions that fit it.

PyOpenGL must be told which library owns the context (EGL or GLX) *before* it is imported, and guesses wrongly under
Wayland and off-screen. So the order is: make the context, ask both libraries, set PYOPENGL_PLATFORM, import.
"""

import contextlib
import ctypes
import functools
import logging
import os
import sys
from collections.abc import Iterator
from typing import Any, Final

import pygame

from assets.errors import GraphicsError
from renderer import x11
from renderer.icon import icon

CHECK_VARIABLE: Final = "CARTOONALIVE_GL_CHECK"
"""Set to 1, every OpenGL call is checked (the tests do so); otherwise none is, which halves the cost of a call."""
_NEEDED_GL: Final = (3, 3)
_INVISIBLE_DRIVERS: Final = frozenset({"offscreen", "dummy"})
_CLASS_VARIABLE: Final = "SDL_VIDEO_X11_WMCLASS"
_WINDOW_HINTS: Final = {
    _CLASS_VARIABLE: "CartoonAlive",  # by this, and the title, OBS finds the window again
    "SDL_VIDEO_WAYLAND_WMCLASS": "CartoonAlive",
    "SDL_VIDEO_X11_NET_WM_BYPASS_COMPOSITOR": "0",  # SDL would ask for it, and nothing would shine through
    "SDL_VIDEO_EGL_ALLOW_TRANSPARENCY": "1",  # Wayland
    "SDL_WINDOWS_DPI_AWARENESS": "permonitorv2",  # or Windows would enlarge a small picture
    "SDL_MOUSE_FOCUS_CLICKTHROUGH": "1",  # the click that wakes the window may drag it
}
_LOG = logging.getLogger(__name__)


_surfaces = 0
"""Surfaces that use the context; it goes with the last one."""
_transparent = False


def open_context(
    *, hidden: bool, size_px: tuple[int, int] = (1, 1), title: str = "CartoonAlive", vsync: bool = False
) -> Any:
    """`renderer.functions.Functions`, with a current context of at least OpenGL 3.3 core."""
    global _surfaces
    if _surfaces and not hidden:
        raise GraphicsError("a window needs an OpenGL context of its own: close the other surfaces first")
    if not _surfaces:
        try:
            with contextlib.nullcontext() if hidden else _environment(_WINDOW_HINTS):
                _start_display(hidden)
                _make_context(size_px, title, hidden=hidden, vsync=vsync)
            gl = _import_gl()
            _check_version(gl)
        except BaseException:
            pygame.display.quit()
            raise
    else:
        gl = _import_gl()
    _surfaces += 1
    return gl


def close_context() -> None:
    global _surfaces
    _surfaces -= 1
    if not _surfaces:
        pygame.display.quit()


def _start_display(hidden: bool) -> None:
    """Initialises SDL's video with a driver that fits; never touches the caller's environment for good."""
    if hidden and "SDL_VIDEODRIVER" not in os.environ and sys.platform.startswith("linux"):
        os.environ["SDL_VIDEODRIVER"] = "offscreen"
        try:
            pygame.display.init()
            return
        except pygame.error as error:
            _LOG.info("SDL has no off-screen driver (%s): a hidden window serves", error)
        finally:
            del os.environ["SDL_VIDEODRIVER"]
    try:
        pygame.display.init()
    except pygame.error as error:
        raise GraphicsError(f"no display: {error}") from None
    driver = pygame.display.get_driver()
    if not hidden and driver in _INVISIBLE_DRIVERS:
        raise GraphicsError(
            f"no display for a window: SDL has only its invisible driver {driver!r}; "
            "start it from a desktop session, or render without a window (--headless)"
        )
    if driver == "dummy":
        raise GraphicsError("SDL's driver 'dummy' has no OpenGL: unset SDL_VIDEODRIVER, or set it to 'offscreen'")


@contextlib.contextmanager
def _environment(values: dict[str, str]) -> Iterator[None]:
    """These variables, unless the user has set them; only for this block."""
    if os.environ.get(_CLASS_VARIABLE) == os.path.basename(sys.argv[0]):  # pygame's doing, not the user's
        del os.environ[_CLASS_VARIABLE]
    added = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def transparent() -> bool:
    """Whether what lies behind the window shows through where nothing is drawn, if a compositor runs."""
    return _transparent and int(pygame.display.gl_get_attribute(pygame.GL_ALPHA_SIZE)) >= 8


def _make_context(size_px: tuple[int, int], title: str, *, hidden: bool, vsync: bool) -> None:
    """A window with a context. On X11 one with alpha if that can be; some drivers have the visual and refuse it."""
    global _transparent
    _transparent = pygame.display.get_driver() == "wayland"
    transparency = x11.transparency() if not hidden and pygame.display.get_driver() == "x11" else {}
    if transparency:
        try:
            with _environment(transparency):
                _set_mode(size_px, title, hidden=hidden, vsync=vsync)
            _transparent = True
            return
        except GraphicsError as error:
            _LOG.info("no transparent window (%s): an opaque one serves", error)
    _set_mode(size_px, title, hidden=hidden, vsync=vsync)


def _set_mode(size_px: tuple[int, int], title: str, *, hidden: bool, vsync: bool) -> None:
    for attribute, value in (
        (pygame.GL_CONTEXT_MAJOR_VERSION, _NEEDED_GL[0]),
        (pygame.GL_CONTEXT_MINOR_VERSION, _NEEDED_GL[1]),
        (pygame.GL_CONTEXT_PROFILE_MASK, pygame.GL_CONTEXT_PROFILE_CORE),
        (pygame.GL_CONTEXT_FLAGS, pygame.GL_CONTEXT_FORWARD_COMPATIBLE_FLAG),  # macOS gives 3.3 only so
        (pygame.GL_ALPHA_SIZE, 8),
        (pygame.GL_DEPTH_SIZE, 16),
    ):
        pygame.display.gl_set_attribute(attribute, value)
    flags = pygame.OPENGL | pygame.DOUBLEBUF | (pygame.HIDDEN if hidden else pygame.RESIZABLE)
    try:
        if not hidden:
            picture = icon()
            pygame.display.set_icon(pygame.image.frombuffer(picture.tobytes(), picture.shape[1::-1], "RGBA"))
            pygame.display.set_caption(title)  # before there is a window, or it would be named otherwise for a moment
        try:
            pygame.display.set_mode(size_px, flags, vsync=int(vsync))
        except pygame.error:
            if not vsync:
                raise
            pygame.display.set_mode(size_px, flags)  # a driver without vsync refuses the whole window
    except pygame.error as error:
        raise GraphicsError(
            f"OpenGL 3.3 is needed and could not be opened (SDL driver {pygame.display.get_driver()!r}: {error}); "
            "install or update the graphics driver, on Linux the packages libgl1, libegl1 and libgl1-mesa-dri"
        ) from None


def _import_gl() -> Any:
    if sys.platform.startswith("linux") and (owner := _context_owner()) is not None:
        if "OpenGL.platform" in sys.modules and os.environ.get("PYOPENGL_PLATFORM", owner) != owner:
            raise GraphicsError(f"this process already uses OpenGL in another way than {owner}: start a new one")
        os.environ["PYOPENGL_PLATFORM"] = owner
    import OpenGL

    if "OpenGL.platform" not in sys.modules:
        OpenGL.ERROR_CHECKING = os.environ.get(CHECK_VARIABLE) == "1"
        OpenGL.ERROR_LOGGING = False
    return _functions()


@functools.cache
def _functions() -> Any:
    from renderer.functions import Functions

    return Functions()


def _context_owner() -> str | None:
    """ "egl" or "glx", whichever has a current context."""
    for library, function, platform in (
        ("libEGL.so.1", "eglGetCurrentContext", "egl"),
        ("libGL.so.1", "glXGetCurrentContext", "glx"),
    ):
        try:
            current = getattr(ctypes.CDLL(library), function)
        except (OSError, AttributeError):
            continue
        current.restype = ctypes.c_void_p
        if current():
            return platform
    return None


def _check_version(gl: Any) -> None:
    text = (gl.glGetString(gl.GL_VERSION) or b"0.0").decode("ascii", "replace")
    major, _, rest = text.partition(".")
    minor = rest[:1]
    if not (major.isdigit() and minor.isdigit()) or (int(major), int(minor)) < _NEEDED_GL:
        raise GraphicsError(f"OpenGL 3.3 is needed, this driver has {text!r}: update the graphics driver")
