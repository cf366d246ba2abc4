"""Pictures as others want them: laid over a background, premultiplied, another size. Pure; results in reused arrays."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from runtime.sinks.base import Picture

_LEAST_ALPHA: Final = 1 << 24
_OPAQUE: Final = 0xFF << 24


def premultiply(rgba: Picture, out: Picture, /) -> Picture:
    """`rgba` with straight alpha -> `out` with colours multiplied by it, rounded; same shape, may be the same array."""
    if out is not rgba:
        np.copyto(out, rgba)
    pixels = _pixels(out)
    np.copyto(pixels, 0, where=pixels < _LEAST_ALPHA)
    rows = _partial(pixels)
    if len(rows):
        colours = out.reshape(-1, 4)
        part = colours[rows].astype(np.uint32)
        part[:, :3] = _by_255(part[:, :3] * part[:, 3:])
        colours[rows] = part
    return out


def over(rgba: Picture, background: Picture, out: Picture, /) -> Picture:
    """`rgba` with straight alpha on an opaque `background` of the same size, or of 1 x 1 px -> opaque `out`."""
    np.copyto(out, rgba)
    pixels, behind = _pixels(out), _pixels(background)
    np.copyto(pixels, behind, where=pixels < _LEAST_ALPHA)
    rows = _partial(pixels)
    if len(rows):
        colours = out.reshape(-1, 4)
        part = colours[rows].astype(np.uint32)
        below = background.reshape(-1, 4) if len(behind) == 1 else background.reshape(-1, 4)[rows]
        alpha = part[:, 3:]
        part[:, :3] = _by_255(part[:, :3] * alpha + below[:, :3] * (255 - alpha))
        part[:, 3] = 255
        colours[rows] = part
    return out


def fit(rgba: Picture, size_px: tuple[int, int], /) -> Picture:
    """`rgba` scaled to fit into (width, height), in the middle of its lower edge; itself if it fits.

    The rest is clear, or, where the picture's upper left corner is opaque, of that colour: its background goes on.
    """
    height, width = rgba.shape[:2]
    if (width, height) == size_px:
        return rgba
    scale = min(size_px[0] / width, size_px[1] / height)
    small = max(1, round(width * scale)), max(1, round(height * scale))
    scaled = Image.fromarray(rgba).resize(small, Image.Resampling.BILINEAR)  # premultiplied on its way, by Pillow
    corner = rgba[0, 0] if rgba[0, 0, 3] == 255 else 0
    out = np.full((size_px[1], size_px[0], 4), corner, np.uint8)
    left, top = (size_px[0] - small[0]) // 2, size_px[1] - small[1]
    out[top:, left : left + small[0]] = np.asarray(scaled)
    return out


def _pixels(picture: Picture) -> npt.NDArray[np.uint32]:
    """One number for each pixel, alpha its highest byte; a view."""
    return picture.view("<u4").reshape(-1)


def _partial(pixels: npt.NDArray[np.uint32]) -> npt.NDArray[np.intp]:
    """Which pixels are neither clear nor opaque, by one comparison: both ends leave through the same door."""
    return np.flatnonzero(pixels - np.uint32(_LEAST_ALPHA) < _OPAQUE - _LEAST_ALPHA)


def _by_255(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Values up to 255 * 255 divided by 255 and rounded, exactly."""
    more = values + np.uint32(128)
    result: npt.NDArray[np.uint32] = (more + (more >> np.uint32(8))) >> np.uint32(8)
    return result
