"""Which triangles hide everything behind them, so that a software rasteriser need not draw it.

A triangle is opaque when every texel that the linear filter can touch inside it has alpha 255, and its layer never
fades, is not clipped and blends normally. Such triangles may be drawn first, front to back, writing depth; all that
lies behind them is then rejected before it costs anything. The picture stays the same to the last bit.
"""

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Layer
from renderer.atlas import PADDING_PX, Atlas

_DOUBT_TEXELS = 1.0 / 16.0
"""Interpolated uv may stray a little from the exact value."""


def opaque_triangles(model: AvatarModel, atlas: Atlas, /) -> npt.NDArray[np.bool_]:
    """bool (T,): true where a triangle is certainly opaque, judged by its bounding box in the texture."""
    found = np.zeros(len(model.triangles), bool)
    holes = dict[str, npt.NDArray[np.int32]]()
    for layer in model.layers:
        if not hides(layer) or layer.triangle_range[0] == layer.triangle_range[1]:
            continue
        if layer.texture not in holes:
            holes[layer.texture] = _summed_holes(atlas, layer.texture)
        rows = slice(*layer.triangle_range)
        found[rows] = _solid(model, atlas, layer, holes[layer.texture])
    return found


def hides(layer: Layer, /) -> bool:
    """Whether the opaque triangles of a layer hide what lies behind, whatever the frame says."""
    return (
        layer.mask is None and layer.clip is None and layer.blend == "normal"
        and layer.opacity == 1.0 and not layer.fades
    )  # fmt: skip


def _summed_holes(atlas: Atlas, texture: str) -> npt.NDArray[np.int32]:
    """Summed area table of the texels that are not opaque, padding included, with a row and a column of zeros."""
    place = atlas.places[texture]
    tile = atlas.pages[place.page][
        place.y_px - PADDING_PX : place.y_px + place.height_px + PADDING_PX,
        place.x_px - PADDING_PX : place.x_px + place.width_px + PADDING_PX, 3,
    ]  # fmt: skip
    table = np.zeros((tile.shape[0] + 1, tile.shape[1] + 1), np.int32)
    np.cumsum(tile < 255, axis=0, out=table[1:, 1:])
    np.cumsum(table[1:, 1:], axis=1, out=table[1:, 1:])
    return table


def _solid(model: AvatarModel, atlas: Atlas, layer: Layer, holes: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
    place = atlas.places[layer.texture]
    page_height, page_width = atlas.pages[place.page].shape[:2]
    corner = (place.x_px - PADDING_PX, place.y_px - PADDING_PX)
    corners = atlas.uv[model.triangles[slice(*layer.triangle_range)]].astype(np.float64)
    texels = corners * (page_width, page_height) - corner
    # the filter at x reads the texels floor(x - 1/2) and the next
    low = np.floor(texels.min(axis=1) - 0.5 - _DOUBT_TEXELS).astype(np.intp)
    high = np.floor(texels.max(axis=1) + 0.5 + _DOUBT_TEXELS).astype(np.intp) + 1
    limit = (holes.shape[1] - 1, holes.shape[0] - 1)
    (x0, y0), (x1, y1) = np.clip(low, 0, limit).T, np.clip(high, 0, limit).T
    count = holes[y1, x1] - holes[y0, x1] - holes[y1, x0] + holes[y0, x0]
    solid: npt.NDArray[np.bool_] = count == 0
    return solid
