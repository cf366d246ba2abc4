"""What the face layer's picture says: the colour of its skin, and where it ends."""

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel
from runtime.overlays.places import Patch

Doubles = npt.NDArray[np.float64]
Picture = npt.NDArray[np.uint8]
Rgb = tuple[float, float, float]
_PALE: Rgb = (236.0, 190.0, 168.0)


def colour(model: AvatarModel, patch: Patch, /) -> Rgb:
    """The mean colour of the skin under a patch."""
    texels = _texels(model, patch.grid_px.reshape(-1, 2))
    solid = texels[texels[:, 3] > 200]
    if not len(solid):
        return _PALE
    red, green, blue = solid[:, :3].mean(axis=0)
    return float(red), float(green), float(blue)


def kept_on(model: AvatarModel, patch: Patch, picture: Picture, /) -> Picture:
    """The picture, stretched over a patch that is a parallelogram, with nothing of it beside the face."""
    height, width = picture.shape[:2]
    corner, right, below = patch.grid_px[0, 0], patch.grid_px[0, -1], patch.grid_px[-1, 0]
    x, y = (np.arange(width) + 0.5) / width, (np.arange(height) + 0.5) / height
    points = corner + x[None, :, None] * (right - corner) + y[:, None, None] * (below - corner)
    face = _texels(model, points.reshape(-1, 2))[:, 3].reshape(height, width)
    kept = picture.copy()
    kept[..., 3] = (kept[..., 3] * (face / 255.0)).round()
    return kept


def _texels(model: AvatarModel, points_px: Doubles) -> Doubles:
    """The face layer's texture at points (P, 2) of the canvas, (P, 4), nothing outside of it.

    Its texture is taken to lie flat on the canvas, as generated faces do.
    """
    layer = model.layer("face")
    rows = slice(*layer.vertex_range)
    texture = model.textures[layer.texture]
    height, width = texture.shape[:2]
    rest = np.column_stack([model.rest_px[rows].astype(np.float64), np.ones(rows.stop - rows.start)])
    to_uv, *_ = np.linalg.lstsq(rest, model.uv[rows].astype(np.float64), rcond=None)
    uv = np.column_stack([points_px, np.ones(len(points_px))]) @ to_uv
    column, row = (np.floor(uv * (width, height))).astype(np.intp).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    texels = np.zeros((len(points_px), 4))
    texels[inside] = texture[row[inside], column[inside]]
    return texels
