"""A whole avatar of the sample portrait: its mesh, its pictures, and what a tracker sees in them."""

import dataclasses
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path

import cv2
import numpy as np
import pytest
from PIL import Image

from assets import arkit, store
from assets.avatar import AvatarModel
from assets.errors import PortraitError
from assets.face import FaceFrame, HeadPose
from generator import topology
from generator.engines import Engine, FaceLandmarks, open_engine
from generator.pipeline import Generated, Settings, generate
from renderer.deform import Deformer
from renderer.gl import Renderer
from renderer.surface import OffscreenSurface

pytestmark = pytest.mark.models

EYE_LAYERS = ("mask_upper", "mask_lower", "sclera", "iris", "lid_lower", "lid_upper", "lid_light", "lashes", "closing")
LAYERS = (
    "backing", "hair_back", "body", "neck", "hair_side", "ear_right", "ear_left", "face",
    "mouth_mask_upper", "mouth_mask_lower", "mouth_cavity",
    "teeth_lower", "tongue", "teeth_upper", "lower_lip", "upper_lip", "tongue_out",
    *(f"eye_right_{part}" for part in EYE_LAYERS), *(f"eye_left_{part}" for part in EYE_LAYERS),
    "nose", "brow_right", "brow_left", "hair_front",
)  # fmt: skip
GREY = (0.75, 0.75, 0.78, 1.0)
TURNS = [(yaw, pitch) for pitch in (20, 0, -20) for yaw in (-30, 0, 30)]
Shoot = Callable[..., np.ndarray]


def both(stem: str, value: float = 1.0) -> dict[str, float]:
    return {f"{stem}Left": value, f"{stem}Right": value}


def made(path: Path, engine: str, models_dir: Path | None) -> Generated:
    """Generated with the arithmetic checked, as in every test; the fixtures here begin before that one."""
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        return generate(path, Settings(engine=engine, models_dir=models_dir))


@pytest.fixture(scope="module")
def portrait() -> Iterator[Path]:
    with resources.as_file(resources.files("assets.samples") / "portrait.png") as path:
        yield path


