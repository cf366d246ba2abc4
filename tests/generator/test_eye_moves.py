"""How lids and irises move: on curves that are known."""

import numpy as np
import pytest

from assets import arkit
from generator.eyes.iris import Iris
from generator.eyes.lids import BEYOND, DOWN, INSIDE, Lids, edge_moves
from generator.parts.eyes import gaze_moves
from generator.scene import CORRECTIVES
from tests.generator.shapes import lids

MIDDLE = BEYOND + INSIDE // 2


def left_open(own: Lids, **weights: float) -> float:
    """Part of the opening that a face leaves in the middle, correctives and all."""
    upper, lower = edge_moves(own)
    row = np.zeros(len(upper))
    for name, value in weights.items():
        row[arkit.INDEX[name + own.side]] = value
    for number, names in enumerate(CORRECTIVES, start=arkit.COUNT):
        row[number] = np.prod([row[arkit.INDEX[name]] for name in names])
    gap = own.lower[:, 1] + row @ lower - own.upper[:, 1] - row @ upper
    return float(gap[MIDDLE] / own.opening_px)


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("opening_px", [12.0, 34.0, 80.0])
def test_a_blink_closes_whatever_the_gaze(side: str, opening_px: float) -> None:
    own = lids(opening_px, side=side)
    for gaze in ({}, {"eyeLookUp": 1.0}, {"eyeLookDown": 1.0}, {"eyeWide": 1.0}):
        assert left_open(own, eyeBlink=1.0, **gaze) <= 0.0
        assert left_open(own, eyeBlink=1.0, **gaze) * opening_px > -3.0


def test_the_lids_meet_above_the_lower_one() -> None:
    own = lids(40.0)
    _, lower = edge_moves(own)
    assert lower[arkit.INDEX["eyeBlinkLeft"], MIDDLE] == pytest.approx(-1.0)


def test_looking_down_and_half_a_blink_leave_the_eye_half_as_open_as_either() -> None:
    own = lids(34.0)
    down, half = left_open(own, eyeLookDown=1.0), left_open(own, eyeBlink=0.5)
    assert 0.45 < down < 0.7
    assert left_open(own, eyeLookDown=1.0, eyeBlink=0.5) == pytest.approx(down * half, abs=0.06)


def test_the_lid_goes_with_the_gaze() -> None:
    own = lids(34.0)
    assert left_open(own, eyeLookDown=1.0) < left_open(own, eyeLookDown=0.5) < 1.0
    assert left_open(own, eyeLookUp=1.0) > 1.1


@pytest.mark.parametrize("opening_px", [30.0, 42.0, 90.0])
def test_the_iris_stays_under_the_falling_lid(opening_px: float) -> None:
    """Looking down uncovers no white above the iris that wasn't seen before, or hardly any."""
    own = lids(opening_px)
    iris = Iris((110.0, 70.0), (20.0, 20.0))
    upper, _ = edge_moves(own)
    row = arkit.INDEX["eyeLookDownLeft"]
    fall, lid = float(gaze_moves(own, iris)[row, 1]), float(upper[row, MIDDLE])
    assert lid > 0.0
    assert fall - lid < 0.07 * own.width_px
    assert lid == pytest.approx(DOWN * own.gaze_px)


def test_tall_drawn_eyes_look_no_farther_down_than_real_ones() -> None:
    iris = Iris((110.0, 70.0), (28.0, 34.0))
    row = arkit.INDEX["eyeLookDownLeft"]
    tall, usual = (gaze_moves(lids(opening), iris)[row, 1] for opening in (90.0, 42.0))
    assert tall == pytest.approx(usual)


@pytest.mark.parametrize("side", ["Left", "Right"])
@pytest.mark.parametrize("radius", [18.0, 24.0, 30.0])
@pytest.mark.parametrize("aside", [-8.0, 0.0, 8.0])
def test_most_of_an_iris_stays_between_the_corners(side: str, radius: float, aside: float) -> None:
    own = lids(40.0, side=side)
    iris = Iris((110.0 + aside, 70.0), (radius, radius))
    moves = gaze_moves(own, iris)[:, 0]
    outward, inward = (110.0 + aside + moves[arkit.INDEX[f"eyeLook{way}{side}"]] for way in ("Out", "In"))
    assert (outward > inward) == (side == "Left"), "a left eye looks out to the picture's right"
    for place in (outward, inward):
        assert place - 0.72 * radius > 60.0 - 0.05 * radius
        assert place + 0.72 * radius < 160.0 + 0.05 * radius
    assert abs(outward - inward) > 32.0
