"""generator.fringe: a matte drawn too wide is thinned to the true outline; rims get the person's own colour."""

import cv2
import numpy as np
import pytest

from generator import fringe

UNIT = 100.0
PERSON, WALL = np.array([60, 90, 160], np.float32), np.array([210, 190, 120], np.float32)
EVERYWHERE, NOWHERE = np.ones((300, 300), np.bool_), np.zeros((300, 300), np.bool_)


def disc(radius: float) -> np.ndarray:
    y, x = np.mgrid[0:300, 0:300]
    return np.clip(radius - np.hypot(x - 150, y - 150) + 0.5, 0.0, 1.0).astype(np.float32)


def picture(person: np.ndarray = PERSON, wall: np.ndarray = WALL) -> np.ndarray:
    share = disc(90.0)[..., None]
    return np.round(person * share + wall * (1.0 - share)).astype(np.uint8)


@pytest.mark.parametrize("too_wide_px", [2, 5])
def test_a_matte_drawn_too_wide_ends_where_the_person_does(too_wide_px: int) -> None:
    matte = fringe.thinned(picture(), disc(90.0 + too_wide_px), EVERYWHERE, NOWHERE, UNIT)
    assert matte[disc(93.0) < 0.5].max() < 0.05
    assert matte[disc(87.0) > 0.5].min() > 0.95


def test_where_person_and_wall_are_alike_nothing_is_thinned() -> None:
    alike = picture(PERSON, PERSON + 6)
    matte = disc(94.0)
    assert np.array_equal(fringe.thinned(alike, matte, EVERYWHERE, NOWHERE, UNIT), matte)


def test_what_is_kept_or_lies_inside_stays_whole() -> None:
    streaked = picture()
    streaked[145:155, 145:235] = WALL  # ends 5 px within the outline
    matte = disc(90.0)
    thin = fringe.thinned(streaked, matte, EVERYWHERE, NOWHERE, UNIT)
    assert thin[150, 150:236].min() == 1.0
    wide = disc(95.0)
    assert np.array_equal(fringe.thinned(picture(), wide, EVERYWHERE, EVERYWHERE, UNIT), wide)


def test_half_covered_pixels_get_the_persons_colour() -> None:
    matte = disc(90.0)
    clean = fringe.own_colour(picture(), matte, EVERYWHERE, NOWHERE, UNIT)
    rim = (matte > 0.1) & (matte < 0.97)
    assert np.abs(clean[rim].astype(float) - PERSON).max() < 12.0
    assert np.array_equal(
        clean[~rim & (matte != 1.0) & (matte < 0.02)], picture()[~rim & (matte != 1.0) & (matte < 0.02)]
    )
    assert np.array_equal(fringe.own_colour(picture(), matte, EVERYWHERE, EVERYWHERE, UNIT), picture())


def test_a_careless_cut_out_of_white_is_seen_by_its_light_rim() -> None:
    cut = np.dstack([picture(wall=np.array([255, 255, 255], np.float32)), (disc(92.0) * 255).astype(np.uint8)])
    white = fringe.on_white(cut)
    assert white is not None
    assert (white[0, 0] == 255).all()
    matte = fringe.thinned(white, disc(92.0), EVERYWHERE, NOWHERE, UNIT)
    assert matte[disc(91.0) < 0.01].max() < 0.1
    drawn = np.dstack([picture(), (disc(90.0) * 255).astype(np.uint8)])
    cv2.circle(drawn, (150, 150), 89, (20, 20, 20, 255), 3)  # a dark outline is the drawing's own
    assert fringe.on_white(drawn) is None
