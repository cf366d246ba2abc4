"""renderer.view"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from renderer.view import SHIFT, WHOLE, ZOOMS, View, place, within_limits

SIDES = st.integers(1, 4000)


@pytest.mark.parametrize(
    ("canvas", "size", "scale", "corner"),
    [
        ((100, 100), (100, 100), 1.0, (0.0, 0.0)),
        ((100, 100), (200, 100), 1.0, (50.0, 0.0)),  # room at both sides
        ((100, 100), (100, 200), 1.0, (0.0, 100.0)),  # room above
        ((100, 50), (200, 200), 2.0, (0.0, 100.0)),
    ],
)
def test_the_whole_canvas_stands_in_the_middle_of_the_lower_edge(
    canvas: tuple[int, int], size: tuple[int, int], scale: float, corner: tuple[float, float]
) -> None:
    assert place(canvas, size) == (scale, corner)


def test_smaller_stays_on_the_lower_edge() -> None:
    assert place((100, 100), (100, 100), View(0.5)) == (0.5, (25.0, 50.0))


def test_larger_grows_about_the_middle() -> None:
    assert place((100, 100), (100, 100), View(2.0)) == (2.0, (-50.0, -50.0))


def test_shifts_are_in_sizes_of_the_picture_right_and_down() -> None:
    assert place((100, 100), (200, 100), View(1.0, 0.25, -0.5)) == (1.0, (100.0, -50.0))


@given(SIDES, SIDES, SIDES, SIDES)
def test_zoom_one_is_the_whole_canvas_from_both_sides(w: int, h: int, canvas_w: int, canvas_h: int) -> None:
    scale, corner = place((canvas_w, canvas_h), (w, h))
    for zoom in (1.0 - 1e-9, 1.0 + 1e-9):
        near_scale, near_corner = place((canvas_w, canvas_h), (w, h), View(zoom))
        assert near_scale == pytest.approx(scale, rel=1e-6)
        assert near_corner == pytest.approx(corner, abs=1e-3)


def test_numbers_out_of_range_are_brought_back() -> None:
    assert within_limits((0.0, 99.0, -99.0)) == View(ZOOMS[0], SHIFT, -SHIFT)
    assert within_limits((99.0, 0.0, 0.0)) == View(ZOOMS[1])
    assert within_limits(WHOLE) == WHOLE
    with pytest.raises(ValueError, match="must be finite"):
        within_limits((1.0, float("nan"), 0.0))
