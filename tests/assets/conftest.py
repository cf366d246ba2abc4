"""A small hand-made avatar: six layers, both clip groups' masks, stops, correctives, awkward values."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assets import arkit
from assets.avatar import AvatarModel, Chains, Fade, HeadRig, Layer, Stops

GRID = 4


def _layers() -> tuple[Layer, ...]:
    kinds: tuple[dict[str, Any], ...] = (
        {"name": "skin", "texture": "skin"},
        {"name": "eyes-upper", "texture": "mask", "clip": "eyes", "mask": "upper"},
        {"name": "eyes-lower", "texture": "mask", "clip": "eyes", "mask": "lower"},
        {"name": "iris", "texture": "iris.1", "clip": "eyes", "opacity": 0.9},
        {"name": "blush", "texture": "iris.1", "blend": "multiply",
         "fades": (Fade("cheekPuff", 0.0, 1.0), Fade("yaw_rad", -0.5, 0.25))},
        {"name": "glint", "texture": "mask", "blend": "add"},
    )  # fmt: skip
    v, t = GRID * GRID, 2 * (GRID - 1) ** 2
    return tuple(
        Layer(vertex_range=(i * v, (i + 1) * v), triangle_range=(i * t, (i + 1) * t), **kind)
        for i, kind in enumerate(kinds)
    )


@pytest.fixture
def make_model() -> Callable[..., AvatarModel]:
    """`make_model(seed=0, **replaced)`: an avatar of 6 layers and 96 vertices with the fields given replaced."""

    def build(seed: int = 0, **replaced: Any) -> AvatarModel:
        random = np.random.default_rng(seed)
        layers = _layers()
        y, x = np.divmod(np.arange(GRID * GRID), GRID)
        corner = (y * GRID + x)[(y < GRID - 1) & (x < GRID - 1)]
        quads = np.stack((corner, corner + 1, corner + GRID, corner + 1, corner + GRID + 1, corner + GRID), 1)
        one = quads.reshape(-1, 3)
        count = len(layers) * GRID * GRID
        grid_uv = np.stack((x, y), 1) / (GRID - 1)
        deltas_px = random.normal(0.0, 8.0, (arkit.COUNT + 2, count, 2)).astype(np.float32)
        deltas_px[random.random(deltas_px.shape[:2]) < 0.8] = 0.0
        fields: dict[str, Any] = {
            "canvas_px": (320, 400),
            "rest_px": random.uniform(0.0, 320.0, (count, 2)).astype(np.float32),
            "depth_px": random.normal(0.0, 30.0, count).astype(np.float32),
            "follow": random.random(count).astype(np.float32),
            "uv": np.tile(grid_uv, (len(layers), 1)).astype(np.float32),
            "triangles": np.concatenate([one + i * GRID * GRID for i in range(len(layers))]).astype(np.uint32),
            "deltas_px": deltas_px,
            "head": HeadRig((160.0, 333.3), 900.0, perspective=0.55, pitch_depth_px=1 / 3, px_per_m=1234.5),
            "layers": layers,
            "textures": {
                "skin": random.integers(0, 256, (33, 21, 4), np.uint8),
                "mask": np.zeros((8, 8, 4), np.uint8),
                "iris.1": random.integers(0, 256, (1, 5, 4), np.uint8),
            },
            "correctives": (("jawOpen", "mouthClose"), ("jawOpen", "mouthSmileLeft", "mouthSmileRight")),
            "stops": Stops(
                np.array([16, 17], np.uint32), np.array([33, 34], np.uint32), np.array([0.5, -0.25], np.float32),
                np.array([16, 17, 3], np.uint32), np.array([0, 1, 1], np.uint32), np.array([1.0, 1.0, 0.5], np.float32),
            ),
            "chains": Chains(
                np.array([[0, 1, 2, 3], [64, 65, 66, 67]], np.uint32), np.array([1, 2, 2, 67], np.uint32),
                np.array([1, 1, 2, 7], np.uint32), np.array([1.0, 0.25, 0.75, 0.5], np.float32),
            ),
            "facts": {"seed": 7, "steps": [{"name": "mesh", "s": 0.125}], "note": "größe ✓", "none": None},
            "title": "A “small” avatar",
            "author": "CartoonAlive",
            "licence": "CC0-1.0",
        }  # fmt: skip
        return AvatarModel(**{**fields, **replaced})

    return build


@pytest.fixture
def model(make_model: Callable[..., AvatarModel]) -> AvatarModel:
    """The small avatar with its default seed."""
    return make_model()


@pytest.fixture
def avatar_file(model: AvatarModel, tmp_path: Path) -> Path:
    """The small avatar, saved."""
    from assets import store

    path = tmp_path / "small.avatar"
    store.save(model, path)
    return path
