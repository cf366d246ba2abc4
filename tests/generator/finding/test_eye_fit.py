"""generator.finding.eye_fit: large drawn eyes get their landmarks, everything else keeps its own."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from assets.points import FacePoints
from generator import topology
from generator.engines import FaceLandmarks
from generator.finding import drawn_eyes, eye_fit
from generator.finding.drawn_eyes import DrawnIris

IOD_PX = 120.0
SKIN, WHITE, BLUE, DARK = (250, 225, 205), (255, 255, 255), (70, 120, 220), (40, 25, 30)


def drawing(face: FaceLandmarks, *, size: float) -> tuple[np.ndarray, dict[str, tuple[np.ndarray, float]]]:
    """A face with eyes of `size` times the human one; and each iris' centre and radius in pixels."""
    image = np.full((700, 800, 3), SKIN, np.uint8)
    truth = {}
    for eye in topology.EYES:
        corners = face.points_px[[eye.upper[0], eye.upper[-1]], :2]
        width = float(np.linalg.norm(corners[1] - corners[0]))
        radius = 0.2 * width * size
        centre = corners.mean(axis=0) + np.array([0.0, (0.17 * size - 0.05) * width])
        cv2.ellipse(image, (centre - [0, 0.1 * radius]).astype(int).tolist(), (int(1.75 * radius), int(1.12 * radius)),
                    0, 0, 360, WHITE, -1, cv2.LINE_AA)  # fmt: skip
        cv2.ellipse(image, centre.astype(int).tolist(), (int(radius), int(1.1 * radius)), 0, 0, 360, DARK, -1, 16)
        cv2.ellipse(image, centre.astype(int).tolist(), (int(0.9 * radius), int(radius)), 0, 0, 360, BLUE, -1, 16)
        cv2.ellipse(image, (centre - [0, 0.05 * radius]).astype(int).tolist(), (int(1.85 * radius), int(1.2 * radius)),
                    0, 195, 345, DARK, max(2, int(0.25 * radius)), cv2.LINE_AA)  # fmt: skip
        truth[eye.side] = (centre, radius)
    return image, truth


def test_large_eyes_are_fitted(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(iod_px=IOD_PX)
    image, truth = drawing(face, size=2.0)
    fitted = eye_fit.fit(image, face)
    assert fitted is not face
    width = float(np.linalg.norm(face.points_px[33, :2] - face.points_px[133, :2]))
    at = fitted.points_px
    for eye in topology.EYES:
        centre, radius = truth[eye.side]
        assert at[eye.iris[0], :2] == pytest.approx(centre, abs=0.08 * width)
        ring = at[list(eye.iris[1:]), :2] - at[eye.iris[0], :2]
        assert np.linalg.norm(ring[[0, 2]], axis=1) == pytest.approx(radius, rel=0.12)
        assert ring[0, 0] > 0 > ring[2, 0]  # right and left of the picture, in the order of the topology
        assert ring[1, 1] < 0 < ring[3, 1]
        upper, lower = at[list(eye.upper), 1], at[list(eye.lower), 1]
        assert upper.min() < centre[1] - 0.8 * radius
        assert lower.max() == pytest.approx(centre[1] + 1.1 * radius, abs=0.1 * width)
        assert (np.diff(at[list(eye.upper), 0]) > 0).all()
        brow = at[list(eye.brow_lower_edge), 1]
        assert np.median(brow) < upper.min()
    assert np.array_equal(at[[1, 10, 13, 14, 61, 152, 234, 291, 454]],
                          face.points_px[[1, 10, 13, 14, 61, 152, 234, 291, 454]])  # fmt: skip
    assert (fitted.yaw_rad, fitted.roll_rad, fitted.shapes) == (face.yaw_rad, face.roll_rad, face.shapes)


@pytest.mark.parametrize("size", [0.9, 1.15])
def test_eyes_of_human_size_are_left_alone(size: float, make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(iod_px=IOD_PX)
    image, _ = drawing(face, size=size)
    assert eye_fit.fit(image, face) is face


def test_a_blank_picture_is_left_alone(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(iod_px=IOD_PX)
    assert eye_fit.fit(np.full((700, 800, 3), SKIN, np.uint8), face) is face


def test_one_large_eye_is_none(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(iod_px=IOD_PX)
    image, _ = drawing(face, size=2.0)
    image[:, 400:] = SKIN
    assert eye_fit.fit(image, face) is face


def test_eyes_set_by_hand_stay(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(iod_px=IOD_PX)
    image, _ = drawing(face, size=2.0)
    six = {name: (1.0, 1.0) for name in ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left", "chin")}
    assert eye_fit.fit(image, face, FacePoints(six)) is not face
    assert eye_fit.fit(image, face, FacePoints({**six, "left_eye_top": (1.0, 1.0)})) is face


def test_the_square_is_level_with_the_eyes(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(iod_px=IOD_PX, roll_rad=0.25)
    for eye in topology.EYES:
        square = eye_fit.eye_square(face.points_px, eye)
        assert square.angle_rad == pytest.approx(0.25, abs=0.01)
        assert square.flipped == (eye.side == "Left")
        outer, inner = (33, 133) if eye.side == "Right" else (263, 362)
        places = square.from_picture(face.points_px[[outer, inner], :2]) - 0.5
        assert places[0, 0] * 2 * drawn_eyes.REACH == pytest.approx(-0.5, abs=0.06)
        assert places[1, 0] * 2 * drawn_eyes.REACH == pytest.approx(0.5, abs=0.06)


def test_oversized_asks_for_all_of_it() -> None:
    good = DrawnIris(0.0, 0.3, 0.4, 0.45, 20.0)
    assert eye_fit.oversized(good, 0.2)
    for change in ({"score": 12.0}, {"rx": 0.25}, {"x": 0.5}, {"y": -0.2}):
        assert not eye_fit.oversized(DrawnIris(**{**dict(x=0.0, y=0.3, rx=0.4, ry=0.45, score=20.0), **change}), 0.2)
