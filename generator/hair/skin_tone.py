"""The skin of a face as light falls on it, also where nobody sees it: a surface of colour, and a photograph's grain."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.moving.measures import CanvasFace
from generator.tools import colours
from generator.tools.repaint import Picture, blur

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

MOST_SAMPLES: Final = 6000
MIRRORED: Final = 0.4
"""What a sample of the other side counts: light comes from one side, but a face is the same on both."""
OUTLINE: Final = 0.92
"""Farther out than this, in halves of the face outline, a colour goes on as it is there: a parabola would run away."""
GRAIN_PX: Final = 2.0
"""What is finer than this in plain skin is grain."""
LEAST_GRAIN: Final = 0.6
"""Levels (of 255); finer grain isn't seen, and drawings have none."""
_TILE: Final = 64
_STEP_PX: Final = 8


def tone(picture: Picture, plain: Mask, face: CanvasFace, /) -> Picture:
    """The colour of skin at every pixel, float32 (H, W, 3): the smoothest surface of second degree through `plain`.

    plain: bool (H, W), where bare skin is seen. Large drawn eyes belong to faces of one flat colour.
    """
    rows, columns = np.nonzero(plain)
    if len(rows) < 40:
        return np.broadcast_to(_cheeks(picture, face), picture.shape).astype(np.float32)
    if face.drawn:
        lab = colours.commonest(colours.lab(picture)[plain])
        flat = cv2.cvtColor(lab[None, None], cv2.COLOR_LAB2RGB)[0, 0] * np.float32(255.0)
        return np.broadcast_to(flat, picture.shape).astype(np.float32)
    step = max(1, len(rows) // MOST_SAMPLES)
    rows, columns = rows[::step], columns[::step]
    seen = picture[rows, columns].astype(np.float64)
    u, v = _place(rows, columns, face)
    basis = np.concatenate([_basis(u, v), MIRRORED * _basis(-u, v)])
    values = np.concatenate([seen, MIRRORED * seen])
    weight = np.ones(len(values))
    flat = 0.02 * len(values) * np.diag([0.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    fitted = np.zeros((6, 3))
    for _ in range(4):  # shadows and blemishes count less and less
        fitted = np.linalg.solve((basis * weight[:, None]).T @ basis + flat, (basis * weight[:, None]).T @ values)
        off = np.linalg.norm(basis @ fitted - values, axis=1)
        weight = 1.0 / (1.0 + (off / max(1.5 * float(np.median(off)), 1.0)) ** 2)
    height, width = picture.shape[:2]
    y, x = np.mgrid[0 : height + _STEP_PX : _STEP_PX, 0 : width + _STEP_PX : _STEP_PX]  # smooth: a coarse grid will do
    u, v = _place(y, x, face)
    out = np.maximum(np.hypot(u, v) / OUTLINE, 1.0)
    surface = _basis(u / out, v / out) @ fitted
    low, high = np.percentile(seen, [2.0, 99.0], axis=0)
    coarse = np.clip(surface, low, high).astype(np.float32)
    wider = np.array([[_STEP_PX, 0, 0], [0, _STEP_PX, 0]], np.float32)
    return np.asarray(cv2.warpAffine(coarse, wider, (width, height), flags=cv2.INTER_LINEAR), np.float32)


def grain(picture: Picture, plain: Mask, /, *, seed: int = 0) -> Floats:
    """Noise like that of the plain skin of a photograph, in levels, float32 (H, W, 1); zero for drawings."""
    light = picture.mean(axis=-1)
    rough = light - blur(light, GRAIN_PX)
    inside = cv2.erode(plain.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    size = float(np.sqrt(np.median(rough[inside] ** 2) / 0.455)) if inside.any() else 0.0  # of a normal distribution
    if size < LEAST_GRAIN:
        return np.zeros((*plain.shape, 1), np.float32)
    patch = _smoothest(rough, inside)
    phase = np.random.default_rng(seed).uniform(0.0, 2.0 * np.pi, patch.shape)
    noise = np.fft.ifft2(np.abs(np.fft.fft2(patch)) * np.exp(1j * phase)).real
    noise *= size / max(float(noise.std()), 1e-6)
    repeats = (-(-plain.shape[0] // len(noise)), -(-plain.shape[1] // len(noise)))
    return np.asarray(np.tile(noise, repeats)[: plain.shape[0], : plain.shape[1], None], np.float32)


def _smoothest(rough: Floats, inside: Mask) -> Floats:
    """A square of plain skin, without an edge in it as far as there is one; its grain is the pattern."""
    side = int(np.clip(0.3 * np.sqrt(inside.sum()), 12, _TILE))
    share = cv2.boxFilter(inside.astype(np.float32), -1, (side, side))
    power = cv2.boxFilter(rough**2, -1, (side, side))
    best = np.where(share >= min(0.98, float(share.max())), power, np.inf)
    row, column = np.unravel_index(int(best.argmin()), best.shape)
    top = int(np.clip(row - side // 2, 0, max(0, rough.shape[0] - side)))
    left = int(np.clip(column - side // 2, 0, max(0, rough.shape[1] - side)))
    return rough[top : top + side, left : left + side]


def _place(
    rows: npt.NDArray[np.intp], columns: npt.NDArray[np.intp], face: CanvasFace
) -> tuple[npt.NDArray[np.floating], npt.NDArray[np.floating]]:
    """Canvas points in halves of the face, from its middle."""
    oval = face.oval_px
    middle = (float(oval[:, 1].min()) + float(oval[:, 1].max())) / 2.0
    return (columns - face.centre_x_px) / face.half_width_px, (rows - middle) / (0.5 * face.height_px)


def _basis(u: npt.NDArray[np.floating], v: npt.NDArray[np.floating]) -> npt.NDArray[np.float64]:
    return np.stack([np.ones_like(u), u, v, u * u, u * v, v * v], axis=-1).astype(np.float64)


def _cheeks(picture: Picture, face: CanvasFace) -> Floats:
    spots = np.clip(face.points_px[[50, 280, 205, 425]].astype(int), 0, np.array(picture.shape[1::-1]) - 1)
    return np.asarray(np.median(picture[spots[:, 1], spots[:, 0]], axis=0), np.float32)
