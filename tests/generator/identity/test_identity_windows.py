"""generator.identity.windows"""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets import identity
from assets.identity import COMPONENTS
from generator.identity import windows

SQUARE = np.array([[0.0, 0.0], [4.0, 0.0], [4.0, 4.0], [0.0, 4.0]])
POINTS = st.lists(st.tuples(st.floats(-50, 50), st.floats(-50, 50)), min_size=3, max_size=25, unique=True)


def around() -> list[windows.Window]:
    template = identity.template()
    made = windows.of_face(template.points_px, template.unit_px)
    return [made[name] for name in COMPONENTS]


def test_a_hull_leaves_out_what_lies_inside_and_on_its_edges() -> None:
    inside = np.array([[1.0, 1.0], [2.0, 0.0], [4.0, 3.0]])
    found = windows.hull(np.concatenate([inside, SQUARE]))
    assert {tuple(corner) for corner in found} == {tuple(corner) for corner in SQUARE}


@given(POINTS)
def test_no_point_lies_outside_its_hull(points: list[tuple[float, float]]) -> None:
    own = np.array(points)
    found = windows.hull(own)
    if len(found) > 2 and np.ptp(own, axis=0).min() > 1e-3:
        assert windows.distance(own, found, 500.0).max() < 1e-6


def test_distances_to_a_square() -> None:
    points = np.array([[2.0, 2.0], [2.0, 1.0], [6.0, 2.0], [7.0, 8.0], [-3.0, 1.0], [200.0, 2.0]])
    found = windows.distance(points, windows.hull(SQUARE), 20.0)
    np.testing.assert_allclose(found, [-2.0, -1.0, 2.0, 5.0, 3.0, 20.0], atol=1e-12)


def test_smootherstep_is_flat_at_both_ends() -> None:
    t = np.array([-1.0, 0.0, 0.5, 1.0, 3.0])
    np.testing.assert_allclose(windows.smootherstep(t), [0.0, 0.0, 0.5, 1.0, 1.0])
    assert windows.smootherstep(np.array([1e-3]))[0] < 1e-7


def test_each_landmark_belongs_to_its_component() -> None:
    template = identity.template()
    for number, name in enumerate(COMPONENTS):
        own = template.points_px[list(windows.LANDMARKS[name])]
        assert windows.shares(own, around())[number].min() > 0.99, name


@pytest.mark.parametrize("share", [windows.shares, windows.soft_shares])
def test_shares_never_exceed_the_whole(share: object, rng: np.random.Generator) -> None:
    points = rng.uniform(0.0, 1024.0, (800, 2))
    found = share(points, around())  # type: ignore[operator]
    assert found.min() >= 0.0
    assert found.sum(axis=0).max() <= 1.0 + 1e-9
    assert 0.0 < np.median(found.max(axis=0)) < 1.0


def test_hair_goes_whole_with_the_outline_and_the_far_canvas_stays() -> None:
    template = identity.template()
    outline = around()[-1]
    inside, far = template.points_px[[1, 10, 152]], np.array([[1000.0, 1500.0]])
    np.testing.assert_allclose(windows.over_share(inside, outline)[0], 1.0)
    assert windows.over_share(far, outline)[0, 0] == 0.0
    assert outline.level(template.points_px[[1]])[0] == 0.0
