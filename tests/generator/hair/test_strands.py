from collections.abc import Callable

import numpy as np
import pytest

from assets.avatar import JOINTS
from generator.hair.strands import SHORTEST_IOD, Strands, strands
from generator.moving.measures import CanvasFace

Make = Callable[..., CanvasFace]
SHAPE = (800, 800)


@pytest.fixture
def face(make_face: Make) -> CanvasFace:
    return make_face(iod_px=100.0, centre=(400.0, 350.0))


def bob(face: CanvasFace, *, to_y: float) -> np.ndarray:
    """Hair over the forehead and, beside the face, down to `to_y`."""
    hair = np.zeros(SHAPE, np.float32)
    left, right = (int(face.centre_x_px + side * 1.4 * face.half_width_px) for side in (-1, 1))
    inner = int(0.9 * face.half_width_px)
    hair[120 : int(face.brows_y_px), left:right] = 1.0
    middle = int(face.centre_x_px)
    hair[120 : int(to_y), left : middle - inner] = 1.0
    hair[120 : int(to_y), middle + inner : right] = 1.0
    return hair


def test_no_hair_has_no_chains(face: CanvasFace) -> None:
    none = strands(np.zeros(SHAPE, np.float32), face)
    assert none.joints_px.shape == (0, JOINTS, 2)
    assert none.at(np.float32([[400, 400]])).shape == (1, 0)


def test_cropped_hair_does_not_swing(face: CanvasFace) -> None:
    hair = np.zeros(SHAPE, np.float32)
    hair[int(face.brows_y_px) - 50 : int(face.brows_y_px) - 25, 330:470] = 1.0
    assert len(strands(hair, face).joints_px) == 0


def test_locks_beside_the_face_hang_from_the_lobes_to_their_ends(face: CanvasFace) -> None:
    end = face.chin_y_px + 60
    found = strands(bob(face, to_y=end), face)
    swinging = found.joints_px[np.ptp(found.joints_px[..., 1], axis=1) > 0]
    outer = swinging[[0, -1]]
    assert outer[:, 0, 1] == pytest.approx(face.lobes_y_px, abs=0.15 * face.height_px)
    assert outer[:, -1, 1] == pytest.approx(end, abs=3)
    assert outer[0, -1, 0] < face.centre_x_px < outer[1, -1, 0]
    assert (np.diff(swinging[..., 1], axis=1) > 0).all()  # root to tip


def test_weights_grow_from_root_to_tip_and_share_among_neighbours(face: CanvasFace) -> None:
    found = strands(bob(face, to_y=face.chin_y_px + 60), face)
    lock = found.joints_px[0]
    points = np.stack([np.full(9, lock[0, 0]), np.linspace(lock[0, 1] - 40, lock[-1, 1], 9)], axis=1)
    weights = found.at(points.astype(np.float32)).reshape(9, -1, JOINTS)
    pull = (weights[:, 0] * np.arange(JOINTS)).sum(axis=1)
    assert pull[0] == 0.0
    assert (np.diff(pull) >= -1e-6).all()
    assert pull[-1] == pytest.approx(JOINTS - 1, rel=0.05)
    assert weights[:, :, 0].max() == 0.0  # roots pull nothing
    assert weights.sum(axis=(1, 2)).max() <= 1.0 + 1e-5


def test_weights_are_smooth_across_the_hair(face: CanvasFace) -> None:
    found = strands(bob(face, to_y=face.chin_y_px + 60), face)
    x = np.arange(200.0, 600.0)
    row = np.stack([x, np.full_like(x, face.chin_y_px + 40)], axis=1).astype(np.float32)
    weights = found.at(row)
    assert np.abs(np.diff(weights, axis=0)).max() < 0.1  # a pixel further it is nearly the same


def test_at_the_lower_edge_of_the_canvas_nothing_swings(face: CanvasFace) -> None:
    found = strands(bob(face, to_y=SHAPE[0]), face)
    edge = np.float32([[found.joints_px[0, 0, 0], SHAPE[0]]])
    assert found.at(edge).max() == pytest.approx(0.0)


def test_a_column_that_does_not_swing_holds_its_neighbours_back() -> None:
    joints = np.zeros((2, JOINTS, 2), np.float32)
    joints[:, :, 0] = np.float32([100, 200])[:, None]
    joints[0, :, 1] = np.linspace(100, 200, JOINTS)
    two = Strands(joints, np.float32([100, 200]), 1000.0, 100.0, np.ones(2, np.float32))
    at_tip = two.at(np.float32([[100, 200], [150, 200], [200, 200]])).sum(axis=1)
    assert at_tip == pytest.approx([1.0, 0.5, 0.0])


def test_the_shortest_lock_is_a_matter_of_the_face(face: CanvasFace) -> None:
    short = strands(bob(face, to_y=face.lobes_y_px + 0.5 * SHORTEST_IOD * face.iod_px - 0.1 * face.height_px), face)
    outer = np.ptp(short.joints_px[[0, -1], :, 1], axis=1) if len(short.joints_px) else np.zeros(2)
    assert outer == pytest.approx(0.0)


def test_hair_that_stands_high_does_not_slide_off_the_forehead(face: CanvasFace) -> None:
    hair = np.zeros(SHAPE, np.float32)
    middle, half = int(face.centre_x_px), int(1.3 * face.half_width_px)
    hair[20 : int(face.oval_px[:, 1].min()) + 12, middle - half : middle + half] = 1.0  # a volume, and a little over it
    assert len(strands(hair, face).joints_px) == 0


def test_bangs_swing_less_than_locks_that_hang_free(face: CanvasFace) -> None:
    hair = bob(face, to_y=face.chin_y_px + 60)
    middle = int(face.centre_x_px)
    hair[120 : int(face.brows_y_px) + 40, middle - 30 : middle + 30] = 1.0
    found = strands(hair, face)
    tips = found.at(found.joints_px[:, -1]).reshape(len(found.joints_px), -1, JOINTS)[..., -1].sum(axis=1)
    nearest = int(np.abs(found.centres_px - face.centre_x_px).argmin())
    assert 0.3 < tips[nearest] < 0.75 < tips[[0, -1]].min()