@pytest.fixture(scope="module")
def small(portrait: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The portrait at three fifths: where a picture of its own must be generated."""
    path = tmp_path_factory.mktemp("small") / "small.png"
    with Image.open(portrait) as image:
        image.resize((image.width * 3 // 5, image.height * 3 // 5), Image.Resampling.LANCZOS).save(path)
    return path


@pytest.fixture(scope="module")
def generated(portrait: Path, models_dir: Path) -> Generated:
    return made(portrait, "mediapipe", models_dir)


@pytest.fixture(scope="module")
def model(generated: Generated) -> AvatarModel:
    return generated.model


@pytest.fixture(scope="module")
def tracker(models_dir: Path) -> Iterator[Engine]:
    with open_engine("mediapipe", models_dir=models_dir) as engine:
        yield engine


def _camera(model: AvatarModel) -> Iterator[Shoot]:
    with OffscreenSurface(model.canvas_px) as surface:
        renderer = Renderer(model, surface)

        def shoot(
            shapes: dict[str, float] | None = None, head: HeadPose | None = None,
            background: tuple[float, float, float, float] = GREY,
        ) -> np.ndarray:  # fmt: skip
            picture = np.zeros((*model.canvas_px[::-1], 4), np.uint8)
            renderer.background = background
            renderer.draw(FaceFrame.from_mapping(shapes or {}, head=head or HeadPose()))
            renderer.read_rgba(picture)
            return picture

        yield shoot
        renderer.close()


@pytest.fixture
def shoot(model: AvatarModel) -> Iterator[Shoot]:
    """`shoot(shapes, head, background)`: the avatar on its own canvas, uint8 (H, W, 4)."""
    yield from _camera(model)


# ---- what it is made of -----------------------------------------------------------------------


def test_layers_in_draw_order(model: AvatarModel) -> None:
    assert tuple(layer.name for layer in model.layers) == LAYERS
    assert set(model.clip_groups) == {"mouth", "eyes"}


def test_the_model_s_facts(generated: Generated, portrait: Path) -> None:
    facts = generated.model.facts
    assert facts["engine"] == "mediapipe"
    with Image.open(portrait) as image:
        assert facts["portrait_px"] == list(image.size)
    assert np.array(facts["landmarks_px"]).shape == (478, 2)
    assert facts["warnings"] == list(generated.warnings) == []
    assert generated.model.title == "portrait"
    assert generated.aligned.shape == (*generated.model.canvas_px[::-1], 4)
    assert len(generated.steps) > 5
    assert all(seconds >= 0.0 for _, seconds in generated.steps)


def test_it_survives_the_store(model: AvatarModel) -> None:
    again = store.from_bytes(store.to_bytes(model))
    for name in ("rest_px", "depth_px", "follow", "uv", "triangles"):
        assert np.array_equal(getattr(again, name), getattr(model, name))
    assert again.layers == model.layers


def test_colours_are_bled(model: AvatarModel) -> None:
    """Next to an opaque pixel no transparent one has a foreign colour: it equals one of the opaque ones around it."""
    for name, texture in model.textures.items():
        solid = texture[..., 3] > 0
        if solid.all():
            continue
        ring = cv2.dilate(solid.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(bool) & ~solid
        rgb = texture[..., :3].astype(np.int16)
        low = np.where(solid[..., None], rgb, 255).astype(np.float32)
        high = np.where(solid[..., None], rgb, 0).astype(np.float32)
        low, high = cv2.erode(low, np.ones((5, 5))), cv2.dilate(high, np.ones((5, 5)))
        assert (rgb >= low).all(axis=-1)[ring].all(), name
        assert (rgb <= high).all(axis=-1)[ring].all(), name


# ---- how the mesh moves -----------------------------------------------------------------------


def pictured(model: AvatarModel) -> tuple[np.ndarray, np.ndarray]:
    """Which vertices, and which triangles, belong to layers that are seen: (V,), (T,)."""
    vertices, triangles = np.zeros(model.vertex_count, bool), np.zeros(len(model.triangles), bool)
    for layer in model.layers:
        vertices[slice(*layer.vertex_range)] = layer.mask is None
        triangles[slice(*layer.triangle_range)] = layer.mask is None
    return vertices, triangles


def doubled_areas(model: AvatarModel, points: np.ndarray) -> np.ndarray:
    a, b, c = (points[model.triangles[:, k]].astype(np.float64) for k in range(3))
    return np.asarray((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0])


def flipped(model: AvatarModel, deformer: Deformer, frame: FaceFrame) -> np.ndarray:
    """Seen triangles that have turned over, by more than a hundredth of their size: (T,)."""
    rest = doubled_areas(model, model.rest_px)
    now = doubled_areas(model, deformer.deform(frame))
    return (now * np.sign(rest) < -0.01 * np.abs(rest)) & pictured(model)[1]


def names_of(model: AvatarModel, triangles: np.ndarray) -> dict[str, int]:
    """Layer -> how many of the marked triangles, for messages."""
    counts = {layer.name: int(triangles[slice(*layer.triangle_range)].sum()) for layer in model.layers}
    return {name: count for name, count in counts.items() if count}


def test_at_rest_nothing_is_flipped_or_flat(model: AvatarModel) -> None:
    areas = doubled_areas(model, model.rest_px)
    assert (areas > 0.0).all() or (areas < 0.0).all()
    assert np.abs(areas).min() > 0.1


def test_every_shape_moves_something_that_is_seen(model: AvatarModel) -> None:
    seen = pictured(model)[0]
    deformer = Deformer(model)
    still = []
    for name in arkit.NAMES:
        moved = deformer.deform(FaceFrame.from_mapping({name: 1.0})) - model.rest_px
        if np.linalg.norm(moved[seen], axis=1).max() <= 1.0:
            still.append(name)
    assert still == []


def test_no_single_shape_turns_a_triangle_over(model: AvatarModel) -> None:
    deformer = Deformer(model)
    bad = {}
    for name in arkit.NAMES:
        for weight in (0.5, 1.0):
            marked = flipped(model, deformer, FaceFrame.from_mapping({name: weight}))
            if marked.any():
                bad[f"{name} {weight}"] = names_of(model, marked)
    assert bad == {}


def test_random_mixes_hardly_ever_turn_a_triangle_over(model: AvatarModel, rng: np.random.Generator) -> None:
    deformer = Deformer(model)
    count = np.zeros(len(model.triangles), int)
    mixes = 200
    for _ in range(mixes):
        chosen = rng.random(arkit.COUNT) * (rng.random(arkit.COUNT) < 0.35)
        count += flipped(model, deformer, FaceFrame(chosen.astype(np.float32)))
    assert count.sum() < 0.001 * mixes * pictured(model)[1].sum(), names_of(model, count)


def test_no_turn_of_the_head_folds_the_face(model: AvatarModel) -> None:
    deformer, bad = Deformer(model), {}
    for yaw, pitch in TURNS:
        marked = flipped(model, deformer, FaceFrame(head=HeadPose.from_degrees(yaw_deg=yaw, pitch_deg=pitch)))
        if marked.sum() > 0.001 * pictured(model)[1].sum():
            bad[yaw, pitch] = names_of(model, marked)
    assert bad == {}


def eyes_stops(model: AvatarModel) -> list[np.ndarray]:
    """Stops of each eye, as rows of `model.stops`."""
    result = []
    for side in ("right", "left"):
        first, last = model.layer(f"eye_{side}_mask_upper").vertex_range
        result.append(np.flatnonzero((model.stops.upper >= first) & (model.stops.upper < last)))
    return result


def test_lids_never_pass_each_other_by_more_than_they_must(model: AvatarModel, rng: np.random.Generator) -> None:
    """In any mixture, and a blink closes the eye in any mixture that doesn't hold it open."""
    deformer, stops = Deformer(model), model.stops
    rows = np.concatenate(eyes_stops(model))
    for _ in range(60):
        chosen = (rng.random(arkit.COUNT) * (rng.random(arkit.COUNT) < 0.5)).astype(np.float32)
        chosen[[arkit.INDEX["eyeBlinkLeft"], arkit.INDEX["eyeBlinkRight"]]] = 1.0
        y = deformer.deform(FaceFrame(chosen))[:, 1]
        apart = y[stops.lower[rows]] - y[stops.upper[rows]]
        assert (apart >= stops.gap_px[rows] - 1e-3).all()
        inner = apart.reshape(2, -1)[:, 3:-3]  # rims of the masks, that feather over twice 0.75 px
        assert (inner <= 1.6).all()


# ---- how it looks -----------------------------------------------------------------------------


def ssim(one: np.ndarray, other: np.ndarray, where: np.ndarray) -> float:
    """Mean structural similarity (Wang et al. 2004) of the luminance of two RGB pictures, gaussian windows."""
    x, y = (cv2.cvtColor(picture[..., :3], cv2.COLOR_RGB2GRAY).astype(np.float64) for picture in (one, other))

    def blur(image: np.ndarray) -> np.ndarray:
        return np.asarray(cv2.GaussianBlur(image, (11, 11), 1.5))

    mx, my = blur(x), blur(y)
    vx, vy, cov = blur(x * x) - mx * mx, blur(y * y) - my * my, blur(x * y) - mx * my
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    index = (2 * mx * my + c1) * (2 * cov + c2) / ((mx * mx + my * my + c1) * (vx + vy + c2))
    return float(index[where].mean())


def lab_difference(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """CIE76 per pixel."""
    pair = [cv2.cvtColor(picture[..., :3].astype(np.float32) / 255.0, cv2.COLOR_RGB2LAB) for picture in (one, other)]
    return np.asarray(np.linalg.norm(pair[0] - pair[1], axis=-1))


def oval(model: AvatarModel) -> np.ndarray:
    mask = np.zeros(model.canvas_px[::-1], np.uint8)
    points = np.array(model.facts["landmarks_px"])[list(topology.OVAL)]
    cv2.fillPoly(mask, [points.round().astype(np.int32)], 1)
    return mask.astype(bool)


@pytest.mark.gl
def test_the_neutral_avatar_is_the_portrait(generated: Generated, shoot: Shoot) -> None:
    """Inside the face nearly to the pixel; with hair and clothes still very close."""
    picture, aligned = shoot(), generated.aligned
    face = oval(generated.model)
    assert ssim(picture, aligned, face) >= 0.95
    difference = lab_difference(picture, aligned)
    assert difference[face].mean() <= 2.0
    assert np.percentile(difference[face], 99) <= 25.0
    whole = cv2.erode((aligned[..., 3] > 250).astype(np.uint8), np.ones((9, 9), np.uint8)).astype(bool)
    assert difference[whole].mean() <= 3.0


@pytest.mark.gl
def test_beside_the_jaw_too(generated: Generated, shoot: Shoot) -> None:
    """Where face, hair and neck meet, just around the outline."""
    face = oval(generated.model)
    unit = float(generated.model.facts["inter_iris_px"])
    size = 2 * round(0.12 * unit) + 1
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (size, size))
    ring = cv2.dilate(face.astype(np.uint8), kernel).astype(bool) & ~face
    ring &= np.arange(ring.shape[0])[:, None] > generated.model.facts["landmarks_px"][topology.NOSE_BASE][1]
    difference = lab_difference(shoot(), generated.aligned)[ring]
    assert difference.mean() <= 3.0
    assert (difference > 15.0).mean() <= 0.02


@pytest.mark.gl
def test_the_silhouette_is_the_matte(generated: Generated, shoot: Shoot) -> None:
    alpha = shoot(background=(0.0, 0.0, 0.0, 0.0))[..., 3]
    mine, wanted = alpha > 127, generated.aligned[..., 3] > 127
    assert (mine & wanted).sum() >= 0.985 * (mine | wanted).sum()


def painted(model: AvatarModel, parts: tuple[str, ...], colour: tuple[int, int, int]) -> AvatarModel:
    """A copy whose irises, or scleras too, have one colour."""
    textures = dict(model.textures)
    for name in (f"eye_{side}_{part}" for side in ("right", "left") for part in parts):
        texture = textures[name].copy()
        texture[..., :3] = colour
        textures[name] = texture
    return dataclasses.replace(model, textures=textures)


def where_shown(model: AvatarModel, parts: tuple[str, ...], frames: list[dict[str, float]]) -> list[np.ndarray]:
    """Pixels that change with the parts' colour: (H, W) each."""
    pictures = []
    for colour in ((255, 0, 255), (0, 255, 0)):
        for shoot in _camera(painted(model, parts, colour)):
            pictures.append([shoot(frame)[..., :3].astype(int) for frame in frames])
    return [np.abs(one - other).max(axis=-1) > 0 for one, other in zip(*pictures, strict=True)]


def apertures(model: AvatarModel, frame: dict[str, float], grow_px: float) -> np.ndarray:
    """Between the two lid edges of both eyes, the masks' soft rim included, grown."""
    positions = Deformer(model).deform(FaceFrame.from_mapping(frame)).copy()
    mask = np.zeros(model.canvas_px[::-1], np.uint8)
    for rows in eyes_stops(model):
        outline = np.concatenate([positions[model.stops.upper[rows]], positions[model.stops.lower[rows]][::-1]])
        cv2.fillPoly(mask, [outline.round().astype(np.int32)], 1)
    size = 2 * round(grow_px) + 1
    return cv2.dilate(mask, np.ones((size, size), np.uint8)).astype(bool)


@pytest.mark.gl
def test_closed_eyes_show_nothing_of_iris_and_sclera(model: AvatarModel) -> None:
    gaze = both("eyeLookDown")
    closed = [
        both("eyeBlink"), both("eyeBlink") | gaze, both("eyeBlink") | both("eyeLookUp"),
        both("eyeBlink") | both("eyeWide"), both("eyeBlink") | both("eyeSquint") | both("mouthSmile"),
        both("eyeBlink") | {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    ]  # fmt: skip
    assert [int(shown.sum()) for shown in where_shown(model, ("iris", "sclera"), closed)] == [0] * len(closed)


@pytest.mark.gl
def test_the_iris_stays_within_the_lids(model: AvatarModel) -> None:
    frames: list[dict[str, float]] = [
        {}, both("eyeBlink", 0.5), both("eyeBlink", 0.8), both("eyeSquint"), both("eyeWide"), both("eyeLookUp"),
        both("eyeLookDown"), {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}, both("eyeBlink", 0.5) | both("eyeLookUp"),
    ]  # fmt: skip
    for frame, shown in zip(frames, where_shown(model, ("iris",), frames), strict=True):
        assert shown.any(), frame
        assert not (shown & ~apertures(model, frame, 1.0)).any(), frame


@pytest.mark.parametrize("shape", ["eyeLookIn", "eyeLookOut"])
def test_where_the_iris_goes_it_goes_behind_the_lid(model: AvatarModel, shape: str) -> None:
    """At rest an eye is seen a little below the lid's edge, where the portrait mixes both; a glance raises it."""
    rest, turned = (Deformer(model).deform(FaceFrame.from_mapping(frame)).copy() for frame in ({}, both(shape)))
    for rows in eyes_stops(model):
        edge = model.stops.lower[rows]
        raised = (rest - turned)[edge, 1]
        middle = np.abs(rest[edge, 0] - rest[edge, 0].mean()) < 0.25 * np.ptp(rest[edge, 0])
        assert (raised[middle] > 1.0).all()
        assert raised.min() > -0.5


@pytest.mark.gl
def test_a_wink_leaves_the_other_eye_alone(model: AvatarModel, shoot: Shoot) -> None:
    landmarks = np.array(model.facts["landmarks_px"])
    rows = slice(0, int(landmarks[topology.NOSE_TIP, 1]))
    other = slice(0, int(landmarks[133, 0]))  # up to the inner corner of the right eye
    neutral, wink = shoot().astype(int), shoot({"eyeBlinkLeft": 1.0}).astype(int)
    assert np.abs(neutral - wink)[rows, other].max() <= 3


@pytest.mark.parametrize("side", ["left", "right"])
def test_lashes_lie_down_on_the_line_of_the_closed_eye(model: AvatarModel, side: str) -> None:
    """What stood up above it would be a second line, and the two look like a slit."""
    rows = slice(*model.layer(f"eye_{side}_lashes").vertex_range)
    rest, closed = (Deformer(model).deform(FaceFrame.from_mapping(f)).copy()[rows] for f in ({}, both("eyeBlink")))
    columns = np.round(rest[:, 0]).astype(int)
    middle = columns[np.abs(columns - columns.mean()).argmin()]
    height = [float(np.ptp(points[columns == middle, 1])) for points in (rest, closed)]
    assert height[0] > 10.0
    assert height[1] < 0.45 * height[0]


@pytest.mark.gl
@pytest.mark.parametrize("side", ["right", "left"])
def test_a_closed_lid_is_bare_skin_where_the_lashes_were(model: AvatarModel, shoot: Shoot, side: str) -> None:
    """The line of the open eye must go with it."""
    landmarks = np.array(model.facts["landmarks_px"])
    eye = topology.EYES[0 if side == "right" else 1]
    upper, lower = landmarks[list(eye.upper)], landmarks[list(eye.lower)]
    height = float((lower[:, 1] - upper[:, 1]).max())
    inner = upper[2:-2]
    down = np.array([0.0, height])
    band = np.concatenate([inner - 0.4 * down, inner[::-1] + 0.2 * down])
    mask = np.zeros(model.canvas_px[::-1], np.uint8)
    cv2.fillPoly(mask, [band.round().astype(np.int32)], 1)
    light = cv2.cvtColor(shoot(both("eyeBlink"))[..., :3], cv2.COLOR_RGB2GRAY)[mask.astype(bool)].astype(float)
    skin = float(np.median(light))
    assert light.min() > 0.8 * skin


def holes(alpha: np.ndarray) -> int:
    """Background pixels that the silhouette encloses."""
    _, labels = cv2.connectedComponents((alpha < 128).astype(np.uint8), connectivity=4)
    rim = np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]])
    return int(((labels > 0) & ~np.isin(labels, np.unique(rim))).sum())


