"""`.avatar` files: exact round trips, same bytes for the same model, and one clear refusal for everything else."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

from assets import store
from assets.avatar import AvatarModel


def assert_same(a: AvatarModel, b: AvatarModel) -> None:
    for name in ("rest_px", "depth_px", "follow", "uv", "triangles", "deltas_px"):
        left, right = getattr(a, name), getattr(b, name)
        assert left.dtype == right.dtype and left.shape == right.shape
        assert left.tobytes() == right.tobytes(), name
    for name in ("upper", "lower", "gap_px", "follower", "follower_stop", "follower_weight"):
        assert getattr(a.stops, name).tobytes() == getattr(b.stops, name).tobytes(), name
    assert set(a.textures) == set(b.textures)
    for name in a.textures:
        np.testing.assert_array_equal(a.textures[name], b.textures[name])
    for name in ("canvas_px", "head", "layers", "correctives", "facts", "title", "author", "licence"):
        assert getattr(a, name) == getattr(b, name), name


def test_what_is_loaded_is_what_was_saved(make_model: Callable[..., AvatarModel], tmp_path: Path) -> None:
    for seed in range(3):
        model = make_model(seed)
        store.save(model, tmp_path / "a.avatar")
        assert_same(store.load(tmp_path / "a.avatar"), model)
