"""Engine, presence and solver together, with an engine that plays."""

from typing import Any

import numpy as np
import pytest

from drivers.protocols import child
from drivers.tracking.engines import NAMES, Sight, best
from drivers.tracking.shots import Shot
from drivers.tracking.tracker import Tracker, head_pose


class Engine:
    """Sees what it is told to, and counts."""

    name = "played"

    def __init__(self, *sights: Sight | None) -> None:
        self.sights = list(sights)
        self.asked: list[float] = []

    def __call__(self, picture: np.ndarray, source_s: float) -> Sight | None:
        self.asked.append(source_s)
        return self.sights.pop(0)


def shot(number: int, picture: np.ndarray | None = None, *, shown: bool = True) -> Shot:
    blank = np.zeros((4, 4, 3), np.uint8)
    return Shot(blank if picture is None else picture, 500.0 + number / 30.0, number / 30.0, shown)


def test_a_face_with_its_time_and_place(head: Any, look: Any) -> None:
    face = Tracker(Engine(look(head.moved(), yaw_rad=0.25, pitch_rad=-0.125, roll_rad=0.5)))(shot(3))
    assert (face.frame.time_s, face.source_s, face.frame.face_seen) == (500.1, 0.1, True)
    pose = face.frame.head
    assert (pose.yaw_rad, pose.pitch_rad, pose.roll_rad) == pytest.approx((0.25, -0.125, 0.5))
    assert (pose.x_m, pose.y_m, pose.z_m) == (0.0, 0.0, -0.5)
    assert face.frame.channels == child.CHANNELS


def test_a_matrix_with_a_scale_has_the_same_angles(head: Any, look: Any) -> None:
    sight = look(head.moved(), yaw_rad=0.3)
    scaled = sight.camera_from_head.copy()
    scaled[:3, :3] *= 1.25
    assert head_pose(Sight(sight.points_px, scaled, sight.scores)).yaw_rad == pytest.approx(0.3)


def test_nobody_is_said() -> None:
    assert not Tracker(Engine(None))(shot(0)).frame.face_seen


def test_a_lost_face_counts_with_its_third_picture(head: Any, look: Any) -> None:
    here = look(head.moved())
    tracker = Tracker(Engine(here, None, here, here, here))
    assert [tracker(shot(number)).frame.face_seen for number in range(5)] == [True, False, False, False, True]


def test_the_same_picture_is_looked_at_once(head: Any, look: Any) -> None:
    engine, still = Engine(look(head.moved()), look(head.moved())), np.zeros((4, 4, 3), np.uint8)
    tracker = Tracker(engine)
    tracker(shot(0, still, shown=False))
    tracker(shot(1, still, shown=False))
    faces = [tracker(shot(number, still)) for number in (2, 3)]
    assert len(engine.asked) == 2
    np.testing.assert_array_equal(faces[0].frame.weights, faces[1].frame.weights)
    assert faces[1].frame.time_s > faces[0].frame.time_s


def test_the_engine_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    assert best() in NAMES
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert best() == "opencv"
