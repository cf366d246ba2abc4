"""generator.moving.unfolding: no triangle is turned over at weight 1, and what was whole stays as it is."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from generator.moving.unfolding import LEAST, unfolded

SIDE = 6
POINTS = np.stack(np.meshgrid(np.arange(SIDE), np.arange(SIDE)), axis=-1).reshape(-1, 2).astype(np.float32) * 10.0
CELLS = (np.arange(SIDE - 1)[:, None] * SIDE + np.arange(SIDE - 1)).ravel()
TRIANGLES = np.concatenate([
    np.stack([CELLS, CELLS + 1, CELLS + SIDE], axis=1), np.stack([CELLS + 1, CELLS + SIDE + 1, CELLS + SIDE], axis=1)
])  # fmt: skip


def areas(points: np.ndarray) -> np.ndarray:
    a, b, c = (points[TRIANGLES[:, index]].astype(np.float64) for index in range(3))
    return (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])


@given(hnp.arrays(np.float32, (2, SIDE * SIDE, 2), elements=st.floats(-12.0, 12.0, width=32)))
def test_nothing_is_turned_over(deltas: np.ndarray) -> None:
    made = unfolded(POINTS, TRIANGLES, deltas)
    assert made.dtype == np.float32
    rest = areas(POINTS)
    for before, after in zip(deltas, made, strict=True):
        assert (areas(POINTS + after) * np.sign(rest) > 0.0).all()
        if (areas(POINTS + before) * np.sign(rest) >= LEAST * np.abs(rest)).all():
            assert np.array_equal(before, after)


def test_what_lies_far_from_a_fold_is_left_alone() -> None:
    deltas = np.zeros((1, SIDE * SIDE, 2), np.float32)
    deltas[0, 0] = (15.0, 15.0)  # past its neighbours
    made = unfolded(POINTS, TRIANGLES, deltas)
    far = np.hypot(*(POINTS - POINTS[0]).T) > 25.0
    assert np.array_equal(made[0][far], deltas[0][far])
    assert 0.0 < np.hypot(*made[0, 0]) < np.hypot(15.0, 15.0)


def test_rows_that_fold_nothing_are_handed_back() -> None:
    deltas = np.full((3, SIDE * SIDE, 2), 4.0, np.float32)
    assert unfolded(POINTS, TRIANGLES, deltas) is deltas
