"""Where to look for faces: the picture as it is, then its parts, more and more closely. For any detector.

Detectors of MediaPipe's family see a face that fills a tenth to nine tenths of a square. A portrait may be a full
figure, a face without any air around it, or a drawing that scores low; then nothing is found at first sight. What is
found only by searching must show itself again from another distance: a patient search finds faces in clouds (in 2 of 20
searches of coloured noise; with the second looks in none of 80, and no drawn face was lost).

Line drawings have no light and shade for such detectors to go by. What stays hidden is therefore looked for again in
softened views, and in views of even contrast with the tones of skin.
"""

import dataclasses
import functools
from collections.abc import Callable, Iterable
from typing import Final

import cv2
import numpy as np

from assets import arkit
from generator.engines import FaceLandmarks, Image, pose
from generator.engines.views import View

Detector = Callable[[Image], Iterable[FaceLandmarks]]
"""Faces in a picture, in any order, in its pixels."""

SEARCH_PX: Final = 1280
"""Longer side to which a large picture is shrunk at first; the last looks see its own pixels."""
_LOOK_PX: Final = 640
"""Longer side to which a view is shrunk: the networks look at 64 to 256 pixels of a part of it."""
_SAME: Final = 1 / 3
"""Boxes that overlap by more (intersection over union) are one face."""
_SECOND_LOOKS: Final = (1.8, 2.6)
"""Sides, in face boxes, of the squares in which a face must be found again."""
_CLOSER_LOOKS: Final = ((1.9, False), (2.4, True), (2.4, False), (1.9, True))
"""Sides of the squares, in face boxes, over which a face's points are averaged, and whether seen in a mirror."""
_AGREEING: Final = 0.5
_SOFT, _AROUND = 1 / 320, 1 / 26
"""Spread of the softening, and of what counts as a pixel's surroundings, in sides of a view."""
_SKIN, _SHADOW = (236.0, 196.0, 170.0), (50.0, 30.0, 25.0)
SMALLEST_PX: Final = 24.0
"""Longer side of the smallest face box that counts as a face."""


def find(image: Image, /, *, strict: Detector, lenient: Detector) -> tuple[FaceLandmarks, ...]:
    """All faces, largest first. `lenient` is asked only when `strict` finds none in the picture as it is."""
    if sure := first_sight(image, strict):
        return tuple(_steadied(lenient, image, face) for face in sure)
    small, scale = _shrunk(image, SEARCH_PX)
    for light in (_as_it_is, _softened, _evened):
        detector = functools.partial(_in_light, lenient, light)
        if found := _searched(detector, small):
            return tuple(_steadied(detector, image, _moved(face, 0, 0, scale)) for face in found)
    return ()


def first_sight(image: Image, detector: Detector, /) -> tuple[FaceLandmarks, ...]:
    """What one look at all of the picture shows, largest first: quick and rough."""
    small, scale = _shrunk(image, SEARCH_PX)
    found = (_moved(face, 0, 0, scale) for face in distinct(detector(small)) if _side_px(face) >= SMALLEST_PX)
    return tuple(found)


def rungs(width_px: int, height_px: int, /) -> tuple[tuple[View, ...], ...]:
    """Where to look, each rung costlier than the one before: all of the picture with air around, then the squares where
    portraits keep their faces, then tiles.
    """
    long, short = max(width_px, height_px), min(width_px, height_px)
    middle = width_px / 2
    aired = (View.around(middle, height_px / 2, 1.5 * long), View.around(middle, height_px / 2, 2.2 * long))
    likely = (
        View.around(middle, short / 2, short),
        View.around(middle, height_px / 2, short),
        View.around(middle, 0.35 * height_px, 0.6 * short),
        View.around(middle, 0.25 * height_px, 0.4 * short),
    )
    tile = 0.5 * short
    tiles = tuple(
        View.around(x, y, tile)
        for y in np.linspace(tile / 2, height_px - tile / 2, max(3, round(height_px / tile * 1.5)))
        for x in np.linspace(tile / 2, width_px - tile / 2, max(3, round(width_px / tile * 1.5)))
    )
    return aired, likely, tiles


def overlap(one: FaceLandmarks, other: FaceLandmarks, /) -> float:
    """Intersection over union of the two face boxes, 0..1."""
    a, b = one.box_px, other.box_px
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    both = width * height
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - both
    return both / union if union > 0.0 else 0.0


def distinct(faces: Iterable[FaceLandmarks], /) -> tuple[FaceLandmarks, ...]:
    """Largest face first, without those that overlap a larger one by more than a third."""

    def area(face: FaceLandmarks) -> float:
        x0, y0, x1, y1 = face.box_px
        return (x1 - x0) * (y1 - y0)

    kept: list[FaceLandmarks] = []
    for face in sorted(faces, key=area, reverse=True):
        if all(overlap(face, other) <= _SAME for other in kept):
            kept.append(face)
    return tuple(kept)


