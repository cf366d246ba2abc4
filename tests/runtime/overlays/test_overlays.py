"""runtime.overlays and runtime.overlays.skin: the sample avatar with all that comics draw onto a face."""

import dataclasses
import json
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from assets import store
from assets.avatar import AvatarModel
from assets.face import FaceFrame, HeadPose
from renderer.deform import Deformer
from renderer.gl import Renderer
from renderer.opacity import OVERLAY
from renderer.surface import OffscreenSurface
from runtime.overlays import NAMES, SWEAT_S, TEAR_S, joining, moving, places, with_overlays

SIDE_PX = 256
TALKING = FaceFrame.from_mapping(
    {"jawOpen": 0.4, "mouthSmileLeft": 0.8, "eyeBlinkRight": 0.7, "browInnerUp": 0.5, "cheekPuff": 0.3},
    head=HeadPose.from_degrees(yaw_deg=18, pitch_deg=-8, roll_deg=5),
)


@pytest.fixture(scope="module")
def plain() -> AvatarModel:
    return store.load(Path(__file__).parents[3] / "assets" / "samples" / "sample.avatar")


@pytest.fixture(scope="module")
def full(plain: AvatarModel) -> AvatarModel:
    return with_overlays(plain)


def test_the_prefix_is_the_renderers() -> None:
    assert joining.PREFIX == OVERLAY


def test_the_avatars_own_layers_stay_what_they_are(plain: AvatarModel, full: AvatarModel) -> None:
    assert [layer.name for layer in full.layers if not layer.name.startswith(OVERLAY)] == [
        layer.name for layer in plain.layers
    ]
    for before in plain.layers:
        after = full.layer(before.name)
        old, new = slice(*before.vertex_range), slice(*after.vertex_range)
        for name in ("rest_px", "depth_px", "follow", "uv"):
            assert np.array_equal(getattr(plain, name)[old], getattr(full, name)[new])
        assert np.array_equal(plain.deltas_px[:, old], full.deltas_px[:, new])
        triangles = plain.triangles[slice(*before.triangle_range)].astype(int) - old.start
        assert np.array_equal(triangles, full.triangles[slice(*after.triangle_range)].astype(int) - new.start)


def test_stops_and_chains_hold_the_same_vertices(plain: AvatarModel, full: AvatarModel) -> None:
    old, new = (Deformer(model).deform(TALKING).copy() for model in (plain, full))
    for before in plain.layers:  # but for the order in which the products are summed
        rows, moved = slice(*before.vertex_range), slice(*full.layer(before.name).vertex_range)
        np.testing.assert_allclose(old[rows], new[moved], rtol=0, atol=2e-3)
    assert np.array_equal(plain.rest_px[plain.chains.joints], full.rest_px[full.chains.joints])
    assert np.array_equal(plain.rest_px[plain.chains.vertex], full.rest_px[full.chains.vertex])


def test_what_lies_on_the_skin_is_under_the_fringe(full: AvatarModel) -> None:
    names = [layer.name for layer in full.layers]
    fringe = names.index("hair_front")
    for name in ("blush.left", "tears.stream", "tears.pool", "shock.gloom", "tears.left.0", "hearts.left"):
        assert names.index("brow_left") < names.index(OVERLAY + name) < fringe
    for name in ("sweat.0", "anger", "shock.lines"):
        assert names.index(OVERLAY + name) > fringe


