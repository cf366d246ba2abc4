"""Further layers in a model: each piece a grid of triangles that moves as the skin on which it lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Layer
from runtime.overlays.places import Patch
from runtime.overlays.riding import ride

PREFIX: Final = "overlay."
_FRINGE: Final = "hair_front"

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One layer to be: its name and its texture's, without `PREFIX`, and where it lies.

    under_hair: below the fringe, or over everything.
    """

    name: str
    texture: str
    patches: tuple[Patch, ...]
    under_hair: bool


def joined(model: AvatarModel, pieces: Sequence[Piece], textures: Mapping[str, Array], /) -> AvatarModel:
    """The model with the pieces as layers in their order; nothing else about it changes."""
    names = [layer.name for layer in model.layers]
    cut = names.index(_FRINGE) if _FRINGE in names else len(names)
    parts = _parts(model, pieces)
    under = [part for part, piece in zip(parts, pieces, strict=True) if piece.under_hair]
    over = [part for part, piece in zip(parts, pieces, strict=True) if not piece.under_hair]
    at = model.layers[cut].vertex_range[0] if cut < len(names) else model.vertex_count
    split = model.layers[cut].triangle_range[0] if cut < len(names) else len(model.triangles)
    added = sum(len(part.rest_px) for part in under)

    def spliced(name: str, axis: int = 0) -> Array:
        first, last = np.split(getattr(model, name), [at], axis=axis)
        before, after = ([getattr(part, name) for part in parts] for parts in (under, over))
        return np.concatenate([first, *before, last, *after], axis)

    def shifted(rows: Array) -> Array:
        return np.where(rows >= at, rows + np.uint32(added), rows).astype(np.uint32)

    offsets = np.cumsum([0, *(len(part.rest_px) for part in (*under, *over))])
    starts = [int(start) + at for start in offsets[: len(under)]]
    starts += [int(start) + model.vertex_count for start in offsets[len(under) : -1]]
    own = [part.triangles + np.uint32(start) for part, start in zip((*under, *over), starts, strict=True)]
    triangles = shifted(model.triangles)
    triangles = np.concatenate([triangles[:split], *own[: len(under)], triangles[split:], *own[len(under) :]])
    layers = [*model.layers[:cut], *(part.layer for part in under), *model.layers[cut:], *(part.layer for part in over)]
    stops, chains = model.stops, model.chains
    return replace(
        model,
        rest_px=spliced("rest_px"),
        depth_px=spliced("depth_px"),
        follow=spliced("follow"),
        uv=spliced("uv"),
        deltas_px=spliced("deltas_px", 1),
        triangles=triangles,
        layers=_ranged(layers),
        textures={**model.textures, **{PREFIX + name: picture for name, picture in textures.items()}},
        stops=replace(stops, upper=shifted(stops.upper), lower=shifted(stops.lower), follower=shifted(stops.follower)),
        chains=replace(chains, joints=shifted(chains.joints), vertex=shifted(chains.vertex)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A piece's own arrays, its triangles counted from its first vertex."""

    layer: Layer
    rest_px: Array
    depth_px: Array
    follow: Array
    uv: Array
    deltas_px: Array
    triangles: Array


def _parts(model: AvatarModel, pieces: Sequence[Piece]) -> list[_Part]:
    """The pieces as arrays. All that rides on the same layers is asked for at once: that is what takes time."""
    patches = [patch for piece in pieces for patch in piece.patches]
    points = [patch.ridden_px for patch in patches]
    count = sum(map(len, points))
    depth_px, follow = np.zeros((2, count), np.float32)
    deltas_px = np.zeros((len(model.deltas_px), count, 2), np.float32)
    ends = np.cumsum([len(own) for own in points])
    for on in dict.fromkeys(patch.on for patch in patches):
        mine = [number for number, patch in enumerate(patches) if patch.on == on]
        rows = np.concatenate([np.arange(ends[number] - len(points[number]), ends[number]) for number in mine])
        found = ride(model, np.concatenate([points[number] for number in mine]), on)
        depth_px[rows], follow[rows], deltas_px[:, rows] = found.depth_px, found.follow, found.deltas_px
    parts, first = [], 0
    for piece in pieces:
        rest, uv, triangles = _grids(piece.patches)
        own = slice(first, first + len(rest))
        layer = Layer(PREFIX + piece.name, (0, len(rest)), (0, len(triangles)), PREFIX + piece.texture)
        parts.append(_Part(layer, rest, depth_px[own], follow[own], uv, deltas_px[:, own], triangles))
        first = own.stop
    return parts


def _grids(patches: Sequence[Patch]) -> tuple[Array, Array, Array]:
    """Points, texture coordinates and triangles of all patches; each shows the whole picture."""
    points, uv, triangles, count = [], [], [], 0
    for patch in patches:
        rows, columns = patch.grid_px.shape[:2]
        points.append(patch.grid_px.reshape(-1, 2))
        v, u = np.meshgrid(np.linspace(0.0, 1.0, rows), np.linspace(0.0, 1.0, columns), indexing="ij")
        uv.append(np.stack([u, v], axis=-1).reshape(-1, 2))
        number = np.arange(rows * columns).reshape(rows, columns) + count
        a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
        triangles.append(np.stack([a, b, c, b, d, c], axis=-1).reshape(-1, 3))
        count += rows * columns
    return (
        np.concatenate(points).astype(np.float32),
        np.concatenate(uv).astype(np.float32),
        np.concatenate(triangles).astype(np.uint32),
    )


def _ranged(layers: Sequence[Layer]) -> tuple[Layer, ...]:
    """The layers, one after another in the arrays."""
    result, vertex, triangle = [], 0, 0
    for layer in layers:
        vertices = layer.vertex_range[1] - layer.vertex_range[0]
        triangles = layer.triangle_range[1] - layer.triangle_range[0]
        result.append(replace(layer, vertex_range=(vertex, vertex + vertices),
                              triangle_range=(triangle, triangle + triangles)))  # fmt: skip
        vertex, triangle = vertex + vertices, triangle + triangles
    return tuple(result)