@pytest.mark.gl
def test_no_turn_tears_a_hole(shoot: Shoot) -> None:
    neutral = shoot(background=(0.0, 0.0, 0.0, 0.0))[..., 3]
    own = holes(neutral)
    bad = {}
    for yaw, pitch in TURNS:
        head = HeadPose.from_degrees(yaw_deg=yaw, pitch_deg=pitch)
        alpha = shoot(head=head, background=(0.0, 0.0, 0.0, 0.0))[..., 3]
        torn = holes(alpha) - own
        if torn > 0.001 * (alpha >= 128).sum():
            bad[yaw, pitch] = torn
    assert bad == {}


@pytest.mark.gl
@pytest.mark.parametrize("shapes", [{"jawOpen": 1.0}, {"mouthFunnel": 1.0}, both("eyeBlink"), both("mouthUpperUp")])
def test_no_shape_tears_a_hole(shoot: Shoot, shapes: dict[str, float]) -> None:
    own = holes(shoot(background=(0.0, 0.0, 0.0, 0.0))[..., 3])
    assert holes(shoot(shapes, background=(0.0, 0.0, 0.0, 0.0))[..., 3]) <= own


# ---- what a tracker sees ----------------------------------------------------------------------


def seen(tracker: Engine, picture: np.ndarray) -> FaceLandmarks:
    faces = tracker.landmarks(np.ascontiguousarray(picture[..., :3]))
    assert faces, "no face is found any more"
    return faces[0]


