"""Head rotation to yaw, pitch and roll in our signs (see `assets`). Pure.

A rotation here takes head coordinates (x to the picture's right, y up, z out of the face) to camera coordinates
(x right, y up, z toward the viewer); the identity is a face that looks straight into the camera.
"""

import math

import numpy as np
import numpy.typing as npt

Matrix = npt.NDArray[np.float64]


def matrix_from_angles(yaw_rad: float, pitch_rad: float, roll_rad: float) -> Matrix:
    """Rotation (3, 3): first the roll, then the pitch, then the yaw. The inverse of `angles_from_matrix`."""
    cos, sin = np.cos([yaw_rad, -pitch_rad, -roll_rad]), np.sin([yaw_rad, -pitch_rad, -roll_rad])
    turn = np.array([[cos[0], 0.0, sin[0]], [0.0, 1.0, 0.0], [-sin[0], 0.0, cos[0]]])
    nod = np.array([[1.0, 0.0, 0.0], [0.0, cos[1], -sin[1]], [0.0, sin[1], cos[1]]])
    tilt = np.array([[cos[2], -sin[2], 0.0], [sin[2], cos[2], 0.0], [0.0, 0.0, 1.0]])
    return turn @ nod @ tilt


def angles_from_matrix(rotation: Matrix, /) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in radians of a rotation (3, 3), pitch within a quarter turn."""
    yaw_rad = math.atan2(rotation[0, 2], rotation[2, 2])
    pitch_rad = math.asin(min(1.0, max(-1.0, float(rotation[1, 2]))))
    roll_rad = -math.atan2(rotation[1, 0], rotation[1, 1])
    return yaw_rad, pitch_rad, roll_rad


def facing_camera(rotation: Matrix, position: Matrix, /) -> Matrix:
    """The rotation as seen along the line from the camera (at the origin, looking to -z) to a head at `position` (3,).

    A portrait is nearly always a crop, so the middle of the picture says nothing about where the camera pointed:
    what counts is how much of the face is turned toward the eye that looks at it.
    """
    ahead = position / np.linalg.norm(position)
    around = np.array([-ahead[1], ahead[0], 0.0])  # the axis that takes `ahead` to (0, 0, -1): ahead x (0, 0, -1)
    sine, cosine = float(np.linalg.norm(around)), -float(ahead[2])
    if sine < 1e-9:
        return rotation
    axis = around / sine
    cross = np.array([[0.0, -axis[2], axis[1]], [axis[2], 0.0, -axis[0]], [-axis[1], axis[0], 0.0]])
    turned: Matrix = (np.eye(3) + sine * cross + (1.0 - cosine) * cross @ cross) @ rotation
    return turned
