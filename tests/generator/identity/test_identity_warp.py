"""generator.identity.warp"""

import numpy as np
import pytest

from assets import identity
from assets.identity import LIMIT, PARAMETERS
from generator.identity import shapes, warp
from generator.identity.windows import LANDMARKS

TEMPLATE = identity.template()
FACE = warp.Face(TEMPLATE.points_px, TEMPLATE.unit_px, (1024, 1024))
ZERO = np.zeros(21)


def weights(**named: float) -> np.ndarray:
    return np.array([named.get(name.replace(".", "_"), 0.0) for name in PARAMETERS])


def test_a_component_gets_exactly_what_was_asked_for() -> None:
    after = weights(left_eye_x=10.0, left_eye_y=-20.0, left_eye_scale=30.0)
    own = list(LANDMARKS["left_eye"])
    bent = FACE.bend(TEMPLATE.points_px[own], ZERO, after, "left_eye")
    np.testing.assert_allclose(bent.points_px, TEMPLATE.points_px[own] + after[:3] @ _exact(own), atol=1e-6)
    larger = (1.0 + shapes.SIZE["eye"]) * np.eye(2)
    np.testing.assert_allclose(bent.gradient, np.tile(larger, (len(own), 1, 1)), atol=1e-6)


def _exact(own: list[int]) -> np.ndarray:
    """One unit of x, y and scale on the left eye's landmarks: (N, 3, 2)."""
    frame = shapes.frames(TEMPLATE.points_px, TEMPLATE.unit_px)["left_eye"]
    return np.stack([frame.step(np.zeros(3), row).displacement(TEMPLATE.points_px[own]) for row in np.eye(3)], axis=1)


def test_others_do_not_move_at_all() -> None:
    points = TEMPLATE.points_px
    after = weights(left_eye_scale=30.0, mouth_y=-30.0)
    for owner in ("right_eye", "nose", "left_brow", warp.OVER):
        bent = FACE.bend(points, ZERO, after, owner)
        np.testing.assert_array_equal(bent.points_px, points)
        np.testing.assert_array_equal(bent.gradient, np.tile(np.eye(2), (478, 1, 1)))


def test_the_skin_follows_and_fades_out() -> None:
    after = weights(mouth_x=30.0)
    mouth, far = TEMPLATE.points_px[[13, 14]].mean(axis=0), np.array([40.0, 40.0])
    cheek = TEMPLATE.points_px[291] + [0.25 * TEMPLATE.unit_px, 0.0]
    moved = FACE.move(np.array([mouth, cheek, far]), ZERO, after, warp.SKIN) - [mouth, cheek, far]
    travel = shapes.PLACE["mouth"][0] * TEMPLATE.unit_px
    assert moved[0, 0] == pytest.approx(travel, rel=0.1)
    assert 0.02 * travel < moved[1, 0] < 0.9 * travel
    assert moved[2].tolist() == [0.0, 0.0]


@pytest.mark.parametrize("owner", [warp.SKIN, warp.OVER, "mouth"])
def test_the_plane_never_folds(owner: str, rng: np.random.Generator) -> None:
    y, x = np.mgrid[0:1025:40, 0:1025:40].astype(float)
    points = np.stack([x.ravel(), y.ravel()], axis=1)
    signs = rng.choice([-LIMIT, LIMIT], (2, 21))
    for before, after in ((signs[0], -signs[0]), (signs[1], -signs[1])):
        bent = FACE.bend(points, before, after, owner)
        assert np.linalg.det(bent.gradient).min() > 0.0


def test_the_edge_of_the_canvas_stays() -> None:
    face = warp.Face(TEMPLATE.points_px - 60.0, TEMPLATE.unit_px, (900, 860))
    edge = np.array([[0.0, 300.0], [900.0, 500.0], [400.0, 860.0], [400.0, 0.0]])
    moved = face.move(edge, ZERO, weights(face_long=30.0, face_broad=30.0, face_round=30.0), warp.OVER)
    np.testing.assert_array_equal(moved, edge)


def test_layers_find_their_owner() -> None:
    points, unit = TEMPLATE.points_px, TEMPLATE.unit_px
    for component in ("left_eye", "nose", "mouth", "right_brow"):
        own = points[list(LANDMARKS[component])]
        assert warp.owner_of(own, points, unit, inside=False) == component
    assert warp.owner_of(points[:468], points, unit, inside=False) == warp.SKIN
    high = points[list(LANDMARKS["mouth"])] + [0.0, 0.3 * unit]
    assert warp.owner_of(high, points, unit, inside=True) == "mouth"
