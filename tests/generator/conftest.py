"""For the generator's tests: the mean face on a canvas, and a landmarker's answer made of it. No picture is needed."""

from collections.abc import Callable

import numpy as np
import pytest

from generator import topology
from generator.engines import FaceLandmarks, pose
from generator.moving.measures import CanvasFace

MakeCanvasFace = Callable[..., CanvasFace]
MakeLandmarks = Callable[..., FaceLandmarks]


def _symmetric_mean() -> tuple[np.ndarray, np.ndarray]:
    """The mean face in IOD, (478, 2) with y down, and its depth (478,): made exactly symmetric."""
    mean, mirror = pose.mean_face()[0], pose.mirror()
    points = (mean + mean[mirror] * [-1.0, 1.0, 1.0]) / 2.0
    return points[:, :2] * [1.0, -1.0], points[:, 2]


@pytest.fixture
def make_face() -> MakeCanvasFace:
    """`make_face(iod_px=..., centre=...)`: the mean face, symmetric about x = centre[0]."""

    def make(*, iod_px: float = 100.0, centre: tuple[float, float] = (400.0, 350.0)) -> CanvasFace:
        points, depth = _symmetric_mean()
        placed = (points * iod_px + centre).astype(np.float32)
        return CanvasFace(placed, (depth * iod_px).astype(np.float32), 0.0, 0.0, {})

    return make


@pytest.fixture
def make_landmarks() -> MakeLandmarks:
    """`make_landmarks(iod_px=..., centre=..., roll_rad=..., yaw_rad=...)`: the mean face in a picture.

    The head is tilted by `roll_rad` about the centre (positive: toward the subject's own left shoulder, which lies on
    the right of the picture). `yaw_rad` is only said, the points do not turn. `gap_iod` opens the lips so far,
    `right_eye`, `left_eye` scale the opening of the lids.
    """

    def make(
        *, iod_px: float = 100.0, centre: tuple[float, float] = (400.0, 350.0), roll_rad: float = 0.0,
        yaw_rad: float = 0.0, gap_iod: float = 0.0, right_eye: float = 1.0, left_eye: float = 1.0,
    ) -> FaceLandmarks:  # fmt: skip
        points, depth = _symmetric_mean()
        points = points.copy()
        points[[13, 14], 1] = points[[13, 14], 1].mean()
        points[14, 1] += gap_iod
        for eye, opened in zip(topology.EYES, (right_eye, left_eye), strict=True):
            lids = list(eye.upper[1:-1] + eye.lower[1:-1])
            middle = points[lids, 1].mean()
            points[lids, 1] = middle + opened * (points[lids, 1] - middle)
        cos, sin = np.cos(roll_rad), np.sin(roll_rad)
        turned = points @ np.array([[cos, sin], [-sin, cos]])  # clockwise in the picture for a positive roll
        placed = np.concatenate([turned * iod_px + centre, depth[:, None] * iod_px], axis=1)
        return FaceLandmarks(placed.astype(np.float32), yaw_rad, 0.0, roll_rad, {})

    return make
