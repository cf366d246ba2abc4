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
_SWEEPS, _FINE_SWEEPS, _FINE_PX = 40, 5, 300
"""Relaxation per level; large levels start from a good guess and need few."""


def fill(picture: Picture, known: Mask, /) -> Picture:
    """Every pixel outside `known` replaced by the membrane through the known ones. All unknown: unchanged."""
    if known.all() or not known.any():
        return picture.copy()
    return _solve(picture, known.astype(np.float32))


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
        small = cv2.resize(picture * cv2.merge([weight] * 3), half, interpolation=cv2.INTER_AREA)
        small /= cv2.merge([np.maximum(small_weight, 1e-6)] * 3)
        coarse = _solve(small, (small_weight > 0.01).astype(np.float32))
        current = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR)
    else:
        current = np.full_like(picture, picture[known].mean(axis=0))
    fixed = known.astype(np.uint8)
    current, relaxed = cv2.copyTo(picture, fixed, current), np.zeros_like(current)
    for _ in range(_SWEEPS if min(height, width) < _FINE_PX else _FINE_SWEEPS):
        cv2.filter2D(current, -1, _CROSS, dst=relaxed, borderType=cv2.BORDER_REPLICATE)
        current, relaxed = cv2.copyTo(picture, fixed, relaxed), current
    return np.asarray(current, np.float32)


def blur(image: npt.NDArray[np.float32], sigma_px: float, /, *, sigma_down_px: float = 0.0) -> npt.NDArray[np.float32]:
    """Gaussian blur; a wide one is done on a smaller copy. sigma_down_px: another width along y."""
    shrink = max(1, int(min(sigma_px, sigma_down_px or sigma_px) / 4.0))
    height, width = image.shape[:2]
    size = (max(1, width // shrink), max(1, height // shrink))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA) if shrink > 1 else image
    down = (sigma_down_px or sigma_px) / shrink
    soft = cv2.GaussianBlur(small, (0, 0), sigma_px / shrink, sigmaY=down, borderType=cv2.BORDER_REPLICATE)
    return np.asarray(cv2.resize(soft, (width, height), interpolation=cv2.INTER_LINEAR) if shrink > 1 else soft)


def spread(
    picture: Picture, known: Mask, sigma_px: float, /, *, sigma_down_px: float = 0.0
) -> tuple[Picture, npt.NDArray[np.float32]]:
    """The known pixels blurred among themselves, and how much of them every pixel has seen (0..1)."""
    sure = known.astype(np.float32)
    weight = blur(sure, sigma_px, sigma_down_px=sigma_down_px)
    colour = blur(picture * cv2.merge([sure] * 3), sigma_px, sigma_down_px=sigma_down_px)
    colour /= cv2.merge([np.maximum(weight, 1e-3)] * 3)
    return colour, weight


def soft_mask(core: Mask, ramp_px: float, /) -> npt.NDArray[np.float32]:
    """1 inside `core`, falling smoothly to 0 over `ramp_px` outside of it."""
    result = core.astype(np.float32)
    if (box := _reached(core, ramp_px)) is None:
        return result
    distance = cv2.distanceTransform((~core[box]).astype(np.uint8), cv2.DIST_L2, 5)
    t = np.clip(1.0 - distance / max(ramp_px, 1e-3), 0.0, 1.0)
    result[box] = t * t * (3.0 - 2.0 * t)
    return result


def polygon(points_px: npt.NDArray[np.floating], shape: tuple[int, int], /) -> Mask:
    """Filled polygon as a mask of (height, width)."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(points_px * 16).astype(np.int32)], 1, lineType=cv2.LINE_8, shift=4)
    return mask.astype(bool)


def grow(mask: Mask, radius_px: float, /) -> Mask:
    """Dilated (radius > 0) or eroded (< 0) by a disc; beyond the picture's edge its border continues."""
    if radius_px < 0:
        return ~grow(~mask, -radius_px)
    result = mask.copy()
    if radius_px >= 0.5 and (box := _reached(mask, radius_px)) is not None:
        result[box] = cv2.distanceTransform((~mask[box]).astype(np.uint8), cv2.DIST_L2, 5) <= radius_px + 0.25
    return result


def opened(mask: Mask, radius_px: float, /, *, wider_px: float = 0.0) -> Mask:
    """Only what is so thick: eroded, then dilated again, and that by so much more."""
    return grow(grow(mask, -radius_px), radius_px + wider_px)


def closed(mask: Mask, radius_px: float, /) -> Mask:
    """With its small gaps: dilated, then eroded again."""
    return grow(grow(mask, radius_px), -radius_px)


def _reached(mask: Mask, reach_px: float) -> tuple[slice, slice] | None:
    """The rows and columns in which pixels lie that are not of the mask but within reach of it, and what of the mask
    decides about them: OpenCV's distances go in steps of up to two pixels. None without such pixels."""
    margins = int(np.ceil(reach_px)) + 3, 3
    boxes = [cv2.boundingRect(part.view(np.uint8)) for part in (mask, ~mask)]
    if not all(width for _, _, width, _ in boxes):
        return None
    left, top = (max(0, *(box[axis] - margin for box, margin in zip(boxes, margins, strict=True))) for axis in (0, 1))
    right, bottom = (
        min(box[axis] + box[axis + 2] + margin for box, margin in zip(boxes, margins, strict=True)) for axis in (0, 1)
    )
    return (slice(top, bottom), slice(left, right)) if top < bottom and left < right else None