def _in_light(detector: Detector, light: Callable[[Image], Image], image: Image) -> Iterable[FaceLandmarks]:
    return detector(light(image))


def _as_it_is(image: Image) -> Image:
    return image


def _softened(image: Image) -> Image:
    """Lines become shades."""
    return np.asarray(cv2.GaussianBlur(image, (0, 0), max(0.5, _SOFT * max(image.shape[:2]))), np.uint8)


def _evened(image: Image) -> Image:
    """Lightness against its surroundings, from the colour of shadow to that of skin."""
    grey = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.float32)
    side = max(image.shape[:2])
    local = cv2.GaussianBlur(grey, (0, 0), max(0.5, _SOFT * side)) - cv2.GaussianBlur(grey, (0, 0), _AROUND * side)
    share = np.clip(local * (1.5 / 255.0) + 0.6, 0.0, 1.0)[..., None]
    return np.asarray(share * np.array(_SKIN) + (1.0 - share) * np.array(_SHADOW) + 0.5).astype(np.uint8)


def _searched(detector: Detector, image: Image) -> list[FaceLandmarks]:
    """The faces of the first rung that shows any."""
    for rung in rungs(image.shape[1], image.shape[0]):
        found = distinct(face for view in rung for face in _in_view(detector, image, view))
        if sure := [face for face in found if _stays(detector, image, face)]:
            return sure
    return []


def _in_view(detector: Detector, image: Image, view: View, *, mirrored: bool = False) -> list[FaceLandmarks]:
    """Faces found in a view of the picture, or in the view's mirror image, as they are in the picture."""
    seen, scale = _shrunk(view.cut(image), _LOOK_PX)
    if not mirrored:
        return [_moved(face, view.left_px, view.top_px, scale) for face in detector(seen)]
    found = detector(np.ascontiguousarray(seen[:, ::-1]))
    return [_moved(_mirrored(face, seen.shape[1]), view.left_px, view.top_px, scale) for face in found]


def _mirrored(face: FaceLandmarks, width_px: int) -> FaceLandmarks:
    """The face as it is in the mirror image of a picture of that width."""
    points_px = face.points_px[pose.mirror()] * np.array([-1.0, 1.0, 1.0], np.float32)
    points_px[:, 0] += width_px
    shapes = {arkit.mirror_name(name): score for name, score in face.shapes.items()}
    return FaceLandmarks(points_px, -face.yaw_rad, face.pitch_rad, -face.roll_rad, shapes)


def _shrunk(image: Image, side_px: int) -> tuple[Image, float]:
    """The picture with no side longer than that, and its own pixels per pixel of it."""
    scale = max(image.shape[:2]) / side_px
    if scale <= 1.0:
        return image, 1.0
    size = max(1, round(image.shape[1] / scale)), max(1, round(image.shape[0] / scale))
    return np.asarray(cv2.resize(image, size, interpolation=cv2.INTER_AREA), np.uint8), scale


def _stays(detector: Detector, image: Image, face: FaceLandmarks) -> bool:
    """Whether the face is large enough, and found again from nearer and from farther away."""
    x0, y0, x1, y1 = face.box_px
    looks = (View.around((x0 + x1) / 2, (y0 + y1) / 2, factor * _side_px(face)) for factor in _SECOND_LOOKS)
    return _side_px(face) >= SMALLEST_PX and all(
        any(overlap(face, again) >= _AGREEING for again in _in_view(detector, image, look)) for look in looks
    )


def _steadied(detector: Detector, image: Image, face: FaceLandmarks) -> FaceLandmarks:
    """The mean of several looks at a face, in squares of different size and in a mirror; the face itself if all fail.

    A look from farther away is no part of it: on a face of a fifth of the picture it lies 0.01 (photographs) to 0.15
    (drawings) inter-ocular distances off the others, which differ by 0.005 to 0.03 among themselves.
    """
    x0, y0, x1, y1 = face.box_px
    looks = []
    for factor, mirrored in _CLOSER_LOOKS:
        view = View.around((x0 + x1) / 2, (y0 + y1) / 2, factor * _side_px(face))
        seen = _in_view(detector, image, view, mirrored=mirrored)
        same = [again for again in seen if overlap(face, again) >= _AGREEING]
        looks += sorted(same, key=lambda again: overlap(face, again))[-1:]
    if not looks:
        return face
    points_px = np.asarray(np.mean([look.points_px for look in looks], axis=0), np.float32)
    shapes = {name: float(np.mean([look.shapes[name] for look in looks])) for name in looks[0].shapes}
    return FaceLandmarks(points_px, *pose.head_angles(points_px), shapes)


def _side_px(face: FaceLandmarks) -> float:
    x0, y0, x1, y1 = face.box_px
    return max(x1 - x0, y1 - y0)


def _moved(face: FaceLandmarks, left_px: float, top_px: float, scale: float) -> FaceLandmarks:
    points_px = face.points_px * np.float32(scale) + np.array([left_px, top_px, 0.0], np.float32)
    return dataclasses.replace(face, points_px=points_px)
