"""The avatar's window: transparent where the desktop allows it, with or without border, moved and filled by the mouse.

What lies in its buffer is premultiplied, as compositors want it, or straight, as OBS' Game Capture wants it unless told
otherwise; see docs/obs.md.
"""

import contextlib
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, Literal, Self

import pygame

from assets.errors import GraphicsError
from renderer import context
from renderer.events import Dragged, Dropped, Event, KeyPressed, Quit, Resized, Zoomed
from renderer.straight import StraightPass

Alpha = Literal["premultiplied", "straight"]

NATURAL: Final[Alpha] = "straight" if sys.platform == "win32" else "premultiplied"
"""As whoever captures windows there expects it: OBS' Game Capture on Windows, compositors elsewhere."""
_LEFT: Final = 1
_Point = tuple[int, int]


class WindowSurface:
    """A window that can be resized, cleared to transparent where the desktop allows it.

    vsync: wait for the screen in `present`; silently off where the driver can't.
    Raises GraphicsError when there is no display, no OpenGL 3.3, or a context is already open.
    """

    top_row_first = False

    def __init__(
        self,
        size_px: tuple[int, int],
        title: str = "CartoonAlive",
        *,
        vsync: bool = True,
        alpha: Alpha = NATURAL,
        borderless: bool = False,
        always_on_top: bool = False,
    ) -> None:
        self.gl = context.open_context(hidden=False, size_px=size_px, title=title, vsync=vsync)
        self.alpha: Alpha = alpha
        """How colours lie in the window's buffer; may be changed between frames."""
        self._straight: StraightPass | None = None
        self._drawing_straight = False
        self._size_px: tuple[int, int] = pygame.display.get_window_size()
        self._grip: tuple[_Point, _Point] | None = None
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # advice for programs that draw with pygame itself
            self._window: Any = pygame.Window.from_display_module()
        try:
            if borderless:
                self.borderless = True
            if always_on_top:
                with contextlib.suppress(GraphicsError):
                    self.always_on_top = True
        except BaseException:
            self.close()
            raise

    # ---- drawing ----------------------------------------------------------------------------------------------------

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the drawable; (0, 0) while minimised."""
        return self._size_px

    @property
    def transparent(self) -> bool:
        """Whether the desktop shows through where nothing is drawn, if a compositor runs; elsewhere that is black, and
        only a capture of the window (OBS' Game Capture) sees the alpha in it."""
        return context.transparent()

    def begin(self) -> None:
        """Binds what is drawn into."""
        self._drawing_straight = self.alpha == "straight"
        if not self._drawing_straight:
            self.gl.glBindFramebuffer(self.gl.GL_FRAMEBUFFER, 0)
            return
        if self._straight is None:
            self._straight = StraightPass(self.gl)
        self._straight.begin(self._size_px)

    def present(self) -> None:
        """Swaps the buffers; with vsync it waits for the screen."""
        if self._drawing_straight and self._straight is not None and min(self._size_px) > 0:
            self._straight.finish()
        pygame.display.flip()

    # ---- the window itself, which may be changed while it is shown --------------------------------------------------

    @property
    def title(self) -> str:
        """What OBS finds the window by: don't change it while it is captured."""
        return str(self._window.title)

    @title.setter
    def title(self, title: str) -> None:
        self._window.title = title

    @property
    def borderless(self) -> bool:
        """Without a border, the left button moves the window."""
        return bool(self._window.borderless)

    @borderless.setter
    def borderless(self, on: bool) -> None:
        self._grip = None
        self._window.borderless = on

    @property
    def always_on_top(self) -> bool:
        """Above all other windows. Setting it raises GraphicsError where the desktop forbids it (Wayland)."""
        return bool(self._window.always_on_top)

    @always_on_top.setter
    def always_on_top(self, on: bool) -> None:
        with contextlib.suppress(pygame.error):
            self._window.always_on_top = on
        if self.always_on_top is not on:
            raise GraphicsError("this desktop lets no program keep its window on top: choose it in the window's menu")

    @property
    def fullscreen(self) -> bool:
        """As large as the screen."""
        return bool(pygame.display.is_fullscreen())

    @fullscreen.setter
    def fullscreen(self, on: bool) -> None:
        if on:
            self._window.set_fullscreen(desktop=True)
        else:
            self._window.set_windowed()

    @property
    def position_px(self) -> tuple[int, int]:
        """Of the upper left corner on the desktop; (0, 0) where it isn't told (Wayland)."""
        x, y = self._window.position
        return int(x), int(y)

    @position_px.setter
    def position_px(self, position_px: tuple[int, int]) -> None:
        with contextlib.suppress(pygame.error):  # Wayland places windows itself
            self._window.position = position_px

    def resize(self, size_px: tuple[int, int], /) -> None:
        """Asks for another size; the event `Resized` tells what came of it."""
        self._window.size = size_px

    # ---- what happens -----------------------------------------------------------------------------------------------

    def events(self) -> Iterator[Event]:
        """What happened since the last call. A new size needs no new context: SDL keeps it, and the renderer reads
        `size_px`. Wheel and mouse come as one event each, however often they moved."""
        steps, dragged = 0.0, [0, 0]
        for event in pygame.event.get():
            match event.type:
                case pygame.QUIT:
                    yield Quit()
                case pygame.KEYDOWN:
                    yield KeyPressed(pygame.key.name(event.key))
                case pygame.DROPFILE:
                    yield Dropped(Path(event.file))
                case pygame.MOUSEWHEEL:
                    steps += getattr(event, "precise_y", event.y) * (-1.0 if event.flipped else 1.0)
                case pygame.MOUSEBUTTONDOWN:
                    if event.button == _LEFT and self.borderless and not self.fullscreen:
                        self._grip = pygame.mouse.get_pos(desktop=True), self.position_px
                case pygame.MOUSEBUTTONUP:
                    self._grip = None if event.button == _LEFT else self._grip
                case pygame.MOUSEMOTION:
                    if any(event.buttons) and self._grip is None:
                        dragged = [dragged[0] + event.rel[0], dragged[1] + event.rel[1]]
                case _:
                    yield from self._resized(event.type)
        if steps:
            yield Zoomed(steps, pygame.mouse.get_pos())
        if any(dragged):
            yield Dragged((dragged[0], dragged[1]))
        self._follow_the_mouse()

    def _resized(self, kind: int) -> Iterator[Event]:
        if kind == pygame.WINDOWMINIMIZED:
            self._size_px = (0, 0)
            yield Resized(self._size_px)
        elif kind in (pygame.VIDEORESIZE, pygame.WINDOWRESTORED, pygame.WINDOWSIZECHANGED):
            size_px = pygame.display.get_window_size()
            if size_px != self._size_px:
                self._size_px = size_px
                yield Resized(size_px)

    def _follow_the_mouse(self) -> None:
        """Moves the window by as much as the mouse has moved on the desktop since it took hold of it."""
        if self._grip is not None:
            (from_x, from_y), (x, y) = self._grip
            now_x, now_y = pygame.mouse.get_pos(desktop=True)
            target = x + now_x - from_x, y + now_y - from_y
            if target != self.position_px:
                self.position_px = target

    def close(self) -> None:
        """Closes the window and its context."""
        if self.gl is not None:
            if self._straight is not None:
                self._straight.close()
                self._straight = None
            self.gl = None
            context.close_context()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
