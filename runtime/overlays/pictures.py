"""The pictures of the overlays, drawn by formulas: uint8 (H, W, 4), straight alpha, colours bled everywhere.

Every shape is a signed "how far inside", turned into coverage over about one pixel. Colours are chosen to be seen on
any skin: a light body, a darker rim.
"""

import math
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating[Any]]
Picture = npt.NDArray[np.uint8]
Rgb = tuple[float, float, float]

_WATER: Final = (176.0, 220.0, 255.0)
_RIM: Final = (74.0, 140.0, 222.0)
_DEEP: Final = (118.0, 182.0, 246.0)
_LIGHT: Final = (255.0, 255.0, 255.0)
_GLOOM: Final = (44.0, 50.0, 104.0)
_CRIMSON: Final = (216.0, 38.0, 54.0)


class _Canvas:
    """Colour and coverage that shapes are painted on, each over those before."""

    def __init__(self, size_px: tuple[int, int]) -> None:
        """size_px: (width, height). x runs from -1 to 1; y from 0 at the top to 1."""
        width, height = max(size_px[0], 1), max(size_px[1], 1)
        x = (np.arange(width, dtype=np.float32) + 0.5) / width * 2.0 - 1.0
        y = (np.arange(height, dtype=np.float32) + 0.5) / height
        self.x, self.y = x[None, :], y[:, None]
        self.per_x, self.per_y = width / 2.0, float(height)  # pixels in a unit of x, of y
        self._premultiplied = np.zeros((4, height, width), np.float32)

    def paint(self, rgb: Rgb, alpha: Floats) -> None:
        alpha = np.minimum(np.maximum(alpha, 0.0), 1.0)
        self._premultiplied *= 1.0 - alpha
        for plane, value in zip(self._premultiplied, (*rgb, 1.0), strict=True):
            plane += np.float32(value) * alpha

    def ink(self, inside_px: Floats, soft_px: float = 1.2) -> Floats:
        """Coverage 0..1 of what lies so many pixels inside an edge."""
        shown: Floats = np.minimum(np.maximum(inside_px * np.float32(1.0 / soft_px) + np.float32(0.5), 0.0), 1.0)
        return shown

    def ellipse(self, x: float, y: float, across: float, along: float) -> Floats:
        """Coverage of an ellipse with soft edges, its half axes in units of x and of y."""
        radius = np.hypot((self.x - x) / across, (self.y - y) / along)
        return self.ink((1.0 - radius) * min(across * self.per_x, along * self.per_y), 3.0)

    def finish(self, bled: Rgb) -> Picture:
        painted = self._premultiplied
        picture = np.zeros((*painted.shape[1:], 4), np.uint8)
        picture[..., 3] = painted[3] * 255.0 + 0.5
        solid = np.maximum(painted[3], 1e-3)
        for channel, (plane, colour) in enumerate(zip(painted, bled, strict=False)):
            picture[..., channel] = np.where(painted[3] > 1e-3, np.minimum(plane / solid, 255.0), colour)
        return picture


def blush(size_px: tuple[int, int], skin: Rgb) -> Picture:
    """A cheek's glow in the red of this skin, nothing at its edges."""
    canvas = _Canvas(size_px)
    radius = np.minimum(np.hypot(canvas.x, canvas.y * 2.0 - 1.0), 1.0)
    red, green, blue = skin
    rose = (0.55 * red + 0.45 * 226.0, 0.45 * green + 0.55 * 62.0, 0.48 * blue + 0.52 * 78.0)
    canvas.paint(rose, 0.62 * (1.0 - radius**2) ** 1.7)
    return canvas.finish(rose)


def drop(size_px: tuple[int, int]) -> Picture:
    """One drop of water: pointed above, round below, a light on it."""
    canvas = _Canvas(size_px)
    t = np.clip((canvas.y - 0.03) / 0.94, 0.0, 1.0)
    half = 2.05 * t**1.15 * np.sqrt(1.0 - t)  # widest, 0.92, at t = 0.7
    inside = (half - np.abs(canvas.x)) * np.float32(canvas.per_x * 0.85) - 1.0
    rim_px = 0.18 * canvas.per_x
    body = canvas.ink(inside - rim_px, 2.0 * rim_px)
    canvas.paint(_RIM, 0.9 * canvas.ink(inside))
    canvas.paint(_WATER, body)
    canvas.paint(_DEEP, 0.55 * body * np.clip(canvas.y * 1.6 - 0.7, 0.0, 1.0))
    canvas.paint(_LIGHT, 0.95 * canvas.ellipse(-0.34, 0.66, 0.17, 0.10))
    canvas.paint(_LIGHT, 0.6 * canvas.ellipse(0.26, 0.86, 0.20, 0.035))
    return canvas.finish(_WATER)


