"""Hair by colour and by place, with or without the opinion of a network.

Four kinds of pixels (hair, skin, clothes, background) each get a prior from where they usually lie about a face, the
background's from the person mask, and a colour histogram. Histograms and labels take turns (expectation maximisation),
and between turns the labels are smoothed along the picture's own edges by a guided filter (He, Sun, Tang 2013),
which stands in for a random field. Good where hair has a colour of its own; a hat is hair to it.

A hair network's mask, where there is one, enters as a second prior. On photographs it decides; on drawings, which such
networks only half see, the colours complete it.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.engines import FaceLandmarks, Image, Mask, views
from generator.engines.hair_places import CLOTHES, EYES, HAIR, SKIN, face_coordinates, filled, priors, rise, seeds

Floats = npt.NDArray[np.float32]

WORK_PX: Final = 320
"""Side of the square on which labels are found; the last smoothing goes back to the picture's own pixels."""
_VIEW: Final = 4.2
"""Side of that square in face boxes."""
_TURNS: Final = 6
_BINS: Final = (24, 20, 20)
"""Cells of a colour histogram along L, a and b."""
_BLUR_CELLS: Final = (0.9, 0.9, 0.9)
"""Width of the kernel that smooths a histogram, in cells."""
_SHADING_CELLS: Final = (2.0, 0.9, 0.9)
"""The same for skin, whose lightness changes with the light while its hue stays."""
_HINT_NO, _HINT_YES = -2.0, 3.5
"""What a network's no and yes add to the log odds of hair. Its yes is nearly always right; its no on drawings isn't."""
_FINEST_PX: Final = 1024
"""Largest side at which the last smoothing is done."""


def hair_mask(image: Image, face: FaceLandmarks, person: Mask, hint: Mask | None = None, /) -> Mask:
    """Probability of hair (H, W), 0..1.

    person, hint: (H, W), the probability of a person and, where a network has an opinion, of hair.
    """
    view = _view(face)
    cut = view.cut(image)
    scale = WORK_PX / view.side_px
    small = np.asarray(cv2.resize(cut, (WORK_PX, WORK_PX), interpolation=cv2.INTER_AREA), np.uint8)
    someone = np.asarray(cv2.resize(view.cut_mask(person), (WORK_PX, WORK_PX), interpolation=cv2.INTER_AREA))
    points = (face.points_px[:, :2] - (view.left_px, view.top_px)) * scale
    within = cv2.resize(view.within(image), (WORK_PX, WORK_PX), interpolation=cv2.INTER_AREA)
    beyond, known = np.zeros(image.shape[:2], np.float32), None
    if hint is not None:
        beyond = np.clip((hint - 0.1) / 0.8, 0.0, 1.0)  # without the faint fog that networks leave on empty walls
        known = np.asarray(cv2.resize(view.cut_mask(hint), (WORK_PX, WORK_PX), interpolation=cv2.INTER_AREA))
    labels = label(small, points.astype(np.float32), someone * within, within, known)
    hair = _without_eyes(_connected(labels[HAIR], points), points.astype(np.float32))
    fine = min(view.side_px, _FINEST_PX)
    guide = cv2.resize(cut, (fine, fine), interpolation=cv2.INTER_AREA)
    hair = cv2.resize(hair, (fine, fine), interpolation=cv2.INTER_LINEAR)
    hair = _guided(np.asarray(guide), np.asarray(hair), radius_px=max(2, round(fine / 80)), contrast=0.02)
    hair = np.asarray(cv2.resize(hair, (view.side_px, view.side_px)), np.float32)
    return view.blend(beyond, np.clip(hair, 0.0, 1.0))


def _view(face: FaceLandmarks) -> views.View:
    """Head and chest: where long hair ends."""
    x0, y0, x1, y1 = face.box_px
    size = max(x1 - x0, y1 - y0)
    middle_x, middle_y = (x0 + x1) / 2, (y0 + y1) / 2
    return views.View.around(middle_x, middle_y + 0.6 * size, _VIEW * size)


