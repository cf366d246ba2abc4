"""Whichever way the head is turned, it sees its own points at the same places."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.protocols.pose import matrix_from_angles
from drivers.tracking.headframe import OUTER_CORNERS, to_head

ANGLE = st.floats(-1.0, 1.0)


@settings(max_examples=25, deadline=None)
@given(yaw=ANGLE, pitch=ANGLE, roll=ANGLE, scale=st.floats(5.0, 500.0), x=st.floats(-2000.0, 2000.0))
def test_turns_distance_and_place_are_undone(yaw: float, pitch: float, roll: float, scale: float, x: float) -> None:
    points = np.random.default_rng(1).normal(size=(478, 3))
    rotation = matrix_from_angles(yaw, pitch, roll)
    seen_px = (points @ rotation.T * scale + (x, 0.0, 0.0)) * (1.0, -1.0, 1.0)
    span = np.linalg.norm(points[OUTER_CORNERS[0]] - points[OUTER_CORNERS[1]])
    np.testing.assert_allclose(to_head(seen_px, rotation), (points - points[168]) / span, atol=1e-6)


def test_axes() -> None:
    """x to the subject's left, which is the picture's right; y up; z forward."""
    points_px = np.zeros((478, 3))
    points_px[263], points_px[33] = (5.0, 0.0, 0.0), (-5.0, 0.0, 0.0)
    points_px[10] = (0.0, -20.0, 3.0)
    np.testing.assert_allclose(to_head(points_px, np.eye(3))[[263, 10]], [(0.5, 0.0, 0.0), (0.0, 2.0, 0.3)])


def test_points_in_one_place_are_no_harm() -> None:
    assert np.isfinite(to_head(np.zeros((478, 3)), np.eye(3))).all()
