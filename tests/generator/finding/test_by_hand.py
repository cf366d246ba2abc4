"""generator.finding.by_hand: from points set by hand to all landmarks."""

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import PortraitError
from assets.points import NAMES, FacePoints
from generator import topology
from generator.engines import FaceLandmarks, pose
from generator.finding import by_hand

SIX = ("right_eye", "left_eye", "nose_tip", "mouth_right", "mouth_left", "chin")
EYES = {
    "right_eye_outer": (110.0, 200.0), "right_eye_inner": (170.0, 204.0), "right_eye_top": (140.0, 160.0),
    "right_eye_bottom": (140.0, 225.0), "right_iris": (142.0, 192.0), "right_iris_edge": (142.0, 222.0),
}  # fmt: skip
DRAWN = {
    "left_eye": (260.0, 196.0), "nose_tip": (200.0, 250.0), "mouth_right": (180.0, 290.0), "mouth_left": (222.0, 289.0),
    "chin": (202.0, 335.0),
}  # fmt: skip


def test_every_name_has_its_place() -> None:
    assert list(by_hand.PLACES) == list(NAMES)


def test_all_points_of_a_face_give_the_face(make_landmarks: Callable[..., FaceLandmarks]) -> None:
    face = make_landmarks(gap_iod=0.1, right_eye=1.6, roll_rad=0.2)
    fitted = by_hand.fit(FacePoints(by_hand.named(face)))
    off_iod = np.linalg.norm(fitted.points_px - face.points_px, axis=1) / face.inter_ocular_px
    assert off_iod.mean() < 0.01
    assert off_iod.max() < 0.08
    assert fitted.roll_rad == pytest.approx(0.2, abs=0.01)
    assert (fitted.yaw_rad, fitted.pitch_rad) == (0.0, 0.0)


@settings(deadline=None, max_examples=15)
@given(
    st.floats(20.0, 400.0), st.floats(-0.7, 0.7), st.sampled_from([-20, -8, 0, 8, 20]), st.sampled_from([0.25, 1, 2])
)  # fmt: skip
def test_six_points_of_a_turned_mean_face(iod_px: float, roll_rad: float, yaw_deg: int, scale: float) -> None:
    mean, _ = pose.mean_face()
    tilt = pose.matrix_from_angles(0.0, 0.0, roll_rad)
    turned = mean @ (tilt @ pose.matrix_from_angles(np.radians(yaw_deg), 0.0, 0.0)).T
    points = (turned * [iod_px, -iod_px, iod_px] + [400.0, 350.0, 0.0]).astype(np.float32)
    face = FaceLandmarks(points, np.radians(yaw_deg), 0.0, roll_rad, {})
    named = by_hand.named(face, scale)
    fitted = by_hand.fit(FacePoints({name: named[name] for name in SIX}), scale)
    off_iod = np.linalg.norm(fitted.points_px - points, axis=1) / iod_px
    assert off_iod.mean() < 0.05
    assert np.degrees(fitted.yaw_rad) == pytest.approx(yaw_deg, abs=6.0)
    assert fitted.roll_rad == pytest.approx(roll_rad, abs=0.08)
    refound = by_hand.named(fitted, scale)
    for name in SIX:
        assert refound[name] == pytest.approx(named[name], abs=0.02 * iod_px / scale)


def test_given_points_are_met_and_the_curves_keep_their_order() -> None:
    """A large drawn eye on the right, a plain one on the left."""
    points = FacePoints({**EYES, **DRAWN, "lip_upper_bottom": (201.0, 286.0), "lip_lower_top": (201.0, 306.0)})
    face = by_hand.fit(points)
    again = by_hand.named(face)
    for name in set(points.points_px) - {"right_iris_edge"}:
        assert again[name] == pytest.approx(points.points_px[name], abs=0.1), name
    at = face.points_px
    assert np.linalg.norm(at[469:473, :2] - at[468, :2], axis=1) == pytest.approx(30.0, abs=0.01)
    for column in zip(*(ids[1:-1] for ids in (topology.EYES[0].upper, topology.EYES[0].lower)), strict=True):
        assert at[column[0], 1] < at[column[1], 1]
    # From brow to cheek, straight through the middle of the eye: brow, rings, lids, rings.
    assert (np.diff(at[[105, 52, 223, 27, 159, 145, 23, 230], 1]) > 0).all()
    assert (np.diff(at[[0, 11, 12, 13, 14, 15, 16, 17, 152], 1]) > 0).all()
    assert (np.diff(at[list(topology.LIP_UPPER_OUTER), 0]) > 0).all()


def test_the_untouched_eye_stays_as_it_is() -> None:
    plain = {**DRAWN, "right_eye": (140.0, 198.0)}
    without = by_hand.fit(FacePoints(plain)).points_px
    opened = by_hand.fit(FacePoints({**plain, "right_eye_top": (140.0, 180.0)})).points_px
    left = [*topology.EYES[1].upper, *topology.EYES[1].lower, *topology.EYES[1].iris]
    assert np.array_equal(without[left], opened[left])
    assert opened[159, 1] == pytest.approx(180.0, abs=0.01)
    assert without[159, 1] > 185.0
    assert np.array_equal(opened[[33, 133]], without[[33, 133]])


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"right_eye": DRAWN["left_eye"], "left_eye": (140.0, 198.0)}, "left and right seem to be swapped"),
        ({"right_eye": (140.0, 198.0), "chin": (380.0, 200.0)}, "the chin doesn't lie below the eyes"),
        ({"right_eye": (260.0, 196.0)}, "on one spot"),
    ],
)
def test_what_can_be_no_face(changed: dict[str, tuple[float, float]], message: str) -> None:
    with pytest.raises(PortraitError, match=message):
        by_hand.fit(FacePoints({**DRAWN, **changed}))


def test_points_belong_to_one_picture() -> None:
    points = FacePoints({**DRAWN, "right_eye": (140.0, 198.0)}, (640, 480))
    by_hand.check_size(points, (640, 480))
    by_hand.check_size(FacePoints(points.points_px), (1, 1))
    with pytest.raises(PortraitError, match="a picture of 640x480, this one is 480x640"):
        by_hand.check_size(points, (480, 640))