def test_an_overlay_moves_as_the_skin_beneath(plain: AvatarModel, full: AvatarModel) -> None:
    """The middle of a cheek's blush keeps its place among the face's vertices about it."""
    layer = full.layer(OVERLAY + "blush.left")
    rows = np.arange(*layer.vertex_range)
    middle = rows[len(rows) // 2]
    face = np.arange(*full.layer("face").vertex_range)
    near = face[np.argsort(((full.rest_px[face] - full.rest_px[middle]) ** 2).sum(axis=1))[:3]]
    moved = Deformer(full).deform(TALKING)
    assert np.abs((moved[middle] - full.rest_px[middle]) - (moved[near] - full.rest_px[near]).mean(axis=0)).max() < 2.0


@pytest.fixture(scope="module")
def pictures(plain: AvatarModel, full: AvatarModel) -> dict[str, npt.NDArray[np.uint8]]:
    """The talking face, bare, with the layers but none asked for, and with each overlay."""
    shown: dict[str, npt.NDArray[np.uint8]] = {}
    with OffscreenSurface((SIDE_PX, SIDE_PX)) as surface:
        for model, asked in ((plain, ("bare",)), (full, ("none", *NAMES))):
            with Renderer(model, surface) as renderer:
                for name in asked:
                    shown[name] = np.zeros((SIDE_PX, SIDE_PX, 4), np.uint8)
                    renderer.draw(TALKING, None, moving({name: 1.0}, 0.4))
                    renderer.read_rgba(shown[name])
    return shown


@pytest.mark.gl
def test_nothing_asked_for_is_the_avatar_itself(pictures: dict[str, npt.NDArray[np.uint8]]) -> None:
    """But for roundings of where a texture lies on its page."""
    off = np.abs(pictures["bare"].astype(int) - pictures["none"]).max(axis=2)
    assert (off > 0).sum() <= 40
    assert (off > 1).sum() <= 3
    assert off.max() <= 6


@pytest.mark.gl
@pytest.mark.parametrize("name", NAMES)
def test_each_overlay_shows_on_the_face_and_nowhere_else(name: str, pictures: dict[str, npt.NDArray[np.uint8]]) -> None:
    changed = np.abs(pictures[name].astype(int) - pictures["bare"]).max(axis=2) > 8
    assert 40 < changed.sum() < 0.12 * SIDE_PX**2
    rows, columns = np.nonzero(changed)
    assert 0.1 * SIDE_PX < rows.min() < rows.max() < 0.66 * SIDE_PX
    assert 0.25 * SIDE_PX < columns.min() < columns.max() < 0.8 * SIDE_PX
    if name in ("blush", "tears"):  # two of them, with the nose between
        left, right = changed[:, : SIDE_PX // 2].sum(), changed[:, SIDE_PX // 2 :].sum()
        assert min(left, right) > 0.2 * max(left, right)


@pytest.mark.gl
@pytest.mark.parametrize("name", ["blush", "tears", "shock", "hearts"])
def test_what_lies_on_the_skin_never_leaves_the_head(name: str, pictures: dict[str, npt.NDArray[np.uint8]]) -> None:
    assert np.abs(pictures[name][..., 3].astype(int) - pictures["bare"][..., 3]).max() <= 1


def test_every_moment_asks_for_layers_that_are_there(full: AvatarModel) -> None:
    names = {layer.name.removeprefix(OVERLAY) for layer in full.layers if layer.name.startswith(OVERLAY)}
    seen: set[str] = set()
    for frame in range(240):
        asked = moving(dict.fromkeys(NAMES, 1.0), frame / 60)
        assert asked.keys() <= names
        assert all(0.0 <= opacity <= 1.0 for opacity in asked.values())
        seen |= asked.keys()
    assert seen == names


def test_drops_slide_without_a_gap_or_a_jump() -> None:
    before: dict[str, float] = {}
    for frame in range(1, 1200):
        now_s = frame / 240
        asked = {name: opacity for name, opacity in moving({"sweat": 1.0, "tears": 1.0}, now_s).items() if opacity > 0}
        phase = now_s / SWEAT_S % 1.0
        if 0.13 < phase < 0.84:
            assert max(opacity for name, opacity in asked.items() if name.startswith("sweat.")) == 1.0
        if before:
            for name in asked.keys() | before.keys():
                assert abs(asked.get(name, 0.0) - before.get(name, 0.0)) <= 0.06
        before = asked
    assert moving({"tears": 0.5}, 0.3) == moving({"tears": 0.5}, 0.3)
    assert moving({"tears": 1.0}, 3.0).items() ^ moving({"tears": 1.0}, 3.0 + TEAR_S / 2).items()


def test_hearts_make_way_for_a_closed_eye(full: AvatarModel) -> None:
    row = [layer.name for layer in full.layers].index(OVERLAY + "hearts.left")
    deformer = Deformer(full)
    for blink, shown in ((0.0, 1.0), (0.5, 1.0), (0.7, 0.5), (1.0, 0.0)):
        face = FaceFrame.from_mapping({"eyeBlinkLeft": blink})
        assert deformer.layer_opacity(face, moving({"hearts": 1.0}, 0.0))[row] == pytest.approx(shown, abs=1e-5)


def test_an_unknown_overlay_is_asked_for_by_its_own_name() -> None:
    assert moving({"horns": 0.5}, 1.0) == {"horns": 0.5}


def test_what_cannot_be_placed_is_left_alone(plain: AvatarModel, full: AvatarModel) -> None:
    assert with_overlays(full) is full  # it has its own already
    for landmarks in (None, "many", [[1, 2]], [[0, 0]] * 478, [[0, 0]] * 477 + [[1e9, 0]], [[float("nan")] * 2] * 478):
        bare = dataclasses.replace(plain, facts={"landmarks_px": landmarks})
        assert with_overlays(bare) is bare


@pytest.mark.parametrize("seed", range(6))
def test_landmarks_of_no_face_at_all_do_no_harm(plain: AvatarModel, seed: int) -> None:
    rng = np.random.default_rng(seed)
    landmarks = rng.uniform(-2000, 2000, (478, 2)) if seed else 512 + rng.uniform(-4, 4, (478, 2))
    odd = with_overlays(dataclasses.replace(plain, facts={"landmarks_px": landmarks.tolist()}))
    assert np.isfinite(Deformer(odd).deform(TALKING)).all()


def test_places_are_those_of_the_face(plain: AvatarModel) -> None:
    face = places.face_of(plain.facts, 2048.0)
    assert face is not None
    assert json.loads(json.dumps(plain.facts["landmarks_px"]))  # plain numbers, as they are in the file
    middle = {name: patch.grid_px.mean(axis=(0, 1)) for name, patch in {
        "right": places.blush(face, "right"), "left": places.blush(face, "left"), "gloom": places.gloom(face),
        "sweat": places.sweat(face, 0), "anger": places.anger(face), "pool": places.pool(face, "left"),
    }.items()}  # fmt: skip
    eye_y = face.eye("left")[1]
    assert middle["right"][0] < face.eye("right")[0] + 20 < face.eye("left")[0] - 20 < middle["left"][0]
    assert middle["gloom"][1] < eye_y < middle["left"][1]
    assert middle["sweat"][0] > face.eye("left")[0]
    assert middle["anger"][0] < face.eye("right")[0]
    assert abs(middle["pool"][1] - eye_y) < 20
