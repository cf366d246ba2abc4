"""generator.matting.jaw: the head ends at the jaw line; beards, slivers and what only looks like a jaw."""

from collections.abc import Callable

import numpy as np
import pytest

from generator import topology
from generator.matting import jaw
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

SIZE = (900, 800)
SKIN, BEARD = (215, 170, 140), (60, 45, 35)


@pytest.fixture
def canvas_face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0)


def test_above_the_jaw_line_is_head_and_below_the_lobes_beside_it_is_not(canvas_face: CanvasFace) -> None:
    head = jaw.head_region(SIZE, canvas_face)
    chin, middle = round(canvas_face.chin_y_px), round(canvas_face.centre_x_px)
    assert head[: round(canvas_face.lobes_y_px) - 5].all()
    assert head[chin - 10, middle]
    assert not head[chin + 20, middle]
    assert not head[chin - 10, [20, -20]].any()


def test_a_sliver_beside_the_jaw_goes_with_the_head_and_the_neck_stays(canvas_face: CanvasFace) -> None:
    head = jaw.head_region(SIZE, canvas_face)
    subject = head.astype(np.float32)
    chin, middle = round(canvas_face.chin_y_px), round(canvas_face.centre_x_px)
    sliver, neck = ~head & repaint.grow(head, 6.0), np.zeros(SIZE, np.bool_)
    sliver &= (np.arange(SIZE[0])[:, None] < chin - 20) & (np.arange(SIZE[1])[None, :] < middle)
    neck[chin + 10 : chin + 200, middle - 80 : middle + 80] = True
    subject[sliver | neck] = 1.0
    found = jaw.slivers(subject, head, canvas_face)
    assert found[sliver].mean() > 0.95
    assert not found[neck].any()


def with_beard(face: CanvasFace, *, hanging_px: int) -> np.ndarray:
    picture = np.full((*SIZE, 3), SKIN, np.uint8)
    chin, middle = round(face.chin_y_px), round(face.centre_x_px)
    lip = round(float(face.curve(topology.LIP_LOWER_OUTER)[:, 1].max()))
    picture[lip + 8 : chin + hanging_px, middle - 60 : middle + 60] = BEARD
    return picture


def test_a_beard_that_hangs_below_the_jaw_is_of_the_head(canvas_face: CanvasFace) -> None:
    subject, head = np.ones(SIZE, np.float32), jaw.head_region(SIZE, canvas_face)
    chin, middle = round(canvas_face.chin_y_px), round(canvas_face.centre_x_px)
    found = jaw.beard(colours.lab(with_beard(canvas_face, hanging_px=20)), subject, head, canvas_face, seed=0)
    assert found[chin + 10 : chin + 15, middle - 40 : middle + 40].all()
    assert not found[chin + 40 :].any()
    assert not (found & head).any()
    bare = colours.lab(np.full((*SIZE, 3), SKIN, np.uint8))
    assert not jaw.beard(bare, subject, head, canvas_face, seed=0).any()


def test_along_the_jaw_what_is_no_skin_is_not_of_the_face(canvas_face: CanvasFace) -> None:
    head = jaw.head_region(SIZE, canvas_face)
    picture = np.zeros((*SIZE, 3), np.uint8)
    picture[:] = SKIN
    assert not jaw.beside(colours.lab(picture), head, canvas_face).any()
    outside = ~repaint.grow(repaint.polygon(canvas_face.oval_px, SIZE), -6.0)
    picture[outside] = (40, 120, 60)
    found = jaw.beside(colours.lab(picture), head, canvas_face)
    assert found.any()
    assert not (found & ~outside).any()
    assert (np.flatnonzero(found.any(axis=1)) > canvas_face.brows_y_px).all()
