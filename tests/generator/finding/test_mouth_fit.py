"""generator.finding.mouth_fit: lips go where a drawing has its mouth, open or a line; without one nothing changes."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest

from generator import topology
from generator.engines import FaceLandmarks
from generator.finding import mouth_fit

IOD_PX = 140.0
SKIN, INSIDE, LINE = (252, 232, 218), (225, 120, 118), (90, 50, 45)


@pytest.fixture
def face(make_landmarks: Callable[..., FaceLandmarks]) -> FaceLandmarks:
    return make_landmarks(iod_px=IOD_PX)


def blank(face: FaceLandmarks) -> np.ndarray:
    image = np.full((700, 800, 3), (120, 160, 90), np.uint8)
    cv2.fillPoly(image, [np.round(face.points_px[list(topology.OVAL), :2]).astype(np.int32)], SKIN)
    return image


def middle_of_mouth(face: FaceLandmarks) -> np.ndarray:
    return face.points_px[[13, 14], :2].mean(axis=0)


@pytest.mark.parametrize("off", [(0.0, -0.10), (0.06, 0.05), (-0.08, 0.0)])
def test_an_open_mouth_is_found_where_it_is_painted(face: FaceLandmarks, off: tuple[float, float]) -> None:
    centre = middle_of_mouth(face) + np.array(off) * IOD_PX
    half = np.array([0.20, 0.11]) * IOD_PX
    image = blank(face)
    cv2.ellipse(
        image, np.round(centre).astype(int).tolist(), half.astype(int).tolist(), 0, 0, 360, INSIDE, -1, cv2.LINE_AA
    )
    fitted = mouth_fit.fit(image, face)
    at = fitted.points_px
    assert at[[61, 291], 0] == pytest.approx(centre[0] + np.array([-1, 1]) * half[0], abs=0.05 * IOD_PX)
    assert at[13, :2] == pytest.approx(centre - np.array([0.0, half[1]]), abs=0.03 * IOD_PX)
    assert at[14, :2] == pytest.approx(centre + np.array([0.0, half[1]]), abs=0.03 * IOD_PX)
    for outer, inner in ((topology.LIP_UPPER_OUTER, topology.LIP_UPPER_INNER),
                         (topology.LIP_LOWER_INNER, topology.LIP_LOWER_OUTER)):  # fmt: skip
        assert (at[list(outer)[1:-1], 1] < at[list(inner)[1:-1], 1]).all()
        assert (np.diff(at[list(outer), 0]) > 0).all()
    still = [1, 2, 4, 10, 33, 133, 152, 234, 263, 362, 454, 468, 473]
    assert np.array_equal(at[still], face.points_px[still])


def test_a_line_is_a_closed_mouth_even_with_a_gap_in_it(face: FaceLandmarks) -> None:
    centre = middle_of_mouth(face) - [0.0, 0.05 * IOD_PX]
    x = np.linspace(-0.22, 0.22, 30)
    curve = centre + np.stack([x, 0.4 * (0.22**2 - x**2)], axis=1) * IOD_PX
    image = blank(face)
    for part in (curve[:14], curve[16:]):
        cv2.polylines(image, [np.round(part).astype(np.int32)], False, LINE, 2, cv2.LINE_AA)
    at = mouth_fit.fit(image, face).points_px
    upper, lower = at[list(topology.LIP_UPPER_INNER), :2], at[list(topology.LIP_LOWER_INNER), :2]
    assert upper == pytest.approx(lower, abs=0.5)
    assert upper[[0, -1], 0] == pytest.approx(curve[[0, -1], 0], abs=0.06 * IOD_PX)
    wanted = np.interp(upper[:, 0], curve[:, 0], curve[:, 1])
    assert upper[2:-2, 1] == pytest.approx(wanted[2:-2], abs=0.02 * IOD_PX)


def test_without_a_mouth_or_with_one_aside_nothing_changes(face: FaceLandmarks) -> None:
    assert mouth_fit.fit(blank(face), face) is face
    image = blank(face)
    aside = middle_of_mouth(face) + np.array([0.3 * IOD_PX, 0.0])
    cv2.circle(image, np.round(aside).astype(int).tolist(), round(0.06 * IOD_PX), INSIDE, -1)
    assert mouth_fit.fit(image, face) is face
