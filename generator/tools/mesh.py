"""Meshes: grids over a picture's opaque part, and ribbons along curves."""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.uint32]


@dataclass(frozen=True, slots=True, eq=False)
class Mesh:
    """points_px: float32 (V, 2) on the canvas, at rest. triangles: uint32 (T, 3)."""

    points_px: Floats
    triangles: Indices


def grid(alpha: npt.NDArray[np.uint8], /, *, origin_px: tuple[int, int], step_px: float) -> Mesh:
    """A regular grid over a texture, its empty cells left out.

    alpha: uint8 (H, W) of a texture whose top left pixel lies at `origin_px` (x, y). Cells without any opaque pixel
    (nor in the pixel around them) are dropped, with the vertices that nobody uses.
    """
    height, width = alpha.shape
    columns, rows = max(1, round(width / step_px)), max(1, round(height / step_px))
    x, y = np.linspace(0, width, columns + 1), np.linspace(0, height, rows + 1)
    grown = cv2.dilate((alpha > 0).astype(np.uint8), np.ones((3, 3), np.uint8))
    total = cv2.integral(grown)
    left, top = np.floor(x[:-1]).astype(int), np.floor(y[:-1]).astype(int)
    right, bottom = np.ceil(x[1:]).astype(int), np.ceil(y[1:]).astype(int)
    upper, lower = top[:, None], bottom[:, None]
    filled = total[lower, right] - total[upper, right] - total[lower, left] + total[upper, left] > 0
    corner = np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]
    quads = np.stack([a, b, c, b, d, c], axis=-1)[filled].reshape(-1, 3)
    used, triangles = np.unique(quads, return_inverse=True)
    points = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)[used] + origin_px
    return Mesh(points.astype(np.float32), triangles.reshape(-1, 3).astype(np.uint32))


def ribbon(rows_px: npt.NDArray[np.floating], /) -> Mesh:
    """A strip of R rows of N points, top row first: (R, N, 2). Vertex (r, n) is number r * N + n."""
    rows, columns = rows_px.shape[:2]
    corner = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, :-1], corner[1:, 1:]
    triangles = np.stack([a, b, c, b, d, c], axis=-1).reshape(-1, 3)
    return Mesh(rows_px.reshape(-1, 2).astype(np.float32), triangles.astype(np.uint32))
