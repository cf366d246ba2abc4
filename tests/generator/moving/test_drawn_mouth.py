"""An open drawn mouth keeps its form as it moves: a deep U, a round, a line; never a wedge."""

import dataclasses

import numpy as np
import pytest

from assets import arkit
from generator import topology
from generator.moving import closing, drawn_mouth, motion

UPPER, LOWER = list(topology.LIP_UPPER_INNER), list(topology.LIP_LOWER_INNER)


@pytest.fixture
def face(make_face):
    """A drawing whose mouth is half a disc: 40 wide, 18 high, its corners at the top."""
    human = make_face(iod_px=100.0)
    points = human.points_px.copy()
    middle, y = human.centre_x_px, float(points[13, 1])
    corners = {61: -1, 76: -1, 62: -1, 78: -1, 291: 1, 306: 1, 292: 1, 308: 1}
    for lip, deep, stroke in ((topology.LIPS_UPPER, 0.0, -2.0), (topology.LIPS_LOWER, 18.0, 2.0)):
        own = sorted(lip)
        across = np.clip((points[own, 0] - middle) / (human.mouth_width_px / 2), -1.0, 1.0)
        points[own, 0] = middle + 20.0 * across
        points[own, 1] = y + deep * np.sqrt(1.0 - across**2)
        outer = [landmark for landmark in topology.LIP_UPPER_OUTER + topology.LIP_LOWER_OUTER if landmark in lip]
        points[outer, 1] += stroke
    for landmark, side in corners.items():
        points[landmark] = (middle + 20.0 * side, y)
    return dataclasses.replace(human, points_px=points, drawn=True)


def moved(face, **weights):
    """The inner edges, (2, 11, 2), from corner to corner, correctives and all."""
    row = np.zeros(arkit.COUNT + len(motion.CORRECTIVES))
    for name, value in weights.items():
        row[arkit.INDEX[name]] = value
    for number, names in enumerate(motion.CORRECTIVES, start=arkit.COUNT):
        row[number] = np.prod([row[arkit.INDEX[name]] for name in names])
    points = face.points_px + np.tensordot(row, motion.landmark_deltas(face), axes=1)
    return np.stack([points[UPPER], points[LOWER]])


def width(edges):
    return float(np.ptp(edges[..., 0]))


def height(edges):
    return float(edges[1, :, 1].max() - edges[0, :, 1].min())


def test_an_open_jaw_is_a_deep_u_as_wide_as_before(face):
    rest, wide = moved(face), moved(face, jawOpen=1.0)
    assert height(wide) > 1.8 * height(rest)
    assert 1.0 <= width(wide) / width(rest) < 1.15
    depth = wide[1, :, 1] - wide[1, [0, -1], 1].mean()
    across = np.abs(wide[1, :, 0] - face.centre_x_px) / (0.5 * width(wide))
    assert depth[across < 0.75].min() > 0.6 * depth.max()  # a wedge would have a third of it there


def test_ah_and_oh_differ_by_their_corners_and_their_width(face):
    round_mouth = moved(face, jawOpen=0.4, mouthFunnel=0.6)
    assert 0.55 < width(round_mouth) / width(moved(face)) < 0.85
    assert 0.6 < height(round_mouth) / width(round_mouth) < 1.4
    corner = (round_mouth[0, [0, -1], 1].mean() - round_mouth[0, :, 1].min()) / height(round_mouth)
    assert 0.2 < corner < 0.6
    kiss = moved(face, mouthPucker=1.0)
    assert width(kiss) < 0.5 * width(moved(face))
    assert 3.0 < height(kiss) < 18.0


@pytest.mark.parametrize("jaw", [0.0, 0.3, 1.0])
def test_edges_never_cross_and_close_to_a_line_in_the_mouth_s_own_place(face, jaw):
    for weights in ({}, {"mouthFunnel": 1.0}, {"mouthPucker": 1.0}, {"mouthFunnel": 0.5, "mouthPucker": 0.5}):
        edges = moved(face, jawOpen=jaw, **weights)
        assert (edges[1, :, 1] - edges[0, :, 1]).min() > -0.5
        assert (np.diff(edges[..., 0], axis=1) > 0.0).all()
    shut = moved(face, jawOpen=jaw, mouthClose=1.0)
    assert (shut[1, :, 1] - shut[0, :, 1]).max() < 1.0
    assert shut[0, 5, 1] < moved(face)[1, 5, 1]


def test_the_lower_lip_stays_off_the_chin_which_goes_as_measured(face):
    row = motion.landmark_deltas(face)[arkit.INDEX["jawOpen"]]
    closed = motion.landmark_deltas(dataclasses.replace(face, drawn=False))[arkit.INDEX["jawOpen"]]
    assert row[topology.CHIN, 1] == pytest.approx(motion.DRAWN_CHIN * closed[topology.CHIN, 1])
    chin = face.points_px[topology.CHIN, 1] + row[topology.CHIN, 1]
    both = moved(face, jawOpen=1.0, mouthFunnel=1.0)[1, :, 1].max()
    assert both < chin - 5.0


def test_closed_drawings_and_people_move_as_measured(face, make_face):
    assert drawn_mouth.is_open(face)
    assert not drawn_mouth.is_open(dataclasses.replace(face, drawn=False))
    closed = make_face()
    closed.points_px[LOWER] = closed.points_px[UPPER]
    assert not drawn_mouth.is_open(dataclasses.replace(closed, drawn=True))
    assert closing.own_gap_iod(face) == pytest.approx(0.18, abs=0.01)
