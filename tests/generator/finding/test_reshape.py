"""generator.finding.reshape: landmarks that move with their curves."""

import numpy as np
import pytest

from generator import topology
from generator.engines import pose
from generator.finding import reshape


def upright() -> np.ndarray:
    mean, _ = pose.mean_face()
    return mean[:, :2] * [100.0, -100.0] + [400.0, 300.0]


@pytest.mark.parametrize("eye", topology.EYES, ids=lambda eye: eye.side)
def test_columns_are_the_lids(eye: topology.Eye) -> None:
    lids = reshape.eye_rings(eye.side)[0]
    assert set(lids[reshape.LOWER]) == set(eye.lower)
    assert set(lids[reshape.UPPER]) == set(eye.upper[1:-1])
    outer, inner = lids[reshape.LOWER][[0, -1]]
    assert {outer, inner} == {eye.upper[0], eye.upper[-1]}
    assert abs(upright()[outer, 0] - 400.0) > abs(upright()[inner, 0] - 400.0)


@pytest.mark.parametrize("eye", topology.EYES, ids=lambda eye: eye.side)
@pytest.mark.parametrize("lift_px", [-5.0, 3.0, 12.0, 40.0])
def test_rings_stay_in_order_when_a_lid_moves(eye: topology.Eye, lift_px: float) -> None:
    points = upright()
    moves = np.zeros((reshape.COLUMNS, 2))
    moves[reshape.UPPER, 1] = -lift_px * reshape.bow(7)
    moved = reshape.move_lids(points, eye, moves)
    rings = reshape.eye_rings(eye.side)
    assert moved[rings[0]] == pytest.approx(points[rings[0]] + moves)
    middle = rings[:, 12]
    brow = moved[list(eye.brow_lower_edge), 1]
    assert (np.diff(moved[middle, 1]) < 0).all()
    assert np.median(brow) < moved[rings[0, reshape.UPPER], 1].min()
    untouched = set(range(478)) - set(rings.ravel()) - set(eye.brow)
    assert np.array_equal(moved[sorted(untouched)], points[sorted(untouched)])


def test_a_brow_with_room_enough_stays() -> None:
    points = upright()
    eye = topology.EYES[0]
    moves = np.zeros((reshape.COLUMNS, 2))
    moves[reshape.UPPER, 1] = -2.0
    assert np.array_equal(reshape.move_lids(points, eye, moves)[list(eye.brow)], points[list(eye.brow)])


def test_nothing_moves_without_moves() -> None:
    points = upright()
    moved = reshape.move_lids(points, topology.EYES[1], np.zeros((reshape.COLUMNS, 2)))
    assert np.array_equal(moved, points)


def test_a_lips_rows_share_between_its_edges() -> None:
    points = upright()
    moved = reshape.move_lip(points, reshape.LIP_ROWS_LOWER, np.array([0.0, 12.0]), np.array([0.0, 6.0])) - points
    assert moved[[17, 16, 15, 14], 1] == pytest.approx([12.0, 10.0, 8.0, 6.0])
    assert moved[list(topology.LIP_UPPER_INNER)] == pytest.approx(0.0)
    assert moved[146, 1] == pytest.approx(12.0 * 0.36)
    rows = {index for row in (*reshape.LIP_ROWS_UPPER, *reshape.LIP_ROWS_LOWER) for index in row}
    assert rows == topology.LIPS_UPPER | topology.LIPS_LOWER
