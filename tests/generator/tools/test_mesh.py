import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.tools.mesh import Mesh, grid, ribbon


def doubled_areas(mesh: Mesh) -> np.ndarray:
    """Signed, (T,)."""
    a, b, c = (mesh.points_px[mesh.triangles[:, k]].astype(np.float64) for k in range(3))
    return (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]


def covered(mesh: Mesh, points: np.ndarray) -> np.ndarray:
    """Which points lie in some triangle, (N,)."""
    a, b, c = (mesh.points_px[mesh.triangles[:, k]].astype(np.float64)[:, None] for k in range(3))

    def side(p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return (q - p)[..., 0] * (points[None] - p)[..., 1] - (q - p)[..., 1] * (points[None] - p)[..., 0]

    sides = np.stack([side(a, b), side(b, c), side(c, a)])
    return ((sides >= -1e-3).all(axis=0) | (sides <= 1e-3).all(axis=0)).any(axis=0)


@st.composite
def alphas(draw: st.DrawFn) -> np.ndarray:
    """A texture's alpha with some opaque specks, also faint ones."""
    height, width = draw(st.integers(1, 40)), draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    share = draw(st.sampled_from([0.0, 0.005, 0.05, 0.5, 1.0]))
    return np.where(rng.random((height, width)) < share, rng.integers(1, 256, (height, width)), 0).astype(np.uint8)


origins = st.tuples(st.integers(-50, 900), st.integers(-50, 900))
step_sizes = st.floats(2.0, 60.0)


@given(alphas(), origins, step_sizes)
@settings(deadline=None, max_examples=40)
def test_every_opaque_pixel_lies_in_a_triangle(alpha: np.ndarray, origin: tuple[int, int], step: float) -> None:
    mesh = grid(alpha, origin_px=origin, step_px=step)
    y, x = np.nonzero(alpha)
    centres = np.stack([x, y], axis=1) + 0.5 + origin
    if len(centres):
        assert covered(mesh, centres).all()
    else:
        assert mesh.triangles.shape == (0, 3)
        assert mesh.points_px.shape == (0, 2)


@given(alphas(), origins, step_sizes)
@settings(deadline=None, max_examples=40)
def test_a_grid_is_tidy(alpha: np.ndarray, origin: tuple[int, int], step: float) -> None:
    mesh = grid(alpha, origin_px=origin, step_px=step)
    assert (mesh.points_px.dtype, mesh.triangles.dtype) == (np.float32, np.uint32)
    assert np.array_equal(np.unique(mesh.triangles), np.arange(len(mesh.points_px)))  # each vertex is used
    assert len(np.unique(mesh.points_px, axis=0)) == len(mesh.points_px)  # and lies alone
    areas = doubled_areas(mesh)
    assert (areas > 0.0).all() or (areas < 0.0).all()
    height, width = alpha.shape
    local = mesh.points_px - np.float32(origin)
    assert (local >= -1e-3).all()
    assert (local <= np.array([width, height]) + 1e-3).all()


@given(alphas(), step_sizes)
@settings(deadline=None, max_examples=40)
def test_empty_cells_are_left_out(alpha: np.ndarray, step: float) -> None:
    mesh = grid(alpha, origin_px=(0, 0), step_px=step)
    for triangle in mesh.triangles:
        low, high = mesh.points_px[triangle].min(axis=0), mesh.points_px[triangle].max(axis=0)
        x0, y0 = np.maximum(np.floor(low).astype(int) - 1, 0)
        x1, y1 = np.ceil(high).astype(int) + 1
        assert alpha[y0:y1, x0:x1].any()


def test_cells_are_about_as_large_as_asked_and_a_full_texture_has_no_hole() -> None:
    mesh = grid(np.full((90, 200), 255, np.uint8), origin_px=(10, 20), step_px=20.0)
    assert np.abs(doubled_areas(mesh)).sum() / 2.0 == pytest.approx(90 * 200)
    assert np.unique(np.diff(np.unique(mesh.points_px[:, 0]))) == pytest.approx(20.0)
    assert len(np.unique(mesh.points_px[:, 1])) in (5, 6)


@given(st.integers(2, 7), st.integers(2, 40))
def test_ribbon_numbers_row_by_row(rows: int, columns: int) -> None:
    y, x = np.mgrid[0:rows, 0:columns].astype(np.float64)
    lines = np.stack([3.0 * x, 5.0 * y + np.sin(x)], axis=-1)
    mesh = ribbon(lines)
    assert (mesh.points_px.dtype, mesh.triangles.dtype) == (np.float32, np.uint32)
    for r in range(rows):
        assert mesh.points_px[r * columns : (r + 1) * columns] == pytest.approx(lines[r].astype(np.float32))
    assert len(mesh.triangles) == 2 * (rows - 1) * (columns - 1)
    areas = doubled_areas(mesh)
    assert (areas > 0.0).all() or (areas < 0.0).all()
    row, column = np.divmod(mesh.triangles.astype(int), columns)  # a triangle stays between neighbours
    assert (np.ptp(row, axis=1) == 1).all()
    assert (np.ptp(column, axis=1) == 1).all()


def test_grid_and_ribbon_turn_the_same_way() -> None:
    one = grid(np.full((20, 20), 255, np.uint8), origin_px=(0, 0), step_px=10.0)
    other = ribbon(np.stack(np.meshgrid([0.0, 1.0, 2.0], [0.0, 1.0]), axis=-1))
    assert np.sign(doubled_areas(one)[0]) == np.sign(doubled_areas(other)[0])
