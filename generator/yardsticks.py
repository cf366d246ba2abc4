"""How good a drawn avatar is, in numbers: pictures in, numbers out. Pure; whoever draws hands in the pictures.

Every picture is uint8. Colours differ in CIE Lab units (CIE76), places in inter-iris distances of the neutral face.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.engines import FaceLandmarks, pose
from generator.tools import colours

Pixels = npt.NDArray[np.uint8]
Mask = npt.NDArray[np.bool_]
Doubles = npt.NDArray[np.float64]

HALO_BAND_PX: Final = 3
_HALO_INSIDE_PX: Final = (4, 10)
"""How far inside the silhouette the colours lie with which its rim is compared."""
_CLEAR: Final = 64
"""Alpha below which a pixel is seen through."""
_SURE, _EDGE_PX = 64, 2
"""Alpha from which a pixel's colour is its own; so far from a gap its edge is that."""
WIDENED: Final = 1.5
"""A gap that a turn brings to the front is seen so many times as wide as before."""
_CHANGED: Final = 12
"""Difference of a colour channel from which two pixels count as different."""


def oval_mask(landmarks_px: Doubles, shape: tuple[int, int], /) -> Mask:
    """The inside of the face outline, bool (H, W)."""
    mask = np.zeros(shape, np.uint8)
    cv2.fillPoly(mask, [np.round(landmarks_px[list(topology.OVAL), :2]).astype(np.int32)], 1)
    return mask > 0


def similarity(one: Pixels, other: Pixels, where: Mask, /) -> float:
    """Mean structural similarity (Wang et al. 2004: luminance, gaussian window of sigma 1.5) of two RGB pictures."""
    x, y = (cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float64) for image in (one, other))

    def mean(values: Doubles) -> Doubles:
        return np.asarray(cv2.GaussianBlur(values, (0, 0), 1.5), np.float64)

    mx, my = mean(x), mean(y)
    vx, vy, both = mean(x * x) - mx * mx, mean(y * y) - my * my, mean(x * y) - mx * my
    low, high = (0.01 * 255.0) ** 2, (0.03 * 255.0) ** 2
    index = (2.0 * mx * my + low) * (2.0 * both + high) / ((mx * mx + my * my + low) * (vx + vy + high))
    return float(index[where].mean())


def lab_difference(one: Pixels, other: Pixels, where: Mask, /) -> float:
    """Mean colour difference of two RGB pictures."""
    return float(np.linalg.norm(colours.lab(one) - colours.lab(other), axis=2)[where].mean())


def onto(points: Doubles, goal: Doubles, weights: Doubles | None = None, /) -> Doubles:
    """Points (N, 2) moved, turned and scaled as a whole to lie best on `goal` (weighted least squares)."""
    share = np.ones(len(points)) if weights is None else weights
    share = share / share.sum()
    here, there = points @ (1.0, 1j), goal @ (1.0, 1j)
    middle, target = share @ here, share @ there
    here, there = here - middle, there - target
    factor = (share * np.conj(here) * there).sum() / (share * np.abs(here) ** 2).sum()
    result = here * factor + target
    return np.stack([result.real, result.imag], axis=1)


def landmark_errors(portrait: FaceLandmarks, drawn: FaceLandmarks, /) -> tuple[float, float]:
    """Mean distance of the 468 landmarks, and of the iris centres, in IOD, the faces laid on each other as a whole."""
    goal = drawn.points_px[:, :2].astype(np.float64)
    off = np.linalg.norm(onto(portrait.points_px[:, :2].astype(np.float64), goal) - goal, axis=1)
    off /= drawn.inter_ocular_px
    return float(off[:468].mean()), float(off[[468, 473]].mean())


def steadied(points: Doubles, neutral: Doubles, /) -> Doubles:
    """Landmarks (478, 2) of an expression laid on the neutral ones by the parts of the face that no expression moves:
    the detector shifts and scales all of a face a little when its mouth opens."""
    _, still = pose.mean_face()
    moved = onto(points, neutral, still)
    return moved if np.isfinite(moved).all() else points


def holes(rgba: Pixels, /) -> float:
    """Share of the silhouette that is seen through though nothing leads there from outside, 0..1."""
    shut = _shut_in(_clear(rgba))
    return float((shut > 0).sum() / max(1, int((~_clear(rgba)).sum())))


