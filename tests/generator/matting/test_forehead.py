"""generator.matting.forehead: above a cut through the forehead there is skin up to a hairline, and hair over it."""

import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from generator.matting import crown, forehead, temples
from generator.matting.temples import Temples
from generator.moving.measures import CanvasFace

SHAPE = (900, 800)
EDGE = 390
SKIN, HAIR, WALL = (215, 170, 140), (60, 40, 30), (120, 150, 170)
Scene = tuple[np.ndarray, np.ndarray, np.ndarray, Temples, crown.Cut]


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0, centre=(400.0, 450.0))


def cut_off(face: CanvasFace, bare_px: float, *, tilt: float = 0.0, hat: bool = False) -> Scene:
    """A picture that begins at EDGE, a head 150 px wide to each side, bare_px of them without hair."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    aside = np.abs(columns - 400)
    head = (aside <= 150) & (rows < 600)
    strands = head & (aside > bare_px) & (rows < 530)
    canvas = np.full((*SHAPE, 3), WALL, np.uint8)
    canvas[head], canvas[strands] = SKIN, HAIR
    if hat:
        canvas[head & (rows < EDGE + 60)] = (40, 90, 60)
    noise = np.random.default_rng(0).integers(-4, 5, (*SHAPE, 1))
    canvas = np.clip(canvas + noise, 0, 255).astype(np.uint8)
    edge_px = np.round(EDGE + tilt * (np.arange(SHAPE[1]) - 400)).astype(np.intp)
    cut = crown.find(head.astype(np.float32), edge_px, face)
    assert cut is not None
    hair = strands.astype(np.float32)
    return canvas, hair, edge_px, temples.look(canvas, hair, edge_px, face), cut


def found_in(scene: Scene, face: CanvasFace) -> forehead.Forehead | None:
    _, hair, edge_px, seen, cut = scene
    return forehead.find(hair, seen, edge_px, cut, face)


def near(colour: np.ndarray, goal: tuple[int, int, int], tolerance: float = 40.0) -> bool:
    return bool(np.abs(colour.astype(float) - goal).max() < tolerance)


@pytest.mark.parametrize("tilt", [0.0, 0.15])
def test_skin_goes_up_to_a_hairline_and_hair_goes_over_it(face: CanvasFace, tilt: float) -> None:
    scene = canvas, hair, edge_px, seen, _ = cut_off(face, 90, tilt=tilt)
    brow = found_in(scene, face)
    assert brow is not None
    (bare,) = brow.bare
    assert bare.ends_px == pytest.approx((310, 490), abs=5)
    painted = forehead.painted(canvas, hair, seen, edge_px, brow, face)
    lower = np.arange(SHAPE[0])[:, None] >= edge_px[None] + 2
    assert np.array_equal(painted[lower], canvas[lower])
    skin = forehead.skin(brow, SHAPE, face)
    hairline = round(bare.middle_px[1] - bare.tall_px)
    top = round(brow.outline.middle_px[1] - brow.outline.tall_px)
    oval_top = face.oval_px[:, 1].min()
    assert top + 20 < hairline < oval_top < EDGE
    assert near(painted[(hairline + edge_px[400]) // 2, 400], SKIN)
    for column in (340, 400, 460):
        row = (top + hairline) // 2
        assert near(painted[row, column], HAIR)
        assert skin[row, column] == 0.0
    assert near(painted[edge_px[270] - 6, 270], HAIR)
    assert near(painted[edge_px[530] - 6, 530], HAIR)


@pytest.mark.parametrize("tilt", [0.0, 0.15])
def test_the_outline_goes_on_where_the_sides_end(face: CanvasFace, tilt: float) -> None:
    scene = *_, edge_px, _, _ = cut_off(face, 90, tilt=tilt)
    brow = found_in(scene, face)
    assert brow is not None
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    subject = (np.abs(columns - 400) <= 150).astype(np.float32)
    whole = forehead.rounded(subject, edge_px, brow, face) > 0.5
    for side in (-1, 1):
        edge = edge_px[400 + side * 150]
        aside = [int((whole[row] & (side * (columns[0] - 400) > 0)).sum()) for row in range(edge - 30, edge + 5)]
        assert min(aside) > 130
        assert max(np.abs(np.diff(aside))) <= 5
    stray = 3.0 * forehead.STRAYS_IOD * face.iod_px
    assert not whole[: round(brow.outline.middle_px[1] - brow.outline.tall_px - stray)].any()
    lower = rows >= edge_px[None]
    assert np.array_equal(whole[lower], subject[lower] > 0.5)


def test_plain_skin_is_skin_whatever_the_net_says(face: CanvasFace) -> None:
    canvas, hair, edge_px, _, cut = cut_off(face, 90)
    hair[(np.abs(np.arange(SHAPE[1]) - 400) > 50)[None] & (np.arange(SHAPE[0])[:, None] < EDGE + 30)] = 0.9
    seen = temples.look(canvas, hair, edge_px, face)
    brow = forehead.find(hair, seen, edge_px, cut, face)
    assert brow is not None
    assert brow.bare[0].ends_px == pytest.approx((310, 490), abs=5)


def test_the_outline_of_short_hair_is_uneven_that_of_skin_and_long_hair_is_not(face: CanvasFace) -> None:
    brow = found_in(cut_off(face, 90), face)
    assert brow is not None
    assert not brow.swept

    def off_px(made: forehead.Forehead) -> np.ndarray:
        """How far above the dome's outline the head ends, in the columns about its top."""
        whole = forehead.rounded(np.ones(SHAPE, np.float32), np.full(SHAPE[1], EDGE), made, face)[:EDGE, 340:460]
        return whole.sum(axis=0) - (made.outline.level(SHAPE)[:EDGE, 340:460] <= 1.0).sum(axis=0)

    assert np.ptp(off_px(brow)) > 2.0
    for even in (dataclasses.replace(brow, swept=True), dataclasses.replace(brow, bare=())):
        assert np.ptp(off_px(even)) < 1.5


