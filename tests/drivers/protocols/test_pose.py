"""Rotations of every kind -> yaw, pitch, roll in the signs of `assets`."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.protocols import pose

# Rounded: products of tiny angles underflow, which is harmless but an error in our tests.
turns = st.floats(-3.1, 3.1).map(lambda angle: round(angle, 6))
nods = st.floats(-1.5, 1.5).map(lambda angle: round(angle, 6))


def rotation(axis: int, angle_rad: float) -> np.ndarray:
    """Right-handed rotation about one axis, written out independently of the code under test."""
    c, s = math.cos(angle_rad), math.sin(angle_rad)
    a, b = (axis + 1) % 3, (axis + 2) % 3
    matrix = np.eye(3)
    matrix[a, a] = matrix[b, b] = c
    matrix[b, a], matrix[a, b] = s, -s
    return matrix


def test_turning_takes_the_nose_to_the_subjects_left() -> None:
    """x is the subject's left, so a face turned left looks toward +x."""
    matrix = pose.matrix_from_angles(0.5, 0.0, 0.0)
    assert matrix @ [0.0, 0.0, 1.0] == pytest.approx([math.sin(0.5), 0.0, math.cos(0.5)])


def test_looking_up_raises_the_nose() -> None:
    assert pose.matrix_from_angles(0.0, 0.5, 0.0) @ [0.0, 0.0, 1.0] == pytest.approx(
        [0.0, math.sin(0.5), math.cos(0.5)]
    )


def test_rolling_takes_the_crown_to_the_subjects_left() -> None:
    assert pose.matrix_from_angles(0.0, 0.0, 0.5) @ [0.0, 1.0, 0.0] == pytest.approx(
        [math.sin(0.5), math.cos(0.5), 0.0]
    )


@given(turns, nods, turns)
def test_first_roll_then_nod_then_turn(yaw: float, pitch: float, roll: float) -> None:
    expected = rotation(1, yaw) @ rotation(0, -pitch) @ rotation(2, -roll)
    assert pose.matrix_from_angles(yaw, pitch, roll) == pytest.approx(expected)


@given(turns, nods, turns)
def test_angles_survive_a_matrix(yaw: float, pitch: float, roll: float) -> None:
    assert pose.angles_from_matrix(pose.matrix_from_angles(yaw, pitch, roll)) == pytest.approx(
        (yaw, pitch, roll), abs=1e-6
    )


@pytest.mark.parametrize("pitch_rad", [math.pi / 2, -math.pi / 2])
def test_straight_up_and_down_keep_the_turn(pitch_rad: float) -> None:
    yaw, pitch, roll = pose.angles_from_matrix(pose.matrix_from_angles(0.3, pitch_rad, 0.0))
    assert (yaw, pitch, roll) == pytest.approx((0.3, pitch_rad, 0.0), abs=1e-6)


@given(turns, nods, turns)
def test_angles_need_no_matrix(yaw: float, pitch: float, roll: float) -> None:
    turned = pose.quaternion_from_yxz(yaw, pitch, roll)
    matrix = pose.matrix_from_quaternion(turned)
    assert pose.angles_from_quaternion(turned) == pytest.approx(pose.angles_from_matrix(matrix), abs=1e-9)


@given(turns, nods, turns, turns, nods, turns)
def test_multiplying_is_applying_one_after_the_other(
    a: float, b: float, c: float, d: float, e: float, f: float
) -> None:
    one, two = pose.quaternion_from_yxz(a, b, c), pose.quaternion_from_yxz(d, e, f)
    product = pose.matrix_from_quaternion(one) @ pose.matrix_from_quaternion(two)
    assert pose.matrix_from_quaternion(pose.multiply(one, two)) == pytest.approx(product)


@pytest.mark.parametrize(
    "values",
    [(0, 0, 0, 0), (0, 0, 0, 3.0), (0, 0, 1), (0, 0, 0, 1, 0), (0, 0, 0, "1"), (None, 0, 0, 1), (1e38, 0, 0, 1),
     (0.1, 0.1, 0.1, 0.1)],
)  # fmt: skip
def test_what_is_no_rotation(values: tuple[object, ...]) -> None:
    assert pose.unit_quaternion(values) is None


def test_a_rotation_is_made_unit_length() -> None:
    assert pose.unit_quaternion((0, 0, 0, 1)) == (0.0, 0.0, 0.0, 1.0)
    assert pose.unit_quaternion((0.0, 1.0, 0.0, 1.0)) == pytest.approx((0.0, 0.5**0.5, 0.0, 0.5**0.5))


@given(turns, nods, turns)
def test_unity_is_the_mirror_in_x(yaw: float, pitch: float, roll: float) -> None:
    """A left-handed rotation is the mirror image of a right-handed one."""
    q = pose.quaternion_from_yxz(yaw, pitch, roll)
    mirror = np.diag([-1.0, 1.0, 1.0])
    assert pose.matrix_from_quaternion(pose.from_unity(q)) == pytest.approx(
        mirror @ pose.matrix_from_quaternion(q) @ mirror
    )


@pytest.mark.parametrize("nod_rad", [math.pi / 2.0, -math.pi / 2.0])
def test_angles_of_straight_up_and_down_need_no_matrix(nod_rad: float) -> None:
    turned = pose.quaternion_from_yxz(0.4, nod_rad, 0.0)
    expected = pose.angles_from_matrix(pose.matrix_from_quaternion(turned))
    assert pose.angles_from_quaternion(turned) == pytest.approx(expected, abs=1e-9)
    assert expected[2] == 0.0
