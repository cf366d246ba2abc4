"""Square views of a picture: cut out with the border repeated, and pasted back with a soft rim.

Networks see little squares; a small face deserves a square of its own, and a face that fills the picture needs air
around it. Pure.
"""

from collections.abc import Callable
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


def agreed(image: Image, view: View, look: Callable[[Image], Mask], /) -> Mask:
    """What a network sees in a picture, and closer in a view of it: (H, W).

    look: the network, (h, w, 3) to (h, w), 0..1. Seen so close it may take the background's shapes for a person's; in
    a mirror, or from farther off, it seldom takes the same ones. So what neither of these shows doesn't count.
    """
    whole, close = look(image), view.cut(image)
    mirrored = look(np.ascontiguousarray(close[:, ::-1]))[:, ::-1]
    return np.minimum(view.blend(whole, look(close)), np.maximum(whole, view.blend(whole, mirrored)))
