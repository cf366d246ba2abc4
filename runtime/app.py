"""The composition root: the only place that puts a renderer on a surface and drivers before a mixer."""

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from typing import Final, Self

import numpy as np

from assets.avatar import AvatarModel
from assets.errors import GraphicsError
from assets.face import FaceFrame

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # before the import: standard output belongs to results

from renderer.gl import GlInfo, Renderer, Timings
from renderer.surface import KeyPressed, OffscreenSurface, Quit, Surface, WindowSurface
from runtime.arguments import Rgba
from runtime.loop import Picture
from runtime.physics import Physics

Draw = Callable[[FaceFrame, tuple[int, int], Rgba], Picture]
"""`draw(frame, size_px, background)` -> uint8 (H, W, 4), straight alpha; a new array each time."""

CLOSING_KEYS: Final = frozenset({"escape", "q"})
WINDOW_SIDE_PX: Final = 900
"""The longer side of a window unless a size was asked for."""


class Stage:
    """A renderer with its surface, as `runtime.loop` wants it. A context manager: leaving frees everything."""

    def __init__(
        self, model: AvatarModel, surface: Surface, *, background: Rgba = (0.0, 0.0, 0.0, 0.0), profile: bool = False
    ) -> None:
        self._surface = surface
        try:
            self._renderer = Renderer(model, surface, profile=profile)
        except BaseException:
            surface.close()
            raise
        self._renderer.background = background
        self._picture: Picture = np.zeros((1, 1, 4), np.uint8)
        self.keys: dict[str, Callable[[], None]] = {}
        """Key, as SDL spells it -> what pressing it does, besides the keys that close."""
        self._model = model
        self._physics: Physics | None = None
        self._now_s: Callable[[], float] = float
        self._drawn_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._renderer.close()
        self._surface.close()

    @property
    def size_px(self) -> tuple[int, int]:
        """(width, height) of the picture."""
        return self._surface.size_px

    @property
    def background(self) -> Rgba:
        """Straight (r, g, b, a), each 0..1."""
        return self._renderer.background

    @background.setter
    def background(self, colour: Rgba) -> None:
        self._renderer.background = colour

    @property
    def gl_info(self) -> GlInfo:
        """What draws."""
        return self._renderer.gl_info

    @property
    def timings(self) -> Timings:
        """Of the last frame."""
        return self._renderer.timings

    @property
    def draw_calls(self) -> int:
        """How many draws a frame takes."""
        plan = self._renderer.draw_list
        return len(plan.masks) + len(plan.colours)

    def swing(self, now_s: Callable[[], float], *, strength: float = 1.0, wind: float = 1.0) -> None:
        """From now on the hair swings, in the time that `now_s` tells; see `runtime.physics`. 0 holds it stiff."""
        self._physics = Physics(self._model, strength=strength, wind=wind) if strength > 0.0 else None
        self._now_s, self._drawn_s = now_s, now_s()

    def draw(self, frame: FaceFrame) -> None:
        """Draw the avatar with this face."""
        if self._physics is None:
            self._renderer.draw(frame)
            return
        now_s = self._now_s()
        self._physics.advance(now_s - self._drawn_s)
        self._drawn_s = now_s
        self._renderer.draw(frame, self._physics.sway)

    def present(self) -> None:
        """Put the drawing before the viewer."""
        self._surface.present()

    def read_rgba(self) -> Picture:
        """The drawing, uint8 (H, W, 4), straight alpha; valid until the next call. A minimised window: its last."""
        width, height = self._surface.size_px
        if min(width, height) < 1:
            return self._picture
        if self._picture.shape[:2] != (height, width):
            self._picture = np.zeros((height, width, 4), np.uint8)
        self._renderer.read_rgba(self._picture)
        return self._picture

    def open(self) -> bool:
        """Handle what the viewer did; False once the show was closed."""
        closing = False
        for event in self._surface.events():
            if isinstance(event, KeyPressed) and event.key in self.keys:
                self.keys[event.key]()
            closing |= isinstance(event, Quit) or (isinstance(event, KeyPressed) and event.key in CLOSING_KEYS)
        return not closing


def offscreen(model: AvatarModel, size_px: tuple[int, int], *, background: Rgba, profile: bool = False) -> Stage:
    """A stage in memory; needs no display. Raises GraphicsError."""
    return Stage(model, OffscreenSurface(size_px), background=background, profile=profile)


def window(model: AvatarModel, size_px: tuple[int, int] | None, *, background: Rgba, title: str) -> Stage:
    """A stage in a window, by default as large as the canvas up to `WINDOW_SIDE_PX`. Raises GraphicsError."""
    check_display()
    return Stage(model, WindowSurface(size_px or window_size_px(model.canvas_px), title), background=background)


def check_display() -> None:
    """Raises GraphicsError where no window can open; asked first, because SDL tries noisily."""
    if not sys.platform.startswith("linux") or os.environ.get("SDL_VIDEODRIVER"):
        return
    if not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
        raise GraphicsError("there is no display for a window; use --headless, or start it from a desktop session")


def window_size_px(canvas_px: tuple[int, int]) -> tuple[int, int]:
    """The canvas, made smaller to `WINDOW_SIDE_PX` where it is larger."""
    scale = min(1.0, WINDOW_SIDE_PX / max(canvas_px))
    width, height = (max(1, round(side * scale)) for side in canvas_px)
    return width, height


@contextlib.contextmanager
def drawing(model: AvatarModel) -> Iterator[Draw]:
    """A function that draws single pictures of `model`, for reports and contact sheets."""
    with contextlib.ExitStack() as stack:
        surface = OffscreenSurface(model.canvas_px)
        stage = stack.enter_context(Stage(model, surface))

        def draw(frame: FaceFrame, size_px: tuple[int, int], background: Rgba) -> Picture:
            if surface.size_px != size_px:
                surface.resize(size_px)
            stage.background = background
            stage.draw(frame)
            return stage.read_rgba().copy()

        yield draw
