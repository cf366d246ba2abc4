"""Square views of a picture: cut out with the border repeated, and pasted back with a soft rim.

Networks see little squares; a small face deserves a square of its own, and a face that fills the picture needs air
around it. Pure (numpy) but for the resampling, which is OpenCV's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from generator.engines import FaceLandmarks, Image, Mask

_RIM: Final = 0.12
"""Part of a view's side over which `blend` fades from what is below to the view."""


@dataclass(frozen=True, slots=True)
class View:
    """A square of the picture: left, top and side in whole pixels; it may reach beyond the picture."""

    left_px: int
    top_px: int
    side_px: int

    @classmethod
    def around(cls, x_px: float, y_px: float, side_px: float) -> "View":
        """The view of that centre and side."""
        side = max(1, round(side_px))
        return cls(round(x_px - side / 2), round(y_px - side / 2), side)

    def cut(self, image: Image, /) -> Image:
        """Pixels (side, side, 3); beyond the picture its outermost pixels are repeated."""
        rows, columns = self._nearest(image.shape[0], image.shape[1])
        return np.ascontiguousarray(image[rows, columns])

    def cut_mask(self, mask: Mask, /) -> Mask:
        """The same of a mask: (side, side)."""
        rows, columns = self._nearest(mask.shape[0], mask.shape[1])
        return np.ascontiguousarray(mask[rows, columns])

    def blend(self, below: Mask, own: Mask, /) -> Mask:
        """`below` (H, W) with `own` (side, side) in its place, fading over the view's rim."""
        ramp = np.clip((np.arange(self.side_px) + 0.5) / max(1.0, _RIM * self.side_px), 0.0, 1.0)
        ramp = np.minimum(ramp, ramp[::-1])
        left, top = max(0, self.left_px), max(0, self.top_px)
        right = min(below.shape[1], self.left_px + self.side_px)
        bottom = min(below.shape[0], self.top_px + self.side_px)
        if right <= left or bottom <= top:
            return below
        rows = slice(top - self.top_px, bottom - self.top_px)
        columns = slice(left - self.left_px, right - self.left_px)
        weight = np.minimum(ramp[rows, None], ramp[None, columns]).astype(np.float32)
        result = below.copy()
        there = result[top:bottom, left:right]
        there += weight * (own[rows, columns] - there)
        return result

    def within(self, image: Image, /) -> Mask:
        """1 where the view shows the picture, 0 where it repeats the border: (side, side)."""
        x, y = np.arange(self.side_px) + self.left_px, np.arange(self.side_px) + self.top_px
        rows, columns = (y >= 0) & (y < image.shape[0]), (x >= 0) & (x < image.shape[1])
        return np.asarray(rows[:, None] & columns[None, :], np.float32)

    def _nearest(self, height: int, width: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
        rows = np.clip(np.arange(self.top_px, self.top_px + self.side_px), 0, height - 1)
        columns = np.clip(np.arange(self.left_px, self.left_px + self.side_px), 0, width - 1)
        return rows[:, None], columns[None, :]


def whole(image: Image, /) -> View:
    """The smallest square view with all of the picture in its middle."""
    height, width = image.shape[:2]
    return View.around(width / 2, height / 2, max(height, width))


def head_view(face: FaceLandmarks, /, *, size: float) -> View:
    """A view around the head: `size` times the face box, raised a little because hair is higher than the face."""
    x0, y0, x1, y1 = face.box_px
    side = max(x1 - x0, y1 - y0)
    return View.around((x0 + x1) / 2, (y0 + y1) / 2 - 0.12 * side, size * side)


def search_views(width_px: int, height_px: int, /) -> tuple[tuple[View, ...], ...]:
    """Where to look when the picture as it is shows no face: rungs of views, each rung costlier than the one before.

    First all of it with air around, then the squares where portraits keep their faces, then tiles.
    """
    long, short = max(width_px, height_px), min(width_px, height_px)
    middle = width_px / 2
    aired = (View.around(middle, height_px / 2, 1.5 * long), View.around(middle, height_px / 2, 2.2 * long))
    upper = (
        View.around(middle, short / 2, short),
        View.around(middle, height_px / 2, short),
        View.around(middle, 0.35 * height_px, 0.6 * short),
        View.around(middle, 0.25 * height_px, 0.4 * short),
    )
    tile = 0.5 * short
    tiles = tuple(
        View.around(x, y, tile)
        for y in np.linspace(tile / 2, height_px - tile / 2, max(3, round(height_px / tile * 1.5)))
        for x in np.linspace(tile / 2, width_px - tile / 2, max(3, round(width_px / tile * 1.5)))
    )
    return aired, upper, tiles


def overlap(one: FaceLandmarks, other: FaceLandmarks, /) -> float:
    """Intersection over union of the two face boxes, 0..1."""
    a, b = one.box_px, other.box_px
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return both / union if union > 0.0 else 0.0


def distinct(faces: Iterable[FaceLandmarks], /) -> tuple[FaceLandmarks, ...]:
    """Largest face first, without those that overlap a larger one by more than a third."""
    def area(face: FaceLandmarks) -> float:
        x0, y0, x1, y1 = face.box_px
        return (x1 - x0) * (y1 - y0)

    kept: list[FaceLandmarks] = []
    for face in sorted(faces, key=area, reverse=True):
        if all(overlap(face, other) <= 1 / 3 for other in kept):
            kept.append(face)
    return tuple(kept)
