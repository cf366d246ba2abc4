"""generator.identity.edit"""

from dataclasses import replace

import numpy as np
import pytest

from assets import store
from assets.avatar import AvatarModel
from assets.errors import AvatarError
from assets.face import FaceFrame
from assets.identity import LIMIT, PARAMETERS
from generator.identity import edit, predict, shapes
from generator.identity.edit import Setting
from renderer.gl import Renderer
from renderer.surface import OffscreenSurface

ROW = {name: row for row, name in enumerate(PARAMETERS)}


def rows(model: AvatarModel, name: str) -> slice:
    return slice(*model.layer(name).vertex_range)


def growth(model: AvatarModel, parameter: str, kind: str, by: float) -> float:
    per_unit = shapes.SIZE[kind] / LIMIT
    before = edit.weights(model)[ROW[parameter]]
    return float((1.0 + per_unit * (before + by)) / (1.0 + per_unit * before))


def edited(model: AvatarModel, **changes: float) -> AvatarModel:
    settings = [Setting(name.replace("__", "."), value, relative=True) for name, value in changes.items()]
    return edit.apply(model, edit.changed(edit.weights(model), settings))


def test_adding_nothing_changes_no_bit(sample: AvatarModel) -> None:
    same = edited(sample, left_eye__scale=0.0, mouth__y=0.0, face__long=-0.0)
    assert store.to_bytes(same) == store.to_bytes(sample)


def test_a_bigger_eye_grows_whole_and_its_glances_with_it(sample: AvatarModel) -> None:
    by = 4.0
    bigger = edited(sample, left_eye__scale=by)
    ratio = growth(sample, "left_eye.scale", "eye", by)
    assert ratio > 1.04
    iris = rows(sample, "eye_left_iris")
    old, new = sample.rest_px[iris].astype(float), bigger.rest_px[iris].astype(float)
    np.testing.assert_allclose(new - new.mean(axis=0), ratio * (old - old.mean(axis=0)), atol=2e-3)
    np.testing.assert_allclose(bigger.deltas_px[:, iris], ratio * sample.deltas_px[:, iris], atol=1e-3)
    upper = sample.stops.upper
    mine = (upper >= rows(sample, "eye_left_mask_upper").start) & (upper < rows(sample, "eye_left_mask_upper").stop)
    np.testing.assert_allclose(bigger.stops.gap_px[mine], ratio * sample.stops.gap_px[mine], rtol=1e-3)
    np.testing.assert_array_equal(bigger.stops.gap_px[~mine], sample.stops.gap_px[~mine])


def test_the_rest_stays_bit_for_bit(sample: AvatarModel) -> None:
    bigger = edited(sample, left_eye__scale=6.0)
    owners = edit.owners(sample)
    assert set(owners.values()) == {"skin", "over", "left_eye", "right_eye", "nose", "mouth", "left_brow", "right_brow"}
    for layer in sample.layers:
        if owners[layer.name] not in ("left_eye", "skin"):
            own = rows(sample, layer.name)
            assert bigger.rest_px[own].tobytes() == sample.rest_px[own].tobytes(), layer.name
            assert bigger.deltas_px[:, own].tobytes() == sample.deltas_px[:, own].tobytes(), layer.name
    assert (bigger.rest_px[rows(sample, "face")] != sample.rest_px[rows(sample, "face")]).any()
    assert bigger.uv.tobytes() == sample.uv.tobytes()
    assert bigger.depth_px.tobytes() == sample.depth_px.tobytes()


def test_a_higher_mouth_takes_teeth_and_lips_along(sample: AvatarModel) -> None:
    higher = edited(sample, mouth__y=-6.0)
    travel = shapes.PLACE["mouth"][1] / LIMIT * -6.0 * float(sample.facts["inter_iris_px"])
    lips = ("upper_lip", "lower_lip")
    for name in lips:
        moved = (higher.rest_px - sample.rest_px)[rows(sample, name)]
        assert np.median(moved[:, 1]) == pytest.approx(travel, rel=0.02), name
    for layer in sample.layers:
        if layer.clip == "mouth":
            assert edit.owners(sample)[layer.name] == "mouth", layer.name


@pytest.mark.parametrize("number", range(3))
def test_nothing_folds_whatever_the_weights(sample: AvatarModel, number: int) -> None:
    goal = np.random.default_rng(number).choice([-LIMIT, LIMIT], 21)
    assert edit.flipped(sample, edit.apply(sample, goal)) == 0


def test_flipped_counts_triangles_that_turned_over(sample: AvatarModel) -> None:
    nose = rows(sample, "nose")
    rest = sample.rest_px.copy()
    rest[nose, 0] = 2.0 * rest[nose, 0].mean() - rest[nose, 0]
    mirrored = replace(sample, rest_px=rest)
    first, last = sample.layer("nose").triangle_range
    assert edit.flipped(sample, mirrored) == last - first
    assert edit.flipped(sample, sample) == 0


