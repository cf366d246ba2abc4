"""Head pose from landmarks: angles with our signs, place and size."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from drivers.protocols.pose import angles_from_matrix
from drivers.tracking.facepose import camera_from_head

ANGLE = st.floats(-0.7, 0.7)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(yaw=ANGLE, pitch=ANGLE, roll=ANGLE)
def test_the_angles_come_back(head: Any, look: Any, yaw: float, pitch: float, roll: float) -> None:
    sight = look(head.moved(), yaw_rad=yaw, pitch_rad=pitch, roll_rad=roll)
    found = angles_from_matrix(camera_from_head(sight.points_px, 640, 480)[:3, :3])
    assert found == pytest.approx((yaw, pitch, roll), abs=0.02)


def test_expressions_hardly_turn_the_head(head: Any, look: Any) -> None:
    for weights in ({"jawOpen": 1.0}, {"mouthSmileLeft": 1.0, "mouthSmileRight": 1.0}, {"left": 1.0, "right": 1.0}):
        sight = look(head.moved(**weights))
        angles = angles_from_matrix(camera_from_head(sight.points_px, 640, 480)[:3, :3])
        assert np.abs(np.degrees(angles)).max() < 2.5


def test_the_place_is_in_metres(head: Any, look: Any) -> None:
    """A face of 63.4 mm between the irises that are 100 px apart, in a picture whose focal length is 391.6 px."""
    pose = camera_from_head(look(head.moved()).points_px, 640, 480)
    focal_px = 240.0 / math.tan(math.radians(31.5))
    assert pose[2, 3] == pytest.approx(-focal_px * 0.0634 / 100.0, rel=0.01)
    assert pose[:2, 3] == pytest.approx((0.0, -0.033), abs=0.003)  # inside the head, below the nose's root
    right = camera_from_head(look(head.moved(), x_px=420.0).points_px, 640, 480)
    assert right[0, 3] - pose[0, 3] == pytest.approx(0.0634, rel=0.01)
    high = camera_from_head(look(head.moved(), y_px=140.0).points_px, 640, 480)
    assert high[1, 3] - pose[1, 3] == pytest.approx(0.0634, rel=0.01)
    near = camera_from_head(look(head.moved(), scale=200.0).points_px, 640, 480)
    assert near[2, 3] == pytest.approx(pose[2, 3] / 2.0, rel=0.01)


def test_a_rotation_is_one(head: Any, look: Any) -> None:
    rotation = camera_from_head(look(head.moved(), yaw_rad=0.4).points_px, 640, 480)[:3, :3]
    np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-9)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_points_in_one_place_give_finite_numbers() -> None:
    assert np.isfinite(camera_from_head(np.zeros((478, 3)), 640, 480)).all()
