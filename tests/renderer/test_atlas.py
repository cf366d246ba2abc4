"""Textures -> premultiplied pages: exact averages, no leaks, every uv on its own texel."""

import logging
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.avatar import AvatarModel
from renderer import atlas
from renderer.atlas import PADDING_PX


def sampled(page: npt.NDArray[np.uint8], uv: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """What a linear filter reads at `uv` (N, 2)."""
    height, width = page.shape[:2]
    x, y = (uv.astype(float) * (width, height) - 0.5).T
    x0, y0 = np.floor(x).astype(int), np.floor(y).astype(int)
    fx, fy = (x - x0)[:, None], (y - y0)[:, None]
    corner = {(i, j): page[y0 + j, x0 + i].astype(float) for i in (0, 1) for j in (0, 1)}
    top = corner[0, 0] * (1 - fx) + corner[1, 0] * fx
    return top * (1 - fy) + (corner[0, 1] * (1 - fx) + corner[1, 1] * fx) * fy


def test_premultiplied_is_the_rounded_product() -> None:
    texture = np.array([[[255, 100, 3, 128], [255, 255, 255, 0], [7, 8, 9, 255]]], np.uint8)
    assert atlas.premultiplied(texture).tolist() == [[[128, 50, 2, 128], [0, 0, 0, 0], [7, 8, 9, 255]]]


def test_reduction_averages_colours_by_their_coverage() -> None:
    texture = np.zeros((2, 2, 4), np.uint8)
    texture[0, 0] = (200, 100, 0, 255)
    texture[1, 1] = (0, 0, 255, 0)  # a clear texel has no say in the colour
    assert atlas.premultiplied(texture, reduction=2).tolist() == [[[50, 25, 0, 64]]]


def test_a_texture_that_does_not_divide_is_continued_by_its_edge() -> None:
    texture = np.full((3, 5, 4), 255, np.uint8)
    texture[:, 4, :3] = 10
    reduced = atlas.premultiplied(texture, reduction=2)
    assert reduced.shape == (2, 3, 4)
    assert reduced[:, 2].tolist() == [[10, 10, 10, 255]] * 2


@pytest.mark.parametrize(
    ("scale", "expected"), [(2.0, 1), (1.0, 1), (0.6, 1), (0.57, 2), (0.5, 2), (0.37, 2), (0.36, 3), (0.1, 10)]
)
def test_reductions_follow_the_output_scale(scale: float, expected: int) -> None:
    assert atlas.reductions({"t": 1.0}, scale) == {"t": expected}
    assert atlas.reductions({"t": 2.0}, scale * 2) == {"t": expected}


def test_density_is_measured_where_a_texture_is_shown_largest(builder: Callable[..., Any]) -> None:
    maker = builder()
    maker.grid("face", (0, 0, 50, 50), np.zeros((100, 100, 4), np.uint8))
    mouth = maker.grid("mouth", (0, 0, 40, 1), np.zeros((40, 40, 4), np.uint8), cells=(1, 1))
    maker.move("jawOpen", mouth[1], (0, 39))
    model = maker.build()
    assert atlas.texel_density(model) == {"face": pytest.approx(2.0), "mouth": pytest.approx(1.0)}


def test_density_of_a_layer_without_area_is_finite(builder: Callable[..., Any]) -> None:
    maker = builder()
    maker.grid("point", (5, 5, 5, 5), np.zeros((10, 10, 4), np.uint8))
    assert atlas.texel_density(maker.build()) == {"point": pytest.approx(10.0)}


@given(
    st.dictionaries(
        st.text("abcdefgh", min_size=1, max_size=3), st.tuples(st.integers(1, 64), st.integers(1, 64)), min_size=1
    )
)
def test_packing_never_overlaps_nor_leaves_its_page(sizes: dict[str, tuple[int, int]]) -> None:
    corners, pages = atlas.pack(sizes, 64)
    assert corners.keys() == sizes.keys()
    assert all(width <= 64 and height <= 64 for width, height in pages)
    taken = [np.zeros((height, width), int) for width, height in pages]
    for name, (page, x, y) in corners.items():
        width, height = sizes[name]
        taken[page][y : y + height, x : x + width] += 1
        assert x + width <= pages[page][0]
        assert y + height <= pages[page][1]
    assert max(page.max() for page in taken) == 1


def test_packing_is_dense_and_nearly_square() -> None:
    _, ((width, height),) = atlas.pack({f"t{i}": (100 + i, 100 + 2 * i) for i in range(30)}, 4096)
    used = sum((100 + i) * (100 + 2 * i) for i in range(30))
    assert used / (width * height) > 0.75
    assert 0.5 < width / height < 2.0


def test_every_vertex_finds_its_texel_and_no_neighbour_leaks_in(builder: Callable[..., Any]) -> None:
    """Each texture has its own colour; whatever uv in 0..1 a vertex has, the filter reads only that colour."""
    maker = builder()
    colours = [(250, 0, 0), (0, 250, 0), (0, 0, 250), (250, 250, 0), (0, 250, 250)]
    for index, colour in enumerate(colours):
        texture = np.zeros((7 + 3 * index, 5 + index, 4), np.uint8)
        texture[...] = (*colour, 255)
        maker.grid(f"t{index}", (0, 0, 10, 10), texture, cells=(9, 9))
    model = maker.build()
    for n in (1, 2, 3):
        built = atlas.build(model, reduction=dict.fromkeys(model.textures, n), max_side_px=64)
        for layer, page, colour in zip(model.layers, built.layer_page, colours, strict=True):
            read = sampled(built.pages[page], built.uv[slice(*layer.vertex_range)])
            assert np.abs(read - (*colour, 255)).max() < 1e-3


@pytest.mark.parametrize("n", [1, 2, 4])
def test_uv_keeps_its_place_in_a_reduced_texture(builder: Callable[..., Any], n: int) -> None:
    """A ramp stays the same ramp, also when the reduction does not divide the size."""
    maker = builder()
    width, height = 61, 40
    texture = np.zeros((height, width, 4), np.uint8)
    texture[..., 0] = np.arange(width) * 4
    texture[..., 3] = 255
    maker.grid("ramp", (0, 0, 61, 40), texture, cells=(61, 1))
    model = maker.build()
    built = atlas.build(model, reduction={"ramp": n}, max_side_px=256)
    inside = (model.uv[:, 0] * width > 4) & (model.uv[:, 0] * width < 56)
    read = sampled(built.pages[0], built.uv)[inside, 0]
    assert read == pytest.approx((model.uv[inside, 0] * width - 0.5) * 4, abs=1.1)


def test_layers_may_share_a_texture_and_unused_ones_are_not_packed(face: AvatarModel) -> None:
    built = atlas.build(face, reduction={}, max_side_px=4096)
    assert set(built.places) == {layer.texture for layer in face.layers}
    assert len(built.pages) == 1


def test_small_pages_make_more_pages(face: AvatarModel) -> None:
    built = atlas.build(face, reduction={}, max_side_px=256)
    assert len(built.pages) > 1
    assert all(max(page.shape[:2]) <= 256 for page in built.pages)
    assert set(built.layer_page) == set(range(len(built.pages)))
    assert built.uv.min() >= 0.0
    assert built.uv.max() <= 1.0


def test_a_texture_too_large_for_the_card_is_drawn_smaller_with_a_warning(
    face: AvatarModel, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.WARNING):
        built = atlas.build(face, reduction={}, max_side_px=128)
    assert all(max(page.shape[:2]) <= 128 for page in built.pages)
    assert "texture hair-back is 200x206 px, this OpenGL takes 128: drawn at 1/2" in caplog.text


def test_padding_repeats_the_edge(builder: Callable[..., Any]) -> None:
    maker = builder()
    texture = np.zeros((3, 3, 4), np.uint8)
    texture[..., 3] = 255
    texture[0, 0, 0] = 200
    maker.grid("t", (0, 0, 3, 3), texture)
    built = atlas.build(maker.build(), reduction={}, max_side_px=64)
    place = built.places["t"]
    corner = built.pages[0][place.y_px - PADDING_PX : place.y_px + 1, place.x_px - PADDING_PX : place.x_px + 1]
    assert (corner[..., 0] == 200).all()
    assert (place.width_px, place.height_px, place.texels) == (3, 3, (3.0, 3.0))