def opening(face: FaceLandmarks) -> np.ndarray:
    """Lid openings, right and left, in IOD."""
    points = face.points_px[:, :2]
    return np.linalg.norm(points[[159, 386]] - points[[145, 374]], axis=1) / face.inter_ocular_px


def gaze(face: FaceLandmarks) -> np.ndarray:
    """(2, 2): where the irises are from the middles of their eyes' corners, right and left, in IOD."""
    points = face.points_px[:, :2]
    corners = np.stack([points[[33, 133]].mean(axis=0), points[[362, 263]].mean(axis=0)])
    return np.asarray((points[[468, 473]] - corners) / face.inter_ocular_px)


@pytest.fixture(scope="module")
def neutral(tracker: Engine, model: AvatarModel) -> FaceLandmarks:
    camera = _camera(model)
    try:
        return seen(tracker, next(camera)())
    finally:
        camera.close()


@pytest.mark.gl
def test_landmarks_are_where_they_were(model: AvatarModel, neutral: FaceLandmarks) -> None:
    wanted = np.array(model.facts["landmarks_px"])
    unit = float(np.linalg.norm(wanted[468] - wanted[473]))
    assert np.linalg.norm(neutral.points_px[:, :2] - wanted, axis=1).mean() <= 0.012 * unit


@pytest.mark.gl
def test_a_blink_closes_the_eyes(tracker: Engine, shoot: Shoot, neutral: FaceLandmarks) -> None:
    assert (opening(seen(tracker, shoot(both("eyeBlink")))) <= 0.2 * opening(neutral)).all()


