import dataclasses

import numpy as np
import pytest

from generator.engines import iris, pose, roi

WIDTH_PX = 640.0


def face_px() -> np.ndarray:
    """The mean face, 100 px between the irises, in the middle of a picture."""
    face, _ = pose.mean_face()
    points = 100.0 * face * (1.0, -1.0, 1.0)
    points[:, :2] += WIDTH_PX / 2
    points[468:] = 0.0
    return points.astype(np.float32)


def answers(points_px: np.ndarray, square: roi.Roi, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What the network would say if it saw the points where they are, and an iris of radius 5 px in their middle."""
    lids = np.zeros((71, 3), np.float32)
    lids[:, :2] = square.from_picture(points_px[rows, :2]) * iris.INPUT_PX
    middle = lids[: iris.LID_COUNT, :2].mean(axis=0)
    radius = 5.0 / square.side_px * iris.INPUT_PX
    rings = np.zeros((5, 3), np.float32)
    rings[:, :2] = middle + radius * np.array([(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)])
    return lids, rings


def rows_of(square: roi.Roi) -> np.ndarray:
    return iris.around_left(pose.mirror()) if square.flipped else iris.AROUND_RIGHT


def test_71_different_landmarks_on_each_side() -> None:
    left = iris.around_left(pose.mirror())
    assert len(set(iris.AROUND_RIGHT.tolist())) == len(set(left.tolist())) == 71
    assert not set(iris.AROUND_RIGHT.tolist()) & set(left.tolist())
    assert set(iris.RIGHT_CORNERS) <= set(iris.AROUND_RIGHT[: iris.LID_COUNT].tolist())
    assert set(iris.LEFT_CORNERS) <= set(left[: iris.LID_COUNT].tolist())


def test_squares_lie_on_the_eyes_the_left_one_in_a_mirror() -> None:
    points = face_px()
    right, left = iris.eye_rois(points)
    assert (right.flipped, left.flipped) == (False, True)
    assert right.x_px < WIDTH_PX / 2 < left.x_px
    # In either square the outer corner comes first, from the left.
    for square, outer, inner in ((right, 33, 133), (left, 263, 362)):
        seen = square.from_picture(points[[outer, inner], :2])
        assert seen[0, 0] == pytest.approx(0.5 - 0.5 / roi.EYE_MARGIN, abs=1e-4)
        assert seen[1, 0] == pytest.approx(0.5 + 0.5 / roi.EYE_MARGIN, abs=1e-4)
        assert seen[0, 1] == pytest.approx(seen[1, 1], abs=1e-4)


@pytest.mark.parametrize("side", [0, 1])
def test_answers_that_agree_change_nothing_but_the_iris(side: int) -> None:
    points = face_px()
    square = iris.eye_rois(points)[side]
    refined = iris.refine(points, square, *answers(points, square, rows_of(square)), pose.mirror())
    assert refined[:468] == pytest.approx(points[:468], abs=1e-3)
    centre, right, up, left, down = refined[468 + 5 * side : 473 + 5 * side, :2]
    assert right - centre == pytest.approx([5.0, 0.0], abs=0.6)  # in the picture, for both eyes
    assert up - centre == pytest.approx([0.0, -5.0], abs=0.6)
    assert left - centre == pytest.approx([-5.0, 0.0], abs=0.6)
    assert down - centre == pytest.approx([0.0, 5.0], abs=0.6)


def test_lids_move_and_rings_follow() -> None:
    points = face_px()
    square, _ = iris.eye_rois(points)
    lids, rings = answers(points, square, iris.AROUND_RIGHT)
    lids[:, 1] += 3.0 / square.side_px * iris.INPUT_PX  # three pixels down
    moved = iris.refine(points, square, lids, rings, pose.mirror()) - points
    rows = iris.AROUND_RIGHT
    assert moved[rows[:16], 1] == pytest.approx(np.full(16, 3.0), abs=0.05)
    assert moved[rows[16:32], 1] == pytest.approx(np.full(16, 2.1), abs=0.05)
    assert moved[rows[32:48], 1] == pytest.approx(np.full(16, 1.05), abs=0.05)
    assert (moved[rows[48:]] == 0.0).all()
    assert (moved[:468, 2] == 0.0).all()


@pytest.mark.parametrize("what", ["lids", "iris"])
def test_far_answers_are_not_believed(what: str) -> None:
    points = face_px()
    square, _ = iris.eye_rois(points)
    lids, rings = answers(points, square, iris.AROUND_RIGHT)
    (lids if what == "lids" else rings)[:, 0] += 20.0
    refined = iris.refine(points, square, lids, rings, pose.mirror())
    assert np.array_equal(refined[:468], points[:468])
    eye = points[iris.AROUND_RIGHT[:16], :2]
    centre = refined[468, :2]
    assert (eye.min(axis=0) < centre).all()
    assert (centre < eye.max(axis=0)).all()
    radius = np.linalg.norm(refined[469:473, :2] - centre, axis=1)
    width = np.linalg.norm(points[33, :2] - points[133, :2])
    assert radius == pytest.approx(np.full(4, 0.22 * width), rel=1e-3)


def test_a_mirrored_face_gives_mirrored_eyes() -> None:
    mirror = pose.mirror()
    points = face_px()
    mirrored = points[mirror] * (-1.0, 1.0, 1.0) + (WIDTH_PX, 0.0, 0.0)
    square, _ = iris.eye_rois(points)
    lids, rings = answers(points, square, iris.AROUND_RIGHT)
    lids[:, :2] += (1.0, 2.0)
    other = dataclasses.replace(square, x_px=WIDTH_PX - square.x_px, angle_rad=-square.angle_rad, flipped=True)
    one = iris.refine(points, square, lids, rings, mirror)
    two = iris.refine(mirrored.astype(np.float32), other, lids, rings, mirror)
    assert two[mirror][:473] * (-1.0, 1.0, 1.0) + (WIDTH_PX, 0.0, 0.0) == pytest.approx(
        np.where(np.arange(473)[:, None] < 468, one[:473], one[:473]), abs=1e-2
    )
