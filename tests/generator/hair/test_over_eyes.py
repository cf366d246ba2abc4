"""Strands that hang before drawn eyes belong to the hair; lashes never do, whatever colour the hair has."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from generator import topology
from generator.hair import hair, over_eyes
from generator.matting.mattes import Mattes
from generator.tools import repaint

SHAPE = (700, 800)
ORANGE, BLACK, GREEN, LASH, SKIN = (200, 110, 50), (24, 18, 20), (30, 150, 100), (20, 16, 18), (250, 225, 205)


@pytest.fixture
def behind_a_strand(make_face):
    """`(strand colour) -> (picture, mattes, face, strand)`: bangs down to the lashes, a strand before one iris."""

    def make(colour):
        face = replace(make_face(iod_px=100.0, centre=(400.0, 350.0)), drawn=True)
        picture = np.full((*SHAPE, 3), SKIN, np.float32)
        for eye in topology.EYES:
            outline = np.concatenate([face.curve(eye.upper), face.curve(eye.lower)[::-1]])
            opening = repaint.polygon(outline, SHAPE)
            picture[opening] = 250.0
            iris = np.zeros(SHAPE, np.uint8)
            cv2.circle(iris, tuple(np.round(face.points_px[eye.iris[0]]).astype(int).tolist()), 11, 1, -1)
            picture[(iris > 0) & opening] = GREEN
            line = np.round(face.curve(eye.upper)).astype(np.int32)
            cv2.polylines(picture, [line], False, LASH, 4, cv2.LINE_AA)
        y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
        middle = face.points_px[topology.EYES[0].iris[0]] + [3.0, 0.0]
        top = face.points_px[[159, 386], 1].min() - 12.0
        strand = (np.abs(x - middle[0]) < 5.0) & (y < middle[1] + 4.0)
        bangs = y < top
        picture[bangs | strand] = colour
        everywhere, whole = np.ones(SHAPE, np.bool_), np.ones(SHAPE, np.float32)
        mattes = Mattes(
            rgba=np.zeros((*SHAPE, 4), np.uint8), subject=whole, hair=bangs.astype(np.float32), head=everywhere,
            oval=repaint.polygon(face.oval_px, SHAPE), face=whole, torso=np.zeros(SHAPE, np.float32), before=whole,
        )  # fmt: skip
        return picture, mattes, face, strand & ~bangs

    return make


def test_a_strand_before_an_eye_is_hair_and_behind_it_lies_the_eye(behind_a_strand):
    picture, mattes, face, strand = behind_a_strand(ORANGE)
    found = over_eyes.find(picture, mattes, face)
    assert found.hair[repaint.grow(strand, -1.0)].min() > 0.9
    assert not found.hair[~repaint.grow(strand | (mattes.hair > 0.0), 4.0)].any()
    lifted = hair.lift(picture, replace(mattes, hair=found.hair), face, over_eyes=found)
    inner = repaint.grow(strand, -2.0)
    assert lifted.alpha[inner].min() > 0.9
    x, y = np.round(face.points_px[topology.EYES[0].iris[0]]).astype(int)
    assert lifted.bare[y, x + 3] == pytest.approx(GREEN, abs=30)  # as the other eye's iris
    again = lifted.colour * lifted.alpha[..., None] + lifted.bare * (1.0 - lifted.alpha[..., None])
    assert np.abs(again - picture).max() < 2.0


def test_lashes_are_never_taken_for_strands(behind_a_strand):
    for colour in (ORANGE, BLACK):
        picture, mattes, face, _ = behind_a_strand(colour)
        found = over_eyes.find(picture, mattes, face)
        line = np.round(face.curve(topology.EYES[1].upper)).astype(int)[1:-1]
        assert found.hair[line[:, 1], line[:, 0]].max() < 0.1
        assert found.lashes[line[:, 1], line[:, 0]].all()
        assert not (found.rim & found.lashes).any()


def test_the_shade_under_bangs_goes_with_them_and_a_crease_stays(behind_a_strand):
    picture, mattes, face, _ = behind_a_strand(ORANGE)
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    bottom = int(np.flatnonzero(mattes.hair.any(axis=1)).max())
    left = x > face.centre_x_px + 10
    raised = replace(mattes, hair=np.where(y < bottom - 12, mattes.hair, 0.0).astype(np.float32))
    picture[(y >= bottom - 12) & (y <= bottom) & left] = (232, 203, 182)
    picture[(y == bottom + 3) & left] = (225, 195, 176)
    found = over_eyes.find(picture, raised, face)
    middle = int(face.points_px[topology.EYES[1].iris[0], 0])
    assert found.rim[bottom - 11 : bottom - 3, middle].all()
    assert not found.rim[bottom + 3, middle - 5 : middle + 5].any()


def test_a_face_that_is_not_drawn_keeps_its_matte(behind_a_strand):
    picture, mattes, face, _ = behind_a_strand(ORANGE)
    found = over_eyes.find(picture, mattes, replace(face, drawn=False))
    assert found.hair is mattes.hair
    assert not found.rim.any()
    assert not found.lashes.any()
