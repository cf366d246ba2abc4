"""generator.matting.temples: hair beside the face of a tightly cut picture."""

from collections.abc import Callable

import numpy as np
import pytest

from generator.matting import temples
from generator.moving.measures import CanvasFace
from generator.tools import repaint

SHAPE = (900, 800)
EDGE = 385
SKIN, HAIR, WALL = (215, 170, 140), (60, 40, 30), (120, 150, 170)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0, centre=(400.0, 450.0))


@pytest.fixture
def edge_px() -> np.ndarray:
    return np.full(SHAPE[1], EDGE, np.intp)


def picture(face: CanvasFace, hair_px: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The picture, where its hair is (`hair_px` wide beside the face, down to the lobes), and where its face is."""
    oval = repaint.polygon(face.oval_px, SHAPE)
    rows = np.arange(SHAPE[0])[:, None]
    strands = repaint.grow(oval, hair_px) & ~oval & (rows < face.lobes_y_px) if hair_px else np.zeros_like(oval)
    canvas = np.full((*SHAPE, 3), WALL, np.uint8)
    canvas[oval], canvas[strands] = SKIN, HAIR
    noise = np.random.default_rng(0).integers(-3, 4, (*SHAPE, 1))
    return np.clip(canvas + noise, 0, 255).astype(np.uint8), strands, oval


def test_only_a_picture_that_ends_low_is_tight(face: CanvasFace) -> None:
    top = face.oval_px[:, 1].min()
    assert temples.is_tight(np.full(SHAPE[1], round(top) + 20), face)
    assert not temples.is_tight(np.full(SHAPE[1], round(top - 0.2 * face.height_px)), face)
    assert not temples.is_tight(np.zeros(SHAPE[1], np.intp), face)


def test_hair_is_found_although_the_net_is_in_doubt(face: CanvasFace, edge_px: np.ndarray) -> None:
    canvas, strands, _ = picture(face, 25.0)
    seen = temples.look(canvas, np.where(strands, 0.4, 0.0).astype(np.float32), edge_px, face)
    assert seen.sample.any()
    assert not (seen.sample & ~strands).any()
    assert seen.sample[EDGE + 5 : EDGE + 45].sum() > 0.9 * strands[EDGE + 5 : EDGE + 45].sum()
    assert not seen.sample[EDGE + 55 :].any()  # that near the cut is enough
    assert not seen.sample[:EDGE].any()  # above the picture there is but its mirror image


def test_what_looks_like_skin_is_no_hair_whatever_the_net_says(face: CanvasFace, edge_px: np.ndarray) -> None:
    canvas, strands, _ = picture(face, 25.0)
    canvas[strands] = np.add(SKIN, -6)
    seen = temples.look(canvas, np.where(strands, 0.5, 0.0).astype(np.float32), edge_px, face)
    assert not seen.sample.any()
    assert np.isinf(seen.off_hair(0)).all()


def test_hair_taken_for_background_comes_back_and_the_wall_does_not(face: CanvasFace, edge_px: np.ndarray) -> None:
    canvas, strands, oval = picture(face, 25.0)
    net = np.where(strands, 0.45, 0.0).astype(np.float32)
    person = repaint.grow(oval, 60.0).astype(np.float32)  # some of the wall, too
    seen = temples.look(canvas, net, edge_px, face)
    subject = repaint.grow(oval, -4.0).astype(np.float32)  # and a crack between the face and its hair
    whole = temples.completed(subject, person, net, seen, edge_px, face)
    rows = np.arange(SHAPE[0])[:, None]
    high = (rows >= EDGE) & (rows < face.points_px[1, 1] - 10)
    assert whole[strands & high].mean() > 0.97
    assert whole[high & ~repaint.grow(oval | strands, 3.0)].max() < 0.01
    assert whole[EDGE + 10 : EDGE + 60, 390:410].min() == 1.0
    assert (whole >= subject).all()


def test_a_net_that_does_not_even_see_the_face_is_not_asked_for_hair(face: CanvasFace, edge_px: np.ndarray) -> None:
    canvas, strands, oval = picture(face, 25.0)
    net = np.where(strands, 0.45, 0.0).astype(np.float32)
    seen = temples.look(canvas, net, edge_px, face)
    subject = oval.astype(np.float32)
    assert temples.completed(subject, strands.astype(np.float32), net, seen, edge_px, face) is subject


def test_a_bald_head_is_left_as_it_is(face: CanvasFace, edge_px: np.ndarray) -> None:
    canvas, _, oval = picture(face, 0.0)
    nothing = np.zeros(SHAPE, np.float32)
    seen = temples.look(canvas, nothing, edge_px, face)
    subject = oval.astype(np.float32)
    assert temples.completed(subject, subject, nothing, seen, edge_px, face) is subject
