from collections.abc import Callable

import numpy as np
import pytest

from generator.matting import crown
from generator.moving.measures import CanvasFace

Make = Callable[..., CanvasFace]
SHAPE = (900, 800)
EDGE = 200


@pytest.fixture
def face(make_face: Make) -> CanvasFace:
    return make_face(iod_px=100.0, centre=(400.0, 450.0))


@pytest.fixture
def edge_px() -> np.ndarray:
    return np.full(SHAPE[1], EDGE)


def head(half_px: float, *, narrowing: float = 0.0, top: int = 0) -> np.ndarray:
    """A head from row `top` down, `half_px` wide to each side at the edge; mirrored above it, as the canvas is."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    half = half_px + narrowing * np.abs(rows - EDGE)
    return ((np.abs(columns - 400) <= half) & (rows >= top)).astype(np.float32)


def test_a_head_with_room_above_it_is_left_alone(face: CanvasFace, edge_px: np.ndarray) -> None:
    subject = head(150, top=EDGE + 20)
    assert crown.find(subject, edge_px, face) is None
    assert np.array_equal(crown.rounded(subject, edge_px, None), subject)


def test_what_the_canvas_mirrors_beside_a_whole_head_is_taken_away(face: CanvasFace, edge_px: np.ndarray) -> None:
    subject = head(150, top=EDGE + 20)
    subject[:EDGE, :100] = 1.0
    assert crown.rounded(subject, edge_px, None)[:EDGE].max() == 0.0


def test_a_lock_at_the_edge_is_no_head_cut_off(face: CanvasFace, edge_px: np.ndarray) -> None:
    assert crown.find(head(0.3 * face.half_width_px), edge_px, face) is None


@pytest.mark.parametrize("narrowing", [0.0, 0.3, 0.8])
def test_a_crown_is_round_and_goes_on_as_the_sides_do(face: CanvasFace, edge_px: np.ndarray, narrowing: float) -> None:
    subject = head(150, narrowing=narrowing)
    cut = crown.find(subject, edge_px, face)
    assert cut is not None
    assert (cut.left_px, cut.right_px) == pytest.approx((250, 550), abs=2)
    whole = crown.rounded(subject, edge_px, cut) > 0.5
    widths = whole.sum(axis=1)
    top = int(whole.any(axis=1).argmax())
    assert EDGE - cut.tall_px - 2 <= top < EDGE - 30
    assert (np.diff(widths[top : EDGE + 1]) >= 0).all()  # never wider above
    assert np.abs(np.diff(widths[EDGE - 12 : EDGE + 12].astype(int))).max() <= 2 + 3 * narrowing  # no step at the cut
    assert widths[EDGE - 10] == pytest.approx(widths[EDGE] - 20 * narrowing, abs=8)
    assert np.array_equal(whole[EDGE:], subject[EDGE:] > 0.5)


def test_the_picture_below_the_cut_is_untouched_and_the_crown_has_the_colours_of_the_hair(
    face: CanvasFace, edge_px: np.ndarray
) -> None:
    canvas = np.zeros((*SHAPE, 4), np.uint8)
    canvas[..., :3], canvas[..., 3] = (200, 160, 140), 255  # skin
    hairline = int(face.oval_px[:, 1].min()) - 5
    canvas[:hairline, :, :3] = (40, 30, 20)
    cut = crown.find(head(150), edge_px, face)
    assert cut is not None
    painted = crown.painted(canvas, edge_px, cut, face)
    assert np.array_equal(painted[EDGE + 1 :], canvas[EDGE + 1 :])
    above = painted[:EDGE, 260:540]
    assert (above[..., 3] == 255).all()
    assert above[..., 0].max() <= 40
    assert above[..., 0].min() >= 25


def test_hair_goes_on_above_the_cut(edge_px: np.ndarray) -> None:
    hair = np.zeros(SHAPE, np.float32)
    hair[EDGE:, 300:400] = 0.75
    went_on = crown.continued(hair, edge_px)
    assert (went_on[:EDGE, 300:400] == 0.75).all()
    assert went_on[:EDGE, :300].max() == 0.0


def test_a_forehead_at_the_cut_does_not_grow_up_into_the_hat(face: CanvasFace) -> None:
    edge = int(face.oval_px[:, 1].min() - 0.15 * face.height_px)
    edges = np.full(SHAPE[1], edge)
    canvas = np.full((*SHAPE, 3), (12, 10, 10), np.uint8)
    canvas[edge - 120 : edge + 120, 360:440] = (120, 80, 60)  # beyond its edge the picture is mirrored
    cut = crown.find(np.roll(head(150), edge - EDGE, axis=0), edges, face)
    assert cut is not None
    painted = crown.painted(canvas, edges, cut, face)
    assert painted[edge - 60 : edge - 10, 340:460].max() < 30
    assert np.array_equal(painted[edge + 1 :], canvas[edge + 1 :])


def test_only_hair_is_mirrored_into_hair(face: CanvasFace, edge_px: np.ndarray) -> None:
    """A fringe ten pixels high: what lies below it must not come up into the crown."""
    subject = head(150)
    rows = np.arange(SHAPE[0])[:, None] + np.zeros((1, SHAPE[1]), int)
    fringe = (rows >= EDGE - 2) & (rows < EDGE + 12)
    canvas = np.where(fringe[..., None], np.uint8(40), np.uint8(220)) * np.ones(3, np.uint8)
    cut = crown.find(subject, edge_px, face)
    assert cut is not None
    drawn = crown.painted(canvas, edge_px, cut, face, hair=fringe.astype(np.float32))
    inside = (crown.rounded(subject, edge_px, cut) > 0.9) & (rows < EDGE - 2)
    assert drawn[inside].max() < 60
    assert crown.painted(canvas, edge_px, cut, face)[inside].max() > 100


def test_a_border_along_the_picture_s_edge_is_no_line_across_the_hair(face: CanvasFace, edge_px: np.ndarray) -> None:
    canvas = np.full((*SHAPE, 3), 50, np.uint8)
    canvas[EDGE] = 140
    painted = crown.painted(canvas, edge_px, crown.find(head(150), edge_px, face), face)
    assert painted[EDGE - 20 : EDGE + 20, 300:500].max() <= 50
    assert (painted[EDGE, :200] == 140).all()  # beside the head nothing is touched


def test_a_crown_has_all_the_tones_of_the_hair_below_it_up_to_its_top(face: CanvasFace, edge_px: np.ndarray) -> None:
    """Curls: what lies below the cut is followed down and up again, and doesn't end in stripes."""
    rows, columns = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    canvas = np.repeat((60 + 40 * np.sin(rows / 5.0) * np.sin(columns / 9.0))[..., None], 3, axis=2).astype(np.uint8)
    cut = crown.find(head(150), edge_px, face)
    assert cut is not None
    painted = crown.painted(canvas, edge_px, cut, face, hair=(rows < EDGE + 80).astype(np.float32))
    for up in range(20, round(cut.tall_px) - 45, 15):
        piece = painted[EDGE - up - 40 : EDGE - up, 370:430, 0].astype(float)
        assert np.abs(np.diff(piece, axis=0)).mean() > 1.1
