"""generator.matting.spectacles: rims and bridge are found by their line, whatever touches them; none without rims."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator import topology
from generator.matting import spectacles
from generator.moving.measures import CanvasFace
from generator.tools import repaint

SKIN, DARK, RED, WHITE = (224, 180, 156), (40, 30, 30), (190, 50, 55), (250, 250, 250)
SHAPE = (760, 800)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=120.0)


def drawn(face: CanvasFace, *, frame: tuple[int, int, int] | None, rims: bool = True, brows: bool = True) -> np.ndarray:
    """A face with eyes and brows, and a frame whose upper edges touch the brows."""
    image = np.full((*SHAPE, 3), SKIN, np.uint8)
    for eye in topology.EYES:
        outline = np.round(face.curve(eye.upper + eye.lower[::-1])).astype(np.int32)
        cv2.fillPoly(image, [outline], WHITE)
        cv2.circle(image, np.round(face.points_px[eye.iris[0]]).astype(int).tolist(), 8, DARK, -1)
        cv2.polylines(image, [np.round(face.curve(eye.upper)).astype(np.int32)], False, DARK, 3, cv2.LINE_AA)
        if brows:
            cv2.fillPoly(image, [cv2.convexHull(np.round(face.curve(eye.brow)).astype(np.int32))], (110, 75, 60))
    if frame is not None:
        image[glasses(face, rims=rims)] = frame
    return cv2.GaussianBlur(image, (0, 0), 0.7).astype(np.float32)


def glasses(face: CanvasFace, *, rims: bool = True) -> np.ndarray:
    mask = np.zeros(SHAPE, np.uint8)
    unit = face.iod_px
    middles = [face.curve(eye.upper + eye.lower).mean(axis=0) + np.array([0.0, 0.02 * unit]) for eye in topology.EYES]
    if rims:
        for middle in middles:
            axes = (round(0.36 * unit), round(0.27 * unit))
            cv2.ellipse(mask, np.round(middle).astype(int).tolist(), axes, 0, 0, 360, 1, 6)
    inner = [
        np.round(middle + np.array([side * 0.36 * unit, 0.0])).astype(int)
        for side, middle in zip((1, -1), middles, strict=True)
    ]
    cv2.line(mask, inner[0].tolist(), inner[1].tolist(), 1, 6)
    return mask.astype(bool)


@pytest.mark.parametrize("frame", [DARK, RED])
def test_the_frame_is_found_and_little_else(face: CanvasFace, frame: tuple[int, int, int]) -> None:
    found = spectacles.find(drawn(face, frame=frame), face)
    assert found is not None
    true = glasses(face)
    assert found[true].mean() > 0.85
    assert found[~repaint.grow(true, 3.0)].mean() < 0.003
    eyes = [repaint.polygon(face.curve(eye.upper + eye.lower[::-1]), SHAPE) for eye in topology.EYES]
    assert not any(found[eye].any() for eye in eyes)


def test_bare_faces_and_a_bar_alone_have_none(face: CanvasFace) -> None:
    assert spectacles.find(drawn(face, frame=None), face) is None
    assert spectacles.find(drawn(face, frame=DARK, rims=False, brows=False), face) is None
