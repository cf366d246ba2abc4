"""Mouths as drawn: the tracker's lip landmarks moved to where a drawing of large eyes has its mouth.

Such a drawing has no lips, only a line, or a patch of colour with a line around it; the tracker puts a human mouth
near it, often half beside it, and the jaw would then open a second mouth below the painted one. What is found by colour
(the patch unlike the skin between nose and chin) tells the two edges of the mouth, and the lips are laid around it,
thin as a stroke. Asked only where the eyes were fitted as well (`eye_fit`).
"""

import dataclasses
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.engines import FaceLandmarks, Image, roi
from generator.finding import reshape
from generator.tools import colours
from generator.tools.curves import smoothstep

Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

SIDE_PX: Final = 320
"""Pixels of the patch that is looked at; it is as wide as the irises lie apart."""
UNLIKE: Final = 11.0
"""Lab units from skin that make a pixel part of a mouth: insides are 20 to 60 away, a blush 4 to 9."""
WIDTH: Final = (0.10, 0.75)
HEIGHT: Final = 0.55
"""Width and greatest height of a mouth, in patch sides."""
LINE: Final = 0.045
"""A patch of no greater height is a line: a closed mouth."""
LIP: Final = 0.022
"""Thickness of a lip, the stroke around the patch, in patch sides."""
_ASIDE: Final = 0.16
"""How far the middle of a mouth may lie beside the line from nose to chin."""
_REACH: Final = 0.28
"""How far around the mouth its skin follows it."""
_CORNERS: Final = ((61, 76, 62, 78), (291, 306, 292, 308))


@dataclasses.dataclass(frozen=True, slots=True)
class Found:
    """A mouth in its patch: columns from corner to corner, upper and lower edge at each, all in patch sides, (N,)."""

    x: Doubles
    upper: Doubles
    lower: Doubles


def fit(image: Image, face: FaceLandmarks, /) -> FaceLandmarks:
    """The face with its lips on the drawn mouth, or the face itself where none shows clearly."""
    square = _square(face.points_px)
    patch = square.cut(image, SIDE_PX)
    nose, chin = square.from_picture(face.points_px[[topology.NOSE_BASE, topology.CHIN], :2]).astype(np.float64)
    oval = square.from_picture(face.points_px[list(topology.OVAL), :2]) * SIDE_PX
    found = find(patch, nose, chin, oval)
    if found is None:
        return face
    return dataclasses.replace(face, points_px=_moved(face.points_px, square, found).astype(np.float32))


def find(patch: Image, nose: Doubles, chin: Doubles, oval_px: npt.NDArray[np.float32], /) -> Found | None:
    """The mouth in a patch (S, S, 3). nose, chin: (2,), base of the nose and tip of the chin, in patch sides.

    oval_px: the face outline, in pixels of the patch.
    """
    side = len(patch)
    lab = cv2.GaussianBlur(colours.lab(patch), (0, 0), 1.0)
    inside = np.zeros((side, side), np.uint8)
    middle = oval_px.mean(axis=0)
    cv2.fillPoly(inside, [np.round(middle + 0.86 * (oval_px - middle)).astype(np.int32)], 1)
    rows = np.arange(side)[:, None] / side
    window = (inside > 0) & (rows > nose[1] + 0.05) & (rows < chin[1] - 0.03)
    if window.sum() < 400:
        return None
    skin = colours.commonest(lab[window])
    unlike = window & (((lab - skin) ** 2).sum(axis=-1) > UNLIKE**2)
    joined = cv2.morphologyEx(
        unlike.astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 2 * round(0.04 * side) + 1), np.uint8)
    )
    _, labels, boxes, centres = cv2.connectedComponentsWithStats(joined, connectivity=8)
    best, chosen = 0.0, 0
    for number in range(1, len(boxes)):
        left, _, width, height, _ = (int(value) for value in boxes[number])
        x, y = centres[number] / side
        way = (y - nose[1]) / max(chin[1] - nose[1], 1e-6)
        axis = nose[0] + way * (chin[0] - nose[0])
        if not WIDTH[0] <= width / side <= WIDTH[1] or height / side > HEIGHT or abs(x - axis) > _ASIDE:
            continue
        if left <= 1 or left + width >= side - 1:
            continue
        score = width * (1.0 - abs(x - axis) / _ASIDE) * float(smoothstep(np.array(1.0 - way), 0.05, 0.3))
        if score > best:
            best, chosen = score, number
    return _edges(labels == chosen) if chosen else None