def label(image: Image, points: Floats, person: Mask, within: Mask, hint: Mask | None = None, /) -> Floats:
    """Probabilities (4, S, S) of HAIR, SKIN, CLOTHES, BACKGROUND for a square picture (S, S, 3).

    points: (478, 2) on it. person: (S, S), as in `hair_mask`. within: (S, S), 0 where the square lies beyond the
    picture. hint: (S, S) or None.
    """
    places, labels = priors(points, person), seeds(points, person)
    if hint is not None:
        places[HAIR] *= np.exp(_HINT_NO + (_HINT_YES - _HINT_NO) * hint)
        places /= places.sum(axis=0)
        labels[HAIR] = np.maximum(0.5 * labels[HAIR], hint)
    cells = colour_cells(image)
    strictness = 0.0
    for _ in range(_TURNS):
        weights = labels**2 * within
        densities = [
            _histogram(cells, weight, blur_cells=_SHADING_CELLS if kind == SKIN else _BLUR_CELLS)
            for kind, weight in enumerate(weights)
        ]
        if not strictness:
            alike = float(np.sqrt(densities[HAIR] * densities[SKIN]).sum())
            strictness = 1.0 + 2.0 * float(rise(np.array(alike), 0.65, 0.85))
        # What looks like skin teaches little about hair: high foreheads and partings lie where hair is expected. The
        # more the first samples of both look alike, the less. Nor does hair teach about clothes, on which it lies.
        for kind, other in ((HAIR, SKIN), (CLOTHES, HAIR)):
            own = (densities[kind] / (densities[kind] + densities[other])) ** strictness
            densities[kind] = _histogram(cells, weights[kind] * own[cells], blur_cells=_BLUR_CELLS)
        labels = places * np.stack([density[cells] for density in densities])
        labels /= labels.sum(axis=0) + 1e-12
        labels = np.stack([_guided(image, one, radius_px=8, contrast=0.03) for one in labels])
        labels = np.clip(labels, 1e-4, 1.0)
        labels /= labels.sum(axis=0)
    return labels.astype(np.float32)


def colour_cells(image: Image, /) -> npt.NDArray[np.int32]:
    """Which cell of a Lab histogram each pixel falls into, (H, W)."""
    lab = cv2.cvtColor(image, cv2.COLOR_RGB2LAB).astype(np.int32)
    light = lab[..., 0] * _BINS[0] // 256
    # a and b stay within about 128 +- 80 for all that pictures show: finer cells there than on 0..255.
    chroma = np.clip((lab[..., 1:] - 48) * _BINS[1:] // 160, 0, np.array(_BINS[1:]) - 1)
    return np.asarray((light * _BINS[1] + chroma[..., 0]) * _BINS[2] + chroma[..., 1], np.int32)


def _histogram(cells: npt.NDArray[np.int32], weight: Mask, *, blur_cells: tuple[float, float, float]) -> Floats:
    """Smoothed density of colours over all cells (product of `_BINS`), adding up to 1."""
    counts = np.bincount(cells.ravel(), weights=weight.ravel(), minlength=int(np.prod(_BINS))).reshape(_BINS)
    for axis, blur in enumerate(blur_cells):
        reach = round(3 * blur)
        kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / blur) ** 2)
        padded = np.pad(counts, [(reach, reach) if k == axis else (0, 0) for k in range(3)])
        counts = sum(
            kernel[shift] * np.take(padded, range(shift, shift + _BINS[axis]), axis=axis)
            for shift in range(2 * reach + 1)
        )
    density = counts.ravel() / (counts.sum() + 1e-9)
    return np.asarray(density + 1e-7, np.float32)


def _guided(guide: Image, mask: Mask, *, radius_px: int, contrast: float) -> Mask:
    """`mask` smoothed within areas of like colour; edges of more than `contrast` (0..1) are kept."""
    eps = (255.0 * contrast) ** 2
    return np.asarray(cv2.ximgproc.guidedFilter(guide, mask.astype(np.float32), radius_px, eps), np.float32)


def _connected(hair: Mask, points: Floats) -> Mask:
    """Only the hair that hangs together with the head: pieces that touch the rim of the face above its middle. Irises
    and brows of the same colour, and clothes, don't."""
    _, pieces = cv2.connectedComponents((hair > 0.4).astype(np.uint8))
    u, v = face_coordinates(points, hair.shape[0])
    away = np.hypot(u, v)
    rim = (away > 0.85) & (away < 1.4) & (v < 0.2)
    kept = np.unique(pieces[rim])
    mask = np.isin(pieces, kept[kept > 0]).astype(np.uint8)
    return hair * np.asarray(cv2.dilate(mask, np.ones((5, 5), np.uint8)), np.float32)


def _without_eyes(hair: Mask, points: Floats) -> Mask:
    """`hair` taken off each eye that hair doesn't cover: dark irises and lashes look like dark hair."""
    side = hair.shape[0]
    result = hair
    for eye in EYES:
        width = float(np.linalg.norm(points[eye[0]] - points[eye[8]]))
        inside = filled(points, (eye,), side, blur_px=0.1 * width + 0.3)
        around = np.clip(filled(points, (eye,), side, blur_px=0.35 * width + 0.3) - inside, 0.0, 1.0)
        if float((hair * around).sum()) < 0.5 * float(around.sum()):
            result = result * (1.0 - np.clip(3.0 * inside, 0.0, 1.0))
    return result
