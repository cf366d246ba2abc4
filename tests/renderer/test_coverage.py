"""Solid and clear triangles: never one too many."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assets.avatar import AvatarModel, Fade
from renderer import atlas
from renderer.coverage import Coverage, coverage


def judged(model: AvatarModel) -> Coverage:
    return coverage(model, atlas.build(model, reduction={}, max_side_px=1024))


def one_layer(builder: Callable[..., Any], texture: Any, cells: tuple[int, int] = (4, 1), **layer: Any) -> AvatarModel:
    maker = builder()
    if "clip" in layer:
        for edge in ("upper", "lower"):
            maker.grid(edge, (0, 0, 10, 10), texture, cells=(1, 1), clip=layer["clip"], mask=edge)
    maker.grid("t", (0, 0, 10, 10), texture, cells=cells, **layer)
    model: AvatarModel = maker.build()
    return model


def test_solid_and_clear_by_columns(builder: Callable[..., Any]) -> None:
    texture = np.zeros((8, 16, 4), np.uint8)
    texture[:, 4:, 3] = 255
    texture[:, 4, 3] = 254  # one texel not quite opaque: its column, and the one whose filter reaches it
    found = judged(one_layer(builder, texture))
    assert found.solid.reshape(4, 2).tolist() == [[False] * 2, [False] * 2, [True] * 2, [True] * 2]
    assert found.clear.any() == np.False_  # the filter of the first column reaches into the second
    texture[:, 4, 3] = 0
    assert judged(one_layer(builder, texture)).clear.reshape(4, 2).tolist() == [[True] * 2, *[[False] * 2] * 3]


def test_the_filter_at_the_rim_reads_the_padding(builder: Callable[..., Any]) -> None:
    assert judged(one_layer(builder, np.full((3, 3, 4), 255, np.uint8))).solid.all()


@pytest.mark.parametrize(
    "fields", [{"opacity": 0.99}, {"fades": (Fade("jawOpen", 0.0, 1.0),)}, {"blend": "add"}, {"blend": "multiply"},
               {"clip": "eyes"}], ids=str,
)  # fmt: skip
def test_what_may_show_something_behind_is_never_solid(builder: Callable[..., Any], fields: dict[str, Any]) -> None:
    texture = np.full((3, 3, 4), 255, np.uint8)
    assert not judged(one_layer(builder, texture, **fields)).solid.any()


def test_solid_agrees_with_the_texels_of_each_triangle(face: AvatarModel) -> None:
    """Against a slow look at points inside each triangle."""
    built = atlas.build(face, reduction={}, max_side_px=1024)
    found = coverage(face, built)
    assert found.solid.sum() > 200
    assert not (found.solid & found.clear).any()
    shares = np.array([[a, b, 1 - a - b] for a in np.linspace(0, 1, 9) for b in np.linspace(0, 1 - a, 9)])
    alpha = built.pages[0][..., 3].astype(int)
    for triangle in np.flatnonzero(found.solid | found.clear):
        uv = shares @ built.uv[face.triangles[triangle]].astype(float)
        x, y = np.floor(uv * alpha.shape[::-1] - 0.5).astype(int).T
        read = np.stack([alpha[y, x], alpha[y + 1, x], alpha[y, x + 1], alpha[y + 1, x + 1]])
        assert (read == (255 if found.solid[triangle] else 0)).all()


def test_clear_masks_count_as_well(builder: Callable[..., Any]) -> None:
    model = one_layer(builder, np.zeros((3, 3, 4), np.uint8), clip="eyes")
    assert judged(model).clear.all()
    assert judged(dataclasses.replace(model)).solid.any() == np.False_
