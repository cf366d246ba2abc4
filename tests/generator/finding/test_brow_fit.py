"""Drawn brows found above large eyes, also when bangs hide one of them."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from assets.points import FacePoints
from generator import topology
from generator.finding import brow_fit

SHAPE = (700, 800)
SKIN = (250, 225, 210)
RAISED = 26.0


def _brow(face, eye, lift_px):
    """The middle line of the tracked brow, so much higher, from the nose outward."""
    brow = face.curve(eye.brow)
    line = (brow[:5] + brow[:4:-1]) / 2.0 - [0.0, lift_px]
    return line[::-1] if eye.side == "Right" else line


@pytest.fixture
def drawn(make_face):
    """A flat face with thin brows well above where the tracker has them: (rgb, face)."""
    face = replace(make_face(iod_px=100.0, centre=(400.0, 350.0)), drawn=True)
    rgb = np.full((*SHAPE, 3), SKIN, np.uint8)
    for eye in topology.EYES:
        cv2.polylines(rgb, [np.round(_brow(face, eye, RAISED)).astype(np.int32)], False, (90, 60, 50), 4, cv2.LINE_AA)
        cv2.polylines(rgb, [np.round(face.curve(eye.upper)).astype(np.int32)], False, (40, 20, 20), 6, cv2.LINE_AA)
    return rgb, face


def _off(face, found, eye):
    """How far a found line is from the drawn one, in rows, over the columns that both have."""
    line, true = found[eye.side].points_px, _brow(face, eye, RAISED)
    order, true_order = np.argsort(line[:, 0]), np.argsort(true[:, 0])
    x = np.linspace(true[:, 0].min() + 8, true[:, 0].max() - 8, 20)
    own = np.interp(x, line[order, 0], line[order, 1])
    return np.abs(own - np.interp(x, true[true_order, 0], true[true_order, 1])).max()


def test_lines_lie_on_the_drawn_brows(drawn):
    rgb, face = drawn
    found = brow_fit.lines(rgb, face)
    assert all(_off(face, found, eye) < 4.0 for eye in topology.EYES)


def test_a_brow_under_bangs_is_put_where_the_other_one_is(drawn):
    rgb, face = drawn
    lash_y = int(face.curve(topology.EYES[0].upper)[:, 1].min()) - 12
    for x in range(290, 396):
        rgb[:lash_y, x] = (120, 70, 40) if x % 9 < 6 else (60, 30, 20)
    found = brow_fit.lines(rgb, face)
    assert all(_off(face, found, eye) < 6.0 for eye in topology.EYES)
    assert found["Right"].strength.mean() < 2.0 < 10.0 < found["Left"].strength.mean()


def test_landmarks_follow_and_the_eyes_stay(drawn):
    rgb, face = drawn
    fitted = brow_fit.fit(rgb, face)
    rise = face.points_px[:, 1] - fitted.points_px[:, 1]
    brows = list(topology.EYES[0].brow + topology.EYES[1].brow)
    assert rise[brows].mean() == pytest.approx(RAISED, abs=5.0)
    eyes = [i for eye in topology.EYES for i in eye.upper + eye.lower + eye.iris]
    assert np.array_equal(fitted.points_px[eyes], face.points_px[eyes])
    low = face.points_px[:, 1] > face.points_px[[468, 473], 1].max() + 1
    assert np.array_equal(fitted.points_px[low], face.points_px[low])
    for eye in topology.EYES:  # nothing has passed anything else: lid, lower edge, upper edge, forehead
        outer = {"Right": (159, 52, 105, 104), "Left": (386, 282, 334, 333)}[eye.side]
        heights = fitted.points_px[list(outer), 1]
        assert (np.diff(heights) < -1.0).all()


def test_faces_with_human_eyes_no_brows_or_brows_set_by_hand_are_left(drawn):
    rgb, face = drawn
    human = replace(face, drawn=False)
    assert brow_fit.fit(rgb, human) is human
    assert brow_fit.fit(np.full_like(rgb, SKIN), face) is face
    needed = ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left", "chin", "left_brow_middle")
    by_hand = FacePoints({name: (10.0, 10.0) for name in needed})
    assert brow_fit.fit(rgb, face, by_hand) is face
