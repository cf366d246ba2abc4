"""The arrays of an avatar as one safetensors block, and back; the deltas sparse in the file, dense in memory.

    rest_px float32 (V, 2)   depth_px, follow float32 (V,)   uv float32 (V, 2)   triangles uint32 (T, 3)
    stops.upper, stops.lower uint32 (K,)   stops.gap_px float32 (K,)
    stops.follower, stops.follower_stop uint32 (F,)   stops.follower_weight float32 (F,)
    chains.joints uint32 (C, 4)   chains.vertex, chains.joint uint32 (B,)   chains.weight float32 (B,)
    deltas.row uint16 (N,)   deltas.vertex uint32 (N,)   deltas.offset_px float32 (N, 2)

Entry n of the deltas says that channel `row[n]` moves vertex `vertex[n]` by `offset_px[n]`; entries ascend by row, then
by vertex. Offsets shorter than 0.001 px along both axes are left out, which is the only thing that saving loses. The
arrays of the chains are left out of a file without any.
"""

import struct
from collections.abc import Mapping
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from assets import strictjson
from assets.avatar import JOINTS, AvatarModel, Chains, Floats, Stops
from assets.strictjson import Node

Arrays = Mapping[str, npt.NDArray[Any]]

SMALLEST_DELTA_PX: Final = 1e-3
MAX_HEADER_BYTES: Final = 1 << 16

_LAYOUT: Final[Mapping[str, tuple[str, int]]] = {  # name -> safetensors dtype, length of the second axis (0: none)
    "rest_px": ("F32", 2),
    "depth_px": ("F32", 0),
    "follow": ("F32", 0),
    "uv": ("F32", 2),
    "triangles": ("U32", 3),
    "stops.upper": ("U32", 0),
    "stops.lower": ("U32", 0),
    "stops.gap_px": ("F32", 0),
    "stops.follower": ("U32", 0),
    "stops.follower_stop": ("U32", 0),
    "stops.follower_weight": ("F32", 0),
    "deltas.row": ("U16", 0),
    "deltas.vertex": ("U32", 0),
    "deltas.offset_px": ("F32", 2),
}
_CHAINS: Final[Mapping[str, tuple[str, int]]] = {
    "chains.joints": ("U32", JOINTS),
    "chains.vertex": ("U32", 0),
    "chains.joint": ("U32", 0),
    "chains.weight": ("F32", 0),
}
"""All of them, or none."""


def pack(model: AvatarModel, /) -> bytes:
    """The arrays of `model` as safetensors bytes; equal arrays give equal bytes."""
    row, vertex = np.nonzero((np.abs(model.deltas_px) >= SMALLEST_DELTA_PX).any(axis=2))
    arrays: dict[str, npt.NDArray[Any]] = {
        "rest_px": model.rest_px,
        "depth_px": model.depth_px,
        "follow": model.follow,
        "uv": model.uv,
        "triangles": model.triangles,
        "deltas.row": row.astype(np.uint16),
        "deltas.vertex": vertex.astype(np.uint32),
        "deltas.offset_px": model.deltas_px[row, vertex],
    }
    for name in ("upper", "lower", "gap_px", "follower", "follower_stop", "follower_weight"):
        arrays[f"stops.{name}"] = getattr(model.stops, name)
    if len(model.chains.joints):
        arrays |= {name: getattr(model.chains, name.removeprefix("chains.")) for name in _CHAINS}
    return save_tensors({name: np.ascontiguousarray(array) for name, array in arrays.items()})


def unpack(data: bytes, /) -> Arrays:
    """The arrays in `data`: every one of the layout, with its dtype and rank. Raises ValueError naming the array."""
    _check_header(data)
    try:
        arrays: Arrays = load_tensors(data)
    except (SafetensorError, ValueError, KeyError, OverflowError) as error:
        raise ValueError(f"header: {' '.join(str(error).split())}") from error
    return arrays


def stops_of(arrays: Arrays, /) -> Stops:
    """The `Stops` in `arrays`."""
    names = ("upper", "lower", "gap_px", "follower", "follower_stop", "follower_weight")
    return Stops(**{name: arrays[f"stops.{name}"] for name in names})


def chains_of(arrays: Arrays, /) -> Chains:
    """The `Chains` in `arrays`; none in a file without them."""
    if "chains.joints" not in arrays:
        return Chains()
    return Chains(**{name.removeprefix("chains."): arrays[name] for name in _CHAINS})


def dense_deltas(arrays: Arrays, /, *, rows: int) -> Floats:
    """float32 (rows, V, 2) from the sparse deltas. Raises ValueError when an index is out of range or out of order."""
    row, vertex, offset_px = arrays["deltas.row"], arrays["deltas.vertex"], arrays["deltas.offset_px"]
    vertices = len(arrays["rest_px"])
    if not len(row) == len(vertex) == len(offset_px):
        lengths = f"{len(row)}, {len(vertex)}, {len(offset_px)}"
        raise ValueError(f"deltas: row, vertex and offset_px differ in length: {lengths}")
    if len(row) and row.max() >= rows:
        raise ValueError(f"deltas.row: an index of {row.max()} is out of range, there are {rows} channels")
    if len(vertex) and vertex.max() >= vertices:
        raise ValueError(f"deltas.vertex: an index of {vertex.max()} is out of range, there are {vertices} vertices")
    if not np.isfinite(offset_px).all():
        raise ValueError("deltas.offset_px: has a value that is not finite")
    place = row.astype(np.int64) * vertices + vertex
    if (np.diff(place) <= 0).any():
        raise ValueError("deltas: entries must ascend by row and vertex, each only once")
    dense = np.zeros((rows * vertices, 2), np.float32)
    dense[place] = offset_px
    return dense.reshape(rows, vertices, 2)


def _check_header(data: bytes) -> None:
    # The library accepts headers of 100 MB and repeated keys (the last wins); neither has a place in a rig.
    if len(data) < 8:
        raise ValueError("header: is cut off")
    (size,) = struct.unpack_from("<Q", data)
    if size > MAX_HEADER_BYTES or 8 + size > len(data):
        limit = min(MAX_HEADER_BYTES, len(data) - 8)
        raise ValueError(f"header: is {size} bytes long, at most {limit} are allowed")
    try:
        header = Node(strictjson.parse(data[8 : 8 + size], limit_bytes=MAX_HEADER_BYTES), "").object()
    except ValueError as error:
        raise ValueError(f"header: {error}") from error
    names = set(header) - {"__metadata__"}
    layout = {**_LAYOUT, **(_CHAINS if names & set(_CHAINS) else {})}
    if missing := sorted(set(layout) - names):
        raise ValueError(f"{missing[0]}: is missing")
    if unknown := sorted(names - set(layout)):
        raise ValueError(f"{strictjson.shown(unknown[0])}: is not a known array")
    for name, (dtype, last) in layout.items():
        node = Node(header[name], name)
        if node["dtype"].value != dtype:
            raise ValueError(f"{name}: expected {dtype}, got {strictjson.shown(node['dtype'].value)}")
        shape = tuple(side.integer() for side in node["shape"])
        if len(shape) != (2 if last else 1) or (last and shape[1] != last):
            raise ValueError(f"{name}: expected shape ({f'any, {last}' if last else 'any,'}), got {shape}")
