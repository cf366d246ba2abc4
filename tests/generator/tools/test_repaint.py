import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.tools import repaint

SHAPE = (46, 58)


def noise(shape: tuple[int, int], seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0.0, 255.0, (*shape, 3)).astype(np.float32)


def disc(shape: tuple[int, int], x: float, y: float, radius: float) -> np.ndarray:
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]]
    return np.hypot(columns - x, rows - y) <= radius


@st.composite
def masks(draw: st.DrawFn) -> np.ndarray:
    height, width = draw(st.integers(1, 30)), draw(st.integers(1, 30))
    share = draw(st.sampled_from([0.0, 0.01, 0.1, 0.5, 0.95, 1.0]))
    return np.random.default_rng(draw(st.integers(0, 2**32 - 1))).random((height, width)) < share


# ---- fill -------------------------------------------------------------------------------------


@given(masks(), st.integers(0, 1000))
@settings(deadline=None, max_examples=40)
def test_fill_keeps_what_is_known_and_never_leaves_its_range(known: np.ndarray, seed: int) -> None:
    picture = noise(known.shape, seed)
    before = picture.copy()
    filled = repaint.fill(picture, known)
    assert np.array_equal(picture, before)
    assert filled.dtype == np.float32
    assert np.array_equal(filled[known], picture[known])
    if not known.any() or known.all():
        assert np.array_equal(filled, picture)
        return
    for channel in range(3):  # the maximum principle of harmonic surfaces
        low, high = picture[known, channel].min(), picture[known, channel].max()
        assert filled[..., channel].min() >= low - 0.05
        assert filled[..., channel].max() <= high + 0.05


@pytest.mark.parametrize("shape", [(60, 80), (400, 330)])
@pytest.mark.parametrize("slope", [(1.0, 0.0), (0.0, 1.0), (0.6, -0.4)])
def test_a_hole_in_a_gradient_is_filled_with_the_gradient(shape: tuple[int, int], slope: tuple[float, float]) -> None:
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]] / max(shape)
    plane = 120.0 + 120.0 * (slope[0] * columns + slope[1] * rows)
    picture = np.repeat(plane[..., None], 3, axis=2).astype(np.float32)
    hole = disc(shape, shape[1] / 2, shape[0] / 2, min(shape) / 4)
    damaged = picture.copy()
    damaged[hole] = 0.0
    span = np.ptp(picture[hole])
    error = np.abs(repaint.fill(damaged, ~hole) - picture)
    assert error.max() <= 0.05 * span + 0.5
    assert error[hole].mean() <= 0.015 * span + 0.2


def test_what_lies_under_a_hole_does_not_matter() -> None:
    picture, hole = noise(SHAPE), disc(SHAPE, 30, 20, 9)
    other = picture.copy()
    other[hole] = 7.0
    assert np.array_equal(repaint.fill(picture, ~hole), repaint.fill(other, ~hole))


def test_one_known_colour_fills_everything() -> None:
    picture, known = noise((200, 150)), np.zeros((200, 150), bool)
    known[17, 33] = True
    filled = repaint.fill(picture, known)
    assert filled == pytest.approx(np.broadcast_to(picture[17, 33], picture.shape), abs=0.05)


def test_between_two_colours_it_rises_steadily() -> None:
    picture = np.zeros((40, 90, 3), np.float32)
    picture[:, 60:] = 200.0
    known = np.zeros((40, 90), bool)
    known[:, :20] = known[:, 70:] = True
    row = repaint.fill(picture, known)[20, 20:70, 0]
    assert (np.diff(row) >= -0.2).all()
    assert row == pytest.approx(200.0 * (np.arange(50) + 1) / 51, abs=8.0)


def test_fill_hole_is_fill_near_a_small_hole_and_touches_nothing_else() -> None:
    picture = np.broadcast_to(np.linspace(20.0, 230.0, 300, dtype=np.float32)[None, :, None], (200, 300, 3)).copy()
    hole = disc((200, 300), 120, 90, 8)
    damaged = picture.copy()
    damaged[hole] = 0.0
    filled = repaint.fill_hole(damaged, hole)
    assert np.array_equal(filled[~hole], damaged[~hole])
    assert filled == pytest.approx(picture, abs=1.0)
    assert np.array_equal(repaint.fill_hole(picture, np.zeros((200, 300), bool)), picture)


def test_fill_hole_at_the_picture_s_corner() -> None:
    picture, hole = np.full((50, 60, 3), 99.0, np.float32), np.zeros((50, 60), bool)
    hole[:9, :7] = hole[45:, 52:] = True
    picture[hole] = 0.0
    assert repaint.fill_hole(picture, hole) == pytest.approx(np.full((50, 60, 3), 99.0), abs=0.05)


# ---- grow -------------------------------------------------------------------------------------


