"""A small illustrator's box: smooth curves, filled areas, tapered strokes and soft shadows, as anti-aliased masks.

Points are (x, y) in pixels, x counted from the vertical middle of the picture, y downwards. A mask is float32
(SIZE_PX, SIZE_PX), 0..1. Shapes are drawn `OVERSAMPLING` times larger and reduced, so their edges are smooth.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

SIZE_PX: Final = 1024
OVERSAMPLING: Final = 8
STEPS: Final = 24  # pieces from one point of a curve to the next

Points = Sequence[tuple[float, float]]
Curve = npt.NDArray[np.float64]
Mask = npt.NDArray[np.float32]
Colour = tuple[int, int, int]


def curve(points: Points) -> Curve:
    """A smooth curve (N, 2) through `points`: cubic Hermite, tangents by chord length (Catmull-Rom)."""
    knots = np.array(points, np.float64)
    if len(knots) < 3:
        return knots
    gaps = np.maximum(np.hypot(*np.diff(knots, axis=0).T), 1e-6)[:, None]
    slopes = np.diff(knots, axis=0) / gaps
    inner = (slopes[:-1] * gaps[1:] + slopes[1:] * gaps[:-1]) / (gaps[:-1] + gaps[1:])
    first, last = 2.0 * slopes[:1] - inner[:1], 2.0 * slopes[-1:] - inner[-1:]
    tangents = np.concatenate([(slopes[:1] + first) / 2.0, inner, (slopes[-1:] + last) / 2.0])
    t = np.linspace(0.0, 1.0, STEPS, endpoint=False)[None, :, None]
    start, stop = knots[:-1, None], knots[1:, None]
    rise, fall = (tangents[:-1] * gaps)[:, None], (tangents[1:] * gaps)[:, None]
    body = (
        (2 * t**3 - 3 * t**2 + 1) * start + (t**3 - 2 * t**2 + t) * rise
        + (3 * t**2 - 2 * t**3) * stop + (t**3 - t**2) * fall
    )  # fmt: skip
    return np.concatenate([body.reshape(-1, 2), knots[-1:]])


def _filled(outline: Curve) -> Mask:
    corners = outline + np.array((SIZE_PX / 2, 0.0))
    left, top = (int(edge) for edge in np.clip(np.floor(corners.min(axis=0)), 0, SIZE_PX - 1))
    right, bottom = (int(edge) for edge in np.clip(np.ceil(corners.max(axis=0)), 1, SIZE_PX))
    picture = Image.new("L", ((right - left) * OVERSAMPLING, (bottom - top) * OVERSAMPLING))
    placed = (corners - np.array((left, top))) * OVERSAMPLING
    ImageDraw.Draw(picture).polygon([(float(x), float(y)) for x, y in placed], fill=255)
    mask = np.zeros((SIZE_PX, SIZE_PX), np.float32)
    mask[top:bottom, left:right] = np.asarray(picture.reduce(OVERSAMPLING), np.float32) / 255.0
    return mask


def area(*edges: Points) -> Mask:
    """The area within smooth `edges` joined one after another; corners stay where two edges meet."""
    return _filled(np.concatenate([curve(edge) for edge in edges]))


def blob(points: Points) -> Mask:
    """The area within one closed smooth curve without corners."""
    outline = curve([*points[-2:], *points, *points[:2]])
    return _filled(outline[2 * STEPS : -STEPS])


def symmetric(half: Points) -> Mask:
    """The area between a half outline, given from top to bottom, and its mirror image."""
    return area([*flipped(half)[::-1], *half[1:]]) if half[0][0] == 0 else area(half, flipped(half)[::-1])


def ellipse(centre: tuple[float, float], radius_x: float, radius_y: float) -> Mask:
    """A filled ellipse."""
    angle = np.linspace(0.0, 2.0 * np.pi, 160, endpoint=False)
    return _filled(np.stack([centre[0] + radius_x * np.cos(angle), centre[1] + radius_y * np.sin(angle)], axis=1))


def stroke(points: Points, widths: Sequence[float]) -> Mask:
    """A line along a smooth curve; its width runs through `widths`, spread evenly from start to end."""
    spine = curve(points)
    direction = np.gradient(spine, axis=0)
    direction /= np.maximum(np.hypot(*direction.T), 1e-9)[:, None]
    normal = np.stack([-direction[:, 1], direction[:, 0]], axis=1)
    place = np.linspace(0.0, 1.0, len(spine))
    half = np.interp(place, np.linspace(0.0, 1.0, len(widths)), widths)[:, None] / 2.0
    return _filled(np.concatenate([spine + normal * half, (spine - normal * half)[::-1]]))


def flipped(points: Points) -> list[tuple[float, float]]:
    """The same points on the other side of the face."""
    return [(-x, y) for x, y in points]


def both(mask: Mask) -> Mask:
    """The mask and its mirror image."""
    return np.maximum(mask, mask[:, ::-1])


def _box(mask: Mask, margin_px: int = 0) -> tuple[slice, slice]:
    """The rows and columns that hold all of a mask, with a margin."""
    return tuple(  # type: ignore[return-value]
        slice(max(int(hits[0]) - margin_px, 0), min(int(hits[-1]) + margin_px + 1, SIZE_PX)) if hits.size else slice(0)
        for hits in (np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0)))
    )


def soft(mask: Mask, radius_px: float) -> Mask:
    """A Gaussian blur (three box blurs in floats: an 8-bit blur would leave bands in the shading)."""
    half = max(1, round((np.sqrt(4.0 * radius_px**2 + 1.0) - 1.0) / 2.0))
    window = 2 * half + 1
    box = _box(mask, 3 * half)
    part = mask[box].astype(np.float64)
    for axis in (0, 1) * 3:
        pad = [(0, 0), (0, 0)]
        pad[axis] = (half + 1, half)
        total = np.cumsum(np.pad(part, pad, mode="edge"), axis=axis)
        upper, lower = (slice(window, None), slice(None, -window))
        part = (total[upper] - total[lower] if axis == 0 else total[:, upper] - total[:, lower]) / window
    result = np.zeros_like(mask)
    result[box] = np.clip(part, 0.0, 1.0)
    return result


def ramp(start: tuple[float, float], stop: tuple[float, float]) -> Mask:
    """A linear gradient: 0 at `start` and before, 1 at `stop` and beyond."""
    y, x = np.mgrid[0:SIZE_PX, 0:SIZE_PX].astype(np.float32) + 0.5
    way = np.subtract(stop, start)
    along = ((x - SIZE_PX / 2 - start[0]) * way[0] + (y - start[1]) * way[1]) / float(way @ way)
    return np.asarray(np.clip(along, 0.0, 1.0), np.float32)


class Sheet:
    """The picture so far."""

    def __init__(self, colour: Colour) -> None:
        self.rgb = np.full((SIZE_PX, SIZE_PX, 3), colour, np.float32)

    def paint(self, mask: Mask, colour: Colour, opacity: float = 1.0) -> None:
        """Lay `colour` over the picture where `mask` is."""
        box = _box(mask)
        part = self.rgb[box]
        part += (mask[box] * opacity)[..., None] * (np.array(colour, np.float32) - part)

    def image(self) -> Image.Image:
        """The finished picture, RGB."""
        return Image.fromarray(np.clip(np.rint(self.rgb), 0, 255).astype(np.uint8), "RGB")
