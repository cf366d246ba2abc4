"""runtime.overlays.riding"""

import dataclasses

import numpy as np
import pytest

from assets import arkit
from assets.avatar import AvatarModel, HeadRig, Layer
from runtime.overlays.riding import ride


def model() -> AvatarModel:
    """Two triangles beside one another, each a layer; jawOpen moves the third vertex of the first."""
    rest = np.array([[0, 0], [8, 0], [0, 8], [8, 0], [16, 0], [8, 8]], np.float32)
    deltas = np.zeros((arkit.COUNT, 6, 2), np.float32)
    deltas[arkit.INDEX["jawOpen"], 2] = (0.0, 4.0)
    return AvatarModel(
        (16, 16), rest, np.arange(6, dtype=np.float32), np.linspace(0, 1, 6, dtype=np.float32),
        np.zeros((6, 2), np.float32), np.array([[0, 1, 2], [3, 4, 5]], np.uint32), deltas, HeadRig((0.0, 0.0), 100.0),
        (Layer("a", (0, 3), (0, 1), "t"), Layer("b", (3, 6), (1, 2), "t")), {"t": np.zeros((1, 1, 4), np.uint8)},
    )  # fmt: skip


def test_a_spot_moves_with_the_three_corners_about_it() -> None:
    found = ride(model(), np.array([[2.0, 2.0], [0.0, 8.0]]), ("a",))
    assert found.deltas_px[arkit.INDEX["jawOpen"]].tolist() == [[0.0, 1.0], [0.0, 4.0]]
    assert found.depth_px.tolist() == [0.75, 2.0]
    assert found.follow == pytest.approx([0.15, 0.4])
    assert not np.delete(found.deltas_px, arkit.INDEX["jawOpen"], axis=0).any()


def test_the_first_layer_that_has_the_spot_wins() -> None:
    spots = np.array([[10.0, 2.0], [2.0, 2.0]])
    assert ride(model(), spots, ("a", "b")).depth_px == pytest.approx([3.75, 0.75])
    assert ride(model(), spots, ("b", "a")).depth_px == pytest.approx([3.75, 0.75])
    shared = np.array([[8.0, 0.0]])
    assert ride(model(), shared, ("a", "b")).depth_px == [1.0]
    assert ride(model(), shared, ("b", "a")).depth_px == [3.0]


def test_beside_all_of_them_it_goes_with_the_nearest_vertex_of_the_last() -> None:
    found = ride(model(), np.array([[-5.0, 20.0], [30.0, -3.0]]), ("b", "a"))
    assert found.depth_px.tolist() == [2.0, 1.0]
    assert found.deltas_px[arkit.INDEX["jawOpen"]].tolist() == [[0.0, 4.0], [0.0, 0.0]]


def test_triangles_without_area_and_no_points_at_all() -> None:
    flat = dataclasses.replace(model(), triangles=np.array([[0, 0, 1], [3, 4, 5]], np.uint32))
    assert ride(flat, np.array([[1.0, 0.0]]), ("a",)).depth_px.tolist() == [0.0]
    assert ride(model(), np.zeros((0, 2)), ("a", "b")).deltas_px.shape == (arkit.COUNT, 0, 2)


def test_an_unknown_layer_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        ride(model(), np.zeros((1, 2)), ("c",))