@given(masks(), st.floats(0.5, 9.0))
@settings(deadline=None, max_examples=40)
def test_grow_is_dilation_by_a_disc(mask: np.ndarray, radius: float) -> None:
    """A brute-force oracle; OpenCV's 5x5 distance is exact to 2 %, so the rim is not asked."""
    grown = repaint.grow(mask, radius)
    if not mask.any():
        assert not grown.any()
        return
    ys, xs = np.nonzero(mask)
    rows, columns = np.mgrid[0 : mask.shape[0], 0 : mask.shape[1]]
    distance = np.hypot(columns[..., None] - xs, rows[..., None] - ys).min(axis=-1)
    assert grown[distance <= 0.97 * radius].all()
    assert not grown[distance > 1.03 * radius + 0.3].any()


@given(masks(), st.floats(0.0, 9.0))
@settings(deadline=None, max_examples=40)
def test_erosion_is_the_dual_of_dilation(mask: np.ndarray, radius: float) -> None:
    assert np.array_equal(repaint.grow(mask, -radius), ~repaint.grow(~mask, radius))


@given(masks(), st.floats(0.0, 6.0), st.floats(0.0, 4.0))
@settings(deadline=None, max_examples=40)
def test_grow_is_monotonic(mask: np.ndarray, radius: float, more: float) -> None:
    small, large = repaint.grow(mask, radius), repaint.grow(mask, radius + more)
    assert not (mask & ~small).any()
    assert not (small & ~large).any()
    assert not (repaint.grow(mask, -radius - more) & ~repaint.grow(mask, -radius)).any()
    assert not (repaint.grow(mask, -radius) & ~mask).any()


def test_the_picture_s_edge_is_no_edge_of_the_mask() -> None:
    full = np.ones((9, 9), bool)
    assert repaint.grow(full, -3.0).all()


# ---- soft_mask, polygon -----------------------------------------------------------------------


@pytest.mark.parametrize("ramp", [0.0, 0.5, 3.0, 11.0])
def test_soft_mask_is_one_inside_and_zero_beyond_its_ramp(ramp: float) -> None:
    core = disc((90, 90), 45, 45, 20)
    soft = repaint.soft_mask(core, ramp)
    assert soft.dtype == np.float32
    assert (soft[core] == 1.0).all()
    rows, columns = np.mgrid[0:90, 0:90]
    from_centre = np.hypot(columns - 45, rows - 45)
    assert (soft[from_centre > 21.0 + 1.05 * ramp] == 0.0).all()
    ray = soft[45, 45:]
    assert (np.diff(ray) <= 0.0).all()
    if ramp >= 3.0:
        assert ((soft > 0.0) & (soft < 1.0)).any()


def test_soft_mask_of_nothing_is_nothing() -> None:
    assert not repaint.soft_mask(np.zeros((20, 30), bool), 5.0).any()


def test_polygon_covers_its_area_and_may_leave_the_picture() -> None:
    square = np.array([[10.0, 5.0], [40.0, 5.0], [40.0, 25.0], [10.0, 25.0]])
    mask = repaint.polygon(square, (50, 60))
    assert mask.shape == (50, 60)
    assert mask[6:25, 11:40].all()
    mask[4:27, 9:42] = False
    assert not mask.any()
    assert repaint.polygon((square - [25.0, 15.0]) * 100.0, (50, 60)).all()
    assert not repaint.polygon(square + 500.0, (50, 60)).any()


@given(masks(), st.integers(0, 12), st.integers(0, 30), st.floats(0.5, 9.0))
@settings(deadline=None, max_examples=60)
def test_only_a_window_is_looked_at_and_nothing_is_lost_by_it(
    core: np.ndarray, left: int, right: int, radius: float
) -> None:
    mask = np.pad(core, ((right, left), (left, right)))
    for each in (mask, ~mask):
        distance = cv2.distanceTransform((~each).astype(np.uint8), cv2.DIST_L2, 5)
        assert np.array_equal(repaint.grow(each, radius), distance <= radius + 0.25 if each.any() else each)
        t = np.clip(1.0 - distance / radius, 0.0, 1.0) if each.any() else np.zeros(each.shape)
        np.testing.assert_array_equal(repaint.soft_mask(each, radius), (t * t * (3.0 - 2.0 * t)).astype(np.float32))


def test_opened_and_closed_are_growing_there_and_back() -> None:
    mask = np.zeros((60, 60), np.bool_)
    mask[10:30, 10:30] = mask[40:42, :] = True
    mask[18:20, 18:20] = False
    solid, whole = repaint.opened(mask, 3.0), repaint.closed(mask, 3.0)
    assert not solid[40:42].any()
    assert solid[12:16, 12:28].all()
    assert whole[18:20, 18:20].all()
    assert np.array_equal(repaint.opened(mask, 3.0, wider_px=2.0), repaint.grow(repaint.grow(mask, -3.0), 5.0))
    assert np.array_equal(whole, repaint.grow(repaint.grow(mask, 3.0), -3.0))
