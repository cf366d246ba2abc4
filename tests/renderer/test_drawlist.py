"""Layers -> draw commands: order, state, merging. No OpenGL."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assets.avatar import AvatarModel
from renderer import drawlist
from renderer.drawlist import NO_CHANNEL

TEXTURE = np.full((1, 1, 4), 255, np.uint8)


@pytest.fixture
def model(builder: Callable[..., Any]) -> Callable[..., AvatarModel]:
    """A model of one-quad layers, given as name=fields."""

    def make(**layers: dict[str, Any]) -> AvatarModel:
        maker = builder()
        for name, fields in layers.items():
            maker.grid(name, (0, 0, 10, 10), TEXTURE, cells=(1, 1), **fields)
        built: AvatarModel = maker.build()
        return built

    return make


EYES = {"up": {"clip": "eyes", "mask": "upper"}, "low": {"clip": "eyes", "mask": "lower"}}
MOUTH = {"m-up": {"clip": "mouth", "mask": "upper"}, "m-low": {"clip": "mouth", "mask": "lower"}}


def plan(built: AvatarModel, **options: Any) -> drawlist.DrawList:
    return drawlist.build(built, layer_page=options.pop("pages", [0] * len(built.layers)), **options)


def test_neighbours_of_one_state_become_one_command(model: Callable[..., AvatarModel]) -> None:
    made = plan(model(a={}, b={}, c={"blend": "multiply"}, d={}, e={"blend": "add"}, f={"blend": "add"}))
    assert [(command.layers, command.blend) for command in made.colours] == [
        (("a", "b"), "normal"), (("c",), "multiply"), (("d",), "normal"), (("e", "f"), "add"),
    ]  # fmt: skip
    assert [(command.first, command.count) for command in made.colours] == [(0, 12), (12, 6), (18, 6), (24, 12)]
    assert made.draws == 4


def test_the_draw_order_is_never_changed_to_merge(model: Callable[..., AvatarModel]) -> None:
    made = plan(model(a={}, **EYES, b={"clip": "eyes"}, c={}, d={"clip": "eyes"}))
    assert [command.layers for command in made.colours] == [("a",), ("b",), ("c",), ("d",)]
    assert [command.kind for command in made.colours] == ["plain", "clipped", "plain", "clipped"]


def test_masks_of_all_groups_are_one_command_with_a_channel_per_vertex(model: Callable[..., AvatarModel]) -> None:
    built = model(**EYES, **MOUTH, iris={"clip": "eyes"}, teeth={"clip": "mouth"}, skin={})
    made = plan(built)
    (masks,) = made.masks
    assert (masks.kind, masks.layers, masks.count) == ("mask", ("up", "low", "m-up", "m-low"), 24)
    channels = [set(made.vertex_channel[slice(*layer.vertex_range)].tolist()) for layer in built.layers]
    assert channels == [{0}, {1}, {2}, {3}, {NO_CHANNEL}, {NO_CHANNEL}, {NO_CHANNEL}]
    kinds = [(command.kind, command.group) for command in made.colours]
    assert kinds == [("clipped", 0), ("clipped", 1), ("plain", None)]


def test_two_eyes_share_the_channels_of_their_group(model: Callable[..., AvatarModel]) -> None:
    other = {f"other-{name}": fields for name, fields in EYES.items()}
    built = model(**EYES, **other, iris={"clip": "eyes"})
    made = plan(built)
    assert len(made.masks) == 1
    assert [int(made.vertex_channel[layer.vertex_range[0]]) for layer in built.layers] == [0, 1, 0, 1, NO_CHANNEL]


def test_a_group_that_clips_nothing_is_not_drawn(model: Callable[..., AvatarModel]) -> None:
    made = plan(model(**EYES, skin={}))
    assert made.masks == ()
    assert len(made.clipped) == 0


def test_layers_of_opacity_zero_are_left_out(model: Callable[..., AvatarModel]) -> None:
    made = plan(model(a={}, ghost={"opacity": 0.0, "blend": "add"}, b={}))
    assert [command.layers for command in made.colours] == [("a", "b")]


def test_another_page_is_another_command(model: Callable[..., AvatarModel]) -> None:
    made = plan(model(a={}, b={}, c={}), pages=[0, 1, 1])
    assert [(command.page, command.layers) for command in made.colours] == [(0, ("a",)), (1, ("b", "c"))]


def test_opaque_triangles_come_first_and_front_to_back(model: Callable[..., AvatarModel]) -> None:
    built = model(back={}, front={})
    made = plan(built, opaque=np.array([True, False, True, True]))
    assert [(command.kind, command.layers) for command in made.colours] == [
        ("opaque", ("front", "back")), ("plain", ("back",)),
    ]  # fmt: skip
    # the last triangle of the front layer first: it would be painted last
    assert np.array_equal(made.indices.reshape(-1, 3), built.triangles[[3, 2, 0, 1]])


def test_clear_triangles_are_left_out(model: Callable[..., AvatarModel]) -> None:
    built = model(a={}, b={})
    made = plan(built, clear=np.array([True, False, True, True]))
    assert np.array_equal(made.indices.reshape(-1, 3), built.triangles[[1]])
    assert [command.layers for command in made.colours] == [("a",)]


def test_without_triangles_to_leave_out_each_is_drawn_exactly_once(face: AvatarModel, rng: np.random.Generator) -> None:
    opaque = rng.uniform(size=len(face.triangles)) < 0.3
    for layer in face.layers:
        if layer.mask is not None or layer.clip is not None:
            opaque[slice(*layer.triangle_range)] = False
    made = plan(face, opaque=opaque)
    drawn = made.indices.reshape(-1, 3).tolist()
    assert sorted(drawn) == sorted(face.triangles.tolist())
    commands = [*made.masks, *made.colours]
    assert [command.first for command in commands] == [0, *np.cumsum([command.count for command in commands])[:-1]]
    assert sum(command.count for command in commands) == made.indices.size


def test_forty_layers_take_a_dozen_draws_at_most(face: AvatarModel) -> None:
    assert len(face.layers) >= 40
    assert plan(face).draws <= 11  # one more for the opaque part
    opaque = np.zeros(len(face.triangles), bool)
    opaque[slice(*face.layer("head").triangle_range)] = True
    assert plan(face, opaque=opaque).draws <= 12


def test_indices_are_short_while_they_fit(face: AvatarModel) -> None:
    assert plan(face).indices.dtype == np.uint16
    extra = (1 << 16) + 1 - face.vertex_count
    last = face.layers[-1]
    large = dataclasses.replace(
        face,
        layers=(*face.layers[:-1], dataclasses.replace(last, vertex_range=(last.vertex_range[0], (1 << 16) + 1))),
        **{
            name: np.concatenate([array, np.zeros((extra, *array.shape[1:]), np.float32)])
            for name in ("rest_px", "depth_px", "follow", "uv") for array in [getattr(face, name)]
        },
        deltas_px=np.zeros((len(face.deltas_px), (1 << 16) + 1, 2), np.float32),
    )  # fmt: skip
    assert plan(large).indices.dtype == np.uint32


def test_the_clipped_vertices_are_those_of_the_clipped_pictures(model: Callable[..., AvatarModel]) -> None:
    built = model(**EYES, skin={}, iris={"clip": "eyes"})
    assert plan(built).clipped.tolist() == list(range(*built.layer("iris").vertex_range))


def test_the_plan_reads_as_text(model: Callable[..., AvatarModel]) -> None:
    assert str(plan(model(**EYES, skin={}, iris={"clip": "eyes"}))).splitlines() == [
        "mask    normal   page 0: 4 triangles of up, low",
        "plain   normal   page 0: 2 triangles of skin",
        "clipped normal   page 0 group 0: 2 triangles of iris",
    ]
