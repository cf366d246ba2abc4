import dataclasses
from collections.abc import Callable

import numpy as np
import pytest

from assets import arkit
from generator import topology
from generator.engines import pose
from generator.moving import motion
from generator.moving.measures import CanvasFace

Make = Callable[..., CanvasFace]
BROWS = sorted({landmark for eye in topology.EYES for landmark in eye.brow})
LIPS = sorted(topology.LIPS_UPPER | topology.LIPS_LOWER | set(topology.MOUTH_CORNERS) | {78, 308})
MOUTH = [*LIPS, topology.CHIN]
INNER = np.array([topology.LIP_UPPER_INNER[1:-1], topology.LIP_LOWER_INNER[1:-1]])
MIRROR = pose.mirror()
BROW_SHAPES = [name for name in arkit.NAMES if name.startswith("brow")]
MOUTH_SHAPES = [name for name in arkit.NAMES if name.startswith(("mouth", "jaw", "tongue", "cheekPuff"))]


@pytest.fixture
def face(make_face: Make) -> CanvasFace:
    return make_face(iod_px=100.0)


@pytest.fixture
def deltas(face: CanvasFace) -> np.ndarray:
    """(52 + C, 478, 2) in hundredths of the inter-iris distance."""
    return motion.landmark_deltas(face)


def travel(deltas: np.ndarray, name: str, landmarks: list[int]) -> float:
    return float(np.linalg.norm(deltas[arkit.INDEX[name], landmarks], axis=-1).max())


def test_shape_and_type(deltas: np.ndarray) -> None:
    assert deltas.shape == (arkit.COUNT + len(motion.CORRECTIVES), topology.COUNT, 2)
    assert deltas.dtype == np.float32
    assert np.isfinite(deltas).all()


@pytest.mark.parametrize("name", arkit.NAMES)
def test_every_shape_moves_something_and_nothing_flies_away(deltas: np.ndarray, name: str) -> None:
    assert 1.0 < travel(deltas, name, list(range(478))) < 60.0


def test_every_corrective_is_of_known_shapes_and_moves_something(deltas: np.ndarray) -> None:
    assert len(set(motion.CORRECTIVES)) == len(motion.CORRECTIVES)
    for row, names in zip(deltas[arkit.COUNT :], motion.CORRECTIVES, strict=True):
        assert set(names) <= set(arkit.NAMES)
        assert np.abs(row).max() > 1.0


@pytest.mark.parametrize("name", arkit.NAMES)
def test_left_and_right_are_mirror_images(deltas: np.ndarray, name: str) -> None:
    own, other = (deltas[arkit.INDEX[which]] for which in (name, arkit.mirror_name(name)))
    assert other[MIRROR] * [-1.0, 1.0] == pytest.approx(own, abs=0.4 + 0.02 * float(np.abs(own).max()))


@pytest.mark.parametrize(
    ("stem", "left", "right"),
    [
        ("mouthSmile", 291, 61), ("mouthPress", 291, 61),
        ("mouthLowerDown", 314, 84), ("mouthUpperUp", 270, 40), ("mouthFrown", 291, 61),
        ("mouthDimple", 291, 61), ("mouthStretch", 291, 61), ("browDown", 285, 55), ("browOuterUp", 300, 70),
        ("noseSneer", 278, 48), ("cheekSquint", 280, 50),
    ],
)  # fmt: skip
def test_a_side_is_the_subject_s_own(deltas: np.ndarray, stem: str, left: int, right: int) -> None:
    """The left side moves clearly more than the right one, and the other way round."""
    for name, own, other in ((stem + "Left", left, right), (stem + "Right", right, left)):
        assert travel(deltas, name, [own]) > 1.5 * travel(deltas, name, [other])


