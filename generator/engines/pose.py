"""Head pose from the 478 points: how the mean face must be turned to lie on them. Signs as in `assets`.

MediaPipe's own transformation matrix assumes that the camera pointed at the middle of the picture; a portrait is
nearly always a crop, and moving the crop changed its pitch by 3 to 15 degrees (measured on 22 portraits). The points
themselves hardly depend on the crop, and a rigid fit (Kabsch 1976) of the parts of the face that no expression moves
gives angles that stay within about 3 degrees, with a mean pitch near zero on photographs that look into the camera.
"""

import contextlib
import functools
import math
from collections.abc import Iterator, Mapping
from importlib import resources
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
_STILL_IOD: Final = 0.05
"""A landmark that some expression moves by this much (in inter-ocular distances) counts 1/e."""


def matrix_from_angles(yaw_rad: float, pitch_rad: float, roll_rad: float) -> Array:
    """Rotation (3, 3) of a head: first the roll, then the pitch, then the yaw. Inverse: `angles_from_matrix`.

    Axes: x to the picture's right, y up, z toward the viewer; the identity looks into the camera.
    """
    cos, sin = np.cos([yaw_rad, -pitch_rad, -roll_rad]), np.sin([yaw_rad, -pitch_rad, -roll_rad])
    turn = np.array([[cos[0], 0.0, sin[0]], [0.0, 1.0, 0.0], [-sin[0], 0.0, cos[0]]], np.float64)
    nod = np.array([[1.0, 0.0, 0.0], [0.0, cos[1], -sin[1]], [0.0, sin[1], cos[1]]], np.float64)
    tilt = np.array([[cos[2], -sin[2], 0.0], [sin[2], cos[2], 0.0], [0.0, 0.0, 1.0]], np.float64)
    rotation: Array = turn @ nod @ tilt
    return rotation


def angles_from_matrix(rotation: Array, /) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in radians of a rotation (3, 3), pitch within a quarter turn."""
    yaw_rad = math.atan2(rotation[0, 2], rotation[2, 2])
    pitch_rad = math.asin(min(1.0, max(-1.0, float(rotation[1, 2]))))
    roll_rad = -math.atan2(rotation[1, 0], rotation[1, 1])
    return yaw_rad, pitch_rad, roll_rad


@contextlib.contextmanager
def _measured() -> Iterator[Mapping[str, npt.NDArray[Any]]]:
    """The tables of human_motion.npz (see generator/data/README.md)."""
    with resources.files("generator").joinpath("data/human_motion.npz").open("rb") as file, np.load(file) as data:
        yield data


@functools.cache
def mirror() -> npt.NDArray[np.intp]:
    """The landmark on the other side of the face, (478,)."""
    with _measured() as data:
        return data["mirror"].astype(np.intp)


@functools.cache
def mean_face() -> tuple[Array, Array]:
    """The mean neutral face, float64 (478, 3) in inter-ocular distances (x right, y up, z toward the viewer), and how
    still each landmark is, float64 (478,) in 0..1; the irises count nothing."""
    with _measured() as data:
        face = data["neutral_iod"].astype(np.float64)
        travel_iod = np.linalg.norm(data["delta_iod"], axis=2).max(axis=0).astype(np.float64)
    still = np.exp(-((travel_iod / _STILL_IOD) ** 2))
    still[468:] = 0.0
    return face, still


def head_angles(points_px: npt.NDArray[np.float32], /) -> tuple[float, float, float]:
    """(yaw, pitch, roll) in radians of a face's points (478, 3) as in `FaceLandmarks`."""
    face, still = mean_face()
    points = points_px.astype(np.float64) * (1.0, -1.0, 1.0)
    weight = (still / still.sum())[:, None]
    outer, _, inner = np.linalg.svd(((face - weight.T @ face) * weight).T @ (points - weight.T @ points))
    handed = np.diag([1.0, 1.0, float(np.sign(np.linalg.det(inner.T @ outer.T)))])
    return angles_from_matrix(inner.T @ handed @ outer.T)