def stream(size_px: tuple[int, int]) -> Picture:
    """Water that runs down a cheek: broad under the lid, narrow on its way, thick at its round end."""
    canvas = _Canvas(size_px)
    y = canvas.y
    half = 0.46 + 0.42 * np.exp(-((y / 0.12) ** 2)) + 0.05 * np.sin(y * 9.0 + 0.6)
    half += 0.16 * np.clip(y * 2.2 - 1.2, 0.0, 1.0)
    end = np.clip((0.98 - y) / 0.13, 0.0, 1.0)
    half *= np.sqrt(1.0 - (1.0 - end) ** 2)
    inside = (half - np.abs(canvas.x)) * np.float32(canvas.per_x) - 1.0
    appearing = np.clip(y / 0.05 - 0.3, 0.0, 1.0)
    rim_px = 0.2 * canvas.per_x
    canvas.paint(_RIM, 0.45 * appearing * canvas.ink(inside))
    canvas.paint(_WATER, 0.6 * appearing * canvas.ink(inside - rim_px, 2.0 * rim_px))
    glint_px = np.abs(canvas.x + 0.22 + 0.05 * np.sin(y * 9.0)) * np.float32(canvas.per_x)
    lit = np.clip((y - 0.08) / 0.1, 0.0, 1.0) * np.clip((0.55 - y) / 0.1, 0.0, 1.0)
    canvas.paint(_LIGHT, 0.85 * lit * canvas.ink(0.07 * canvas.per_x - glint_px, 0.12 * canvas.per_x))
    canvas.paint(_LIGHT, 0.9 * canvas.ellipse(-0.2, 0.87, 0.16, 0.035))
    return canvas.finish(_WATER)


def pool(size_px: tuple[int, int]) -> Picture:
    """Water that stands along a lower lid: x from corner to corner, y from the water's surface to the lid's edge."""
    canvas = _Canvas(size_px)
    depth = 1.0 - canvas.x**2
    under_px = (canvas.y - 0.75 + 0.6 * depth) * np.float32(canvas.per_y)  # below the surface
    soft_px = 0.1 * canvas.per_y
    canvas.paint(_WATER, 0.7 * depth * canvas.ink(np.minimum(under_px, (0.97 - canvas.y) * canvas.per_y), soft_px))
    canvas.paint(_LIGHT, 0.85 * depth * canvas.ink(soft_px / 2.0 - np.abs(under_px - soft_px), soft_px))
    for x, across in ((-0.35, 0.07), (0.3, 0.05)):
        canvas.paint(_LIGHT, 0.95 * canvas.ellipse(x, 0.62, across, 0.13))
    return canvas.finish(_WATER)


def gloom(size_px: tuple[int, int]) -> Picture:
    """A bluish shade over the upper face, deepest on the forehead, without edges."""
    canvas = _Canvas(size_px)
    rising, falling = (_smooth(canvas.y / 0.42), _smooth((1.0 - canvas.y) / 0.62))
    aside = _smooth((1.0 - np.abs(canvas.x)) / 0.3)
    canvas.paint(_GLOOM, 0.48 * rising * falling * aside)
    return canvas.finish(_GLOOM)


def lines(size_px: tuple[int, int]) -> Picture:
    """Lines that hang over a brow, some long, some short, pointed at both ends."""
    canvas = _Canvas(size_px)
    place = (canvas.x + 1.0) / 2.0 * len(_LINES)
    number = np.minimum(place, len(_LINES) - 0.5).astype(np.intp)[0]
    begin, length = np.array(_LINES, np.float32)[number].T
    t = np.clip((canvas.y - begin) / length, 0.0, 1.0)
    half_px = 0.022 * canvas.per_x * np.clip(4.0 * t, 0.0, 1.0) * np.sqrt(1.0 - t)
    off_px = np.abs(place - np.floor(place) - 0.5) * np.float32(2.0 * canvas.per_x / len(_LINES))
    ends = np.clip((1.0 - t) * 8.0, 0.0, 1.0) * np.clip(t * 8.0, 0.0, 1.0)
    canvas.paint(_GLOOM, 0.9 * ends * canvas.ink(half_px - off_px))
    return canvas.finish(_GLOOM)


