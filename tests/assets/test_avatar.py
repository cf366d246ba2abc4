"""The model's invariants: each one, broken alone, is refused and named."""

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assets.avatar import AvatarModel, Chains, Fade, HeadRig, Layer, Stops
from assets.errors import AvatarError


def changed(array: np.ndarray[Any, Any], index: Any, value: float) -> np.ndarray[Any, Any]:
    copy = array.copy()
    copy[index] = value
    return copy


def layers(model: AvatarModel, index: int, **fields: Any) -> tuple[Layer, ...]:
    return tuple(dataclasses.replace(layer, **fields) if i == index else layer for i, layer in enumerate(model.layers))


def stops(model: AvatarModel, **fields: Any) -> Stops:
    return dataclasses.replace(model.stops, **fields)


def chains(model: AvatarModel, **fields: Any) -> Chains:
    return dataclasses.replace(model.chains, **fields)


BROKEN: dict[str, tuple[Callable[[AvatarModel], dict[str, Any]], str]] = {
    "canvas zero": (lambda m: {"canvas_px": (0, 10)}, "canvas_px"),
    "canvas huge": (lambda m: {"canvas_px": (10, 8193)}, "canvas_px"),
    "rest shape": (lambda m: {"rest_px": np.zeros((96, 3), np.float32)}, "rest_px"),
    "rest dtype": (lambda m: {"rest_px": m.rest_px.astype(np.float64)}, "rest_px"),
    "rest NaN": (lambda m: {"rest_px": changed(m.rest_px, (5, 1), np.nan)}, "rest_px"),
    "rest far away": (lambda m: {"rest_px": changed(m.rest_px, (5, 1), 1e7)}, "rest_px"),
    "no array": (lambda m: {"depth_px": [0.0] * 96}, "depth_px"),
    "depth length": (lambda m: {"depth_px": m.depth_px[:-1]}, "depth_px"),
    "depth infinite": (lambda m: {"depth_px": changed(m.depth_px, 0, np.inf)}, "depth_px"),
    "follow below": (lambda m: {"follow": changed(m.follow, 0, -0.1)}, "follow"),
    "follow above": (lambda m: {"follow": changed(m.follow, 0, 1.1)}, "follow"),
    "uv outside": (lambda m: {"uv": changed(m.uv, (3, 0), 1.5)}, "uv"),
    "triangles signed": (lambda m: {"triangles": m.triangles.astype(np.int32)}, "triangles"),
    "triangles none": (lambda m: {"triangles": m.triangles[:0]}, "triangles"),
    "triangle beyond": (lambda m: {"triangles": changed(m.triangles, (-1, 0), 96)}, "layer glint: triangles"),
    "triangle of another layer": (lambda m: {"triangles": changed(m.triangles, (0, 0), 20)}, "layer skin: triangles"),
    "deltas rows": (lambda m: {"deltas_px": m.deltas_px[:-1]}, "deltas_px"),
    "deltas NaN": (lambda m: {"deltas_px": changed(m.deltas_px, (0, 0, 0), np.nan)}, "deltas_px"),
    "deltas far": (lambda m: {"deltas_px": changed(m.deltas_px, (0, 0, 0), 1e6)}, "deltas_px"),
    "corrective of one": (lambda m: {"correctives": (("jawOpen",), ("jawOpen", "jawLeft"))}, "correctives"),
    "corrective unknown": (lambda m: {"correctives": (("jawOpen", "nose"), ("jawOpen", "jawLeft"))}, "correctives"),
    "layer twice": (lambda m: {"layers": layers(m, 1, name="skin")}, "layer skin"),
    "layer hole": (lambda m: {"layers": layers(m, 1, vertex_range=(17, 32))}, "layer eyes-upper: vertex_range"),
    "layer short": (lambda m: {"layers": m.layers[:-1]}, "layers: they cover"),
    "layers none": (lambda m: {"layers": ()}, "layers"),
    "layer past the triangles": (lambda m: {"layers": layers(m, 5, triangle_range=(90, 200))}, "triangle_range"),
    "no such texture": (lambda m: {"layers": layers(m, 0, texture="fur")}, "layer skin: texture"),
    "one mask only": (lambda m: {"layers": layers(m, 2, mask="upper")}, "clip group eyes"),
    "texture grey": (lambda m: {"textures": {**m.textures, "skin": np.zeros((4, 4), np.uint8)}}, "texture skin"),
    "texture float": (lambda m: {"textures": {**m.textures, "skin": np.zeros((4, 4, 4))}}, "texture skin"),
    "texture empty": (lambda m: {"textures": {**m.textures, "skin": np.zeros((0, 4, 4), np.uint8)}}, "texture skin"),
    "texture wide": (lambda m: {"textures": {**m.textures, "skin": np.zeros((1, 4097, 4), np.uint8)}}, "texture skin"),
    "texture name": (lambda m: {"textures": {**m.textures, "../x": np.zeros((1, 1, 4), np.uint8)}}, "textures"),
    "stop index": (lambda m: {"stops": stops(m, upper=np.array([1, 96], np.uint32))}, "stops.upper"),
    "stop dtype": (lambda m: {"stops": stops(m, lower=np.array([1, 2], np.int64))}, "stops.lower"),
    "stop length": (lambda m: {"stops": stops(m, gap_px=np.zeros(3, np.float32))}, "stops.gap_px"),
    "stop NaN": (lambda m: {"stops": stops(m, gap_px=np.full(2, np.nan, np.float32))}, "stops.gap_px"),
    "stop of none": (lambda m: {"stops": stops(m, follower_stop=np.array([0, 1, 2], np.uint32))}, "follower_stop"),
    "chain joint": (lambda m: {"chains": chains(m, joints=np.full((2, 4), 96, np.uint32))}, "chains.joints"),
    "chain of three": (lambda m: {"chains": chains(m, joints=np.zeros((2, 3), np.uint32))}, "chains.joints"),
    "chain of none": (lambda m: {"chains": chains(m, joint=np.array([1, 1, 2, 8], np.uint32))}, "chains.joint:"),
    "chain vertex": (lambda m: {"chains": chains(m, vertex=np.array([1, 2, 2, 96], np.uint32))}, "chains.vertex"),
    "chain length": (lambda m: {"chains": chains(m, vertex=np.array([1, 2, 2], np.uint32))}, "chains.joint"),
    "chain weight": (lambda m: {"chains": chains(m, weight=np.full(4, 1.5, np.float32))}, "chains.weight"),
    "chains many": (lambda m: {"chains": chains(m, joints=np.zeros((65, 4), np.uint32))}, "chains.joints: at most 64"),
    "stop weight": (lambda m: {"stops": stops(m, follower_weight=np.full(3, 2, np.float32))}, "follower_weight"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_invariant_is_named(case: str, model: AvatarModel) -> None:
    change, named = BROKEN[case]
    with pytest.raises(AvatarError) as caught:
        dataclasses.replace(model, **change(model))
    assert named in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("build", "named"),
    [
        (lambda: Fade("jaw", 0.0, 1.0), "fade.signal"),
        (lambda: Fade("jawOpen", 0.5, 0.5), "differ"),
        (lambda: Fade("jawOpen", 0.5, float("nan")), "finite"),
        (lambda: Layer("a b", (0, 1), (0, 1), "t"), "layer.name"),
        (lambda: Layer("a", (0, 1), (0, 1), "../t"), "texture"),
        (lambda: Layer("a", (0, 1), (0, 1), "t", clip="x/y"), "clip"),
        (lambda: Layer("a", (0, 1), (0, 1), "t", clip="x", mask="left"), "mask"),  # type: ignore[arg-type]
        (lambda: Layer("a", (0, 1), (0, 1), "t", mask="upper"), "clip group"),
        (lambda: Layer("a", (0, 1), (0, 1), "t", blend="screen"), "blend"),  # type: ignore[arg-type]
        (lambda: Layer("a", (0, 1), (0, 1), "t", opacity=1.5), "opacity"),
        (lambda: Layer("a", (0, 1), (0, 1), "t", opacity=float("nan")), "opacity"),
        (lambda: HeadRig((0.0, 0.0), 0.0), "focal_px"),
        (lambda: HeadRig((0.0, float("inf")), 1.0), "finite"),
        (lambda: HeadRig((0.0, 0.0), 1.0, perspective=2.0), "perspective"),
        (lambda: HeadRig((0.0, 0.0), 1.0, max_yaw_rad=3.0), "limits"),
        (lambda: HeadRig((0.0, 0.0), 1.0, yaw_gain=11.0), "gains"),
    ],
)
def test_parts_check_themselves(build: Callable[[], object], named: str) -> None:
    with pytest.raises(AvatarError, match=named):
        build()


def test_the_model_cannot_be_changed(model: AvatarModel) -> None:
    for name in ("rest_px", "depth_px", "follow", "uv", "triangles", "deltas_px"):
        with pytest.raises(ValueError, match="read-only"):
            getattr(model, name)[0] = 0
    with pytest.raises(TypeError):
        model.textures["new"] = model.textures["skin"]  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        model.title = "other"  # type: ignore[misc]


def test_what_the_model_tells_of_itself(model: AvatarModel) -> None:
    assert model.vertex_count == 96
    assert model.clip_groups == ("eyes",)
    assert model.layer("iris").opacity == 0.9
    with pytest.raises(KeyError):
        model.layer("tail")
