"""How a point that is painted onto a face moves with it: as the spot of the mesh on which it lies at rest."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Ride:
    """Motion of P points: depth_px, follow float32 (P,), deltas_px float32 (R, P, 2), as in `AvatarModel`."""

    depth_px: Floats
    follow: Floats
    deltas_px: Floats


def ride(model: AvatarModel, points_px: Doubles, layers: tuple[str, ...], /) -> Ride:
    """How the points (P, 2) move. layers: where to look for the spot, the first that has it wins; a point beside all of
    them goes with the nearest vertex of the last. Raises KeyError for a layer that isn't there."""
    corners = np.zeros((len(points_px), 3), np.intp)
    shares = np.zeros((len(points_px), 3))
    left = np.arange(len(points_px))
    for name in layers:
        rows = slice(*model.layer(name).triangle_range)
        triangles = _near(model.triangles[rows].astype(np.intp), model.rest_px, points_px[left])
        found, where, weights = _inside(points_px[left], triangles, model.rest_px)
        corners[left[found]], shares[left[found]] = triangles[where], weights
        left = left[~found]
    if len(left):
        first, stop = model.layer(layers[-1]).vertex_range
        away = points_px[left][:, None] - model.rest_px[None, first:stop]
        corners[left] = first + np.argmin((away**2).sum(axis=2), axis=1)[:, None]
        shares[left] = (1.0, 0.0, 0.0)
    weights32 = shares.astype(np.float32)
    return Ride(
        (model.depth_px[corners] * weights32).sum(axis=1),
        np.clip((model.follow[corners] * weights32).sum(axis=1), 0.0, 1.0),
        np.ascontiguousarray((model.deltas_px[:, corners] * weights32[None, ..., None]).sum(axis=2)),
    )


def _near(triangles: Rows, rest_px: Floats, points: Doubles) -> Rows:
    """The triangles whose boxes touch that of the points."""
    if not len(points):
        return triangles[:0]
    low, high = points.min(axis=0), points.max(axis=0)
    touching = np.ones(len(triangles), np.bool_)
    for axis in range(2):
        a, b, c = rest_px[:, axis][triangles.T]
        touching &= np.maximum(np.maximum(a, b), c) >= low[axis]
        touching &= np.minimum(np.minimum(a, b), c) <= high[axis]
    return triangles[touching]


def _inside(points: Doubles, triangles: Rows, rest_px: Floats) -> tuple[npt.NDArray[np.bool_], Rows, Doubles]:
    """Which points lie in one of the triangles, and for those: in which one, and their barycentric weights."""
    if not len(triangles):
        return np.zeros(len(points), np.bool_), np.zeros(0, np.intp), np.zeros((0, 3))
    a, b, c = (rest_px[triangles[:, corner]] for corner in range(3))
    ab, ac = b - a, c - a
    area = ab[:, 0] * ac[:, 1] - ab[:, 1] * ac[:, 0]
    usable = np.abs(area) > 1e-6
    per_area = np.where(usable, 1.0 / np.where(usable, area, 1.0), 0.0)
    x, y = (points[:, axis, None].astype(np.float32) - a[None, :, axis] for axis in range(2))
    to_b = (x * ac[:, 1] - y * ac[:, 0]) * per_area
    to_c = (y * ab[:, 0] - x * ab[:, 1]) * per_area
    least = np.minimum(np.minimum(to_b, to_c), 1.0 - to_b - to_c)
    least[:, ~usable] = -1.0
    best = np.argmax(least, axis=1)
    rows = np.arange(len(points))
    found = least[rows, best] >= -1e-5
    rows, best = rows[found], best[found]
    one, two = to_b[rows, best], to_c[rows, best]
    return found, best, np.stack([1.0 - one - two, one, two], axis=1)
