"""Painting in what a layer covered: membrane fill, and peeling one layer off a picture.

The membrane is the harmonic fill (Laplace's equation with the known pixels as boundary, the smoothest surface there
is), solved from coarse to fine.
"""

import cv2
import numpy as np
import numpy.typing as npt

Picture = npt.NDArray[np.float32]
"""(H, W, 3), 0..255."""
Mask = npt.NDArray[np.bool_]

_CROSS = np.array([[0, 1, 0], [1, 0, 1], [0, 1, 0]], np.float32) / 4.0
_SWEEPS, _FINE_SWEEPS, _FINE_PX = 40, 8, 300
"""Relaxation per level; large levels start from a good guess and need few."""


def fill(picture: Picture, known: Mask, /) -> Picture:
    """Every pixel outside `known` replaced by the membrane through the known ones. All unknown: unchanged."""
    if known.all() or not known.any():
        return picture.copy()
    weight = known.astype(np.float32)
    return np.where(known[..., None], picture, _solve(picture, weight))


def fill_hole(picture: Picture, hole: Mask, /, *, margin_px: int = 12) -> Picture:
    """As `fill`, for a small hole: only the pixels around it are looked at."""
    if not hole.any():
        return picture.copy()
    x, y, width, height = cv2.boundingRect(hole.astype(np.uint8))
    rows = slice(max(0, y - margin_px), y + height + margin_px)
    columns = slice(max(0, x - margin_px), x + width + margin_px)
    result = picture.copy()
    result[rows, columns] = fill(picture[rows, columns], ~hole[rows, columns])
    return result


def _solve(picture: Picture, weight: npt.NDArray[np.float32]) -> Picture:
    height, width = weight.shape
    known = weight > 0.0
    if min(height, width) > 4 and not known.all():
        half = (max(2, width // 2), max(2, height // 2))
        small_weight = cv2.resize(weight, half, interpolation=cv2.INTER_AREA)
        small = cv2.resize(picture * weight[..., None], half, interpolation=cv2.INTER_AREA)
        small = small / np.maximum(small_weight, 1e-6)[..., None]
        coarse = _solve(small, (small_weight > 0.01).astype(np.float32))
        guess = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    else:
        guess = np.broadcast_to(picture[known].mean(axis=0), picture.shape).astype(np.float32)
    current = np.where(known[..., None], picture, guess)
    pinned = known[..., None]
    for _ in range(_SWEEPS if min(height, width) < _FINE_PX else _FINE_SWEEPS):
        relaxed = cv2.filter2D(current, -1, _CROSS, borderType=cv2.BORDER_REPLICATE)
        np.copyto(current, relaxed, where=~pinned)
    return current


def soft_mask(core: Mask, ramp_px: float, /) -> npt.NDArray[np.float32]:
    """1 inside `core`, falling smoothly to 0 over `ramp_px` outside of it."""
    distance = cv2.distanceTransform((~core).astype(np.uint8), cv2.DIST_L2, 5)
    t = np.clip(1.0 - distance / max(ramp_px, 1e-3), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)


def polygon(points_px: npt.NDArray[np.floating], shape: tuple[int, int], /) -> Mask:
    """Filled polygon as a mask of (height, width)."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points_px * 16).astype(np.int32)], 1, lineType=cv2.LINE_8, shift=4)
    return mask.astype(bool)


def grow(mask: Mask, radius_px: float, /) -> Mask:
    """Dilated (radius > 0) or eroded (< 0) by a disc; beyond the picture's edge its border continues."""
    if radius_px < 0:
        return ~grow(~mask, -radius_px)
    if radius_px < 0.5 or not mask.any():
        return mask.copy()
    return np.asarray(cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, 5) <= radius_px + 0.25)
