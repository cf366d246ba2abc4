"""Which triangles certainly hide everything behind them, and which certainly paint nothing, judged by their texels.

A triangle is *solid* when every texel that the linear filter can touch inside it has alpha 255, and its layer never
fades, is not clipped and blends normally. On a software rasteriser such triangles are drawn first, front to back,
writing depth; what lies behind them is then rejected before it costs anything. The picture stays the same to the last
bit. (One exception: a layer that folds over itself, where solid and soft triangles of that one layer overlap.)

A triangle is *clear* when all those texels have alpha 0. It is left out of the index buffer, for any graphics card.
"""

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Layer
from renderer.atlas import PADDING_PX, Atlas
from renderer.opacity import OVERLAY

Flags = npt.NDArray[np.bool_]

_DOUBT_TEXELS: Final = 1.0 / 16.0
"""Interpolated uv may stray a little from the exact value."""


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """solid, clear: bool (T,). Doubtful triangles are neither."""

    solid: Flags
    clear: Flags


def coverage(model: AvatarModel, atlas: Atlas, /) -> Coverage:
    """Judges each triangle by its bounding box in the texture, which contains all that it shows."""
    result = Coverage(np.zeros(len(model.triangles), bool), np.zeros(len(model.triangles), bool))
    tables = dict[str, tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]]()
    for layer in model.layers:
        rows = slice(*layer.triangle_range)
        if rows.start == rows.stop:
            continue
        if layer.texture not in tables:
            alpha = _alpha(atlas, layer.texture)
            tables[layer.texture] = _summed(alpha < 255), _summed(alpha > 0)
        not_solid, not_clear = tables[layer.texture]
        boxes = _texel_boxes(model, atlas, layer)
        result.clear[rows] = _count(not_clear, *boxes) == 0
        if hides(layer):
            result.solid[rows] = _count(not_solid, *boxes) == 0
    return result


def hides(layer: Layer, /) -> bool:
    """Whether the solid triangles of a layer hide what lies behind, whatever the frame says."""
    plain = layer.mask is None and layer.clip is None and layer.blend == "normal"
    return plain and layer.opacity == 1.0 and not layer.fades and not layer.name.startswith(OVERLAY)


def _alpha(atlas: Atlas, texture: str) -> npt.NDArray[np.uint8]:
    """The alpha of one texture with its padding."""
    place = atlas.places[texture]
    x, y, around = place.x_px - PADDING_PX, place.y_px - PADDING_PX, 2 * PADDING_PX
    return atlas.pages[place.page][y : y + place.height_px + around, x : x + place.width_px + around, 3]


def _summed(flags: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    """Summed area table with a leading row and column of zeros."""
    table = np.zeros((flags.shape[0] + 1, flags.shape[1] + 1), np.int32)
    np.cumsum(flags, axis=0, out=table[1:, 1:])
    np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
    return table


def _texel_boxes(model: AvatarModel, atlas: Atlas, layer: Layer) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """First and one past the last texel (x, y) that the filter can touch, counted from the padding's corner: (T, 2)."""
    place = atlas.places[layer.texture]
    page_height, page_width = atlas.pages[place.page].shape[:2]
    corners = atlas.uv[model.triangles[slice(*layer.triangle_range)]].astype(np.float64)
    texels = corners * (page_width, page_height) - (place.x_px - PADDING_PX, place.y_px - PADDING_PX)
    # the filter at x reads the texel floor(x - 1/2) and the next
    low = np.floor(texels.min(axis=1) - 0.5 - _DOUBT_TEXELS).astype(np.intp)
    high = np.floor(texels.max(axis=1) + 0.5 + _DOUBT_TEXELS).astype(np.intp) + 1
    limit = (place.width_px + 2 * PADDING_PX, place.height_px + 2 * PADDING_PX)
    return np.clip(low, 0, limit), np.clip(high, 0, limit)


def _count(
    table: npt.NDArray[np.int32], low: npt.NDArray[np.intp], high: npt.NDArray[np.intp]
) -> npt.NDArray[np.int32]:
    (x0, y0), (x1, y1) = low.T, high.T
    count: npt.NDArray[np.int32] = table[y1, x1] - table[y0, x1] - table[y1, x0] + table[y0, x0]
    return count