def test_no_hole_opens(sample: AvatarModel) -> None:
    goal = edit.weights(sample)
    for name, value in (("left_eye.scale", -25.0), ("mouth.y", -25.0), ("nose.scale", 25.0), ("face.broad", -25.0)):
        goal[ROW[name]] = value
    with OffscreenSurface(sample.canvas_px) as surface:
        seen = []
        for model in (sample, edit.apply(sample, goal)):
            with Renderer(model, surface) as renderer:
                renderer.draw(FaceFrame())
                picture = np.zeros((*sample.canvas_px[::-1], 4), np.uint8)
                renderer.read_rgba(picture)
                seen.append(picture)
    points = np.array(sample.facts["landmarks_px"])[:468]
    (x0, y0), (x1, y1) = points.min(axis=0).astype(int), points.max(axis=0).astype(int)
    inner = (slice(y0 + (y1 - y0) // 6, y1 - (y1 - y0) // 6), slice(x0 + (x1 - x0) // 5, x1 - (x1 - x0) // 5))
    assert seen[0][inner][..., 3].min() == seen[1][inner][..., 3].min() == 255
    assert (seen[0][inner] != seen[1][inner]).any(axis=-1).mean() > 0.05


def test_an_edit_survives_its_file(sample: AvatarModel) -> None:
    changed = edited(sample, right_eye__x=-3.0, face__round=5.0)
    back = store.from_bytes(store.to_bytes(changed))
    np.testing.assert_array_equal(back.rest_px, changed.rest_px)
    np.testing.assert_allclose(edit.weights(back), edit.weights(changed), atol=1e-9)
    assert store.to_bytes(edited(back, mouth__x=0.0)) == store.to_bytes(back)


def test_there_and_back(sample: AvatarModel) -> None:
    before = edit.weights(sample)
    there = edited(sample, left_eye__scale=8.0, mouth__y=-3.0)
    back = edit.apply(there, before)
    assert np.abs(back.rest_px - sample.rest_px).max() < 0.02 * float(sample.facts["inter_iris_px"])
    iris = rows(sample, "eye_left_iris")
    np.testing.assert_allclose(back.rest_px[iris], sample.rest_px[iris], atol=0.05)
    moved = np.array(there.facts["landmarks_px"]) - np.array(sample.facts["landmarks_px"])
    assert moved[13, 1] < -0.01 * float(sample.facts["inter_iris_px"])
    assert np.abs(moved[[10, 33, 4, 105]]).max() < 0.01 * float(sample.facts["inter_iris_px"])


def test_an_avatar_from_before_identities_gets_one_from_its_landmarks(sample: AvatarModel) -> None:
    facts = {name: value for name, value in sample.facts.items() if name != "identity"}
    old = replace(sample, facts=facts)
    expected = predict.identify(np.array(facts["landmarks_px"])).weights
    np.testing.assert_allclose(edit.weights(old), expected, atol=1e-3)
    assert set(edit.apply(old, edit.weights(old)).facts["identity"]) == {"weights", "least_squares", "residual_iod"}


def test_settings_add_or_replace_one_after_another() -> None:
    start = np.zeros(21)
    start[ROW["nose.y"]] = 4.0
    settings = [Setting("nose.y", 3.0, True), Setting("nose.y", -8.0, True), Setting("mouth.x", -30.0, False)]
    found = edit.changed(start, settings)
    assert (found[ROW["nose.y"]], found[ROW["mouth.x"]]) == (-1.0, -30.0)
    assert start[ROW["nose.y"]] == 4.0
    with pytest.raises(ValueError, match=r"nose.y: weights run from -45 to 45, \+4.0 \+42 gives \+46.0"):
        edit.changed(start, [Setting("nose.y", 42.0, True)])
    with pytest.raises(ValueError, match=r"nose.y: weights run from -45 to 45, got \+46"):
        edit.changed(start, [Setting("nose.y", 46.0, False)])


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "facts.landmarks_px: expected the 478 landmarks"),
        ({"landmarks_px": [[1.0, 2.0]]}, "facts.landmarks_px: expected the 478 landmarks"),
        ({"landmarks_px": [[5.0, 5.0]] * 478}, "facts.landmarks_px: expected the 478 landmarks"),
        ({"identity": 3}, "facts.identity.weights: expected a number for each"),
        ({"identity": {"weights": {"nose.x": "far"}}}, "facts.identity.weights: expected a number for each"),
        ({"identity": {"weights": dict.fromkeys(PARAMETERS, 46.0)}}, "facts.identity.weights: must be within"),
        ({"identity": {"weights": dict.fromkeys(PARAMETERS, float("nan"))}}, "facts.identity.weights: must be within"),
    ],
)
def test_facts_of_unknown_origin(sample: AvatarModel, facts: dict[str, object], words: str) -> None:
    with pytest.raises(AvatarError, match=words):
        edit.weights(replace(sample, facts=facts))
