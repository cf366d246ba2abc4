"""What lies under hair: painted as the rest of the face says, and exact wherever hair doesn't hide it."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from generator import topology
from generator.hair import bald, hair, skin_tone, unseen
from generator.matting.mattes import Mattes
from generator.tools import repaint

SHAPE = (700, 800)
HAIR = np.array([40.0, 60.0, 30.0])


@pytest.fixture
def bare(make_face):
    """A symmetric face with light from one side: skin, brows, irises. Its picture without hair, and the face."""
    face = make_face(iod_px=100.0, centre=(400.0, 350.0))
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    picture = np.stack([200 + 0.06 * (x - 400), 160 + 0.05 * (x - 400), 140 - 0.04 * (y - 350)], axis=-1)
    for eye in topology.EYES:
        brow = repaint.polygon(cv2.convexHull(face.curve(eye.brow))[:, 0], SHAPE)
        picture[brow] *= 0.4
        centre, radius = face.points_px[eye.iris[0]], 12
        cv2.circle(mask := np.zeros(SHAPE, np.uint8), tuple(np.round(centre).astype(int).tolist()), radius, 1, -1)
        picture[mask > 0] = (60, 90, 160)
    return picture.astype(np.float32), face


def mattes_of(face, covered):
    """A head all of which is face, with hair where `covered`."""
    whole = np.ones(SHAPE, np.float32)
    everywhere = np.ones(SHAPE, np.bool_)
    return Mattes(
        rgba=np.zeros((*SHAPE, 4), np.uint8), subject=whole, hair=covered.astype(np.float32), head=everywhere,
        oval=repaint.polygon(face.oval_px, SHAPE), face=whole, torso=np.zeros(SHAPE, np.float32), before=whole,
    )  # fmt: skip


def over(picture, covered):
    return np.where(covered[..., None], HAIR, picture).astype(np.float32)


def region(face, *, top, side):
    """Above a row, on one side of the middle (or both)."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    aside = {"Right": x < face.centre_x_px - 4, "Left": x > face.centre_x_px + 4, "both": x > 0}[side]
    return aside & (y < top) & repaint.grow(repaint.polygon(face.oval_px, SHAPE), 30.0)


@pytest.mark.parametrize("side", ["Right", "Left"])
def test_brow_and_eye_under_hair_are_those_of_the_other_side(bare, side):
    picture, face = bare
    covered = region(face, top=face.points_px[topology.NOSE_TIP, 1] - 20, side=side)
    seen = over(picture, covered)
    painted = bald.bald(seen, mattes_of(face, covered), np.broadcast_to(HAIR, seen.shape).astype(np.float32), face)
    zone = unseen.zones(SHAPE, face)[side] & covered
    assert np.abs(painted - picture)[zone].mean() < 5.0  # what was covered is there again, in this side's light
    eye = topology.EYES[side == "Left"]
    x, y = np.round(face.points_px[eye.iris[0]]).astype(int)
    assert painted[y, x] == pytest.approx((60, 90, 160), abs=22)
    plain = covered & ~repaint.grow(unseen.zones(SHAPE, face)[side], 6.0) & repaint.polygon(face.oval_px, SHAPE)
    assert np.abs(painted - picture)[plain].max() < 12.0
    untouched = ~repaint.grow(covered, 8.0)
    assert np.array_equal(painted[untouched], seen[untouched])


def test_brows_that_nobody_sees_are_drawn_along_their_curve(bare):
    picture, face = bare
    covered = region(face, top=face.points_px[[159, 386], 1].mean() - 14, side="both")
    seen = over(picture, covered)
    painted = bald.bald(seen, mattes_of(face, covered), np.broadcast_to(HAIR, seen.shape).astype(np.float32), face)
    light = painted.sum(axis=-1)
    for eye in topology.EYES:
        brow = face.curve(eye.brow)
        line = ((brow[:5] + brow[:4:-1]) / 2.0)[1:4]
        on = light[line[:, 1].astype(int), line[:, 0].astype(int)]
        off = light[line[:, 1].astype(int) - 28, line[:, 0].astype(int)]
        assert (on < 0.75 * off).all()


def test_a_dark_line_beside_the_hair_is_not_smeared_under_it(bare):
    picture, face = bare
    covered = region(face, top=face.brows_y_px - 20, side="both")
    shaded = picture.copy()
    shaded[repaint.grow(covered, 9.0) & ~covered] *= 0.25
    seen = over(shaded, covered)
    painted = bald.bald(seen, mattes_of(face, covered), np.broadcast_to(HAIR, seen.shape).astype(np.float32), face)
    deep = repaint.grow(covered, -8.0) & repaint.polygon(face.oval_px, SHAPE)
    assert np.abs(painted - picture)[deep].max() < 14.0


def test_hair_over_the_bald_head_is_the_portrait(bare):
    picture, face = bare
    covered = region(face, top=face.points_px[topology.NOSE_TIP, 1] - 20, side="Right")
    matte = repaint.blur(covered.astype(np.float32), 3.0)
    seen = (picture * (1.0 - matte[..., None]) + HAIR * matte[..., None]).astype(np.float32)
    lifted = hair.lift(seen, replace(mattes_of(face, covered), hair=matte), face)
    again = lifted.colour * lifted.alpha[..., None] + lifted.bare * (1.0 - lifted.alpha[..., None])
    assert np.abs(again - seen).max() < 2.0
    assert lifted.alpha[repaint.grow(covered, -8.0)].min() > 0.98


def test_grain_is_that_of_the_photograph_and_none_of_a_drawing(bare):
    picture, face = bare
    plain = repaint.polygon(face.oval_px, SHAPE)
    assert not skin_tone.grain(picture, plain & (picture[..., 0] > 150)).any()
    noise = np.random.default_rng(1).normal(0.0, 4.0, SHAPE)[..., None]
    made = skin_tone.grain((np.full((*SHAPE, 3), 150.0) + noise).astype(np.float32), plain)
    assert 2.5 < made.std() < 5.5
    assert np.array_equal(made, skin_tone.grain((np.full((*SHAPE, 3), 150.0) + noise).astype(np.float32), plain))


def test_tone_is_one_flat_colour_on_drawn_faces(bare):
    picture, face = bare
    drawn = replace(face, drawn=True)
    flat = np.full_like(picture, 200.0)
    flat[300:330, 380:420] = 90.0
    tone = skin_tone.tone(flat, repaint.polygon(face.oval_px, SHAPE), drawn)
    assert np.ptp(tone, axis=(0, 1)).max() == 0.0
    assert tone[0, 0] == pytest.approx((200, 200, 200), abs=3)