@pytest.mark.gl
@pytest.mark.parametrize(("name", "closed"), [("eyeBlinkRight", 0), ("eyeBlinkLeft", 1)])
def test_a_wink_closes_its_own_eye(
    tracker: Engine, shoot: Shoot, neutral: FaceLandmarks, name: str, closed: int
) -> None:
    left = opening(seen(tracker, shoot({name: 1.0}))) / opening(neutral)
    assert left[closed] <= 0.7  # trackers hardly believe in winks
    assert left[closed] < left[1 - closed] - 0.2


@pytest.mark.gl
def test_the_jaw_opens_the_mouth(tracker: Engine, shoot: Shoot, neutral: FaceLandmarks) -> None:
    face = seen(tracker, shoot({"jawOpen": 1.0}))
    unit = neutral.inter_ocular_px
    assert (face.points_px[14, 1] - face.points_px[13, 1]) / unit >= 0.25
    assert (face.points_px[topology.CHIN, 1] - neutral.points_px[topology.CHIN, 1]) / unit >= 0.12


@pytest.mark.gl
@pytest.mark.parametrize(("opened", "closed"), [(0.2, 0.2), (0.4, 0.4), (0.6, 0.6), (0.6, 1.0), (1.0, 1.0)])
def test_a_closed_mouth_on_an_open_jaw_stays_closed(
    tracker: Engine, shoot: Shoot, neutral: FaceLandmarks, opened: float, closed: float
) -> None:
    face = seen(tracker, shoot({"jawOpen": opened, "mouthClose": closed}))
    assert (face.points_px[14, 1] - face.points_px[13, 1]) / neutral.inter_ocular_px <= 0.06


