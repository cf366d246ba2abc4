from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.moving.fields import Field
from generator.moving.measures import CanvasFace

RNG = np.random.default_rng(11)
USED = range(0, 468, 7)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face()


def spread() -> np.ndarray:
    """Landmarks on a jittered lattice, none on another: (478, 2)."""
    y, x = np.divmod(np.arange(478), 22)
    return (np.stack([x, y], axis=1) * 30.0 + np.random.default_rng(3).uniform(-8.0, 8.0, (478, 2))).astype(np.float32)


@given(st.floats(8.0, 40.0))
@settings(max_examples=20, deadline=None)
def test_without_noise_the_landmarks_get_their_values(length: float) -> None:
    points, values = spread(), RNG.normal(size=(478, 2)).astype(np.float32)
    field = Field(points, USED, length_px=length, noise=1e-9)
    assert field.at(points[list(USED)], values) == pytest.approx(values[list(USED)], abs=1e-4)


@pytest.mark.parametrize("noise", [0.02, 0.2])
def test_with_noise_a_lone_landmark_gets_its_share(noise: float) -> None:
    points = np.zeros((478, 2), np.float32)
    values = np.full((478, 1), 5.0, np.float32)
    assert float(Field(points, [17], length_px=10.0, noise=noise).at(points[:1], values)[0, 0]) == pytest.approx(
        5.0 / (1.0 + noise), rel=1e-5
    )


def test_a_real_shape_is_followed_within_the_noise(face: CanvasFace) -> None:
    values = np.sin(face.points_px / 90.0).astype(np.float32)  # smooth over the face, as skin moves
    field = Field(face.points_px, range(468), length_px=0.38 * face.iod_px)
    error = field.at(face.points_px[:468], values) - values[:468]
    assert np.abs(error).max() < 0.05
    assert np.abs(error).mean() < 0.005


def test_it_goes_to_zero_far_away_and_only_there(face: CanvasFace) -> None:
    length = 0.38 * face.iod_px
    field = Field(face.points_px, USED, length_px=length)
    values = np.ones((478, 2), np.float32)
    right = np.array([float(face.points_px[:468, 0].max()), 350.0])
    away = np.array([0.0, 1.0, 2.0, 4.0, 8.0])[:, None] * [length, 0.0]
    taken = np.abs(field.at((right + away).astype(np.float32), values)).max(axis=1)
    assert taken[0] > 0.5
    assert (np.diff(taken) < 0.0).all()
    assert taken[-1] < 1e-3


def test_unused_landmarks_are_not_heard(face: CanvasFace) -> None:
    field = Field(face.points_px, USED, length_px=40.0)
    values = RNG.normal(size=(478, 2)).astype(np.float32)
    other = values.copy()
    other[sorted(set(range(478)) - set(USED))] = 1e6
    query = face.points_px[::9] + np.float32(3.0)
    assert np.array_equal(field.at(query, values), field.at(query, other))


@given(st.floats(-5.0, 5.0), st.floats(-5.0, 5.0))
@settings(max_examples=25, deadline=None)
def test_it_is_linear_in_the_values(a: float, b: float) -> None:
    points = spread()
    field, query = Field(points, USED, length_px=40.0), points[::5] + np.float32(4.0)
    one, two = np.random.default_rng(1).normal(size=(2, 478, 2))
    together = field.at(query, a * one + b * two)
    assert together == pytest.approx(a * field.at(query, one) + b * field.at(query, two), abs=1e-4)


def test_several_rows_at_once_are_the_rows_one_by_one(face: CanvasFace) -> None:
    field = Field(face.points_px, USED, length_px=40.0)
    rows = RNG.normal(size=(2, 5, 478, 3)).astype(np.float32)
    query = RNG.uniform(200.0, 600.0, (31, 2)).astype(np.float32)
    taken = field.at(query, rows)
    assert taken.shape == (2, 5, 31, 3)
    assert taken.dtype == np.float32
    for i in range(2):
        for j in range(5):
            assert taken[i, j] == pytest.approx(field.at(query, rows[i, j]), abs=1e-5)


def test_a_landmark_named_twice_counts_once(face: CanvasFace) -> None:
    values, query = RNG.normal(size=(478, 1)), face.points_px[:20] + np.float32(2.0)
    once, twice = (Field(face.points_px, used, length_px=40.0) for used in ([3, 60, 200], [200, 3, 60, 3, 200]))
    assert np.array_equal(once.at(query, values), twice.at(query, values))


def test_no_query_points_no_values(face: CanvasFace) -> None:
    field = Field(face.points_px, USED, length_px=40.0)
    assert field.at(np.zeros((0, 2), np.float32), np.ones((4, 478, 2))).shape == (4, 0, 2)
