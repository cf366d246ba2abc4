import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator import topology
from generator.align import UNIT_PX, align, face_on_canvas
from generator.engines import FaceLandmarks
from generator.matting import crown

Make = Callable[..., FaceLandmarks]
SIZE = (800, 900)
made = settings(deadline=None, max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
rolls = st.floats(-1.2, 1.2)
units = st.floats(20.0, 900.0)


def picture_size(face: FaceLandmarks) -> tuple[int, int]:
    """A picture with the face of `make_landmarks(centre=(4, 3.5) * iod)` well inside."""
    side = round(8.0 * face.inter_ocular_px)
    return side, side


def placed(make: Make, iod: float, roll: float) -> FaceLandmarks:
    return make(iod_px=iod, centre=(4.0 * iod, 3.5 * iod), roll_rad=roll)


@given(units, rolls)
@made
def test_it_is_a_similarity(make_landmarks: Make, iod: float, roll: float) -> None:
    face = placed(make_landmarks, iod, roll)
    linear = align(face, picture_size(face)).canvas_from_picture[:, :2]
    scale = math.sqrt(np.linalg.det(linear))
    assert linear.T @ linear == pytest.approx(np.eye(2) * scale**2, abs=1e-9)  # right angles, one scale, no mirror


@given(units, rolls)
@made
def test_eyes_are_level_and_the_right_eye_is_on_the_left(make_landmarks: Make, iod: float, roll: float) -> None:
    face = placed(make_landmarks, iod, roll)
    aligned = align(face, picture_size(face))
    points = face_on_canvas(face, aligned).points_px
    right, left = (points[list(eye.upper + eye.lower)].mean(axis=0) for eye in topology.EYES)
    assert left[1] - right[1] == pytest.approx(0.0, abs=0.01)
    assert left[0] > right[0]
    assert points[topology.FOREHEAD, 1] < points[topology.CHIN, 1]


@given(units, rolls)
@made
def test_roll_has_our_sign(make_landmarks: Make, iod: float, roll: float) -> None:
    """Toward the subject's own left shoulder, which lies on the right of the picture: the left eye sinks."""
    face = placed(make_landmarks, iod, roll)
    if abs(roll) > 0.01:
        assert (face.points_px[473, 1] > face.points_px[468, 1]) == (roll > 0.0)
    assert align(face, picture_size(face)).roll_rad == pytest.approx(roll, abs=1e-4)


@given(units, rolls)
@made
def test_there_and_back(make_landmarks: Make, iod: float, roll: float) -> None:
    face = placed(make_landmarks, iod, roll)
    aligned = align(face, picture_size(face))
    canvas = aligned.points(face.points_px[:, :2])
    assert canvas.dtype == np.float32
    back = canvas.astype(np.float64) @ aligned.picture_from_canvas[:, :2].T + aligned.picture_from_canvas[:, 2]
    assert back == pytest.approx(face.points_px[:, :2], abs=1e-5 * iod + 1e-3)


@given(units, rolls)
@made
def test_the_face_is_shown_at_its_own_size_within_limits(make_landmarks: Make, iod: float, roll: float) -> None:
    face = placed(make_landmarks, iod, roll)
    aligned = align(face, picture_size(face))
    unit = face_on_canvas(face, aligned).iod_px
    # The mean face's own proportions are the unit's within a few percent.
    assert 0.9 * UNIT_PX[0] <= unit <= 1.1 * UNIT_PX[1]
    if 1.1 * UNIT_PX[0] < iod < 0.9 * UNIT_PX[1]:
        assert unit == pytest.approx(face.inter_ocular_px, rel=1e-4)
    width, height = aligned.size_px
    assert 64 <= width <= 1400
    assert 64 <= height <= 1400
    points = face_on_canvas(face, aligned).points_px
    assert (points > 0.0).all()
    assert (points < (width, height)).all()


def test_a_tight_crop_is_left_only_above_the_head(make_landmarks: Make) -> None:
    """No canvas where there is no picture, but for the crown of a head that the picture cuts off."""
    face = make_landmarks(iod_px=120.0, centre=(150.0, 140.0))
    aligned = align(face, (300, 380))
    (width, height), above = aligned.size_px, float(aligned.canvas_from_picture[1, 2])
    assert (width, height) == (300, 380 + round(above))
    assert aligned.canvas_from_picture == pytest.approx(np.array([[1.0, 0.0, 0.0], [0.0, 1.0, above]]), abs=1e-5)
    outline = aligned.points(face.points_px[list(topology.OVAL), :2])
    assert outline[:, 1].min() == pytest.approx(crown.ROOM * np.ptp(face.points_px[[10, 152], 1]), rel=0.05)
    assert (aligned.upper_edge_px((300, 380)) == round(above)).all()


def test_a_portrait_with_room_has_no_edge_on_the_canvas(make_landmarks: Make) -> None:
    assert not align(make_landmarks(iod_px=120.0), SIZE).upper_edge_px(SIZE).any()


def test_an_upright_portrait_of_the_right_size_keeps_its_pixels(make_landmarks: Make) -> None:
    picture = np.random.default_rng(1).integers(0, 256, (900, 800, 4), dtype=np.uint8)
    aligned = align(make_landmarks(iod_px=120.0), SIZE)
    shift = np.round(-aligned.canvas_from_picture[:, 2]).astype(int)
    warped = aligned.warp(picture)
    width, height = aligned.size_px
    assert warped.shape == (height, width, 4)
    wanted = picture[shift[1] : shift[1] + height, shift[0] : shift[0] + width].astype(int)
    assert np.abs(warped[: wanted.shape[0], : wanted.shape[1]].astype(int) - wanted).max() <= 1


@pytest.mark.parametrize(("iod", "roll"), [(30.0, 0.0), (30.0, 0.3), (110.0, -0.4), (400.0, 0.0), (400.0, 0.2)])
def test_the_warp_puts_pixels_where_the_points_go(make_landmarks: Make, iod: float, roll: float) -> None:
    """A picture whose colours are its coordinates, enlarged, turned and shrunk."""
    face = placed(make_landmarks, iod, roll)
    width, height = picture_size(face)
    aligned = align(face, (width, height))
    y, x = np.mgrid[0:height, 0:width]
    coordinates = np.dstack([x * 250.0 / width, y * 250.0 / height, np.zeros_like(x)]).astype(np.uint8)
    warped = aligned.warp(coordinates)
    for landmark in (33, 263, 1, 61, 291, topology.CHIN):
        at = face.points_px[landmark, :2]
        cx, cy = np.round(aligned.points(at[None])[0]).astype(int)
        found = warped[cy, cx, :2] / 250.0 * (width, height)
        step = max(width, height) / 250.0  # one level of colour
        assert found == pytest.approx(at, abs=1.5 * step + 1.0)


def test_depth_is_scaled_and_counted_from_the_sides(make_landmarks: Make) -> None:
    face = placed(make_landmarks, 400.0, 0.3)
    canvas = face_on_canvas(face, align(face, picture_size(face)))
    scale = canvas.iod_px / face.inter_ocular_px
    assert canvas.depth_px[[topology.CHEEK_LEFT, topology.CHEEK_RIGHT]].mean() == pytest.approx(0.0, abs=1e-3)
    assert np.ptp(canvas.depth_px) == pytest.approx(scale * np.ptp(face.points_px[:, 2]), rel=1e-4)
    assert canvas.depth_px[topology.NOSE_TIP] > 0.0


@pytest.mark.parametrize("roll", [0.0, 0.25])
def test_squinting_eyes_do_not_blow_the_face_up(make_landmarks: Make, roll: float) -> None:
    face = placed(make_landmarks, 100.0, roll)
    points = face.points_px.copy()
    for ring in (slice(468, 473), slice(473, 478)):  # the irises come together, the face stays
        points[ring, :2] += (points[[1], :2] - points[ring, :2]) * 0.4
    cross = FaceLandmarks(points, 0.0, 0.0, roll, {})
    one, other = (align(one, picture_size(face)) for one in (face, cross))
    assert other.canvas_from_picture == pytest.approx(one.canvas_from_picture)
