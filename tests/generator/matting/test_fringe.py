"""generator.matting.fringe: a matte drawn too wide is thinned to the true outline; rims get the person's own colour."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator.matting import fringe
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

UNIT, SIDE, MIDDLE, RADIUS = 60.0, 360, 180, 130.0
HAIR, SKIN, WALL = (np.array(tone, np.float32) for tone in ((60, 50, 45), (215, 165, 140), (150, 190, 220)))
EVERYWHERE, NOWHERE = np.ones((SIDE, SIDE), np.bool_), np.zeros((SIDE, SIDE), np.bool_)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=UNIT, centre=(float(MIDDLE), float(MIDDLE)))


def disc(radius: float) -> np.ndarray:
    y, x = np.mgrid[0:SIDE, 0:SIDE]
    return np.clip(radius - np.hypot(x - MIDDLE, y - MIDDLE) + 0.5, 0.0, 1.0).astype(np.float32)


def picture(face: CanvasFace, wall: np.ndarray = WALL) -> np.ndarray:
    """A head of hair with a face in it, before a wall."""
    share = disc(RADIUS)[..., None]
    head = np.where(repaint.polygon(face.oval_px, (SIDE, SIDE))[..., None], SKIN, HAIR)
    return np.round(head * share + wall * (1.0 - share)).astype(np.uint8)


@pytest.mark.parametrize("too_wide_px", [2, 4])
def test_a_matte_drawn_too_wide_ends_where_the_person_does(face: CanvasFace, too_wide_px: int) -> None:
    matte = fringe.thinned(colours.lab(picture(face)), disc(RADIUS + too_wide_px), EVERYWHERE, face)
    assert matte[disc(RADIUS + 3.0) < 0.5].max() < 0.05
    assert matte[disc(RADIUS - 3.0) > 0.5].min() > 0.95


def test_where_person_and_wall_are_alike_nothing_is_thinned(face: CanvasFace) -> None:
    matte = disc(RADIUS + 4.0)
    assert np.array_equal(fringe.thinned(colours.lab(picture(face, HAIR + 6)), matte, EVERYWHERE, face), matte)


def test_what_lies_inside_stays_whole(face: CanvasFace) -> None:
    streaked = picture(face)
    streaked[MIDDLE + 60 : MIDDLE + 64, MIDDLE + 20 : MIDDLE + 111] = WALL  # ends 3 px within the outline
    thin = fringe.thinned(colours.lab(streaked), disc(RADIUS), EVERYWHERE, face)
    assert thin[MIDDLE + 61, MIDDLE : MIDDLE + 110].min() == 1.0


def test_an_ear_that_stands_out_of_dark_hair_is_no_wall(face: CanvasFace) -> None:
    """Its skin is far from the hair's tone and on the wall's side of it."""
    eared = picture(face)
    matte = disc(RADIUS)
    ear = np.zeros((SIDE, SIDE), np.uint8)
    cv2.ellipse(ear, (MIDDLE + 130, MIDDLE), (10, 24), 0, 0, 360, 1, -1)
    eared[ear > 0] = SKIN
    matte = np.maximum(matte, ear).astype(np.float32)
    assert fringe.thinned(colours.lab(eared), matte, EVERYWHERE, face)[ear > 0].min() > 0.9


def test_half_covered_pixels_get_the_persons_colour(face: CanvasFace) -> None:
    matte = disc(RADIUS)
    clean = fringe.own_colour(picture(face), matte, EVERYWHERE, NOWHERE, UNIT)
    rim = (matte > 0.02) & (matte < 0.98)
    assert np.abs(clean[rim & (matte > 0.1)].astype(float) - HAIR).max() < 12.0
    assert np.array_equal(clean[~rim], picture(face)[~rim])
    assert np.array_equal(fringe.own_colour(picture(face), matte, EVERYWHERE, EVERYWHERE, UNIT), picture(face))


def test_a_careless_cut_out_of_white_is_seen_by_its_light_rim(face: CanvasFace) -> None:
    white_wall = picture(face, np.array([255, 255, 255], np.float32))
    cut = np.dstack([white_wall, (disc(RADIUS + 2) * 255).astype(np.uint8)])
    white = fringe.on_white(cut)
    assert white is not None
    assert (white[0, 0] == 255).all()
    matte = fringe.thinned(colours.lab(white), disc(RADIUS + 2), EVERYWHERE, face)
    assert matte[disc(RADIUS + 1) < 0.01].max() < 0.1
    drawn = np.dstack([picture(face), (disc(RADIUS) * 255).astype(np.uint8)])
    cv2.circle(drawn, (MIDDLE, MIDDLE), round(RADIUS) - 1, (20, 20, 20, 255), 3)  # a dark outline is the drawing's own
    assert fringe.on_white(drawn) is None