def _edges(mouth: Mask) -> Found:
    side = len(mouth)
    columns = np.flatnonzero(mouth.any(axis=0))
    top, bottom = mouth.argmax(axis=0)[columns], side - mouth[::-1].argmax(axis=0)[columns]
    x = columns + 0.5
    t = np.linspace(0.0, 1.0, 11)
    at = x[0] + t * (x[-1] - x[0])
    upper, lower = (
        cv2.GaussianBlur(np.interp(np.linspace(x[0], x[-1], 81), x, edge)[None], (0, 0), 2.0)[0][::8]
        for edge in (top.astype(np.float64), bottom.astype(np.float64))
    )
    if (lower - upper).max() <= LINE * side:  # a line: its middle
        upper = lower = (upper + lower) / 2.0
    else:  # the stroke belongs to the lips
        stroke = np.minimum(0.35 * LIP * side, 0.3 * (lower - upper))
        upper, lower = upper + stroke, lower - stroke
    ends = (upper + lower) / 2.0
    upper[[0, -1]] = lower[[0, -1]] = ends[[0, -1]]
    return Found(at / side, upper / side, lower / side)


def _square(points_px: npt.NDArray[np.float32]) -> roi.Roi:
    """As wide as the irises lie apart, around the middle between nose and chin, level with the eyes."""
    points = points_px[:, :2].astype(np.float64)
    right, left = points[468], points[473]
    middle = (points[topology.NOSE_BASE] + points[topology.CHIN]) / 2.0
    angle = float(np.arctan2(left[1] - right[1], left[0] - right[0]))
    return roi.Roi(float(middle[0]), float(middle[1]), max(8.0, float(np.hypot(*(left - right)))), angle)


def _moved(points_px: npt.NDArray[np.float32], square: roi.Roi, found: Found) -> Doubles:
    """The landmarks with the lips in place; the skin around follows, less and less."""
    result = points_px.astype(np.float64)
    goal: dict[int, Doubles] = {}
    inner = slice(1, -1)
    for rows, edge, outward in (
        (reshape.LIP_ROWS_UPPER, found.upper, -1.0),
        (reshape.LIP_ROWS_LOWER, found.lower, 1.0),
    ):
        for number, row in enumerate(rows):
            share = 1.0 - number / (len(rows) - 1)
            heights = edge[inner] + outward * LIP * share
            places = square.to_picture(np.stack([found.x[inner], heights], axis=1))
            goal |= {landmark: place.astype(np.float64) for landmark, place in zip(row, places, strict=True)}
    for corner, end in zip(_CORNERS, (0, -1), strict=True):
        outward = -1.0 if end == 0 else 1.0
        for number, landmark in enumerate(corner):
            place = (found.x[end] + outward * LIP * (1.0 - number / 3.0), found.upper[end])
            goal[landmark] = square.to_picture(np.array(place)).astype(np.float64)
    lips = np.array(list(goal))
    moves = np.array(list(goal.values())) - result[lips, :2]
    around = np.setdiff1d(np.arange(468), lips)
    # Skin goes along as the lips nearest to it do; what has its own place in the picture stays: nose, eyes, outline.
    away = np.linalg.norm(result[around, None, :2] - result[None, lips, :2], axis=-1) / square.side_px
    weight = np.exp(-0.5 * (away / 0.08) ** 2) + 1e-12
    follow = np.clip(1.0 - away.min(axis=1) / _REACH, 0.0, 1.0)
    nose_y = square.from_picture(result[topology.NOSE_BASE, :2])[1]
    follow *= square.from_picture(result[around, :2])[:, 1] > nose_y
    result[around, :2] += (weight @ moves / weight.sum(axis=1, keepdims=True)) * follow[:, None]
    result[lips, :2] = np.array(list(goal.values()))
    return result
