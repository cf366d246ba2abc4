"""Both engines on the sample portrait, through the protocol that the generator uses."""

import importlib.util
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image as Pictures

from assets import weights
from assets.errors import UsageError, WeightsError
from generator.engines import ENGINES, Engine, FaceLandmarks, Image, engine_files, open_engine, pose, views

pytestmark = pytest.mark.models
CHEEKS = (50, 280)


@pytest.fixture(scope="module", params=ENGINES)
def engine(
    request: pytest.FixtureRequest, models_dir: Path, needs_engine: Callable[[str], None]
) -> Iterator[Engine]:
    needs_engine(request.param)
    with open_engine(request.param, models_dir=models_dir) as opened:
        yield opened


@pytest.fixture(scope="module")
def portrait() -> Image:
    path = resources.files("assets.samples").joinpath("portrait.png")
    if not path.is_file():
        pytest.skip("no sample portrait")
    with path.open("rb") as file:
        picture = Pictures.open(file).convert("RGB")
        picture.thumbnail((512, 512))
        return np.asarray(picture, np.uint8)


@pytest.fixture(scope="module")
def face(engine: Engine, portrait: Image) -> FaceLandmarks:
    (found,) = engine.landmarks(portrait)
    return found


def distance_iod(one: FaceLandmarks, points_px: np.ndarray) -> float:
    """Mean distance of the points in the picture, in inter-ocular distances."""
    apart = np.linalg.norm(one.points_px[:, :2] - points_px[:, :2], axis=1)
    return float(apart.mean()) / one.inter_ocular_px


def test_478_points_inside_the_picture(face: FaceLandmarks, portrait: Image) -> None:
    assert face.points_px.shape == (478, 3)
    assert face.points_px.dtype == np.float32
    assert np.isfinite(face.points_px).all()
    assert face.points_px[:, :2].min() > 0.0
    assert face.points_px[:, 0].max() < portrait.shape[1]
    assert face.points_px[:, 1].max() < portrait.shape[0]


def test_the_subjects_right_eye_is_on_the_left(face: FaceLandmarks) -> None:
    x = face.points_px[:, 0]
    assert x[33] < x[468] < x[133] < x[362] < x[473] < x[263]
    assert face.points_px[10, 1] < face.points_px[1, 1] < face.points_px[152, 1]


@pytest.mark.parametrize(
    ("iris", "outer", "inner", "upper", "lower"), [(468, 33, 133, 159, 145), (473, 263, 362, 386, 374)]
)
def test_irises_lie_inside_their_eyes(
    face: FaceLandmarks, iris: int, outer: int, inner: int, upper: int, lower: int
) -> None:
    points = face.points_px
    assert points[upper, 1] < points[iris, 1] < points[lower, 1]
    centre, right, up, left, down = points[iris : iris + 5, :2]
    assert left[0] < centre[0] < right[0]
    assert up[1] < centre[1] < down[1]
    width = np.linalg.norm(points[outer, :2] - points[inner, :2])
    assert 0.3 * width < np.linalg.norm(right - left) < 0.7 * width


def test_depth_grows_toward_the_viewer(face: FaceLandmarks) -> None:
    z = face.points_px[:, 2]
    assert z[1] > z[33] > z[127]
    assert z[1] > z[263] > z[356]
    assert 0.3 < (z[1] - z[234]) / face.inter_ocular_px < 2.0


def test_a_face_that_looks_at_us_has_no_angles(face: FaceLandmarks) -> None:
    assert np.abs([face.yaw_rad, face.roll_rad]).max() < np.radians(4.0)
    assert abs(face.pitch_rad) < np.radians(15.0)


def test_shapes_are_scores_of_arkit_names(face: FaceLandmarks, engine: Engine) -> None:
    assert bool(face.shapes) == (engine.name == "mediapipe")
    assert all(0.0 <= score <= 1.0 for score in face.shapes.values())


