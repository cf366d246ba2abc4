"""generator.matting.above: what lies above the picture, and how much of the head that is."""

from collections.abc import Callable

import numpy as np
import pytest

from generator.matting import above, crown
from generator.moving.measures import CanvasFace

SHAPE = (900, 800)
SKIN, HAIR, WALL = (215, 170, 140), (60, 40, 30), (120, 150, 170)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0, centre=(400.0, 450.0))


def head(face: CanvasFace, edge: int, hairline: int, *, stripes: np.ndarray | float = 1.0) -> above.Above:
    """A head 150 px wide to each side, from row 260 down, with hair down to a hairline, cut off at a row."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    aside = np.abs(columns - 400)
    inside = (aside <= 150) & (rows < 600) & (rows >= 260)
    strands = inside & ((rows < hairline) | ((aside > 100) & (rows < 530)))
    canvas = np.full((*SHAPE, 4), 255, np.uint8)
    canvas[..., :3] = WALL
    canvas[inside, :3] = SKIN
    canvas[strands, :3] = np.broadcast_to(HAIR * np.asarray(stripes), (*SHAPE, 3))[strands]
    edge_px = np.full(SHAPE[1], edge, np.intp)
    return above.completed(canvas, inside.astype(np.float32), strands.astype(np.float32), edge_px, face)


def test_a_whole_head_has_nothing_guessed(face: CanvasFace) -> None:
    whole = head(face, 240, 340)
    assert (whole.made, whole.forehead, whole.guessed) == (False, False, 0.0)
    assert whole.subject[:240].max() == 0.0


def test_a_cut_through_hair_is_a_crown(face: CanvasFace) -> None:
    whole = head(face, 300, 360)
    assert not whole.forehead
    assert 0.2 < whole.guessed < 0.6
    assert whole.hair[280, 400] == 1.0


def test_a_cut_through_the_forehead_is_skin_and_hair(face: CanvasFace) -> None:
    whole = head(face, 395, 340)
    assert whole.made
    assert whole.forehead
    assert whole.guessed > 0.6
    assert whole.hair[385, 400] == 0.0
    top = int((whole.subject[:, 400] > 0.5).argmax())
    assert whole.hair[top + 10, 400] == 1.0
    assert whole.hair.dtype == whole.subject.dtype == np.float32
    assert np.array_equal(whole.rgba[..., 3], np.full(SHAPE, 255))


@pytest.mark.parametrize(("rows", "carried_on"), [(12, False), (75, True)])
def test_a_few_rows_of_hair_are_not_drawn_out_into_stripes(face: CanvasFace, rows: int, carried_on: bool) -> None:
    """Strands three pixels wide: drawn up from a few rows, each would be one line to the top."""
    edge = 345
    stripes = np.where(np.arange(SHAPE[1]) // 3 % 2 == 0, 1.0, 2.0)[None, :, None]
    whole = head(face, edge, edge + rows, stripes=stripes)
    assert not whole.forehead
    assert whole.made != carried_on
    edge_px = np.full(SHAPE[1], edge, np.intp)
    picture = np.where((np.arange(SHAPE[0]) < edge)[:, None, None], np.uint8(0), whole.rgba)
    hair = np.where(np.arange(SHAPE[0])[:, None] < edge, 0.0, whole.hair).astype(np.float32)
    drawn_out = crown.painted(picture, edge_px, crown.find(whole.subject, edge_px, face), face, hair=hair)
    region = np.s_[edge - 60 : edge - 20, 340:460, 0]
    assert np.array_equal(whole.rgba[region], drawn_out[region]) == carried_on
    assert np.abs(np.diff(whole.rgba[region].astype(float), axis=1)).mean() > 1.0  # strands all the same
    assert whole.rgba[region].max() < 150
