"""generator.yardsticks: numbers that must come out of pictures made for them."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator import yardsticks
from generator.engines import FaceLandmarks

EVERYWHERE = np.ones((64, 64), bool)
BEHIND = ((0, 0, 0), (255, 255, 255), (0, 255, 0))


def disc(radius_px: int = 24, colour: tuple[int, int, int] = (180, 120, 90)) -> np.ndarray:
    """A soft-edged disc of one colour, RGBA, the colour bled into the clear part."""
    y, x = np.mgrid[:64, :64]
    alpha = np.clip(radius_px + 0.5 - np.hypot(x - 32, y - 32), 0.0, 1.0)
    return np.dstack([np.broadcast_to(np.uint8(colour), (64, 64, 3)), np.round(alpha * 255).astype(np.uint8)])


def test_similarity_is_one_for_the_same_and_falls_with_noise(rng: np.random.Generator) -> None:
    picture = cv2.GaussianBlur(rng.integers(0, 256, (64, 64, 3), dtype=np.uint8), (0, 0), 2.0)
    assert yardsticks.similarity(picture, picture, EVERYWHERE) == pytest.approx(1.0)
    brighter = np.clip(picture.astype(int) + 10, 0, 255).astype(np.uint8)
    noisy = np.clip(picture.astype(int) + rng.integers(-60, 60, picture.shape), 0, 255).astype(np.uint8)
    assert 0.95 < yardsticks.similarity(picture, brighter, EVERYWHERE) < 1.0
    assert yardsticks.similarity(picture, noisy, EVERYWHERE) < 0.6
    half = EVERYWHERE.copy()
    half[:, 32:] = False
    noisy[:, :26] = picture[:, :26]
    assert yardsticks.similarity(picture, noisy, half) > yardsticks.similarity(picture, noisy, ~half) + 0.3


def test_lab_difference_of_two_greys() -> None:
    dark, light = (np.full((64, 64, 3), value, np.uint8) for value in (119, 145))
    assert yardsticks.lab_difference(dark, light, EVERYWHERE) == pytest.approx(60.2 - 50.0, abs=0.4)
    assert yardsticks.lab_difference(dark, dark, EVERYWHERE) == 0.0


def test_landmark_errors_forgive_place_size_and_tilt(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    one = make_landmarks(iod_px=80.0, centre=(200.0, 210.0))
    other = make_landmarks(iod_px=120.0, centre=(340.0, 300.0), roll_rad=0.3)
    assert yardsticks.landmark_errors(one, other) == pytest.approx((0.0, 0.0), abs=1e-5)
    moved = one.points_px.copy()
    moved[[468, 473], 1] -= 8.0
    errors = yardsticks.landmark_errors(FaceLandmarks(moved, 0.0, 0.0, 0.0, {}), one)
    assert errors[1] == pytest.approx(0.1, abs=0.002)
    assert errors[0] < 0.002


def test_an_expression_is_laid_on_the_still_parts_of_the_face(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    neutral = make_landmarks(iod_px=1.0, centre=(0.0, 0.0)).points_px[:, :2].astype(np.float64)
    opened = neutral.copy()
    opened[[14, 17, 152], 1] += 0.3
    shifted = opened * 1.02 + [0.05, -0.03]
    back = yardsticks.steadied(shifted, neutral)
    assert back[152, 1] - neutral[152, 1] == pytest.approx(0.3, abs=0.02)
    assert np.linalg.norm(back - opened, axis=1)[[10, 168, 234, 454]].max() < 0.01


def test_holes_are_what_is_enclosed() -> None:
    picture = disc()
    assert yardsticks.holes(picture) == 0.0
    picture[30:33, 30:33, 3] = 0
    solid = int((picture[..., 3] >= 64).sum())
    assert yardsticks.holes(picture) == pytest.approx(9 / solid)
    picture[30:33, :33, 3] = 0  # a slit from outside is no hole
    assert yardsticks.holes(picture) == 0.0


def drawn(*gaps: tuple[slice, slice]) -> np.ndarray:
    """A block of 90 x 90 seen through at some places, RGBA."""
    picture = np.full((100, 100, 4), 255, np.uint8)
    picture[:10, :, 3] = picture[:, :10, 3] = 0
    for gap in gaps:
        picture[(*gap, 3)] = 0
    return picture


def led_back(turned: np.ndarray, moved: np.ndarray) -> np.ndarray:
    """What `turned` shows, painted with its places at rest: `moved` pixels, (100, 100, 2), beside where it is now."""
    y, x = np.mgrid[:100, :100]
    places = turned.copy()
    places[..., :2] = np.clip(np.round((np.dstack([x, y]) + moved) / 99 * 255), 0, 255)
    return places


STILL = np.zeros((100, 100, 2))


def test_a_gap_where_something_was_at_rest_is_torn() -> None:
    gap = (slice(40, 60), slice(50, 70))
    turned = drawn(gap)
    parted = STILL.copy()
    parted[:, :60, 0], parted[:, 60:, 0] = 10.0, -10.0  # its two sides lay beside each other
    assert yardsticks.torn(turned, led_back(turned, parted), drawn()) == pytest.approx(400 / (90 * 90 - 400))
    assert yardsticks.torn(turned, led_back(turned, STILL), drawn()) == pytest.approx(400 / (90 * 90 - 400))
    assert yardsticks.torn(drawn(), led_back(drawn(), STILL), drawn()) == 0.0


def test_a_gap_that_has_moved_or_been_shut_in_is_the_background() -> None:
    turned = drawn((slice(40, 60), slice(50, 70)))
    elsewhere = drawn((slice(40, 60), slice(35, 55)))
    assert yardsticks.torn(turned, led_back(turned, STILL - np.array([15.0, 0.0])), elsewhere) == 0.0
    lowered = STILL.copy()
    lowered[:50, :, 1] = -40.0  # what is above the gap has come down on a notch
    assert yardsticks.torn(turned, led_back(turned, lowered), drawn((slice(0, 60), slice(50, 70)))) == 0.0


def test_a_small_gap_does_not_excuse_what_is_torn_about_it() -> None:
    turned = drawn((slice(40, 60), slice(50, 70)))
    slit = drawn((slice(40, 60), slice(52, 58)))
    assert yardsticks.torn(turned, led_back(turned, STILL), slit) == pytest.approx((400 - 1.5 * 120) / (90 * 90 - 400))


def test_a_clean_rim_has_no_halo_and_a_fringe_has() -> None:
    assert yardsticks.halo(disc(), BEHIND) == pytest.approx(0.0, abs=0.2)
    fringed = disc()
    y, x = np.mgrid[:64, :64]
    ring = np.hypot(x - 32, y - 32) > 21.5
    fringed[ring, :3] = 255
    assert yardsticks.halo(fringed, BEHIND) > 15.0
    green = disc()
    green[ring, :3] = (120, 180, 90)
    assert yardsticks.halo(green, BEHIND) > 15.0
    darker = disc()
    darker[ring, :3] = (90, 60, 45)  # an outline, as drawings have
    assert yardsticks.halo(darker, BEHIND) < 1.0


def test_nothing_has_no_halo() -> None:
    assert yardsticks.halo(np.zeros((64, 64, 4), np.uint8), BEHIND) == 0.0


def test_ghosts_are_new_places_only() -> None:
    rest = np.zeros((20, 20), bool)
    rest[5:15, 5:15] = True
    later = np.zeros_like(rest)
    later[8:16, 4:10] = True  # one pixel beyond, as rounding gives
    assert yardsticks.ghosts(rest, later) == 0
    later[2, 3:8] = True
    assert yardsticks.ghosts(rest, later) == 5


def test_changed_ignores_what_no_one_sees() -> None:
    one = np.full((8, 8, 4), 100, np.uint8)
    other = one.copy()
    other[0, 0, 0] += 8
    other[1, 1, 2] += 30
    other[2, 2, 3] = 0
    assert np.argwhere(yardsticks.changed(one, other)).tolist() == [[1, 1]]


def test_the_oval_holds_the_features(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    points = make_landmarks(iod_px=60.0, centre=(150.0, 150.0)).points_px.astype(np.float64)
    mask = yardsticks.oval_mask(points, (300, 300))
    assert mask[tuple(points[[1, 33, 263, 13], 1::-1].astype(int).T)].all()
    assert not mask[:20].any()
