"""Where the canvas lies in the picture: fitted into it, then as large and as far aside as the viewer wants. Pure."""

import math
from typing import Final, NamedTuple

ZOOMS: Final = (0.1, 10.0)
SHIFT: Final = 3.0


class View(NamedTuple):
    """zoom: 1 shows the whole canvas. x, y: to the right and down, in widths and heights of the picture."""

    zoom: float = 1.0
    x: float = 0.0
    y: float = 0.0


WHOLE: Final = View()
"""The whole canvas, in the middle of the picture's lower edge."""


def within_limits(view: tuple[float, float, float], /) -> View:
    """The view, its numbers within `ZOOMS` and `SHIFT`; ValueError for one that isn't finite."""
    if not all(math.isfinite(number) for number in view):
        raise ValueError(f"view: zoom, x and y must be finite, got {view!r}")
    zoom, x, y = view
    return View(min(max(zoom, ZOOMS[0]), ZOOMS[1]), min(max(x, -SHIFT), SHIFT), min(max(y, -SHIFT), SHIFT))


def place(
    canvas_px: tuple[int, int], size_px: tuple[int, int], view: View = WHOLE, /
) -> tuple[float, tuple[float, float]]:
    """Pixels of the picture per canvas pixel, and where the canvas' top left corner lies, y down.

    An avatar is a bust: whatever room is left belongs above its head, never below its chest. So a smaller picture
    shrinks toward the middle of the lower edge; a larger one grows about the middle of the picture.
    """
    (width, height), (canvas_width, canvas_height) = size_px, canvas_px
    scale = min(width / canvas_width, height / canvas_height)
    left, top = (width - scale * canvas_width) / 2.0, height - scale * canvas_height
    if view == WHOLE:
        return scale, (left, top)
    middle = height if view.zoom < 1.0 else height / 2.0
    left = width / 2.0 + view.zoom * (left - width / 2.0) + view.x * width
    top = middle + view.zoom * (top - middle) + view.y * height
    return scale * view.zoom, (left, top)
