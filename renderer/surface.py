"""Where a picture goes: a window, or memory. The only module that opens OpenGL, through pygame-ce (SDL).

A process has one OpenGL context at a time: SDL's. The off-screen surface needs no display: SDL's "offscreen" driver
makes the context and the surface draws into a framebuffer object of any size; where SDL has no such driver, a hidden
window serves. A window, in contrast, is refused when SDL finds no display, because SDL then silently picks
"offscreen" and nobody would ever see anything.

PyOpenGL must be told which library owns the context (EGL or GLX) *before* it is imported, and guesses wrongly under
Wayland and off-screen. So the order is: make the context, ask both libraries, set PYOPENGL_PLATFORM, import.
"""

import ctypes
import logging
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Protocol, Self

import pygame

from assets.errors import GraphicsError

CHECK_VARIABLE: Final = "CARTOONALIVE_GL_CHECK"
"""Set to 1, every OpenGL call is checked (the tests do so); otherwise none is, which halves the cost of a call."""
MAX_SIDE_PX: Final = 8192
_NEEDED_GL: Final = (3, 3)
_INVISIBLE_DRIVERS: Final = frozenset({"offscreen", "dummy"})
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Quit:
    """The window was asked to close."""


@dataclass(frozen=True, slots=True)
class Resized:
    """The window has a new size; the surface already knows it."""

    size_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class KeyPressed:
    """A key went down. key: its name as SDL spells it, such as "escape", "f", "space"."""

    key: str


Event = Quit | Resized | KeyPressed


class Surface(Protocol):
    """What the renderer needs of a place to draw. All calls on the thread that made it.

    gl: the module `OpenGL.GL`. size_px: (width, height); (0, 0) while a window is minimised.
    top_row_first: whether row 0 of the framebuffer is the top row of the picture (OpenGL's own is the bottom row).
    """

    gl: Any
    top_row_first: bool

    @property
    def size_px(self) -> tuple[int, int]: ...

    def begin(self) -> None:
        """Makes the surface the target of what is drawn next."""

    def present(self) -> None:
        """Shows what was drawn."""

    def events(self) -> Iterator[Event]:
        """What happened since the last call. Call it every frame, or the system takes the window for hung."""

    def close(self) -> None:
        """Frees everything. May be called twice."""