def test_a_mirror_mirrors(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    (mirrored,) = engine.landmarks(np.ascontiguousarray(portrait[:, ::-1]))
    back = mirrored.points_px[pose.mirror()]
    back[:, 0] = portrait.shape[1] - back[:, 0]
    assert distance_iod(face, back) < 0.01
    assert mirrored.yaw_rad == pytest.approx(-face.yaw_rad, abs=np.radians(3.0))
    assert mirrored.roll_rad == pytest.approx(-face.roll_rad, abs=np.radians(2.0))


def test_roll_is_toward_the_subjects_left_shoulder(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    height, width = portrait.shape[:2]
    clockwise = cv2.getRotationMatrix2D((width / 2, height / 2), -15.0, 1.0)
    turned = cv2.warpAffine(portrait, clockwise, (width, height), borderMode=cv2.BORDER_REPLICATE)
    (found,) = engine.landmarks(np.asarray(turned, np.uint8))
    assert found.roll_rad - face.roll_rad == pytest.approx(np.radians(15.0), abs=np.radians(3.0))
    assert found.yaw_rad == pytest.approx(face.yaw_rad, abs=np.radians(4.0))


def test_the_pose_does_not_depend_on_the_crop(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    height, width = portrait.shape[:2]
    (moved,) = engine.landmarks(views.View(0, 0, 2 * max(height, width)).cut(portrait))
    angles = (face.yaw_rad, face.pitch_rad, face.roll_rad)
    assert (moved.yaw_rad, moved.pitch_rad, moved.roll_rad) == pytest.approx(angles, abs=np.radians(2.0))
    assert distance_iod(face, moved.points_px) < 0.02


def test_two_faces_largest_first(engine: Engine, portrait: Image) -> None:
    height, width = portrait.shape[:2]
    small = np.full((height, width, 3), 235, np.uint8)
    half = np.asarray(cv2.resize(portrait, None, fx=0.75, fy=0.75, interpolation=cv2.INTER_AREA), np.uint8)
    small[: half.shape[0], : half.shape[1]] = half
    first, second = engine.landmarks(np.concatenate([small, portrait], axis=1))
    assert first.inter_ocular_px > 1.25 * second.inter_ocular_px
    assert second.points_px[1, 0] < width < first.points_px[1, 0]


def test_a_small_face_in_a_large_picture(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    small = np.asarray(cv2.resize(portrait, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), np.uint8)
    large = np.full((1400, 1100, 3), 240, np.uint8)
    large[200 : 200 + small.shape[0], 500 : 500 + small.shape[1]] = small
    (found,) = engine.landmarks(large)
    assert distance_iod(face, (found.points_px - np.array([500, 200, 0])) * 4.0) < 0.04


def test_a_face_without_air_around_it(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    x0, y0, x1, y1 = (round(edge) for edge in face.box_px)
    (found,) = engine.landmarks(np.ascontiguousarray(portrait[y0:y1, x0:x1]))
    assert distance_iod(face, found.points_px + np.array([x0, y0, 0])) < 0.12


def test_nothing_in_noise(engine: Engine, rng: np.random.Generator) -> None:
    assert engine.landmarks(rng.integers(0, 256, (240, 320, 3), dtype=np.uint8)) == ()
    assert engine.landmarks(np.full((64, 64, 3), 128, np.uint8)) == ()


def test_the_person_is_the_person(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    mask = engine.person(portrait)
    assert mask.shape == portrait.shape[:2]
    assert mask.dtype == np.float32
    assert mask.min() >= 0.0
    assert mask.max() <= 1.0
    x, y = np.round(face.points_px[:468, :2]).astype(int).T
    assert mask[y, x].mean() > 0.95
    assert mask[:30].mean() < 0.1


def test_hair_is_hair(engine: Engine, face: FaceLandmarks, portrait: Image) -> None:
    mask = engine.hair(portrait, face)
    assert mask.shape == portrait.shape[:2]
    assert mask.dtype == np.float32
    assert mask.min() >= 0.0
    assert mask.max() <= 1.0
    unit, (x, y) = face.inter_ocular_px, face.points_px[10, :2]
    crown = mask[round(y - 0.5 * unit) : round(y - 0.3 * unit), round(x - 0.5 * unit) : round(x - 0.2 * unit)]
    assert crown.mean() > 0.8
    for cheek in CHEEKS:
        column, row = np.round(face.points_px[cheek, :2]).astype(int)
        assert mask[row - 3 : row + 4, column - 3 : column + 4].max() < 0.1
    assert mask[:30].mean() < 0.02  # the wall
    assert mask[-30:].mean() < 0.1  # the jacket


def test_engines_agree(models_dir: Path, needs_engine: Callable[[str], None], portrait: Image) -> None:
    faces, hair = [], []
    for name in ENGINES:
        needs_engine(name)
        with open_engine(name, models_dir=models_dir) as opened:
            (found,) = opened.landmarks(portrait)
            faces.append(found)
            hair.append(opened.hair(portrait, found) > 0.5)
    assert distance_iod(faces[0], faces[1].points_px) < 0.04
    assert (hair[0] & hair[1]).sum() / (hair[0] | hair[1]).sum() > 0.85


def test_closing_twice_is_no_harm(models_dir: Path, needs_engine: Callable[[str], None]) -> None:
    for name in ENGINES:
        needs_engine(name)
        opened = open_engine(name, models_dir=models_dir)
        with opened:
            pass
        opened.__exit__(None, None, None)


def test_engine_is_chosen_by_the_files_at_hand(
    models_dir: Path, needs_engine: Callable[[str], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs_engine("opencv")
    monkeypatch.delenv(weights.ENVIRONMENT)
    monkeypatch.setattr(weights, "cache_folder", lambda: tmp_path / "cache")
    for file in weights.WHEEL_MODELS:
        (tmp_path / file.name).symlink_to(weights.locate(file, folder=models_dir))
    with open_engine(models_dir=tmp_path) as opened:
        assert opened.name == "opencv"
    needs_engine("mediapipe")
    for file in weights.MODELS:
        (tmp_path / file.name).symlink_to(weights.locate(file, folder=models_dir))
    with open_engine(models_dir=tmp_path) as opened:
        assert opened.name == "mediapipe"


@pytest.mark.parametrize("name", ENGINES)
def test_a_wrong_file_is_named(name: str, tmp_path: Path) -> None:
    if name == "mediapipe" and importlib.util.find_spec("mediapipe") is None:
        pytest.skip("mediapipe is not installed")
    wrong = engine_files(name)[0]
    (tmp_path / wrong.name).write_bytes(b"not a network")
    with pytest.raises(WeightsError, match=wrong.name):
        open_engine(name, models_dir=tmp_path)


def test_an_unknown_engine_is_refused() -> None:
    with pytest.raises(UsageError, match=r"'best'.*mediapipe, opencv"):
        open_engine("best")
