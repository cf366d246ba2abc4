"""Where the face detector's 896 guesses sit, and what they say. Pure.

face_detection_short_range (BlazeFace, Bazarevsky et al. 2019) looks at 128 x 128 pixels through a grid of 16 x 16 cells
with two guesses each, then one of 8 x 8 cells with six each (three layers of stride 16). All anchors have the size of
the picture, so that a guess is an offset from its cell's centre.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]

INPUT_PX: Final = 128
COUNT: Final = 896
RIGHT_EYE, LEFT_EYE = 0, 1
"""Rows of `Detection.keypoints`: the subject's own right and left eye; then nose, mouth, right and left ear."""
_GRIDS: Final = ((16, 2), (8, 6))
_SAME_FACE: Final = 0.3


@dataclass(frozen=True, slots=True, eq=False)
class Detection:
    """One face: box (x0, y0, x1, y1) and keypoints (6, 2), all in 0..1 of the square seen; score 0..1."""

    box: Floats
    keypoints: Floats
    score: float


def centres() -> Floats:
    """Anchor centres (896, 2) in 0..1, in the order of the network's outputs."""
    rows = []
    for cells, guesses in _GRIDS:
        middle = (np.arange(cells, dtype=np.float32) + 0.5) / cells
        y, x = np.meshgrid(middle, middle, indexing="ij")
        rows.append(np.repeat(np.stack([x.ravel(), y.ravel()], axis=1), guesses, axis=0))
    return np.concatenate(rows)


def decode(offsets: Floats, logits: Floats, /, *, score_floor: float) -> tuple[Detection, ...]:
    """Faces from the network's raw outputs, best first.

    offsets: (896, 16): centre x and y, width, height and six points, in input pixels from the anchor. logits: (896,).
    Guesses that overlap the best one are averaged by score, which steadies the box, and taken away (as MediaPipe does).
    """
    scores = 1.0 / (1.0 + np.exp(-np.clip(logits, -50.0, 50.0)))
    likely = np.flatnonzero(scores >= score_floor)
    likely = likely[np.argsort(-scores[likely], kind="stable")]
    scores, values = scores[likely], offsets[likely].astype(np.float32) / INPUT_PX
    anchor = centres()[likely]
    middle, half = values[:, :2] + anchor, values[:, 2:4] / 2
    boxes = np.concatenate([middle - half, middle + half], axis=1)
    points = values[:, 4:].reshape(-1, 6, 2) + anchor[:, None]
    found: list[Detection] = []
    left = np.arange(len(likely))
    while len(left):
        same = _overlaps(boxes[left[0]], boxes[left]) > _SAME_FACE
        same[0] = True  # a degenerate box overlaps not even itself
        group = left[same]
        weight = (scores[group] / scores[group].sum()).astype(np.float32)
        box, keypoints = weight @ boxes[group], np.tensordot(weight, points[group], axes=1)
        found.append(Detection(box, keypoints, float(scores[left[0]])))
        left = left[~same]
    return tuple(found)


def _overlaps(box: Floats, others: Floats) -> Floats:
    """Intersection over union of one box (4,) with each of (N, 4)."""
    sides = np.minimum(box[2:], others[:, 2:]) - np.maximum(box[:2], others[:, :2])
    both = np.prod(np.maximum(sides, 0.0), axis=1)
    areas = np.prod(np.maximum(others[:, 2:] - others[:, :2], 0.0), axis=1)
    union = np.prod(np.maximum(box[2:] - box[:2], 0.0)) + areas - both
    return np.asarray(both / np.maximum(union, 1e-12), np.float32)
