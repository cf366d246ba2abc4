"""Further layers in a model: each piece a grid of triangles that moves as the skin on which it lies."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Fade, Layer
from runtime.overlays.places import Patch
from runtime.overlays.riding import ride

PREFIX: Final = "overlay."
Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """One layer to be: its name and its texture's, without `PREFIX`, and where it lies.

    below: the layer that is drawn right after it; where that isn't there, it is drawn over everything.
    """

    name: str
    texture: str
    patches: tuple[Patch, ...]
    below: str = ""
    fades: tuple[Fade, ...] = ()


def joined(model: AvatarModel, pieces: Sequence[Piece], textures: Mapping[str, Array], /) -> AvatarModel:
    """The model with the pieces as layers, those at one place in their order; nothing else about it changes."""
    order = _ordered(model, pieces, _parts(model, pieces))
    old_at = np.zeros(model.vertex_count, np.uint32)  # where each vertex comes to lie
    vertex = triangle = 0
    layers, starts = [], []
    for part in order:
        count, own = len(part.rest_px), len(part.triangles)
        if part.first is not None:
            old_at[part.first : part.first + count] = np.arange(vertex, vertex + count)
        rows, faces = (vertex, vertex + count), (triangle, triangle + own)
        layers.append(replace(part.layer, vertex_range=rows, triangle_range=faces))
        starts.append(np.uint32(vertex))
        vertex, triangle = rows[1], faces[1]
    stops, chains = model.stops, model.chains
    return replace(
        model,
        rest_px=np.concatenate([part.rest_px for part in order]),
        depth_px=np.concatenate([part.depth_px for part in order]),
        follow=np.concatenate([part.follow for part in order]),
        uv=np.concatenate([part.uv for part in order]),
        deltas_px=np.concatenate([part.deltas_px for part in order], axis=1),
        triangles=np.concatenate([part.triangles + start for part, start in zip(order, starts, strict=True)]),
        layers=tuple(layers),
        textures={**model.textures, **{PREFIX + name: picture for name, picture in textures.items()}},
        stops=replace(stops, upper=old_at[stops.upper], lower=old_at[stops.lower], follower=old_at[stops.follower]),
        chains=replace(chains, joints=old_at[chains.joints], vertex=old_at[chains.vertex]),
    )


def _ordered(model: AvatarModel, pieces: Sequence[Piece], parts: "Sequence[_Part]") -> "list[_Part]":
    """The model's own layers with the parts between them."""
    below: dict[str, list[_Part]] = {layer.name: [] for layer in model.layers}
    last: list[_Part] = []
    for piece, part in zip(pieces, parts, strict=True):
        below.get(piece.below, last).append(part)
    order = []
    for layer in model.layers:
        order += [*below[layer.name], _of_layer(model, layer)]
    return [*order, *last]


@dataclass(frozen=True, slots=True, eq=False)
class _Part:
    """A layer's own arrays, its triangles counted from its first vertex. first: that vertex's number in the model,
    None for a new one."""

    layer: Layer
    first: int | None
    rest_px: Array
    depth_px: Array
    follow: Array
    uv: Array
    deltas_px: Array
    triangles: Array


def _of_layer(model: AvatarModel, layer: Layer) -> _Part:
    rows, own = slice(*layer.vertex_range), model.triangles[slice(*layer.triangle_range)]
    return _Part(
        layer, rows.start, model.rest_px[rows], model.depth_px[rows], model.follow[rows], model.uv[rows],
        model.deltas_px[:, rows], own - np.uint32(rows.start),
    )  # fmt: skip


def _parts(model: AvatarModel, pieces: Sequence[Piece]) -> list[_Part]:
    """The pieces as arrays. All that rides on the same layers is asked for at once: that is what takes time."""
    patches = [patch for piece in pieces for patch in piece.patches]
    spots = [patch.ridden_px for patch in patches]
    ends = np.cumsum([len(own) for own in spots])
    depth_px, follow = np.zeros((2, ends[-1]), np.float32)
    deltas_px = np.zeros((len(model.deltas_px), ends[-1], 2), np.float32)
    for on in dict.fromkeys(patch.on for patch in patches):
        mine = [number for number, patch in enumerate(patches) if patch.on == on]
        rows = np.concatenate([np.arange(ends[number] - len(spots[number]), ends[number]) for number in mine])
        found = ride(model, np.concatenate([spots[number] for number in mine]), on)
        depth_px[rows], follow[rows], deltas_px[:, rows] = found.depth_px, found.follow, found.deltas_px
    spot_of = np.repeat(np.arange(ends[-1]), [
        patch.grid_px.size // 2 if patch.rigid else 1
        for patch, own in zip(patches, spots, strict=True) for _ in own
    ])  # fmt: skip
    parts, first = [], 0
    for piece in pieces:
        rest, uv, triangles = _grids(piece.patches)
        own = spot_of[first : first + len(rest)]
        layer = Layer(PREFIX + piece.name, (0, 0), (0, 0), PREFIX + piece.texture, fades=piece.fades)
        parts.append(_Part(layer, None, rest, depth_px[own], follow[own], uv, deltas_px[:, own], triangles))
        first += len(rest)
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
