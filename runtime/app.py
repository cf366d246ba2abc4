"""The composition root: the only place that puts a renderer on a surface and drivers before a mixer."""

import contextlib
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Self

import numpy as np

from assets.avatar import AvatarModel
from assets.errors import GraphicsError
from assets.face import FaceFrame

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")  # before the import: standard output belongs to results

from renderer.deform import STILL
from renderer.gl import GlInfo, Renderer, Timings
from renderer.prepared import Prepared, prepare
from renderer.surface import Event, KeyPressed, OffscreenSurface, Quit, Surface, WindowSurface
from renderer.view import View
from runtime.arguments import Rgba
from runtime.faces.alive import Bearing
from runtime.faces.physics import Physics
from runtime.loop import Picture
from runtime.overlays import moving as overlays_at

Draw = Callable[[FaceFrame, tuple[int, int], Rgba], Picture]
"""`draw(frame, size_px, background)` -> uint8 (H, W, 4), straight alpha; a new array each time."""

CLOSING_KEYS: Final = frozenset({"escape", "q"})
NOTHING: Final[Mapping[str, float]] = MappingProxyType({})
WINDOW_SIDE_PX: Final = 900
"""The longer side of a window unless a size was asked for."""


class Stage:
    """A renderer with its surface, as `runtime.loop` wants it. A context manager: leaving frees everything.

    All methods are for the thread that made it, but for `prepare`.
    """

    def __init__(
        self,
        model: AvatarModel,
        surface: Surface,
        *,
        background: Rgba = (0.0, 0.0, 0.0, 0.0),
        profile: bool = False,
        prepared: Prepared | None = None,
    ) -> None:
        self._surface = surface
        self._profile = profile
        try:
            self._renderer = Renderer(model, surface, profile=profile, prepared=prepared)
        except BaseException:
            surface.close()
            raise
        self._renderer.background = background
        self._behind: Picture | None = None
        self._picture: Picture = np.zeros((1, 1, 4), np.uint8)
        self.keys: dict[str, Callable[[], None]] = {}
        """Key, as SDL spells it -> what pressing it does."""
        self.closing_keys = CLOSING_KEYS
        """Those that end the show, unless they are among `keys`."""
        self.heard: Callable[[Event], None] = _ignored
        """Told what else the viewer did with the window: wheel, mouse, files dropped, another size."""
        self.model = model
        self._physics: Physics | None = None
        self.bearing: Bearing | None = None
        """A body that breathes and follows the head; None holds it still."""
        self._swing = (0.0, 0.0)
        self._now_s: Callable[[], float] = time.perf_counter
        self._drawn_s = 0.0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._renderer.close()
        self._surface.close()

    # ---- what is shown ----------------------------------------------------------------------------

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
    def behind(self) -> Picture | None:
        """A picture behind the avatar, uint8 (H, W, 4), opaque; None for the background's colour."""
        return self._behind

    @behind.setter
    def behind(self, picture: Picture | None) -> None:
        self._renderer.set_backdrop(picture)
        self._behind = picture

    @property
    def view(self) -> View:
        """Zoom, and how far aside, in widths and heights of the picture; see `renderer.view`."""
        return self._renderer.view

    @view.setter
    def view(self, view: tuple[float, float, float]) -> None:
        self._renderer.view = View(*view)

    def prepare(self, model: AvatarModel) -> Prepared:
        """What takes long of another avatar; may be called on any thread, and its result given to `swap`."""
        return prepare(model, self._surface.size_px, view=self._renderer.view)

    def swap(self, model: AvatarModel, prepared: Prepared | None = None) -> None:
        """Another avatar from the next frame on. What can't be shown raises GraphicsError, and the old one stays."""
        before = self._renderer
        after = Renderer(model, self._surface, profile=self._profile, prepared=prepared)
        try:
            after.background, after.view = before.background, before.view
            if self._behind is not None:
                after.set_backdrop(self._behind)
        except BaseException:
            after.close()
            raise
        before.close()
        self._renderer, self.model = after, model
        if self._physics is not None:
            self._physics = Physics(model, strength=self._swing[0], wind=self._swing[1])

    # ---- the window -------------------------------------------------------------------------------

    @property
    def window(self) -> WindowSurface | None:
        """The window, where there is one."""
        return self._surface if isinstance(self._surface, WindowSurface) else None

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

    # ---- a frame ----------------------------------------------------------------------------------

    def swing(self, now_s: Callable[[], float], *, strength: float = 1.0, wind: float = 1.0) -> None:
        """From now on the hair swings, in the time that `now_s` tells; see `runtime.faces.physics`. 0 holds it stiff.

        Called again, it changes strength and wind without a jump.
        """
        self._swing = strength, wind
        if self._physics is not None:
            self._physics.strength, self._physics.wind = strength, wind
            return
        self._physics = Physics(self.model, strength=strength, wind=wind) if strength > 0.0 else None
        self._now_s, self._drawn_s = now_s, now_s()

    def draw(self, frame: FaceFrame, overlays: Mapping[str, float] = NOTHING, /) -> None:
        """Draw the avatar with this face, and as much of each overlay as is said (name -> opacity)."""
        now_s = self._now_s()
        shown = overlays_at(overlays, now_s) if overlays else None
        sway = None
        if self._physics is not None:
            self._physics.advance(now_s - self._drawn_s)
            sway = self._physics.sway
        self._drawn_s = now_s
        body = STILL if self.bearing is None else self.bearing.step(frame.head, now_s)
        self._renderer.draw(frame, sway, shown, body)

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
            match event:
                case Quit():
                    closing = True
                case KeyPressed(key) if key in self.keys:
                    self.keys[key]()
                case KeyPressed(key):
                    closing |= key in self.closing_keys
                case _:
                    self.heard(event)
        return not closing


def _ignored(event: Event, /) -> None:
    return None


def offscreen(
    model: AvatarModel,
    size_px: tuple[int, int],
    *,
    background: Rgba,
    profile: bool = False,
) -> Stage:
    """A stage in memory; needs no display. Raises GraphicsError."""
    return Stage(model, OffscreenSurface(size_px), background=background, profile=profile)


def surface(size_px: tuple[int, int], *, title: str | None) -> Surface:
    """A window with a title, or without one a place in memory. Raises GraphicsError."""
    if title is None:
        return OffscreenSurface(size_px)
    check_display()
    return WindowSurface(size_px, title)


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
