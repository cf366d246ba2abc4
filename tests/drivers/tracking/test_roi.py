"""Turned squares: there and back, and what they show."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.tracking.roi import Square

PLACE = st.floats(-500.0, 500.0)


@settings(max_examples=30, deadline=None)
@given(PLACE, PLACE, st.floats(1.0, 500.0), st.floats(-3.0, 3.0))
def test_corners_and_middle(x: float, y: float, side: float, angle: float) -> None:
    square = Square(x, y, side, angle)
    points = square.to_picture(np.array([[0.5, 0.5, 0.0], [1.0, 0.5, 0.25], [0.5, 1.0, 0.0]]))
    half = side / 2.0
    across, down = (math.cos(angle) * half, math.sin(angle) * half), (-math.sin(angle) * half, math.cos(angle) * half)
    expected = [(x, y, 0.0), (x + across[0], y + across[1], side / 4.0), (x + down[0], y + down[1], 0.0)]
    np.testing.assert_allclose(points, expected, atol=1e-9)


def test_the_pixels_of_a_quarter_turn() -> None:
    """Seen upright, a picture that lies on its right side: what was on top is on the right."""
    picture = np.zeros((8, 8, 3), np.uint8)
    picture[0, :, 0] = 200
    cut = Square(4.0, 4.0, 8.0, math.pi / 2.0).cut(picture, 8)
    np.testing.assert_array_equal(cut[:, 0, 0], np.full(8, 200))
    assert cut[:, 1:].max() <= 1


def test_every_pixel_stays_where_it_is() -> None:
    picture = np.random.default_rng(0).integers(0, 256, (16, 16, 3), dtype=np.uint8)
    np.testing.assert_array_equal(Square(8.0, 8.0, 16.0).cut(picture, 16), picture)


def test_beyond_the_picture_its_border_goes_on() -> None:
    picture = np.full((8, 8, 3), 77, np.uint8)
    np.testing.assert_array_equal(Square(-20.0, -20.0, 8.0, 0.3).cut(picture, 8), picture)


def test_the_square_of_a_face_is_level_with_its_eyes() -> None:
    points = np.zeros((478, 3))
    points[33], points[263], points[10] = (100.0, 100.0, 0.0), (200.0, 200.0, 0.0), (150.0, 150.0, 0.0)
    square = Square.of_face(points[[33, 263, 10, *[10] * 475]][_rows()])
    assert square.angle_rad == pytest.approx(math.pi / 4.0)
    assert (square.x_px, square.y_px) == pytest.approx((150.0, 150.0))
    assert square.side_px == pytest.approx(1.5 * math.hypot(100.0, 100.0))


def _rows() -> np.ndarray:
    """Row 33 is the right eye's corner, 263 the left one's, all others the middle."""
    rows = np.full(478, 2)
    rows[33], rows[263] = 0, 1
    return rows