def anger(size_px: tuple[int, int]) -> Picture:
    """A throbbing vein as comics draw it: four strokes that bend away from one another."""
    canvas = _Canvas(size_px)
    x, y = np.abs(canvas.x), np.abs(canvas.y * 2.0 - 1.0)
    far = np.maximum(x, y)
    off_px = np.abs(x * y - 0.085) / np.maximum(np.hypot(x, y), 0.05) * np.float32(canvas.per_x)
    half_px = 0.13 * canvas.per_x * np.clip((0.98 - far) / 0.35, 0.0, 1.0) ** 0.6
    inside = np.where(far < 0.96, half_px - off_px, -9.0)
    canvas.paint(_LIGHT, 0.9 * canvas.ink(inside + 0.055 * canvas.per_x))
    canvas.paint(_CRIMSON, canvas.ink(inside))
    return canvas.finish(_CRIMSON)


def heart(size_px: tuple[int, int]) -> Picture:
    """A heart with a light on it."""
    canvas = _Canvas(size_px)
    x, y = canvas.x * 1.28, 1.32 - canvas.y * 2.5  # y upward, from the tip at -1 to the bows at 1.2
    edge = (x * x + y * y - 1.0) ** 3 - x * x * y**3
    steep = np.maximum(np.hypot(6.0 * x * (x * x + y * y - 1.0) ** 2 - 2.0 * x * y**3,
                                6.0 * y * (x * x + y * y - 1.0) ** 2 - 3.0 * x * x * y * y), 0.4)  # fmt: skip
    inside = -edge / steep * np.float32(canvas.per_x / 1.28)
    canvas.paint((190.0, 24.0, 84.0), canvas.ink(inside))
    canvas.paint((250.0, 62.0, 128.0), canvas.ink(inside - 0.10 * canvas.per_x, 0.08 * canvas.per_x))
    canvas.paint(_LIGHT, 0.85 * canvas.ellipse(-0.42, 0.27, 0.17, 0.075))
    return canvas.finish((250.0, 62.0, 128.0))


def star(size_px: tuple[int, int]) -> Picture:
    """A star of five points, one of them on top."""
    canvas = _Canvas(size_px)
    x, y = canvas.x, 1.06 - canvas.y * 2.0
    turn = np.arctan2(x, y) / (2.0 * np.pi) * 5.0
    aside = np.abs(turn - np.round(turn)) * (2.0 * np.pi / 5.0)  # from the nearest point's direction
    radius = np.hypot(x, y)
    tip, notch = 0.97, 0.52  # how far points and notches are from the middle; an edge runs from one to the other
    along, across = notch * math.cos(math.pi / 5.0), notch * math.sin(math.pi / 5.0)
    inside = across * (tip - radius * np.cos(aside)) - (tip - along) * radius * np.sin(aside)
    inside = inside * np.float32(canvas.per_x / math.hypot(tip - along, across))
    canvas.paint((222.0, 132.0, 12.0), canvas.ink(inside))
    canvas.paint((255.0, 210.0, 60.0), canvas.ink(inside - 0.07 * canvas.per_x, 0.06 * canvas.per_x))
    canvas.paint((255.0, 246.0, 196.0), 0.9 * canvas.ellipse(-0.16, 0.40, 0.15, 0.08))
    return canvas.finish((255.0, 210.0, 60.0))


_LINES: Final = (
    (0.16, 0.45), (0.06, 0.74), (0.12, 0.46), (0.02, 0.93), (0.10, 0.56), (0.04, 0.82), (0.12, 0.40), (0.03, 0.90),
    (0.10, 0.52), (0.02, 0.95), (0.12, 0.44), (0.05, 0.76), (0.16, 0.42),
)  # fmt: skip
"""Where each line of a shock begins, and how long it is, in heights of the picture."""


def _smooth(share: Floats) -> Floats:
    share = np.clip(share, 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)
