"""Where a picture goes: a window (`renderer.window`), or memory.

A process has one OpenGL context at a time: SDL's. The off-screen surface needs no display: SDL's "offscreen" driver
makes the context and the surface draws into a framebuffer object of any size; where SDL has no such driver, a hidden
window serves. A window, in contrast, is refused when SDL finds no display, because SDL then silently picks
"offscreen" and nobody would ever see anything.
"""

from collections.abc import Iterator
from typing import Any, Final, Protocol, Self

import pygame

from assets.errors import GraphicsError
from renderer import context
from renderer.events import Dragged, Dropped, Event, KeyPressed, Quit, Resized, Zoomed
from renderer.window import NATURAL, Alpha, WindowSurface

__all__ = [
    "MAX_SIDE_PX", "NATURAL", "Alpha", "Dragged", "Dropped", "Event", "KeyPressed", "OffscreenSurface", "Quit",
    "Resized", "Surface", "WindowSurface", "Zoomed",
]  # fmt: skip

MAX_SIDE_PX: Final = 8192


class Surface(Protocol):
    """What the renderer needs of a place to draw. All calls on the thread that made it.

    gl: `renderer.functions.Functions`. size_px: (width, height); (0, 0) while a window is minimised.
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
        self.gl = context.open_context(hidden=True)
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
            context.close_context()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
