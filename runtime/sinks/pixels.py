"""Pictures as others want them: laid over a background, premultiplied, another size. Pure; results in reused arrays."""

from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from runtime.sinks.base import Picture

_OPAQUE: Final = 0xFF000000
_ALPHA_FIRST: Final = 24


def premultiply(rgba: Picture, out: Picture, /) -> Picture:
    """`rgba` with straight alpha -> `out` with colours multiplied by it, rounded; same shape, may be the same array."""
    if out is not rgba:
        np.copyto(out, rgba)
    pixels = _pixels(out)
    pixels[pixels < 1 << _ALPHA_FIRST] = 0
    rows = np.flatnonzero(pixels < _OPAQUE)
    rows = rows[pixels[rows] != 0]
    if len(rows):
        colours = out.reshape(-1, 4)
        part = colours[rows].astype(np.uint32)
        part[:, :3] = _by_255(part[:, :3] * part[:, 3:])
        colours[rows] = part
    return out


def over(rgba: Picture, background: Picture, out: Picture, /) -> Picture:
    """`rgba` with straight alpha on an opaque `background` of the same size, or of 1 x 1 px -> opaque `out`."""
    np.copyto(out, rgba)
    pixels = _pixels(out)
    behind = np.broadcast_to(background, rgba.shape)
    clear = pixels < 1 << _ALPHA_FIRST
    np.copyto(out, behind, where=clear.reshape(rgba.shape[0], rgba.shape[1], 1))
    rows = np.flatnonzero(pixels < _OPAQUE)
    if len(rows):
        colours = out.reshape(-1, 4)
        part = colours[rows].astype(np.uint32)
        below = (background.reshape(-1, 4)[rows] if background.size == rgba.size else background.reshape(1, 4))
        alpha = part[:, 3:]
        part[:, :3] = _by_255(part[:, :3] * alpha + below[:, :3] * (255 - alpha))
        part[:, 3] = 255
        colours[rows] = part
    return out


def fit(rgba: Picture, size_px: tuple[int, int], /) -> Picture:
    """`rgba` scaled to fit into (width, height), in the middle of its lower edge, the rest clear; itself if it fits."""
    height, width = rgba.shape[:2]
    if (width, height) == size_px:
        return rgba
    scale = min(size_px[0] / width, size_px[1] / height)
    small = max(1, round(width * scale)), max(1, round(height * scale))
    scaled = Image.fromarray(rgba).resize(small, Image.Resampling.BILINEAR)  # premultiplied on its way, by Pillow
    out = np.zeros((size_px[1], size_px[0], 4), np.uint8)
    left, top = (size_px[0] - small[0]) // 2, size_px[1] - small[1]
    out[top:, left : left + small[0]] = np.asarray(scaled)
    return out


def _pixels(picture: Picture) -> npt.NDArray[np.uint32]:
    """One number for each pixel, alpha its highest byte; a view."""
    return picture.view("<u4").reshape(-1)


def _by_255(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
    """Values up to 255 * 255 divided by 255 and rounded, exactly."""
    more = values + np.uint32(128)
    result: npt.NDArray[np.uint32] = (more + (more >> np.uint32(8))) >> np.uint32(8)
    return result
