"""The eyeball of a drawn eye whose white, iris and lids are known."""

import cv2
import numpy as np
import pytest

from generator.eyes import eyeball
from generator.eyes.iris import Iris
from generator.eyes.lids import Lids
from generator.tools.curves import below
from generator.tools.repaint import Picture, grow, polygon
from generator.tools.window import Window
from tests.generator.shapes import lids

SHAPE = (140, 220)
WINDOW = Window.whole(SHAPE)
SKIN, WHITE, BROWN = (224.0, 178.0, 158.0), (228.0, 224.0, 222.0), (60.0, 40.0, 30.0)
CENTRE, RADIUS = (110.0, 70.0), 18.0
FOUND = Iris(CENTRE, (RADIUS, RADIUS))


def eye(own: Lids, *, left_tone: float = 1.0) -> tuple[Picture, Picture]:
    """The picture, and the same without iris. left_tone: lightness of the white at its left end."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]].astype(np.float32)
    tone = np.interp(x, [60.0, 160.0], [left_tone, 1.0])[..., None]
    inside = polygon(own.between(), SHAPE)[..., None]
    bare = np.where(inside, np.float32(WHITE) * tone, np.float32(SKIN)).astype(np.float32)
    disc = (np.hypot(x - CENTRE[0], y - CENTRE[1]) < RADIUS)[..., None] & inside
    drawn = np.where(disc, np.float32(BROWN), bare).astype(np.float32)
    return cv2.GaussianBlur(drawn, (0, 0), 1.0), bare


def test_nothing_of_the_iris_is_left_in_the_white() -> None:
    own = lids()
    picture, bare = eye(own)
    aperture = polygon(own.between(), SHAPE)
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, FOUND, drawn=False)
    white = eyeball.without_iris(WINDOW, picture, own, grow(aperture, -1.0), FOUND, alpha)
    inner = grow(aperture, -4.0)
    darkest = (eyeball.LID_SHADE, eyeball.SIDE_SHADE)
    assert (white[inner] > np.prod(1.0 - np.array(darkest)) * 0.9 * bare[inner]).all()
    assert abs(np.median(white[inner] - bare[inner])) < 12.0


@pytest.mark.parametrize("left_tone", [0.75, 0.9, 1.0])
def test_the_painted_white_continues_the_white_beside_it(left_tone: float) -> None:
    own = lids()
    picture, _ = eye(own, left_tone=left_tone)
    aperture = polygon(own.between(), SHAPE)
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, FOUND, drawn=False)
    white = eyeball.without_iris(WINDOW, picture, own, grow(aperture, -1.0), FOUND, alpha).mean(axis=-1)
    row = white[70, 68:153]
    assert np.abs(np.diff(row)).max() < 6.0, "no edge where the iris was"


def test_lashes_before_the_white_are_no_part_of_it() -> None:
    """They ride on the lid: what they leave in the white would stay behind as dots."""
    own = lids()
    picture, bare = eye(own)
    under = below(own.upper, SHAPE)
    x = np.arange(SHAPE[1])[None, :]
    lashes = (under > 0.0) & (under < 4.0) & (x % 5 < 2) & (np.abs(x - CENTRE[0]) > RADIUS + 6) & (np.abs(x - 110) < 40)
    picture[lashes] = (30.0, 24.0, 20.0)
    aperture = polygon(own.between(), SHAPE)
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, FOUND, drawn=False)
    white = eyeball.without_iris(WINDOW, picture, own, aperture, FOUND, alpha)
    assert lashes.sum() > 40
    assert (white[lashes] > 0.45 * bare[lashes]).all()


def test_beside_a_shadow_the_painted_white_lies_in_it_too() -> None:
    own = lids()
    picture, _ = eye(own, left_tone=0.6)
    aperture = polygon(own.between(), SHAPE)
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, FOUND, drawn=False)
    white = eyeball.without_iris(WINDOW, picture, own, grow(aperture, -1.0), FOUND, alpha).mean(axis=-1)
    assert np.abs(np.diff(white[70, 66:153])).max() < 6.0, "no edge where the iris was"


def test_iris_over_white_is_the_picture() -> None:
    own = lids()
    picture, _ = eye(own)
    aperture = polygon(own.between(), SHAPE)
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, FOUND, drawn=False)
    seen = grow(aperture, -1.0)
    white = eyeball.without_iris(WINDOW, picture, own, seen, FOUND, alpha)
    again = white + alpha[..., None] * (eyeball.lifted(picture, white, alpha) - white)
    off = np.abs(again - picture)[grow(aperture, -3.0)]
    assert off.max() < 30.0
    assert np.percentile(off, 99) < 10.0
    assert off.mean() < 0.6


@pytest.mark.parametrize("said", [1.0, 1.15])
def test_the_iris_ends_at_its_rim(said: float) -> None:
    """A fit a little too large takes no ring of white along."""
    own = lids()
    picture, _ = eye(own)
    aperture = polygon(own.between(), SHAPE)
    found = Iris(CENTRE, (said * RADIUS, said * RADIUS))
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, found, drawn=False)
    assert alpha[70, 110] == 1.0
    assert alpha[70, 110 - round(0.9 * RADIUS)] > 0.8
    assert alpha[70, 110 - round(RADIUS + 4)] < 0.1


def test_what_sticks_out_belongs_to_a_drawn_iris_only() -> None:
    """Beside a real iris it is the corner of the eye, which stays where it is."""
    own = lids()
    picture, _ = eye(own)
    left, right = round(CENTRE[0] + RADIUS - 2), round(CENTRE[0] + 1.45 * RADIUS)
    picture[68:76, left:right] = BROWN
    aperture = polygon(own.between(), SHAPE)
    drawn, real = (eyeball.iris_alpha(WINDOW, picture, own, aperture, FOUND, drawn=said) for said in (True, False))
    tip = np.s_[71, round(CENTRE[0] + 1.3 * RADIUS)]
    assert drawn[tip] > 0.9
    assert real[tip] < 0.1


def test_an_eye_that_is_all_iris_gets_a_white_as_light_as_the_picture() -> None:
    own = lids(opening_px=30.0)
    large = Iris(CENTRE, (60.0, 60.0))
    picture = np.full((*SHAPE, 3), 120.0, np.float32)
    picture[70, 110] = 200.0
    aperture = polygon(own.between(), SHAPE)
    alpha = eyeball.iris_alpha(WINDOW, picture, own, aperture, large, drawn=False)
    white = eyeball.without_iris(WINDOW, picture, own, aperture, large, alpha)
    assert 150.0 < white[78, 110].mean() <= 238.0


def test_a_soft_rim_is_as_opaque_as_the_dark_line_along_it_needs() -> None:
    white = np.full((4, 6, 3), 230.0, np.float32)
    alpha = np.tile(np.array([0.0, 0.01, 0.3, 0.5, 0.9, 1.0], np.float32), (4, 1))
    iris = np.array([40.0, 90.0, 120.0], np.float32)
    mixed = (white * (1.0 - alpha[..., None]) + iris * alpha[..., None]).astype(np.float32)
    picture = mixed.copy()
    picture[:2] = 12.0  # a lash along the rim
    seen = np.ones((4, 6), np.bool_)
    seen[0] = False
    raised = eyeball.opaque_enough(picture, white, alpha, seen)
    assert np.array_equal(raised[[0, 2, 3]], alpha[[0, 2, 3]])
    assert np.array_equal(raised[1, :2], alpha[1, :2])  # beside the iris it is none of its business
    assert raised[1, 2:] == pytest.approx([0.948, 0.948, 0.948, 1.0], abs=0.01)
    own = eyeball.lifted(picture, white, raised)
    again = white + raised[..., None] * (own - white)
    assert np.abs(again - picture)[1:, 2:].max() < 1.0
