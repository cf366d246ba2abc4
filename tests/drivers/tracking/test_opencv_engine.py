"""The second engine: MediaPipe's networks without MediaPipe, on a film of the sample portrait."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from drivers.protocols.pose import angles_from_matrix
from drivers.tracking import nets
from drivers.tracking.engines import Sight
from drivers.tracking.film import open_file
from drivers.tracking.nets import Network, members
from drivers.tracking.opencv_engine import _SCORE_NAMES, _SCORED, OpencvEngine
from drivers.tracking.shots import UnusableError

SCENES = ("rest", "roll", "left", "up", "near", "nobody")


def test_the_networks_interface() -> None:
    assert (len(_SCORED), len(set(_SCORED)), len(_SCORE_NAMES)) == (146, 146, 52)
    assert list(_SCORE_NAMES[1:]) == sorted(_SCORE_NAMES[1:])


@pytest.fixture(scope="module")
def sights(film: Path, models_dir: Path) -> dict[str, Sight | None]:
    """What is seen in the last picture of each scene."""
    engine = OpencvEngine(models_dir / "face_landmarker.task")
    shots = open_file(film, every_frame=True).shots
    seen = [engine(shot.picture, shot.source_s) for shot in shots]
    assert all(sight is not None for sight in seen[:50])
    return {name: seen[10 * number + 9] for number, name in enumerate(SCENES)}


@pytest.mark.models
def test_it_follows_a_face_and_knows_its_signs(sights: dict[str, Sight | None]) -> None:
    rest, roll, left, up, near = (sights[name] for name in SCENES[:5])
    assert rest is not None
    assert roll is not None
    assert left is not None
    assert up is not None
    assert near is not None
    turned = np.degrees(angles_from_matrix(roll.rotation)) - np.degrees(angles_from_matrix(rest.rotation))
    assert turned == pytest.approx((0.0, 0.0, 15.0), abs=3.0)  # the crown to the picture's right: the subject's left
    place = rest.camera_from_head[:3, 3]
    assert 0.02 < left.camera_from_head[0, 3] - place[0] < 0.10
    assert 0.02 < up.camera_from_head[1, 3] - place[1] < 0.10
    assert 0.03 < near.camera_from_head[2, 3] - place[2] < 0.20
    assert (rest.scores >= 0.0).all()
    assert (rest.scores <= 1.0).all()
    assert rest.points_px[473, 0] > rest.points_px[468, 0]  # the subject's left eye is on the picture's right


@pytest.mark.models
def test_nobody_is_nobody(sights: dict[str, Sight | None]) -> None:
    assert sights["nobody"] is None


@pytest.mark.models
def test_a_face_far_away_is_found(film: Path, models_dir: Path) -> None:
    picture = next(iter(open_file(film, every_frame=True).shots)).picture
    small = cv2.resize(picture, (150, 150), interpolation=cv2.INTER_AREA)
    room = np.full((360, 640, 3), picture[0, 0], np.uint8)
    room[100:250, 250:400] = small
    sight = OpencvEngine(models_dir / "face_landmarker.task")(room, 0.0)
    assert sight is not None
    assert sight.points_px[:, :2].mean(axis=0) == pytest.approx((325.0, 175.0), abs=25.0)


def test_what_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "x.task"
    path.write_bytes(b"PK nonsense")
    with pytest.raises(UnusableError, match=r"^the model file can't be unpacked \(.*\); delete it: .*x\.task$"):
        members(path, "a")
    with pytest.raises(UnusableError, match=r"^OpenCV .* can't read MediaPipe's network: "):
        Network(b"TFL3 nonsense")


def test_loading_leaves_no_folder_behind(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(nets.tempfile, "tempdir", str(tmp_path))
    before = Path.cwd()
    with pytest.raises(UnusableError):
        Network(b"")
    assert list(tmp_path.iterdir()) == []
    assert Path.cwd() == before