def test_hair_at_one_end_only_covers_all_of_the_head(face: CanvasFace) -> None:
    canvas, hair, edge_px, _, cut = cut_off(face, 90)
    canvas[(hair > 0) & (np.arange(SHAPE[1])[None] > 400)] = SKIN
    hair[:, 400:] = 0.0
    seen = temples.look(canvas, hair, edge_px, face)
    brow = forehead.find(hair, seen, edge_px, cut, face)
    assert brow is not None
    painted = forehead.painted(canvas, hair, seen, edge_px, brow, face)
    above = (brow.outline.level(SHAPE) < 0.97) & (forehead.skin(brow, SHAPE, face) == 0.0)
    above &= np.arange(SHAPE[0])[:, None] < EDGE - 2
    assert above[:, 400:].sum() > 1000
    assert np.mean([near(colour, HAIR, 60.0) for colour in painted[above][::50]]) > 0.9


def test_a_lock_on_the_forehead_goes_up_into_the_hair(face: CanvasFace) -> None:
    canvas, hair, edge_px, _, cut = cut_off(face, 120)
    lock = np.s_[EDGE - 5 : EDGE + 40, 440:480]
    canvas[lock], hair[lock] = HAIR, 1.0
    seen = temples.look(canvas, hair, edge_px, face)
    brow = forehead.find(hair, seen, edge_px, cut, face)
    assert brow is not None
    assert len(brow.bare) == 2
    assert forehead.skin(brow, SHAPE, face)[EDGE - 30 : EDGE - 4, 450:470].max() == 0.0
    assert forehead.skin(brow, SHAPE, face)[EDGE - 30 : EDGE - 4, 350:400].min() > 0.8


def test_a_head_without_hair_gets_a_bald_and_lower_crown(face: CanvasFace) -> None:
    scene = canvas, hair, edge_px, seen, _ = cut_off(face, 150)
    bald, hairy = found_in(scene, face), found_in(cut_off(face, 90), face)
    assert bald is not None
    assert hairy is not None
    assert not bald.bare
    assert bald.outline.tall_px < hairy.outline.tall_px
    assert forehead.skin(bald, SHAPE, face).min() == 1.0
    painted = forehead.painted(canvas, hair, seen, edge_px, bald, face)
    assert all(near(painted[EDGE - up, 400], SKIN) for up in range(1, 150, 5))


@pytest.mark.parametrize("bare_px", [0, 20])
def test_a_cut_through_hair_or_a_parting_is_none_through_the_forehead(face: CanvasFace, bare_px: int) -> None:
    assert found_in(cut_off(face, bare_px), face) is None


def test_a_hat_is_no_forehead(face: CanvasFace) -> None:
    assert found_in(cut_off(face, 150, hat=True), face) is None


def test_the_side_of_a_picture_taken_aslant_is_not_its_upper_edge() -> None:
    edge_px = np.concatenate([300 - np.arange(400) // 6, 234 + 4 * np.arange(100)])
    level = forehead.upper(edge_px)
    assert level[:398].all()
    assert not level[402:].any()
