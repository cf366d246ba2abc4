"""Rotations as they arrive (matrices, quaternions, Euler angles) -> the angles of `HeadPose`.

One frame for all: x toward the subject's own left, y up, z out of the face toward the camera. It is right-handed,
and it is ARKit's face frame as well as MediaPipe's camera space (an unmirrored picture shows the subject's left on
the right). A rotation is read as R = Ry(yaw) Rx(-pitch) Rz(-roll): first tilt, then nod, then turn. So

    yaw  > 0   z turns toward +x: to the subject's own left
    pitch > 0  z rises: looks up
    roll > 0   y leans toward +x: toward the subject's own left shoulder
"""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

Quaternion = tuple[float, float, float, float]
"""(x, y, z, w), unit length."""

_NUMBERS: Final = (float, int)

IDENTITY: Final[Quaternion] = (0.0, 0.0, 0.0, 1.0)


def angles_from_matrix(rotation: npt.ArrayLike, /) -> tuple[float, float, float]:
    """(yaw_rad, pitch_rad, roll_rad) of a rotation matrix (3, 3). Looking straight up or down, roll is given as 0."""
    matrix = np.asarray(rotation, np.float64)
    pitch_rad = math.asin(min(1.0, max(-1.0, float(matrix[1, 2]))))
    if abs(matrix[1, 2]) > 1.0 - 1e-9:
        return math.atan2(-matrix[2, 0], matrix[0, 0]), pitch_rad, 0.0
    return math.atan2(matrix[0, 2], matrix[2, 2]), pitch_rad, -math.atan2(matrix[1, 0], matrix[1, 1])


def matrix_from_angles(yaw_rad: float, pitch_rad: float, roll_rad: float) -> npt.NDArray[np.float64]:
    """The rotation matrix (3, 3) of a head pose; the inverse of `angles_from_matrix`."""
    return matrix_from_quaternion(quaternion_from_yxz(yaw_rad, -pitch_rad, -roll_rad))


def quaternion_from_yxz(y_rad: float, x_rad: float, z_rad: float) -> Quaternion:
    """Euler angles applied as Ry Rx Rz (z first)."""
    half = (y_rad / 2.0, x_rad / 2.0, z_rad / 2.0)
    turn_y = (0.0, math.sin(half[0]), 0.0, math.cos(half[0]))
    turn_x = (math.sin(half[1]), 0.0, 0.0, math.cos(half[1]))
    turn_z = (0.0, 0.0, math.sin(half[2]), math.cos(half[2]))
    return multiply(multiply(turn_y, turn_x), turn_z)


def multiply(a: Quaternion, b: Quaternion, /) -> Quaternion:
    """The rotation b followed by a."""
    ax, ay, az, aw = a
    bx, by, bz, bw = b
    return (
        aw * bx + ax * bw + ay * bz - az * by,
        aw * by - ax * bz + ay * bw + az * bx,
        aw * bz + ax * by - ay * bx + az * bw,
        aw * bw - ax * bx - ay * by - az * bz,
    )


def matrix_from_quaternion(q: Quaternion, /) -> npt.NDArray[np.float64]:
    """The rotation matrix (3, 3) of a unit quaternion."""
    x, y, z, w = q
    return np.array(
        [
            [1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
            [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
            [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)],
        ]
    )


def angles_from_quaternion(q: Quaternion, /) -> tuple[float, float, float]:
    """(yaw_rad, pitch_rad, roll_rad) of a unit quaternion: `angles_from_matrix(matrix_from_quaternion(q))`, quicker."""
    x, y, z, w = q
    sine = 2.0 * (y * z - x * w)
    pitch_rad = math.asin(min(1.0, max(-1.0, sine)))
    if abs(sine) > 1.0 - 1e-9:
        return math.atan2(-2.0 * (x * z - y * w), 1.0 - 2.0 * (y * y + z * z)), pitch_rad, 0.0
    yaw_rad = math.atan2(2.0 * (x * z + y * w), 1.0 - 2.0 * (x * x + y * y))
    return yaw_rad, pitch_rad, -math.atan2(2.0 * (x * y + z * w), 1.0 - 2.0 * (x * x + z * z))


def unit_quaternion(values: Sequence[object], /) -> Quaternion | None:
    """Four numbers from the wire as a unit quaternion; None when they can't be meant as one (length not about 1)."""
    numbers = [float(value) for value in values if isinstance(value, _NUMBERS)]
    if len(numbers) != 4 or len(values) != 4 or max(map(abs, numbers)) > 2.0:
        return None
    length = math.hypot(*numbers)
    if not 0.5 < length < 2.0:
        return None
    x, y, z, w = (number / length for number in numbers)
    return x, y, z, w


def from_unity(q: Quaternion, /) -> Quaternion:
    """Unity's left-handed frame of an avatar that faces +z (x toward its own right) -> ours: the mirror in x."""
    x, y, z, w = q
    return x, -y, -z, w
