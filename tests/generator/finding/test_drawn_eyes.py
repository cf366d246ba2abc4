"""generator.finding.drawn_eyes: an eye drawn for the test is found as it was drawn."""

import cv2
import numpy as np
import pytest

from generator.finding import drawn_eyes
from generator.finding.drawn_eyes import REACH, SIDE_PX, UNIT_PX, DrawnIris, DrawnLids

SKIN, WHITE, GREEN, DARK = (250, 225, 205), (255, 255, 255), (60, 170, 110), (40, 25, 30)
LIDS = DrawnLids((-0.75, 0.30), (0.60, 0.30), 0.50, 0.42, 0.75, 0.0)
IRIS = DrawnIris(-0.02, 0.25, 0.38, 0.47, 0.0)


def px(places: np.ndarray) -> np.ndarray:
    return np.round((np.asarray(places) * UNIT_PX + SIDE_PX / 2 - 0.5) * 16).astype(np.int32)


def patch(iris: DrawnIris = IRIS, lids: DrawnLids = LIDS, *, tone: tuple[int, int, int] = GREEN) -> np.ndarray:
    """An anime eye: white, a large iris with pupil and highlight, a thick lash line over it."""
    image = np.full((SIDE_PX, SIDE_PX, 3), SKIN, np.uint8)
    t = np.linspace(0.0, 1.0, 60)
    opening = np.concatenate([lids.upper(t), lids.lower(t)[::-1]])
    eye = image.copy()
    cv2.fillPoly(eye, [px(opening)], WHITE, cv2.LINE_AA, 4)
    inside = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(inside, [px(opening)], 1, cv2.LINE_8, 4)
    for part, colour in ((1.0, DARK), (0.92, tone), (0.35, DARK)):
        axes = [round(r * part * UNIT_PX * 16) for r in (iris.rx, iris.ry)]
        centre = px(np.array([iris.x, iris.y]))
        cv2.ellipse(eye, centre.tolist(), axes, 0, 0, 360, colour, -1, cv2.LINE_AA, 4)
    cv2.circle(eye, px(np.array([iris.x + 0.12, iris.y - 0.2])).tolist(), round(0.08 * UNIT_PX * 16), WHITE, -1, 16, 4)
    image = np.where(inside[..., None] > 0, eye, image)
    band = np.concatenate([lids.upper(t), (lids.upper(t) - [0.0, 0.10])[::-1]])
    cv2.fillPoly(image, [px(band)], DARK, cv2.LINE_AA, 4)
    return image


def test_skin_and_white_are_alike_and_colours_are_not() -> None:
    image = np.full((SIDE_PX, SIDE_PX, 3), SKIN, np.uint8)
    image[:40, :40], image[:40, 60:100], image[:40, 120:160] = WHITE, GREEN, DARK
    light = drawn_eyes.lightness(image)
    assert light[20, 20] > 95.0
    assert light[100, 100] > 99.0
    assert light[20, 80] < 60.0
    assert light[20, 140] < 45.0


def test_places_are_eye_widths_from_the_middle() -> None:
    values = np.tile(np.arange(SIDE_PX, dtype=np.float32), (SIDE_PX, 1))
    found = drawn_eyes.at(values, np.array([[0.0, 0.5], [-REACH, 9.0]]), np.zeros((2, 2)))
    middle = SIDE_PX / 2 - 0.5
    assert found == pytest.approx(np.array([[middle, middle + UNIT_PX / 2], [0.0, SIDE_PX - 1]]), abs=0.02)
    many = np.linspace(-1.0, 1.0, 70_000)
    assert drawn_eyes.at(values, many, np.zeros(70_000)).shape == (70_000,)


@pytest.mark.parametrize("tone", [GREEN, (240, 190, 80), (90, 60, 50)], ids=["green", "amber", "brown"])
def test_irises_are_found_where_they_were_drawn(tone: tuple[int, int, int]) -> None:
    other = DrawnIris(0.06, 0.16, 0.38, 0.45, 0.0)
    lights = drawn_eyes.lightness(patch(tone=tone)), drawn_eyes.lightness(patch(other, tone=tone))
    for found, drawn in zip(drawn_eyes.find_irises(lights), (IRIS, other), strict=True):
        assert (found.x, found.y) == pytest.approx((drawn.x, drawn.y), abs=0.06)
        assert found.rx == pytest.approx(drawn.rx, abs=0.04)
        assert found.y + found.ry == pytest.approx(drawn.y + drawn.ry, abs=0.08)
        assert found.score > 16.0


def test_lids_are_found_at_the_lash_line() -> None:
    light = drawn_eyes.lightness(patch())
    lids = drawn_eyes.find_lids(light, IRIS)
    x = np.linspace(-0.5, 0.4, 19)
    t = np.linspace(0.0, 1.0, 400)
    found, drawn = (np.interp(x, *one.upper(t).T) for one in (lids, LIDS))
    assert np.abs(found - drawn).mean() < 0.05
    assert lids.lower(np.array([0.57]))[0, 1] == pytest.approx(IRIS.y + 1.03 * IRIS.ry, abs=0.03)
    assert lids.outer[0] == pytest.approx(LIDS.outer[0], abs=0.2)
    assert lids.inner[0] == pytest.approx(LIDS.inner[0], abs=0.2)


def test_noise_and_nothing_score_low(rng: np.random.Generator) -> None:
    blank = drawn_eyes.lightness(np.full((SIDE_PX, SIDE_PX, 3), SKIN, np.uint8))
    noise = drawn_eyes.lightness(rng.integers(0, 256, (SIDE_PX, SIDE_PX, 3), dtype=np.uint8))
    for light in (blank, noise):
        assert max(iris.score for iris in drawn_eyes.find_irises((light, light))) < 10.0


def test_curves_begin_and_end_in_the_corners() -> None:
    t = np.array([0.0, 0.5, 1.0])
    for curve in (LIDS.upper(t), LIDS.lower(t)):
        assert curve[[0, 2]] == pytest.approx(np.array([LIDS.outer, LIDS.inner]))
    assert LIDS.upper(t)[1, 1] == pytest.approx(0.30 - 0.50)
    assert LIDS.lower(t)[1, 1] == pytest.approx(0.30 + 0.42)
