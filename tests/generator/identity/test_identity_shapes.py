"""generator.identity.shapes"""

import numpy as np
import pytest

from assets import identity
from assets.identity import LIMIT
from generator.identity import shapes


@pytest.fixture(scope="module")
def frames() -> dict[str, shapes.Frame]:
    template = identity.template()
    return shapes.frames(template.points_px, template.unit_px)


def test_an_eye_moves_and_grows_about_its_middle(frames: dict[str, shapes.Frame]) -> None:
    eye = frames["left_eye"]
    step = eye.step(np.zeros(3), np.array([LIMIT, -LIMIT, LIMIT]))
    across, down = shapes.PLACE["eye"]
    corner = eye.middle + np.array([10.0, -4.0])
    moved = step.displacement(np.array([eye.middle, corner]))
    np.testing.assert_allclose(moved[0], [across * eye.unit, -down * eye.unit])
    np.testing.assert_allclose(moved[1] - moved[0], shapes.SIZE["eye"] * np.array([10.0, -4.0]))


def test_growth_is_relative_to_what_the_weight_was(frames: dict[str, shapes.Frame]) -> None:
    before, after = np.array([0.0, 0.0, 10.0]), np.array([0.0, 0.0, 20.0])
    grown = shapes.SIZE["mouth"] / LIMIT
    ratio = (1.0 + 20.0 * grown) / (1.0 + 10.0 * grown)
    np.testing.assert_allclose(frames["mouth"].step(before, after).ratio, ratio)
    np.testing.assert_allclose(frames["mouth"].step(after, before).ratio, 1.0 / ratio)


def test_long_broad_and_round(frames: dict[str, shapes.Frame]) -> None:
    face = frames["face"]
    chin, cheek, jaw, forehead = face.middle + face.half * np.array([[0.0, 1.0], [1.0, 0.0], [0.7, 0.7], [0.3, -0.9]])
    points = np.array([chin, cheek, jaw, forehead])
    long, broad, fuller = (face.step(np.zeros(3), LIMIT * row).displacement(points) for row in np.eye(3))
    np.testing.assert_allclose(long[0], [0.0, shapes.SIZE["long"] * face.half[1]], atol=1e-9)
    np.testing.assert_allclose(long[1], 0.0, atol=1e-9)
    np.testing.assert_allclose(broad[1], [shapes.SIZE["broad"] * face.half[0], 0.0], atol=1e-9)
    assert fuller[2, 0] > 0.15 * face.half[0]
    np.testing.assert_allclose(fuller[[0, 3]], 0.0, atol=1e-9)


def test_no_change_is_nothing(frames: dict[str, shapes.Frame]) -> None:
    same = np.array([3.0, -2.0, 7.0])
    for frame in frames.values():
        assert frame.step(same, same).nothing
        assert not frame.step(same, same + np.array([0.0, 0.0, 0.1])).nothing


def test_frames_go_along(frames: dict[str, shapes.Frame]) -> None:
    nose = frames["nose"]
    after = nose.step(np.zeros(3), np.array([6.0, 0.0, 30.0])).after()
    np.testing.assert_allclose(after.half, nose.half * (1.0 + shapes.SIZE["nose"]))
    assert after.middle[0] > nose.middle[0]
