import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.engines import pose

angles = st.floats(-1.2, 1.2)


def picture(
    rotation: np.ndarray, scale_px: float = 80.0, middle_px: tuple[float, float] = (300.0, 200.0)
) -> np.ndarray:
    """The mean face's points as a camera far away sees them after `rotation`."""
    face, _ = pose.mean_face()
    points = scale_px * (face @ rotation.T) * (1.0, -1.0, 1.0)
    points[:, :2] += middle_px
    return points.astype(np.float32)


@given(angles, angles, angles)
def test_angles_and_matrix_are_inverse(yaw: float, pitch: float, roll: float) -> None:
    rotation = pose.matrix_from_angles(yaw, pitch, roll)
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert pose.angles_from_matrix(rotation) == pytest.approx((yaw, pitch, roll), abs=1e-9)


@given(angles, angles, angles, st.floats(10.0, 2000.0), st.floats(-3000.0, 3000.0))
def test_the_turned_mean_face_gives_its_angles(
    yaw: float, pitch: float, roll: float, scale: float, offset: float
) -> None:
    points = picture(pose.matrix_from_angles(yaw, pitch, roll), scale, (offset, -offset))
    assert pose.head_angles(points) == pytest.approx((yaw, pitch, roll), abs=2e-3)


def test_signs() -> None:
    nose = 1
    straight = picture(np.eye(3))
    left = picture(pose.matrix_from_angles(0.3, 0.0, 0.0))
    up = picture(pose.matrix_from_angles(0.0, 0.3, 0.0))
    tilted = picture(pose.matrix_from_angles(0.0, 0.0, 0.3))
    assert left[nose, 0] > straight[nose, 0]  # the subject's own left is the picture's right
    assert up[nose, 1] < straight[nose, 1]
    assert tilted[10, 0] > straight[10, 0]  # the forehead leans to the subject's own left shoulder
    assert tilted[263, 1] > straight[263, 1]  # and the left eye sinks


def test_an_expression_hardly_changes_the_pose() -> None:
    points = picture(np.eye(3))
    lips_and_chin = [152, 148, 377, 17, 14, 87, 317, 84, 314]
    points[lips_and_chin, 1] += 40.0  # half an inter-ocular distance: mouth wide open
    assert np.abs(pose.head_angles(points)).max() < math.radians(2.0)


def test_mirror_is_a_mirror() -> None:
    mirror = pose.mirror()
    assert mirror.shape == (478,)
    assert np.array_equal(mirror[mirror], np.arange(478))
    assert (mirror[33], mirror[133], mirror[61], mirror[1]) == (263, 362, 291, 1)


def test_mean_face_looks_at_us() -> None:
    face, still = pose.mean_face()
    assert face.shape == (478, 3)
    assert face[33, 0] < 0.0 < face[263, 0]
    assert face[10, 1] > face[152, 1]
    assert face[1, 2] > face[234, 2]
    assert still.min() >= 0.0
    assert still.max() <= 1.0
    assert still[10] > 0.5 > still[14]  # the forehead is still, the lower lip is not
    assert (still[468:] == 0.0).all()