@pytest.mark.parametrize(
    "stem",
    [
        *(stem for stem in ("eyeBlink", "eyeSquint", "eyeWide")),
        "cheekSquint", "noseSneer",
    ],
)  # fmt: skip
def test_an_eye_shape_leaves_the_other_eye_alone(deltas: np.ndarray, face: CanvasFace, stem: str) -> None:
    beyond = 0.2 * face.iod_px
    for name, other in (
        (stem + "Left", face.points_px[:, 0] < face.centre_x_px - beyond),
        (stem + "Right", face.points_px[:, 0] > face.centre_x_px + beyond),
    ):
        assert travel(deltas, name, list(np.flatnonzero(other))) < 0.5


@pytest.mark.parametrize("name", BROW_SHAPES)
def test_brow_shapes_leave_the_mouth_alone(deltas: np.ndarray, name: str) -> None:
    assert travel(deltas, name, MOUTH) < 0.02 * travel(deltas, name, BROWS)


@pytest.mark.parametrize("name", MOUTH_SHAPES)
def test_mouth_shapes_leave_the_brows_alone(deltas: np.ndarray, name: str) -> None:
    assert travel(deltas, name, BROWS) < 0.02 * travel(deltas, name, list(range(468)))


@pytest.mark.parametrize(
    ("name", "landmarks", "direction"),
    [
        ("jawOpen", [topology.CHIN], (0, 1)), ("jawOpen", [14, 17], (0, 1)), ("jawLeft", [topology.CHIN], (1, 0)),
        ("jawRight", [topology.CHIN], (-1, 0)), ("mouthSmileLeft", [291], (1, -1)), ("mouthSmileRight", [61], (-1, -1)),
        ("mouthFrownLeft", [291], (0, 1)), ("mouthFrownRight", [61], (0, 1)), ("mouthPucker", [291], (-1, 0)),
        ("mouthPucker", [61], (1, 0)), ("mouthFunnel", [291], (-1, 0)), ("mouthLeft", [0, 17], (1, 0)),
        ("mouthRight", [0, 17], (-1, 0)), ("mouthStretchLeft", [291], (1, 0)), ("mouthStretchRight", [61], (-1, 0)),
        ("mouthUpperUpLeft", [270], (0, -1)), ("mouthUpperUpRight", [40], (0, -1)),
        ("mouthLowerDownLeft", [314], (0, 1)), ("mouthLowerDownRight", [84], (0, 1)),
        ("mouthShrugUpper", [0], (0, -1)), ("mouthShrugLower", [17], (0, -1)), ("browInnerUp", [55, 285], (0, -1)),
        ("browOuterUpLeft", [300], (0, -1)), ("browOuterUpRight", [70], (0, -1)), ("browDownLeft", [285], (0, 1)),
        ("browDownRight", [55], (0, 1)), ("cheekSquintLeft", [280], (0, -1)), ("cheekSquintRight", [50], (0, -1)),
        ("noseSneerLeft", [278], (0, -1)), ("noseSneerRight", [48], (0, -1)), ("cheekPuff", [427], (1, 0)),
        ("cheekPuff", [207], (-1, 0)), ("tongueOut", [17], (0, 1)), ("mouthClose", [14], (0, -1)),
    ],
)  # fmt: skip
def test_directions(deltas: np.ndarray, name: str, landmarks: list[int], direction: tuple[int, int]) -> None:
    """Picture axes: x right, y down; the subject's left is on the right."""
    moved = deltas[arkit.INDEX[name], landmarks].mean(axis=0)
    for axis in range(2):
        if direction[axis]:
            assert moved[axis] * direction[axis] > 0.5


def test_the_jaw_drops_and_the_face_above_stays(deltas: np.ndarray, face: CanvasFace) -> None:
    jaw = deltas[arkit.INDEX["jawOpen"]]
    assert jaw[topology.CHIN, 1] > 15.0
    assert abs(jaw[topology.CHIN, 0]) < 0.1 * jaw[topology.CHIN, 1]
    gap = jaw[INNER[1], 1] - jaw[INNER[0], 1]
    assert (gap > 0.0).all()
    assert gap.max() > 15.0
    assert np.abs(jaw[[topology.NOSE_TIP, topology.FOREHEAD, 33, 263, 468, 473]]).max() < 1.5


