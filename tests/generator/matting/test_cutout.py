"""generator.matting.cutout: haze becomes an edge away from hair; a head at the picture's upper edge has no notches."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator.matting import cutout
from generator.moving.measures import CanvasFace


@pytest.fixture
def canvas_face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0)


def shoulders(face: CanvasFace) -> tuple[np.ndarray, np.ndarray]:
    """A matte that rises over a third of the inter-iris distance to the right, and no hair."""
    matte = np.tile(np.clip((np.arange(800) - 300) / (0.35 * face.iod_px), 0.0, 1.0).astype(np.float32), (700, 1))
    return matte, np.zeros_like(matte)


def test_a_wide_haze_becomes_an_edge_where_it_was_half(canvas_face: CanvasFace) -> None:
    matte, hair = shoulders(canvas_face)
    row = cutout.crisp(matte, hair, canvas_face)[350]
    assert ((row > 0.06) & (row < 0.94)).sum() < 0.3 * ((matte[350] > 0.06) & (matte[350] < 0.94)).sum()
    assert np.argmax(row > 0.5) == np.argmax(matte[350] > 0.5)
    assert (np.diff(row) > -1e-6).all()


def test_hair_keeps_its_soft_rim_and_sharp_edges_stay_as_they_are(canvas_face: CanvasFace) -> None:
    matte, hair = shoulders(canvas_face)
    assert np.allclose(cutout.crisp(matte, np.ones_like(hair), canvas_face), matte, atol=1e-6)
    sharp = cv2.GaussianBlur((matte > 0.5).astype(np.float32), (0, 0), 0.8)
    assert np.abs(cutout.crisp(sharp, hair, canvas_face) - sharp).max() < 0.02


def test_notches_at_the_upper_edge_are_filled_and_nothing_else(canvas_face: CanvasFace) -> None:
    edge_px = np.full(800, 60, np.intp)
    head = np.zeros((700, 800), np.float32)
    cv2.circle(head, (400, 300), 250, 1.0, -1)
    notched = head.copy()
    notched[60:68, 380:400] = notched[60:64, 420:426] = 0.0
    mended = cutout.whole_at_top(notched, edge_px, canvas_face)
    assert (mended[60:, 300:500] >= head[60:, 300:500] - 0.5).all()
    assert np.array_equal(mended[150:], notched[150:])
    assert mended[60:70, :250].max() == 0.0


def test_wall_beside_a_head_that_fills_the_picture_is_no_notch(canvas_face: CanvasFace) -> None:
    """Little of it is seen between head and border, and above the picture's edge there is nothing to be seen."""
    head = np.zeros((700, 700), np.float32)
    cv2.ellipse(head, (350, 80), (335, 500), 0, 0, 180, 1.0, -1)
    mended = cutout.whole_at_top(head, np.full(700, 60, np.intp), canvas_face)
    assert np.array_equal(mended[60:, :14], head[60:, :14])
    assert mended[70:, 686:].max() == 0.0


def test_the_side_of_a_picture_taken_aslant_leaves_no_seam(canvas_face: CanvasFace) -> None:
    columns = np.arange(800)
    edge_px = np.where(columns < 40, 690 - 15 * columns, 60)  # steep at the left, level at the top
    subject = (np.arange(700)[:, None] >= edge_px[None]).astype(np.float32)
    kept = cutout.without_seam(subject, edge_px, canvas_face)
    steep = edge_px > canvas_face.brows_y_px
    assert steep.sum() > 10
    assert kept[edge_px[steep] + 1, columns[steep]].max() == 0.0
    assert np.array_equal(kept[:, 60:], subject[:, 60:])


def test_a_head_that_stays_clear_of_the_edge_keeps_its_tufts(canvas_face: CanvasFace) -> None:
    head = np.zeros((700, 800), np.float32)
    cv2.circle(head, (400, 330), 250, 1.0, -1)
    head[70:90, 380:384] = head[70:90, 420:424] = 1.0
    assert np.array_equal(cutout.whole_at_top(head, np.full(800, 60, np.intp), canvas_face), head)


def test_a_line_beside_the_shoulder_goes_and_strands_and_earrings_stay(canvas_face: CanvasFace) -> None:
    matte = np.zeros((900, 800), np.float32)
    cv2.circle(matte, (400, 350), 200, 1.0, -1)
    matte[620:, 150:650] = matte[500:620, 340:460] = 1.0
    whole = matte.copy()
    matte[640:, 100:103] = matte[560:580, 180:182] = 1.0  # beside and above the shoulder
    lobe = round(canvas_face.lobes_y_px)
    ring = slice(lobe, lobe + 40), slice(520, 524)
    hair = np.zeros_like(matte)
    hair[560:580, 600:603] = matte[560:580, 600:603] = whole[560:580, 600:603] = 1.0
    matte[ring] = whole[ring] = 1.0
    assert np.array_equal(cutout.without_slivers(matte, hair, canvas_face), whole)
