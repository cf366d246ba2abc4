"""All textures of a model on one page, or few: premultiplied, padded, reduced to what the output can show.

*Premultiplied*, because only then are filtering, averaging and blending the same sum. *Padded* by repeating the edge,
because a linear filter at uv 0 or 1 reads half a texel beyond. *Reduced* by whole numbers with exact area averages,
once, when the output shows a texture much smaller than it is: cheaper and sharper than mip maps on a software
rasteriser (trilinear filtering costs 40 % more there), and free of shimmer.
"""

import logging
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel

Texture = npt.NDArray[np.uint8]

PADDING_PX: Final = 2
_SLACK: Final = 0.25
_LARGEST_REDUCTION: Final = 256  # sums of so many texels still fit into 32 bits
_STRIP_PX: Final = 1 << 17  # small enough for a cache: twice as fast, and no 30 MB to take and give back
_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a texture lies: its page, its first texel (padding excluded), its size there, and how it was reduced.

    texels: (width, height) of the whole texture in texels of the page; not whole when `reduction` does not divide it.
    """

    page: int
    x_px: int
    y_px: int
    width_px: int
    height_px: int
    texels: tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Atlas:
    """pages: uint8 (H, W, 4), premultiplied, row 0 at v = 0. uv: float32 (V, 2), on the vertex's own page.

    places: by texture name. layer_page: the page of each layer.
    """

    pages: tuple[Texture, ...]
    places: Mapping[str, Place]
    uv: npt.NDArray[np.float32]
    layer_page: tuple[int, ...]


def texel_density(model: AvatarModel, /) -> dict[str, float]:
    """Texels per canvas pixel of each texture, where it is shown largest; 0 for one that is never shown.

    "Largest" over all layers that use it, at rest and with each shape in turn: the inside of a mouth has no area
    until the jaw opens.
    """
    drawn = [layer for layer in model.layers if layer.triangle_range[0] < layer.triangle_range[1]]
    first = [layer.triangle_range[0] for layer in drawn]
    corners = model.triangles.T.astype(np.intp)
    shown_px2 = _areas(model.rest_px, corners, first)
    for delta in model.deltas_px:
        if delta.any():
            np.maximum(shown_px2, _areas(model.rest_px + delta, corners, first), out=shown_px2)
    densities: dict[str, float] = {}
    for layer, uv_area, area_px2 in zip(drawn, _areas(model.uv, corners, first), shown_px2, strict=True):
        height, width = model.textures[layer.texture].shape[:2]
        density = math.sqrt(float(uv_area) * width * height / max(float(area_px2), 1.0))
        densities[layer.texture] = min(densities.get(layer.texture, math.inf), density)
    return {name: densities.get(name, 0.0) for name in model.textures}


def _areas(
    points: npt.NDArray[np.float32], corners: npt.NDArray[np.intp], first: list[int]
) -> npt.NDArray[np.float64]:
    """Area of each run of triangles; corners: (3, T) rows of `points`, first: the first triangle of each run."""
    x, y = (np.take(plane, corners) for plane in np.array(points.T, order="C"))
    doubled = np.abs((x[1] - x[0]) * (y[2] - y[0]) - (y[1] - y[0]) * (x[2] - x[0]))
    return np.add.reduceat(doubled, first, dtype=np.float64) / 2.0


def reductions(densities: Mapping[str, float], output_px_per_canvas_px: float, /) -> dict[str, int]:
    """For each texture the whole number by which its sides may shrink at this output scale; 1 leaves it alone.

    n serves from n - 1/4 to n + 3/4 texels per output pixel; between them a linear filter neither shimmers nor blurs.
    """
    return {
        name: min(max(1, math.floor(density / output_px_per_canvas_px + _SLACK)), _LARGEST_REDUCTION)
        for name, density in densities.items()
    }


def premultiplied(texture: Texture, /, *, reduction: int = 1) -> Texture:
    """Straight alpha -> premultiplied, averaged over blocks of `reduction` squared, rounded once.

    reduction: 1..256. A texture whose sides are no multiple of it is continued by its edge.
    """
    n = reduction
    if n == 1:
        return _premultiplied_as_large(texture)
    height, width = texture.shape[:2]
    result = np.zeros((-(-height // n), -(-width // n), 4), np.uint8)
    whole = 255 * n * n
    rows = max(1, _STRIP_PX // (width * n))  # strips bound the memory: a texture may have 16 million texels
    for top in range(0, len(result), rows):
        strip = texture[top * n : (top + rows) * n]
        wide = np.pad(strip, ((0, -len(strip) % n), (0, -width % n), (0, 0)), mode="edge").astype(np.uint32)
        wide[..., :3] *= wide[..., 3:]
        wide[..., 3] *= 255
        total = _stepped_sum(_stepped_sum(wide, n).swapaxes(0, 1), n).swapaxes(0, 1)
        total += whole // 2
        total //= whole
        result[top : top + rows] = total
    return result


def _premultiplied_as_large(texture: Texture) -> Texture:
    """The commonest case in 16 bits, five times as fast: x / 255 is (x + 1 + x / 256) / 256 for all x below 65535."""
    result = texture.copy()
    strip = max(1, _STRIP_PX // max(1, texture.shape[1]))
    for top in range(0, len(texture), strip):
        rows = slice(top, top + strip)
        colours = texture[rows, :, :3].astype(np.uint16)
        colours *= texture[rows, :, 3:]
        colours += 127
        colours += (colours >> 8) + 1
        colours >>= 8
        result[rows, :, :3] = colours
    return result


def _stepped_sum(values: npt.NDArray[np.uint32], step: int) -> npt.NDArray[np.uint32]:
    """Sums of `step` neighbours along the first axis. (A reshape and one reduction take several times as long.)"""
    total = values[::step].copy()
    for offset in range(1, step):
        total += values[offset::step]
    return total


def build(model: AvatarModel, /, *, reduction: Mapping[str, int], max_side_px: int) -> Atlas:
    """Packs the textures that layers use.

    reduction: see `reductions`. max_side_px: the largest texture side that the graphics card takes; a texture that
    is larger even so is reduced further, with a warning.
    """
    used = {layer.texture for layer in model.layers}
    tiles, texels = dict[str, Texture](), dict[str, tuple[float, float]]()
    for name in sorted(used):
        height, width = model.textures[name].shape[:2]
        n = reduction.get(name, 1)
        fitting = math.ceil(max(width, height) / (max_side_px - 2 * PADDING_PX))
        if fitting > n:
            _LOG.warning("texture %s is %dx%d px, this OpenGL takes %d: drawn at 1/%d", name, width, height,
                         max_side_px, fitting)  # fmt: skip
            n = fitting
        tile = premultiplied(model.textures[name], reduction=n)
        tiles[name] = np.pad(tile, ((PADDING_PX, PADDING_PX), (PADDING_PX, PADDING_PX), (0, 0)), mode="edge")
        texels[name] = (width / n, height / n)
    corners, sizes = pack({name: (tile.shape[1], tile.shape[0]) for name, tile in tiles.items()}, max_side_px)
    pages = tuple(np.zeros((height, width, 4), np.uint8) for width, height in sizes)
    places = dict[str, Place]()
    for name, (page, x, y) in corners.items():
        height, width = tiles[name].shape[:2]
        pages[page][y : y + height, x : x + width] = tiles[name]
        places[name] = Place(page, x + PADDING_PX, y + PADDING_PX, width - 2 * PADDING_PX, height - 2 * PADDING_PX,
                             texels[name])  # fmt: skip
    layer_page = tuple(places[layer.texture].page for layer in model.layers)
    return Atlas(pages, places, _page_uv(model, places, sizes), layer_page)


def _page_uv(
    model: AvatarModel, places: Mapping[str, Place], page_sizes: list[tuple[int, int]]
) -> npt.NDArray[np.float32]:
    uv = np.zeros((model.vertex_count, 2), np.float64)
    for layer in model.layers:
        place, rows = places[layer.texture], slice(*layer.vertex_range)
        inside = np.clip(model.uv[rows].astype(np.float64), 0.0, 1.0)
        uv[rows] = (inside * place.texels + (place.x_px, place.y_px)) / page_sizes[place.page]
    return uv.astype(np.float32)


def pack(
    sizes: Mapping[str, tuple[int, int]], max_side_px: int, /
) -> tuple[dict[str, tuple[int, int, int]], list[tuple[int, int]]]:
    """Places rectangles (width, height), each at most `max_side_px`, on pages, in shelves from the tallest down.

    Returns name -> (page, x, y), and the (width, height) of each page.
    """
    order = sorted(sizes, key=lambda name: (-sizes[name][1], -sizes[name][0], name))
    area = sum(width * height for width, height in sizes.values())
    page_width = max([math.isqrt(area) + 1, *(width for width, _ in sizes.values())])
    page_width = min(page_width, max_side_px)
    corners, pages = dict[str, tuple[int, int, int]](), [(0, 0)]
    x = y = shelf_height = 0
    for name in order:
        width, height = sizes[name]
        if x + width > page_width:
            x, y, shelf_height = 0, y + shelf_height, 0
        if y + height > max_side_px:
            pages.append((0, 0))
            x = y = shelf_height = 0
        shelf_height = max(shelf_height, height)
        corners[name] = (len(pages) - 1, x, y)
        pages[-1] = max(pages[-1][0], x + width), max(pages[-1][1], y + height)
        x += width
    return corners, pages