@pytest.mark.parametrize("jaw", [0.3, 0.7, 1.0])
def test_a_closed_mouth_on_a_dropped_jaw_is_sealed(deltas: np.ndarray, face: CanvasFace, jaw: float) -> None:
    rest = face.points_px
    corrective = arkit.COUNT + motion.CORRECTIVES.index(("jawOpen", "mouthClose"))
    opened = rest + jaw * deltas[arkit.INDEX["jawOpen"]]
    sealed = opened + deltas[arkit.INDEX["mouthClose"]] + jaw * deltas[corrective]

    def gaps(points: np.ndarray) -> np.ndarray:
        return np.asarray(points[INNER[1], 1] - points[INNER[0], 1] - (rest[INNER[1], 1] - rest[INNER[0], 1]))

    assert gaps(opened).max() > jaw * 15.0
    assert gaps(sealed).max() < 1.0  # a hundredth of the inter-iris distance
    assert sealed[topology.CHIN, 1] > rest[topology.CHIN, 1] + jaw * 12.0  # the jaw stays dropped


@pytest.mark.parametrize("scale", [0.4, 2.5])
def test_it_scales_with_the_face(make_face: Make, deltas: np.ndarray, scale: float) -> None:
    scaled = motion.landmark_deltas(make_face(iod_px=100.0 * scale, centre=(10.0, -30.0)))
    assert scaled == pytest.approx(deltas * scale, abs=2e-3 * scale)


def test_a_wide_mouth_puckers_farther_and_smiles_less(face: CanvasFace, deltas: np.ndarray) -> None:
    points = face.points_px.copy()
    points[LIPS, 0] = face.centre_x_px + 1.2 * (points[LIPS, 0] - face.centre_x_px)
    wide = motion.landmark_deltas(CanvasFace(points, face.depth_px, 0.0, 0.0, {}))
    pucker, smile, brow = (arkit.INDEX[name] for name in ("mouthPucker", "mouthSmileLeft", "browInnerUp"))
    assert wide[pucker, 291, 0] == pytest.approx(1.2 * deltas[pucker, 291, 0], rel=0.02)
    assert wide[smile, 291] == pytest.approx(deltas[smile, 291] / 1.2, rel=0.02)
    assert wide[brow] == pytest.approx(deltas[brow], abs=1e-4)


@pytest.mark.parametrize("factor", [0.02, 50.0])
def test_an_impossible_face_is_moved_within_bounds(face: CanvasFace, deltas: np.ndarray, factor: float) -> None:
    points = face.points_px.copy()
    points[LIPS] = points[LIPS].mean(axis=0) + factor * (points[LIPS] - points[LIPS].mean(axis=0))
    odd = motion.landmark_deltas(CanvasFace(points, face.depth_px, 0.0, 0.0, {}))
    assert np.abs(odd).max() <= 1.5 * np.abs(deltas).max()


def test_a_drawn_mouth_opens_within_the_face(face: CanvasFace) -> None:
    face.points_px[INNER[1]] = face.points_px[INNER[0]]  # closed; how an open one moves: test_drawn_mouth
    deltas = motion.landmark_deltas(face)
    drawn = motion.landmark_deltas(dataclasses.replace(face, drawn=True))
    row = arkit.INDEX["jawOpen"]
    assert drawn[row, topology.CHIN, 1] == pytest.approx(motion.DRAWN_CHIN * deltas[row, topology.CHIN, 1])
    assert drawn[row, 14, 1] > 0.6 * deltas[row, 14, 1]
    others = np.arange(arkit.COUNT) != row
    assert np.array_equal(drawn[: arkit.COUNT][others], deltas[: arkit.COUNT][others])
    corrective = arkit.COUNT + motion.CORRECTIVES.index(("jawOpen", "mouthClose"))
    shut = drawn[row] + drawn[arkit.INDEX["mouthClose"]] + drawn[corrective]
    assert (shut[INNER[1], 1] - shut[INNER[0], 1]).max() < 1.0, "lips close on a drawn jaw, too"
