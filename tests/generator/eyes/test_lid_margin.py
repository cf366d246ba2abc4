"""A lower lid that a dark iris touches: over the blurred edge both are told apart."""

import cv2
import numpy as np

from generator.eyes import lid_margin
from generator.eyes.lids import BEYOND
from generator.tools.curves import below
from generator.tools.repaint import Picture
from generator.tools.window import Window
from tests.generator.shapes import lids

SHAPE = (140, 220)
WINDOW = Window.whole(SHAPE)
SKIN, WHITE, DARK = (224.0, 178.0, 158.0), (230.0, 228.0, 226.0), (30.0, 24.0, 20.0)


def scene() -> tuple[Picture, Picture, np.ndarray]:
    """The blurred picture, what lies behind the lid, and the iris's alpha."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]].astype(np.float32)
    alpha = (np.hypot(x - 110.0, y - 72.0) < 20.0).astype(np.float32)
    behind = np.where(alpha[..., None] > 0.0, np.float32(DARK), np.float32(WHITE)).astype(np.float32)
    lid = below(lids().lower, SHAPE) > 0.0
    sharp = np.where(lid[..., None], np.float32(SKIN), behind).astype(np.float32)
    return cv2.GaussianBlur(sharp, (0, 0), 1.2), cv2.GaussianBlur(behind, (0, 0), 1.2), alpha


def test_lid_over_eye_is_the_picture() -> None:
    picture, behind, iris = scene()
    alpha, colour = lid_margin.unmix(WINDOW, picture, behind, iris, lids())
    again = alpha[..., None] * colour + (1.0 - alpha[..., None]) * behind
    near = np.abs(below(lids().lower, SHAPE)) < 8.0
    columns = (np.arange(SHAPE[1]) > 66) & (np.arange(SHAPE[1]) < 154)
    assert np.abs(again - picture)[near & columns].mean() < 2.0


def test_the_lid_keeps_nothing_of_the_iris() -> None:
    """Over a white eye the edge is a lid's and a white's, and nowhere dark."""
    picture, behind, iris = scene()
    assert picture[np.abs(below(lids().lower, SHAPE)) < 1.0][:, 0].min() < 130.0, "or this test tells nothing"
    alpha, colour = lid_margin.unmix(WINDOW, picture, behind, iris, lids())
    moved = alpha[..., None] * colour + (1.0 - alpha[..., None]) * np.float32(WHITE)
    under_iris = np.abs(np.arange(SHAPE[1]) - 110) < 12
    assert moved[(np.abs(below(lids().lower, SHAPE)) < 6.0) & under_iris].min() > min(SKIN) - 40.0


def test_the_edge_is_even_where_single_columns_are_not() -> None:
    """Drops of light and lashes on the edge: the lid's line doesn't follow them."""
    picture, behind, iris = scene()
    rng = np.random.default_rng(4)
    edge = np.abs(below(lids().lower, SHAPE)) < 2.5
    rough = np.where(edge[..., None], picture + rng.normal(0.0, 60.0, (1, SHAPE[1], 1)), picture)
    rough = np.clip(rough, 0.0, 255.0).astype(np.float32)
    alpha, _ = lid_margin.unmix(WINDOW, rough, behind, iris, lids())
    line = np.interp(np.arange(SHAPE[1]), lids().lower[:, 0], lids().lower[:, 1])
    edge = (1.0 - alpha).sum(axis=0) - line  # there is no lid above it, and nothing else below
    assert np.abs(np.diff(edge[75:146])).max() < 0.25


def test_white_iris_and_lid_are_the_picture_together() -> None:
    """Whatever the picture holds on the edge, one of the three has it, and away from the edge none is changed."""
    picture, _, iris = scene()
    own, off = lids(), below(lids().lower, SHAPE)
    picture = picture + np.where(np.abs(off) < 2.5, 25.0, 0.0)[..., None].astype(np.float32)
    white, dark = np.full_like(picture, WHITE), np.full_like(picture, DARK)
    eye = white + iris[..., None] * (dark - white)
    margin, lid = lid_margin.unmix(WINDOW, picture, eye, iris, own)
    parts = lid_margin.shared_out(WINDOW, picture, white, dark, iris, margin, lid, own)
    eye = parts[0] + iris[..., None] * (parts[1] - parts[0])
    again = eye + margin[..., None] * (parts[2] - eye)
    inside = (np.abs(off) < 2.5) & (np.abs(np.arange(SHAPE[1]) - 110) < 40)
    assert np.percentile(np.abs(again - picture)[inside], 90) < 3.0
    far = np.abs(off) > float(lid_margin.reach_px(own).max()) + 1.5
    for part, before in zip(parts, (white, dark, lid), strict=True):
        assert np.array_equal(part[far], before[far])


def test_the_lid_is_whole_below_its_edge_and_gone_above() -> None:
    picture, behind, iris = scene()
    own = lids()
    alpha, colour = lid_margin.unmix(WINDOW, picture, behind, iris, own)
    off = below(own.lower, SHAPE)
    reach = float(lid_margin.reach_px(own).max())
    inside = (np.arange(SHAPE[1]) > 62) & (np.arange(SHAPE[1]) < 158)
    assert (alpha[(off > reach + 1.5) & inside] == 1.0).all()
    assert (alpha[(off < -reach - 1.5) & inside] == 0.0).all()
    far = off > reach + 1.0
    assert np.array_equal(colour[far], picture[far])
    falling = np.diff(alpha[:, 100:121], axis=0)
    assert falling.min() > -1e-5


def test_at_the_corners_the_lid_is_the_picture_s_own() -> None:
    own = lids()
    reach = lid_margin.reach_px(own)
    assert (reach[:BEYOND] == 0.0).all()
    assert (reach[-BEYOND:] == 0.0).all()
    picture, behind, iris = scene()
    alpha, colour = lid_margin.unmix(WINDOW, picture, behind, iris, own)
    assert (alpha[72:80, 40:58] == 1.0).all()
    opaque = alpha[:, :58] == 1.0
    assert np.abs(colour - picture)[:, :58][opaque].max() < 1e-3
