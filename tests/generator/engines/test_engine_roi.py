import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engines import roi

places = st.floats(-2000.0, 2000.0)
rois = st.builds(
    roi.Roi, places, places, st.floats(1.0, 3000.0), st.floats(-math.pi, math.pi), st.booleans()
)
RNG = np.random.default_rng(5)
PICTURE = RNG.integers(0, 256, (40, 40, 3), dtype=np.uint8)


@given(rois, places, places)
def test_there_and_back(square: roi.Roi, x: float, y: float) -> None:
    point = np.array([x, y], np.float32)
    back = square.to_picture(square.from_picture(point))
    assert np.abs(back - point).max() <= 1e-5 * (square.side_px + 5000.0)


@given(rois)
def test_distances_keep_their_ratio(square: roi.Roi) -> None:
    ends = square.to_picture(np.array([[0.0, 0.0], [0.6, 0.8]], np.float32)) - (square.x_px, square.y_px)
    assert np.linalg.norm(ends[1] - ends[0]) == pytest.approx(square.side_px, rel=1e-3, abs=1e-2)


def test_depth_is_only_scaled() -> None:
    square = roi.Roi(10.0, 20.0, 50.0, 0.7)
    assert square.to_picture(np.array([0.3, 0.4, 0.5], np.float32))[2] == pytest.approx(25.0)


def test_angle_turns_clockwise_in_the_picture() -> None:
    square = roi.Roi(0.0, 0.0, 2.0, math.pi / 2)
    assert square.to_picture(np.array([1.0, 0.5])) == pytest.approx([0.0, 1.0], abs=1e-6)  # right becomes down


def test_cut_of_the_whole_picture_is_the_picture() -> None:
    assert np.array_equal(roi.Roi(20.0, 20.0, 40.0).cut(PICTURE, 40), PICTURE)


def test_flipped_cut_is_the_mirror_image() -> None:
    assert np.array_equal(roi.Roi(20.0, 20.0, 40.0, flipped=True).cut(PICTURE, 40), PICTURE[:, ::-1])


def test_quarter_turn() -> None:
    cut = roi.Roi(20.0, 20.0, 40.0, math.pi / 2).cut(PICTURE, 40).astype(int)
    # 16.16 fixed-point sampling may differ by a rounding step.
    assert np.abs(cut - np.rot90(PICTURE).astype(int)).max() <= 12


def test_beyond_the_picture_the_border_is_repeated() -> None:
    cut = roi.Roi(0.0, 20.0, 40.0).cut(PICTURE, 40)
    assert np.array_equal(cut[:, 5], PICTURE[:, 0])
    assert np.array_equal(cut[:, 20:], PICTURE[:, :20])


def test_a_large_square_is_averaged_not_sampled() -> None:
    stripes = np.zeros((512, 512, 3), np.uint8)
    stripes[:, ::2] = 200
    cut = roi.Roi(256.0, 256.0, 512.0).cut(stripes, 32)
    assert abs(int(cut.min()) - 100) <= 1
    assert abs(int(cut.max()) - 100) <= 1


@given(st.lists(st.tuples(places, places), min_size=3, max_size=12))
def test_around_levels_and_holds_all(points: list[tuple[float, float]]) -> None:
    array = np.array(points, np.float32)
    square = roi.around(array, array[0], array[1], margin=1.5)
    start, end = square.from_picture(array[:2])
    assert abs(start[1] - end[1]) <= 1e-3
    assert start[0] <= end[0] + 1e-3
    inside = square.from_picture(array)
    assert inside.min() >= 0.5 - 1 / 3 - 1e-2
    assert inside.max() <= 0.5 + 1 / 3 + 1e-2
