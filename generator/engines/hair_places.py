"""Where hair, skin, clothes and background usually lie about a face. Pure but for OpenCV's polygons.

Places are told in a face that stands upright: `u` to the picture's right and `v` down from its middle, half its width
and height being 1; so the chin is at v = 1 and the ears at u = -1 and 1.
"""

from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.engines import Mask

Floats = npt.NDArray[np.float32]
Outline = tuple[int, ...]

HAIR, SKIN, CLOTHES, BACKGROUND = range(4)
EYES: Final[tuple[Outline, ...]] = tuple((*eye.upper, *eye.lower[-2:0:-1]) for eye in topology.EYES)
_BROWS: Final = tuple(eye.brow for eye in topology.EYES)
_LIPS: Final = (*topology.LIP_UPPER_OUTER, *topology.LIP_LOWER_OUTER[-2:0:-1])


def priors(points: Floats, person: Mask, /) -> Floats:
    """Where each kind usually lies: probabilities (4, S, S) that add up to 1.

    points: (478, 2) on the square. person: (S, S), 0..1. The numbers were found by trying, on 18 portraits, against the
    masks of a hair network; halving or doubling one of them moved the mean agreement (0.77) by up to 0.03.
    """
    side = person.shape[0]
    u, v = face_coordinates(points, side)
    away = np.hypot(u, v)
    inside = filled(points, (topology.OVAL,), side, blur_px=side / 96)
    features = filled(points, (*EYES, *_BROWS, _LIPS), side, blur_px=side / 96)
    eyes = filled(points, EYES, side, blur_px=side / 96)
    # Hair: around the upper head; below the chin only hanging at the sides; over the face as a fringe, never on eyes.
    below = rise(v, 0.7, 1.2)
    aside = rise(np.abs(u), 0.5, 1.0)
    around = (1.0 - below) * (1.0 - rise(away, 1.5, 2.4)) * 0.9 + below * (0.04 + 0.22 * aside)
    fringe = 1.0 - rise(v, -0.4, 0.1)
    forehead = 1.0 - rise(v, -0.75, -0.35)
    over_face = (0.01 + 0.34 * forehead + 0.06 * fringe) * (1.0 - 0.95 * eyes)
    hair = inside * over_face + (1.0 - inside) * np.maximum(around, 0.03)
    # Skin: the face, ears, the neck, and above the outline where a forehead is high.
    ears = np.exp(-(((np.abs(u) - 1.08) / 0.16) ** 2) - (v / 0.35) ** 2)
    neck = rise(v, 0.5, 0.8) * (1.0 - rise(v, 1.5, 2.2)) * (1.0 - rise(np.abs(u), 0.6, 0.95))
    high = 0.5 * (1.0 - rise(away, 1.0, 1.45)) * (1.0 - rise(v, -0.6, -0.3))
    skin = inside * (1.0 - 0.2 * features) + (1.0 - inside) * np.maximum(np.maximum(0.9 * ears, 0.8 * neck), high)
    clothes = (1.0 - inside) * rise(v, 1.0, 1.6) * 0.9
    kinds = np.stack([hair, skin + 0.01, clothes + 0.005])
    kinds *= np.clip(person, 0.03, 0.97) / kinds.sum(axis=0)
    result = np.concatenate([kinds, (1.0 - kinds.sum(axis=0))[None]])
    return np.asarray(result, np.float32)


def seeds(points: Floats, person: Mask, /) -> Floats:
    """Pixels that are almost sure to be of each kind, (4, S, S) in 0..1: where the colours are first learned."""
    side = person.shape[0]
    u, v = face_coordinates(points, side)
    away = np.hypot(u, v)
    inside = filled(points, (topology.OVAL,), side, blur_px=side / 96)
    features = filled(points, (*EYES, *_BROWS, _LIPS), side, blur_px=side / 96)
    crown = rise(away, 1.02, 1.12) * (1.0 - rise(away, 1.25, 1.5)) * (1.0 - rise(v, -0.7, -0.3)) * (1.0 - inside)
    beside = rise(away, 1.15, 1.25) * (1.0 - rise(away, 1.4, 1.6)) * rise(v, -0.5, -0.2) * (1.0 - rise(v, 0.5, 0.8))
    hair = np.maximum(crown, 0.4 * beside) * rise(person, 0.5, 0.9)
    skin = inside * (1.0 - features) * rise(v, -0.15, 0.05)
    clothes = rise(v, 1.5, 2.0) * rise(person, 0.5, 0.9) * (1.0 - inside)
    background = 1.0 - rise(person, 0.05, 0.4)
    return np.asarray(np.stack([hair, skin, clothes, background]) + 1e-4, np.float32)


def face_coordinates(points: Floats, side: int) -> tuple[Floats, Floats]:
    """For every pixel: to the picture's right and down in a face that stands upright, half its width and height = 1."""
    across, down = points[454] - points[234], points[152] - points[10]
    across_dir = across / np.linalg.norm(across)
    down_dir = np.array([-across_dir[1], across_dir[0]])
    middle = (points[10] + points[152]) / 2
    half = np.linalg.norm(across) / 2, max(1e-6, float(down @ down_dir)) / 2
    y, x = np.mgrid[:side, :side].astype(np.float32) + 0.5
    u = ((x - middle[0]) * across_dir[0] + (y - middle[1]) * across_dir[1]) / half[0]
    v = ((x - middle[0]) * down_dir[0] + (y - middle[1]) * down_dir[1]) / half[1]
    return u.astype(np.float32), v.astype(np.float32)


def filled(points: Floats, outlines: tuple[Outline, ...], side: int, *, blur_px: float) -> Mask:
    """The inside of the outlines (landmark numbers) as a mask (side, side) with a soft edge."""
    mask = np.zeros((side, side), np.float32)
    for outline in outlines:
        cv2.fillPoly(mask, [np.round(points[list(outline)] * 16).astype(np.int32)], 1.0, cv2.LINE_8, 4)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), blur_px), np.float32)


def rise(values: npt.NDArray[np.floating[Any]], low: float, high: float) -> Floats:
    """0 below `low`, 1 above `high`, smooth between."""
    t = np.clip((values - low) / (high - low), 0.0, 1.0)
    return np.asarray(t * t * (3.0 - 2.0 * t), np.float32)