class OffscreenSurface:
    """A picture in memory, of any size up to 8192 px a side, top row first. Needs no display.

    Raises GraphicsError when there is no OpenGL 3.3, or the size is impossible.
    """

    top_row_first = True

    def __init__(self, size_px: tuple[int, int]) -> None:
        self.gl = _open_context(hidden=True)
        self._framebuffer = 0
        self._buffers: tuple[int, int] = (0, 0)
        self._size_px = (0, 0)
        try:
            self.resize(size_px)
        except BaseException:
            self.close()
            raise

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height)."""
        return self._size_px

    def resize(self, size_px: tuple[int, int], /) -> None:
        """Another size; what was drawn is lost."""
        gl = self.gl
        limit = min(MAX_SIDE_PX, int(gl.glGetIntegerv(gl.GL_MAX_RENDERBUFFER_SIZE)))
        if not all(1 <= side <= limit for side in size_px):
            raise GraphicsError(f"picture size: sides must be in 1..{limit} px, got {size_px[0]}x{size_px[1]}")
        self._free()
        self._framebuffer = int(gl.glGenFramebuffers(1))
        colour, depth = (int(name) for name in gl.glGenRenderbuffers(2))
        self._buffers = colour, depth
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        for name, storage, attachment in (
            (colour, gl.GL_RGBA8, gl.GL_COLOR_ATTACHMENT0),
            (depth, gl.GL_DEPTH_COMPONENT16, gl.GL_DEPTH_ATTACHMENT),
        ):
            gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, name)
            gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, storage, *size_px)
            gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, attachment, gl.GL_RENDERBUFFER, name)
        if gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER) != gl.GL_FRAMEBUFFER_COMPLETE:
            raise GraphicsError(f"OpenGL refuses a picture of {size_px[0]}x{size_px[1]} px; try a smaller size")
        self._size_px = size_px

    def begin(self) -> None:
        """Binds the framebuffer object."""
        self.gl.glBindFramebuffer(self.gl.GL_FRAMEBUFFER, self._framebuffer)

    def present(self) -> None:
        """Nothing to show."""

    def events(self) -> Iterator[Event]:
        """Keeps SDL's queue short; nothing comes from it."""
        pygame.event.clear()
        return iter(())

    def _free(self) -> None:
        if self._framebuffer:
            self.gl.glDeleteFramebuffers(1, [self._framebuffer])
            self.gl.glDeleteRenderbuffers(2, self._buffers)
            self._framebuffer = 0

    def close(self) -> None:
        """Frees the buffers, and the context with its last surface."""
        if self.gl is not None:
            self._free()
            self.gl = None
            _close_context()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class WindowSurface:
    """A window that can be resized, cleared to transparent where the desktop allows it.

    vsync: wait for the screen in `present`; silently off where the driver can't.
    Raises GraphicsError when there is no display, no OpenGL 3.3, or a context is already open.
    """

    top_row_first = False

    def __init__(self, size_px: tuple[int, int], title: str = "CartoonAlive", *, vsync: bool = True) -> None:
        self.gl = _open_context(hidden=False, size_px=size_px, title=title, vsync=vsync)
        self._size_px = pygame.display.get_window_size()

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the drawable; (0, 0) while minimised."""
        return self._size_px

    def begin(self) -> None:
        """Binds the window's own framebuffer."""
        self.gl.glBindFramebuffer(self.gl.GL_FRAMEBUFFER, 0)

    def present(self) -> None:
        """Swaps the buffers; with vsync it waits for the screen."""
        pygame.display.flip()

    def events(self) -> Iterator[Event]:
        """Close, new size, keys. A new size needs no new context: SDL keeps it, and the renderer reads `size_px`."""
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                yield Quit()
            elif event.type == pygame.KEYDOWN:
                yield KeyPressed(pygame.key.name(event.key))
            elif event.type == pygame.WINDOWMINIMIZED:
                self._size_px = (0, 0)
                yield Resized(self._size_px)
            elif event.type in (pygame.VIDEORESIZE, pygame.WINDOWRESTORED, pygame.WINDOWSIZECHANGED):
                size_px = pygame.display.get_window_size()
                if size_px != self._size_px:
                    self._size_px = size_px
                    yield Resized(size_px)

    def close(self) -> None:
        """Closes the window and its context."""
        if self.gl is not None:
            self.gl = None
            _close_context()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


_surfaces = 0
"""Surfaces that use the context; it goes with the last one."""


def _open_context(
    *, hidden: bool, size_px: tuple[int, int] = (1, 1), title: str = "CartoonAlive", vsync: bool = False
) -> Any:
    """The module OpenGL.GL with a current context of at least OpenGL 3.3 core."""
    global _surfaces
    if _surfaces and not hidden:
        raise GraphicsError("a window needs an OpenGL context of its own: close the other surfaces first")
    if not _surfaces:
        try:
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


def _close_context() -> None:
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


def _make_context(size_px: tuple[int, int], title: str, *, hidden: bool, vsync: bool) -> None:
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
        try:
            pygame.display.set_mode(size_px, flags, vsync=int(vsync))
        except pygame.error:
            if not vsync:
                raise
            pygame.display.set_mode(size_px, flags)  # a driver without vsync refuses the whole window
        pygame.display.set_caption(title)
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

    if "OpenGL.GL" not in sys.modules:
        OpenGL.ERROR_CHECKING = os.environ.get(CHECK_VARIABLE) == "1"
        OpenGL.ERROR_LOGGING = False
    from OpenGL import GL

    return GL


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
