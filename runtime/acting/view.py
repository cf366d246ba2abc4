"""Background, mirror, place and window."""

import functools
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from assets.errors import CartoonAliveError, GraphicsError, UsageError
from renderer.surface import NATURAL, Alpha, Dragged, Dropped, Event, Resized, WindowSurface, Zoomed
from runtime import backdrop
from runtime.settings.values import View

if TYPE_CHECKING:
    from runtime.acting.parts import Parts
    from runtime.app import Stage

BACKGROUNDS: Final = ("#e0e0e0", "#00ff00", "#1e2430", "transparent")
"""What the key goes through: light, chroma key, dark, nothing."""
ZOOM_STEP: Final = 1.1
ZOOMS: Final = (0.25, 4.0)


def alpha_of(wish: str) -> Alpha:
    """As the window wants it told; "natural" is what programs that capture windows expect on this system."""
    match wish:
        case "straight":
            return "straight"
        case "premultiplied":
            return "premultiplied"
    return NATURAL


def show_view(stage: "Stage", view: View) -> list[str]:
    """Everything but the mirror, as the settings say. One line for each thing that can't be."""
    complaints = []
    stage.view = (view.zoom, view.x, view.y)
    wishes: list[Callable[[], None]] = [lambda: show_background(stage, backdrop.parse(view.background))]
    if (window := stage.window) is not None:
        window.alpha = alpha_of(view.alpha)
        for name, on in (("always_on_top", view.on_top), ("borderless", view.borderless),
                         ("fullscreen", view.fullscreen)):  # fmt: skip
            if getattr(window, name) != on:
                wishes.append(functools.partial(setattr, window, name, on))
    for do in wishes:
        try:
            do()
        except CartoonAliveError as error:
            complaints.append(str(error))
    return complaints


def show_background(stage: "Stage", behind: backdrop.Backdrop) -> None:
    """A colour, or a picture; one that the graphics card refuses raises GraphicsError, and there is none."""
    try:
        stage.behind = behind.picture
    except GraphicsError:
        stage.behind = None
        raise
    stage.background = behind.colour


class ViewActions:
    """See the actions `view.*`."""

    def __init__(self, parts: "Parts") -> None:
        self._parts = parts
        self._window_px: tuple[int, int] | None = None
        self._before = BACKGROUNDS[0]
        for name in ("background", "mirror", "place", "on_top", "borderless", "fullscreen", "alpha"):
            parts.show.handle(f"view.{name}", getattr(self, name))
        parts.stage.heard = self.hear

    def apply(self, view: View) -> None:
        """Everything as the settings say; what can't be is a notice."""
        self._parts.loop.mirror = view.mirror
        for line in show_view(self._parts.stage, view):
            self._parts.show.notice(line, level="warning", about="view")

    # ---- actions ----------------------------------------------------------------------------------

    def background(self, values: dict[str, Any]) -> Any:
        """Reading a picture is done beside the show."""
        text = values["value"]
        show = self._parts.show
        return show.then(show.work(lambda: backdrop.parse(text), name="background"), self._set_background)

    def mirror(self, values: dict[str, Any]) -> Any:
        """At once: the next frame is mirrored."""
        self._parts.loop.mirror = values["on"]
        self._parts.keeper.change("view", mirror=values["on"])
        return {"mirror": values["on"]}

    def place(self, values: dict[str, Any]) -> Any:
        """What isn't said stays."""
        self._parts.keeper.change("view", **values)
        view = self._parts.settings.view
        self._parts.stage.view = (view.zoom, view.x, view.y)
        return {"zoom": view.zoom, "x": view.x, "y": view.y}

    def on_top(self, values: dict[str, Any]) -> Any:
        """The window above all others."""
        self._window().always_on_top = values["on"]
        self._parts.keeper.change("view", on_top=values["on"])
        return {"on": values["on"]}

    def borderless(self, values: dict[str, Any]) -> Any:
        """The window without a frame."""
        self._window().borderless = values["on"]
        self._parts.keeper.change("view", borderless=values["on"])
        return {"on": values["on"]}

    def alpha(self, values: dict[str, Any]) -> Any:
        """How transparency lies in the window's buffer."""
        self._window().alpha = alpha_of(values["value"])
        self._parts.keeper.change("view", alpha=values["value"])
        return {"value": values["value"]}

    def fullscreen(self, values: dict[str, Any]) -> Any:
        """The window over the whole screen; not kept: nobody wants to start so by accident."""
        window = self._window()
        on = not window.fullscreen if values.get("on") is None else values["on"]
        window.fullscreen = on
        self._parts.keeper.override("view", fullscreen=on)
        return {"on": on}

    # ---- keys and mouse ---------------------------------------------------------------------------

    def next_background(self) -> None:
        """The one after the present one."""
        now = self._parts.settings.view.background
        known = [*BACKGROUNDS[:-1]]
        place = known.index(now) + 1 if now in known else 0
        self._parts.show.post("view.background", {"value": known[place % len(known)]})

    def transparent(self) -> None:
        """Transparent, or again what there was before."""
        now = self._parts.settings.view.background
        if now != "transparent":
            self._before = now
        self._parts.show.post("view.background", {"value": self._before if now == "transparent" else "transparent"})

    def hear(self, event: Event) -> None:
        """Wheel and mouse move the avatar in the window."""
        view = self._parts.settings.view
        match event:
            case Zoomed(steps):
                zoom = min(max(view.zoom * ZOOM_STEP**steps, ZOOMS[0]), ZOOMS[1])
                self._parts.show.post("view.place", {"zoom": zoom})
            case Dragged((right, down)):
                width, height = self._parts.stage.size_px
                if min(width, height) > 0:
                    x, y = (min(max(now + by, -1.0), 1.0) for now, by in
                            ((view.x, right / width), (view.y, down / height)))  # fmt: skip
                    self._parts.show.post("view.place", {"x": x, "y": y})
            case Dropped(path):
                self._dropped(str(path))
            case Resized():
                self._parts.show.changed()

    def _dropped(self, path: str) -> None:
        """A file on the window: an avatar, a take or a background, by its name."""
        ending = path.lower().rpartition(".")[2]
        if ending == "avatar":
            self._parts.show.post("avatar.load", {"path": path})
        elif ending in ("jsonl", "csv"):
            self._parts.show.post("take.play", {"path": path, "loop": True})
        elif ending in ("png", "jpg", "jpeg", "webp", "bmp"):
            self._parts.show.post("view.background", {"value": path})
        else:
            self._parts.show.notice(f"nothing here can use that file: {path}", level="warning", about="view")

    # ---- inside -----------------------------------------------------------------------------------

    def _window(self) -> WindowSurface:
        window = self._parts.stage.window
        if window is None:
            raise UsageError("this show has no window (--headless)")
        return window

    def _set_background(self, behind: backdrop.Backdrop) -> Any:
        show_background(self._parts.stage, behind)
        self._parts.keeper.change("view", background=behind.text)
        return {"value": behind.text}