@pytest.mark.gl
def test_a_smile_lifts_and_widens_the_mouth(tracker: Engine, shoot: Shoot, neutral: FaceLandmarks) -> None:
    face, unit = seen(tracker, shoot(both("mouthSmile"))), neutral.inter_ocular_px
    corners = list(topology.MOUTH_CORNERS)
    lifted = (neutral.points_px[corners, 1] - face.points_px[corners, 1]) / unit
    assert (lifted >= 0.04).all()
    assert np.ptp(face.points_px[corners, 0]) > 1.04 * np.ptp(neutral.points_px[corners, 0])


@pytest.mark.gl
def test_a_pucker_narrows_the_mouth(tracker: Engine, shoot: Shoot, neutral: FaceLandmarks) -> None:
    face, corners = seen(tracker, shoot({"mouthPucker": 1.0})), list(topology.MOUTH_CORNERS)
    assert np.ptp(face.points_px[corners, 0]) <= 0.9 * np.ptp(neutral.points_px[corners, 0])


@pytest.mark.gl
@pytest.mark.parametrize(
    ("shapes", "axis", "sign"),
    [
        ({"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}, 0, 1.0),
        ({"eyeLookInLeft": 1.0, "eyeLookOutRight": 1.0}, 0, -1.0),
        (both("eyeLookUp"), 1, -1.0),
    ],
)
def test_glances(
    tracker: Engine, shoot: Shoot, neutral: FaceLandmarks, shapes: dict[str, float], axis: int, sign: float
) -> None:
    """Out of the left eye is the subject's own left: to the right of the picture."""
    moved = gaze(seen(tracker, shoot(shapes))) - gaze(neutral)
    assert (moved[:, axis] * sign >= 0.04 if axis == 0 else moved[:, axis] * sign >= 0.015).all()


@pytest.mark.gl
def test_brows_rise(tracker: Engine, shoot: Shoot, neutral: FaceLandmarks) -> None:
    face = seen(tracker, shoot({"browInnerUp": 1.0, **both("browOuterUp")}))
    for eye in topology.EYES:
        brow = list(eye.brow)
        lifted = (neutral.points_px[brow, 1] - face.points_px[brow, 1]).mean()
        assert lifted / neutral.inter_ocular_px >= 0.03


@pytest.mark.gl
@pytest.mark.parametrize(("angle", "value"), [("yaw", 15.0), ("yaw", -15.0), ("pitch", 10.0), ("pitch", -10.0)])
def test_the_head_turns_as_asked(
    tracker: Engine, shoot: Shoot, neutral: FaceLandmarks, angle: str, value: float
) -> None:
    face = seen(tracker, shoot(head=HeadPose.from_degrees(**{f"{angle}_deg": value})))
    turned = np.degrees(getattr(face, f"{angle}_rad") - getattr(neutral, f"{angle}_rad"))
    assert 0.4 * abs(value) <= turned * np.sign(value) <= 1.8 * abs(value)


# ---- other ways to the same avatar ------------------------------------------------------------


def test_twice_the_same_bytes(small: Path, models_dir: Path) -> None:
    one, other = (store.to_bytes(made(small, "mediapipe", models_dir).model) for _ in range(2))
    assert one == other


def test_the_opencv_engine_makes_the_same_layers(
    small: Path, models_dir: Path, needs_engine: Callable[[str], None]
) -> None:
    needs_engine("opencv")
    model = made(small, "opencv", models_dir).model
    assert model.facts["engine"] == "opencv"
    assert tuple(layer.name for layer in model.layers) == LAYERS
    marked = [flipped(model, Deformer(model), FaceFrame.from_mapping({name: 1.0})) for name in arkit.NAMES]
    assert not np.any(marked)


def test_half_a_face_is_an_avatar_or_one_clear_line(
    portrait: Path, generated: Generated, models_dir: Path, tmp_path: Path
) -> None:
    """A crop through the right iris: trackers guess the rest, beyond the picture."""
    landmarks = np.array(generated.model.facts["landmarks_px"])
    (scale, _, x0), _ = cv2.invertAffineTransform(np.array(generated.model.facts["canvas_from_picture"]))
    path, left = tmp_path / "half.png", round(float(landmarks[468, 0] * scale + x0))
    with Image.open(portrait) as image:
        half = image.crop((left, 0, *image.size))
        half.resize((half.width * 3 // 5, half.height * 3 // 5)).save(path)
    try:
        made(path, "mediapipe", models_dir)
    except PortraitError as error:
        message = str(error)
        if "\n" in message:
            pytest.fail(message)
