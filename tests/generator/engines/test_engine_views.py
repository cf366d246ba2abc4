import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engines import FaceLandmarks, views

PICTURE = np.random.default_rng(9).integers(0, 256, (30, 50, 3), dtype=np.uint8)


def test_cut_inside_is_a_plain_slice() -> None:
    assert np.array_equal(views.View(10, 5, 20).cut(PICTURE), PICTURE[5:25, 10:30])


def test_cut_beyond_repeats_the_border() -> None:
    cut = views.View(-4, -4, 60).cut(PICTURE)
    assert cut.shape == (60, 60, 3)
    assert np.array_equal(cut[4:34, 4:54], PICTURE)
    assert np.array_equal(cut[0, 4:54], PICTURE[0])
    assert np.array_equal(cut[40, 59], PICTURE[29, 49])


def test_a_mask_is_cut_alike() -> None:
    view = views.View(-7, 12, 33)
    assert np.array_equal(view.cut_mask(PICTURE[..., 0].astype(np.float32)), view.cut(PICTURE)[..., 0])


def test_within_marks_the_picture() -> None:
    within = views.View(-4, -4, 60).within(PICTURE)
    assert within.sum() == 30 * 50
    assert within[4:34, 4:54].all()


@given(st.integers(-60, 60), st.integers(-60, 60), st.integers(1, 90))
def test_blend_stays_outside_and_replaces_in_the_middle(left: int, top: int, side: int) -> None:
    below = np.zeros((30, 50), np.float32)
    view = views.View(left, top, side)
    blended = view.blend(below, np.ones((side, side), np.float32))
    assert (below == 0.0).all()
    assert blended.min() >= 0.0
    assert blended.max() <= 1.0
    covered = view.within(PICTURE)
    rows, columns = slice(max(0, top), max(0, top + side)), slice(max(0, left), max(0, left + side))
    outside = blended.copy()
    outside[rows, columns] = 0.0
    assert (outside == 0.0).all()
    x, y = left + side // 2, top + side // 2
    if side >= 10 and 0 <= x < 50 and 0 <= y < 30:
        assert blended[y, x] == 1.0
    assert (blended > 0.0).sum() == covered.sum()


def test_whole_holds_the_picture_in_its_middle() -> None:
    view = views.whole(PICTURE)
    assert (view.left_px, view.top_px, view.side_px) == (0, -10, 50)


def test_head_view_is_around_the_face_and_reaches_higher() -> None:
    points = np.zeros((478, 3), np.float32)
    points[:468, 0] = np.linspace(100.0, 200.0, 468)
    points[:468, 1] = np.linspace(300.0, 420.0, 468)
    view = views.head_view(FaceLandmarks(points, 0.0, 0.0, 0.0, {}), size=2.0)
    assert view.side_px == 240
    assert view.left_px + view.side_px / 2 == pytest.approx(150.0)
    assert view.top_px + view.side_px / 2 < 360.0


def test_what_is_seen_only_closer_and_only_one_way_round_does_not_count() -> None:
    """The network here sees red everywhere, green when it is close, and blue when it is close and leans to the left."""
    picture = np.zeros((120, 160, 3), np.uint8)
    picture[40:60, 20:50, 0] = picture[70:90, 60:90, 1] = picture[40:60, 60:70, 2] = 255

    def look(image: np.ndarray) -> np.ndarray:
        red, green, blue = (image[..., channel] > 0 for channel in range(3))
        close = image.shape[1] < 160
        return (red | (green & close) | (blue & close & (np.arange(image.shape[1]) < 40))).astype(np.float32)

    seen = views.agreed(picture, views.View(40, 20, 80), look)
    assert np.array_equal(seen > 0.5, (picture[..., 0] > 0) | (picture[..., 1] > 0))
