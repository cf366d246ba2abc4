import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from assets import arkit
from generator import topology
from generator.moving import motion
from generator.moving.closing import OPEN_IOD, closing, jaw_at_rest, own_gap_iod
from generator.moving.measures import CanvasFace

Make = Callable[..., CanvasFace]
UPPER, LOWER = list(topology.LIP_UPPER_INNER[1:-1]), list(topology.LIP_LOWER_INNER[1:-1])


def opened(face: CanvasFace, gap_iod: float) -> CanvasFace:
    """The face with its lips apart: the lower one, and the chin by half as much, lower down."""
    points = face.points_px.copy()
    points[LOWER, 1] = points[UPPER, 1]
    middle = points[LOWER, 0].mean()
    bow = np.clip(1.0 - ((points[:, 0] - middle) / (0.6 * face.mouth_width_px)) ** 2, 0.0, 1.0)
    lower_lip = sorted(topology.LIPS_LOWER)
    points[lower_lip, 1] += gap_iod * face.iod_px * bow[lower_lip]
    points[topology.CHIN, 1] += 0.5 * gap_iod * face.iod_px
    return dataclasses.replace(face, points_px=points)


def gaps_after(face: CanvasFace, weight: float = 1.0) -> np.ndarray:
    moved = face.points_px + weight * motion.landmark_deltas(face)[arkit.INDEX["mouthClose"]]
    return np.asarray((moved[LOWER, 1] - moved[UPPER, 1]) / face.iod_px)


def test_a_closed_mouth_has_nothing_to_close(make_face: Make) -> None:
    face = opened(make_face(), 0.5 * OPEN_IOD)
    assert own_gap_iod(face) < OPEN_IOD
    assert not closing(face, np.ones((topology.COUNT, 2))).any()


@pytest.mark.parametrize("gap_iod", [0.06, 0.12, 0.3, 0.5])
def test_an_open_mouth_closes(make_face: Make, gap_iod: float) -> None:
    face = opened(make_face(), gap_iod)
    assert own_gap_iod(face) == pytest.approx(gap_iod, rel=0.05)
    # what is left is what mouthClose presses a closed mouth together, and never more than the stops take back
    assert gaps_after(face).max() < 0.005
    assert gaps_after(face).min() > -0.08
    assert gaps_after(face, 0.5).max() == pytest.approx(0.5 * gap_iod, abs=0.03)


def test_a_smile_closes_with_the_lips_and_a_shout_with_the_jaw(make_face: Make) -> None:
    chin_up = [
        -motion.landmark_deltas(face)[arkit.INDEX["mouthClose"], topology.CHIN, 1] / face.iod_px
        for face in (opened(make_face(), gap) for gap in (0.10, 0.45))
    ]
    assert chin_up[0] == pytest.approx(0.0, abs=0.02)
    assert chin_up[1] > 0.15


@pytest.mark.parametrize("gap_iod", [0.0, 0.1, 0.25])
def test_the_jaw_at_rest_opens_a_closed_mouth_as_far_as_the_portrait(make_face: Make, gap_iod: float) -> None:
    face = opened(make_face(), gap_iod)
    jaw_px = motion.landmark_deltas(face)[arkit.INDEX["jawOpen"]]
    weight = jaw_at_rest(face, jaw_px)
    travel_iod = (jaw_px[LOWER, 1] - jaw_px[UPPER, 1]).max() / face.iod_px
    assert weight * travel_iod == pytest.approx(own_gap_iod(face) if gap_iod else 0.0, rel=0.01)
