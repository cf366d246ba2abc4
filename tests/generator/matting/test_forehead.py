"""generator.matting.forehead: above a cut through the forehead there is skin up to an arch, and hair over it."""

from collections.abc import Callable

import numpy as np
import pytest

from generator.matting import crown, forehead
from generator.moving.measures import CanvasFace
from generator.tools import repaint

SHAPE = (900, 800)
EDGE = 260
SKIN, HAIR, WALL = (215, 170, 140), (60, 40, 30), (120, 150, 170)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0, centre=(400.0, 450.0))


def cut_off(face: CanvasFace, bare_px: float) -> tuple[np.ndarray, np.ndarray, np.ndarray, crown.Cut]:
    """A picture that begins at EDGE with a head 150 px wide to each side, bare_px of them without hair."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    aside = np.abs(columns - 400)
    head = (aside <= 150) & (rows < 600)
    subject = head.astype(np.float32)
    strands = head & (aside > bare_px) & ~(repaint.polygon(face.oval_px, SHAPE) & (rows > EDGE + 60))
    canvas = np.full((*SHAPE, 3), WALL, np.uint8)
    canvas[head] = SKIN
    canvas[strands] = HAIR
    noise = np.random.default_rng(0).integers(-4, 5, (*SHAPE, 1))
    canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
    edge_px = np.full(SHAPE[1], EDGE, np.intp)
    cut = crown.find(subject, edge_px, face)
    assert cut is not None
    return canvas, strands.astype(np.float32), edge_px, cut


def near(colour: np.ndarray, goal: tuple[int, int, int], tolerance: float = 40.0) -> bool:
    return bool(np.abs(colour.astype(float) - goal).max() < tolerance)


def test_skin_goes_up_to_an_arch_and_hair_goes_over_it(face: CanvasFace) -> None:
    canvas, hair, edge_px, cut = cut_off(face, 90)
    brow = forehead.find(canvas, hair, edge_px, cut, face)
    assert brow is not None
    assert (brow.left_px, brow.right_px) == pytest.approx((310, 490), abs=4)
    assert brow.hairy
    painted = forehead.painted(canvas, hair, edge_px, brow, face)
    assert np.array_equal(painted[EDGE + 2 :], canvas[EDGE + 2 :])
    skin = forehead.skin(edge_px, SHAPE, brow, face.iod_px)
    assert near(painted[EDGE - round(0.4 * brow.arch_px), 400], SKIN)
    top = EDGE - round((brow.arch_px + brow.cut.tall_px) / 2)
    for column in (340, 400, 460):
        assert near(painted[top, column], HAIR)
        assert skin[top, column] == 0.0
    ends = painted[EDGE - 6, [270, 530]]
    assert near(ends[0], HAIR)
    assert near(ends[1], HAIR)


def test_one_bare_end_takes_the_hair_of_the_other(face: CanvasFace) -> None:
    canvas, hair, edge_px, cut = cut_off(face, 90)
    canvas[(hair > 0) & (np.arange(SHAPE[1])[None] > 400)] = SKIN
    hair[:, 400:] = 0.0
    brow = forehead.find(canvas, hair, edge_px, cut, face)
    assert brow is not None
    painted = forehead.painted(canvas, hair, edge_px, brow, face)
    inside = crown.rounded(np.ones(SHAPE, np.float32), edge_px, brow.cut) > 0.9
    above = (
        inside & (forehead.skin(edge_px, SHAPE, brow, face.iod_px) == 0.0) & (np.arange(SHAPE[0])[:, None] < EDGE - 2)
    )
    assert above.sum() > 1000
    assert np.mean([near(colour, HAIR, 60.0) for colour in painted[above][::50]]) > 0.95


def test_a_head_without_hair_gets_a_bald_crown(face: CanvasFace) -> None:
    canvas, hair, edge_px, cut = cut_off(face, 150)
    brow = forehead.find(canvas, hair, edge_px, cut, face)
    assert brow is not None
    assert not brow.hairy
    assert forehead.skin(edge_px, SHAPE, brow, face.iod_px).min() == 1.0
    painted = forehead.painted(canvas, hair, edge_px, brow, face)
    assert all(near(painted[EDGE - up, 400], SKIN, 60.0) for up in range(1, round(cut.tall_px), 5))


@pytest.mark.parametrize("bare_px", [0, 20])
def test_a_cut_through_hair_or_a_parting_is_none_through_the_forehead(face: CanvasFace, bare_px: int) -> None:
    canvas, hair, edge_px, cut = cut_off(face, bare_px)
    assert forehead.find(canvas, hair, edge_px, cut, face) is None


def test_a_hat_is_no_forehead(face: CanvasFace) -> None:
    canvas, hair, edge_px, cut = cut_off(face, 150)
    hat = (np.arange(SHAPE[0])[:, None] < EDGE + 60) & (np.abs(np.arange(SHAPE[1])[None] - 400) <= 150)
    canvas[hat] = (40, 90, 60)
    assert forehead.find(canvas, hair, edge_px, cut, face) is None