def torn(rgba: Pixels, places: Pixels, rest: Pixels, /) -> float:
    """The share of a turned head's silhouette that is a hole of the avatar's own, 0..1.

    places: the same drawn with colours that tell where each pixel lies at rest: red and green are x and y, 255 the
    last column and row of `rest`, the head at rest. All (H, W, 4).

    A hole's edge, led back to where it lies at rest, is an outline there. What was seen through inside of that outline
    is the background: a gap of the portrait that has moved, or one between hair and shoulder that was open to the
    outside and has merely been shut in. What is more than that, allowing for `WIDENED`, has been torn.
    """
    clear, seen = _clear(rgba), _clear(rest)
    gaps = _shut_in(clear)
    size = np.array([rest.shape[1] - 1, rest.shape[0] - 1]) / 255.0
    sure = (places[..., 3] > _SURE) & (rgba[..., 3] > _SURE)
    hole = 0.0
    for number in np.unique(gaps[gaps > 0]):
        gap = (gaps == number).astype(np.uint8)
        around = cv2.dilate(gap, np.ones((3, 3), np.uint8), iterations=_EDGE_PX)
        outlines, _ = cv2.findContours(around, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        x, y = outlines[0][:, 0].T
        there = places[y, x, :2][sure[y, x]] * size
        outline = np.zeros(seen.shape, np.uint8)
        if len(there) > 2:
            cv2.fillPoly(outline, [np.round(there).astype(np.int32)], 1)
        hole += max(0.0, float(gap.sum()) - WIDENED * float((seen & (outline > 0)).sum()))
    return hole / max(1, int((~clear).sum()))


def _clear(rgba: Pixels) -> Mask:
    return np.asarray(rgba[..., 3] < _CLEAR)


def _shut_in(clear: Mask) -> npt.NDArray[np.int32]:
    """The gaps to which nothing leads from the picture's border, numbered from 1."""
    count, labels, boxes, _ = cv2.connectedComponentsWithStats(
        np.pad(clear.astype(np.uint8), 1, constant_values=1), connectivity=4
    )
    x, y, width, height, _ = boxes[:count].T
    outside = (x == 0) | (y == 0) | (x + width == labels.shape[1]) | (y + height == labels.shape[0])
    outside[0] = True  # what is no gap at all
    return np.where(outside[labels], 0, labels)[1:-1, 1:-1].astype(np.int32)


def halo(rgba: Pixels, backgrounds: tuple[tuple[int, int, int], ...], /) -> float:
    """How much brighter or greener the silhouette's rim is than what lies inside of it, the worst over backgrounds.

    rgba: straight alpha. The rim is the outer `HALO_BAND_PX`; what an edge pixel must show of the background is part
    of what is expected. Lab units, the mean over the rim; the picture's own border is left out.
    """
    alpha = rgba[..., 3].astype(np.float32) / 255.0
    solid = (alpha > 0.5).astype(np.uint8)
    framed = np.pad(solid, 1, mode="edge")
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)[1:-1, 1:-1]
    rim = (depth > 0) & (depth <= HALO_BAND_PX)
    core = ((depth >= _HALO_INSIDE_PX[0]) & (depth <= _HALO_INSIDE_PX[1])).astype(np.float32)
    if not rim.any() or not core.any():
        return 0.0
    colour = rgba[..., :3].astype(np.float32)
    weight = cv2.GaussianBlur(core, (0, 0), 3.0)
    near = cv2.GaussianBlur(colour * core[..., None], (0, 0), 3.0) / np.maximum(weight, 1e-6)[..., None]
    rim &= weight > 1e-3
    worst = 0.0
    for background in backgrounds:
        behind = np.array(background, np.float32) * (1.0 - alpha[..., None])
        shown, expected = colour * alpha[..., None] + behind, near * alpha[..., None] + behind
        seen, due = colours.lab(shown)[rim], colours.lab(expected)[rim]
        greener = np.minimum(due[:, 1], 0.0) - np.minimum(seen[:, 1], 0.0)  # less red is not green
        worst = max(worst, float((seen[:, 0] - due[:, 0]).mean()), float(greener.mean()))
    return worst


def changed(one: Pixels, other: Pixels, /) -> Mask:
    """Where two pictures of the same thing differ."""
    return np.asarray((np.abs(one[..., :3].astype(np.int16) - other[..., :3].astype(np.int16)) > _CHANGED).any(axis=2))


def ghosts(rest: Mask, later: Mask, /) -> int:
    """Pixels where an eye shows later and did not at rest, give or take one pixel."""
    grown = cv2.dilate(rest.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    return int((later & ~grown).sum())
