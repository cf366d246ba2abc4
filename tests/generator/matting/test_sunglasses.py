"""generator.matting.sunglasses: lenses are dark, and larger than eyes."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator import topology
from generator.matting import sunglasses
from generator.moving.measures import CanvasFace

SKIN = (215.0, 170.0, 140.0)


@pytest.fixture
def face(make_face: Callable[..., CanvasFace]) -> CanvasFace:
    return make_face(iod_px=100.0)


def looking(face: CanvasFace, *, light: float = 1.0, lenses: tuple[str, ...] = (), made_up: bool = False) -> np.ndarray:
    """A face with dark eyes, white around the iris, behind lenses on some sides."""
    picture = np.full((700, 800, 3), SKIN, np.float32)
    for eye in topology.EYES:
        lids = np.round(face.curve(eye.upper + eye.lower)).astype(np.int32)
        cv2.fillConvexPoly(picture, cv2.convexHull(lids), (20.0, 15.0, 15.0) if made_up else (230.0, 225.0, 220.0))
        x, y = (int(value) for value in lids.mean(axis=0))
        cv2.circle(picture, (x, y), 8, (30.0, 20.0, 15.0), -1)
        if eye.side in lenses:
            cv2.ellipse(picture, (x, y + 4), (42, 32), 0, 0, 360, (18.0, 18.0, 20.0), -1)
            cv2.circle(picture, (x - 10, y - 12), 3, (240.0, 240.0, 240.0), -1)  # a light mirrored in it
    return picture * np.float32(light)


@pytest.mark.parametrize("light", [1.0, 0.4])
def test_two_dark_lenses_hide_the_eyes(face: CanvasFace, light: float) -> None:
    assert sunglasses.hide_eyes(looking(face, light=light, lenses=("Left", "Right")), face)


@pytest.mark.parametrize("light", [1.0, 0.3])
@pytest.mark.parametrize("lenses", [(), ("Left",)])
def test_seen_eyes_are_not_hidden(face: CanvasFace, lenses: tuple[str, ...], light: float) -> None:
    assert not sunglasses.hide_eyes(looking(face, light=light, lenses=lenses), face)


def test_black_eyes_without_white_are_no_glasses(face: CanvasFace) -> None:
    assert not sunglasses.hide_eyes(looking(face, made_up=True), face)
