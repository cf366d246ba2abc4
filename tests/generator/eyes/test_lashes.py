"""Upper lashes drawn before skin, white and iris."""

import numpy as np
import pytest

from generator.eyes import lashes
from generator.tools.curves import below
from generator.tools.repaint import polygon
from generator.tools.window import Window
from tests.generator.shapes import lids

SHAPE = (140, 220)
WINDOW = Window.whole(SHAPE)
SKIN, WHITE, BROWN, DARK = (224.0, 178.0, 158.0), (228.0, 224.0, 222.0), (60.0, 40.0, 30.0), (28.0, 22.0, 20.0)
REACH_PX = 20.0


@pytest.fixture
def drawn() -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Picture with lashes, eye without lids, aperture, iris alpha, and where the lashes are."""
    own = lids()
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]].astype(np.float32)
    iris = (np.hypot(x - 110.0, y - 72.0) < 18.0).astype(np.float32)
    eye = np.where(iris[..., None] > 0.0, np.float32(BROWN), np.float32(WHITE)).astype(np.float32)
    aperture = polygon(own.between(), SHAPE)
    plain = np.where(aperture[..., None], eye, np.float32(SKIN)).astype(np.float32)
    under = below(own.upper, SHAPE)
    strokes = (np.abs(x - 110.0) < 38.0) & (x % 6 < 2)
    where = strokes & (under > -6.0) & (under < 4.0)
    picture = np.where(where[..., None], np.float32(DARK), plain).astype(np.float32)
    return picture, eye, aperture, iris, where


def test_lashes_over_lid_and_eye_are_the_picture(drawn: tuple[np.ndarray, ...]) -> None:
    picture, eye, aperture, iris, where = drawn
    found = lashes.find(WINDOW, picture, eye, lids(), aperture, iris, REACH_PX)
    behind = np.where(aperture[..., None], eye, found.clean)
    again = behind + found.alpha[..., None] * (found.colour - behind)
    off = np.abs(again - picture)[where]
    assert np.median(off) < 12.0
    assert np.percentile(off, 95) < 60.0


def test_they_are_lifted_off_the_lid(drawn: tuple[np.ndarray, ...]) -> None:
    picture, eye, aperture, iris, where = drawn
    found = lashes.find(WINDOW, picture, eye, lids(), aperture, iris, REACH_PX)
    above = where & ~aperture & (below(lids().upper, SHAPE) < -2.0)
    assert above.sum() > 40
    assert np.abs(found.clean - np.float32(SKIN))[above].max() < 40.0
    assert found.alpha[above].mean() > 0.6


def test_before_the_white_they_are_whole_and_the_white_is_none_of_them(drawn: tuple[np.ndarray, ...]) -> None:
    picture, eye, aperture, iris, where = drawn
    found = lashes.find(WINDOW, picture, eye, lids(), aperture, iris, REACH_PX)
    under = below(lids().upper, SHAPE)
    inside = aperture & (under > 1.0) & (under < 3.0) & (iris < 0.5)
    assert found.alpha[where & inside].mean() > 0.7
    plain = aperture & (under > 8.0)
    assert (found.alpha[plain] == 0.0).all()
