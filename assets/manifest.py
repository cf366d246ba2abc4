"""`avatar.json`: everything of an avatar that isn't an array, as plain JSON.

    format, version       "cartoonalive-avatar", 1
    canvas_px             [width, height]
    channels              the 52 ARKit names: what the first rows of the deltas mean
    correctives           lists of ARKit names whose product (`avatar.UNDOING`: the lesser) drives the further rows
    head                  the numbers of `assets.avatar.HeadRig`
    layers                the fields of `assets.avatar.Layer`, back to front; absent ones have their defaults
    textures              name -> {"size_px": [width, height]}; the picture is the member textures/NAME.png
    title, author, licence, facts

Keys that are not known are ignored, so that a later program may add some without a new version.
"""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, cast

from assets import arkit
from assets.avatar import (
    MAX_CANVAS_PX,
    MAX_CORRECTIVES,
    MAX_LAYERS,
    MAX_TEXTURE_SIDE_PX,
    NAME_PATTERN,
    AvatarModel,
    Blend,
    Fade,
    HeadRig,
    Layer,
    MaskEdge,
)
from assets.strictjson import Node, shown

FORMAT: Final = "cartoonalive-avatar"
VERSION: Final = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """The checked contents of `avatar.json`; `texture_sizes_px`: name -> (width, height)."""

    canvas_px: tuple[int, int]
    correctives: tuple[tuple[str, ...], ...]
    head: HeadRig
    layers: tuple[Layer, ...]
    texture_sizes_px: Mapping[str, tuple[int, int]]
    title: str
    author: str
    licence: str
    facts: Mapping[str, Any]


def to_json(model: AvatarModel, /) -> dict[str, Any]:
    """The manifest of `model` as JSON values."""
    return {
        "format": FORMAT,
        "version": VERSION,
        "title": model.title,
        "author": model.author,
        "licence": model.licence,
        "canvas_px": [int(side) for side in model.canvas_px],
        "channels": list(arkit.NAMES),
        "correctives": [list(names) for names in model.correctives],
        "head": {
            spec.name: [float(x) for x in value] if isinstance(value, tuple) else float(value)
            for spec in dataclasses.fields(model.head)
            for value in [getattr(model.head, spec.name)]
        },
        "layers": [_layer_to_json(layer) for layer in model.layers],
        "textures": {
            name: {"size_px": [texture.shape[1], texture.shape[0]]} for name, texture in sorted(model.textures.items())
        },
        "facts": dict(model.facts),
    }


def _layer_to_json(layer: Layer) -> dict[str, Any]:
    return {
        "name": layer.name,
        "vertex_range": [int(row) for row in layer.vertex_range],
        "triangle_range": [int(row) for row in layer.triangle_range],
        "texture": layer.texture,
        "clip": layer.clip,
        "mask": layer.mask,
        "blend": layer.blend,
        "opacity": float(layer.opacity),
        "fades": [
            {"signal": fade.signal, "hidden_at": float(fade.hidden_at), "shown_at": float(fade.shown_at)}
            for fade in layer.fades
        ],
    }


def check_version(root: Node, /) -> None:
    """Refuse what isn't an avatar manifest of a version that this program knows. Raises ValueError."""
    if root.get("format").value != FORMAT:
        raise ValueError(f"format: expected {FORMAT!r}, got {shown(root.get('format').value)}")
    version = root["version"].integer(0)
    if version != VERSION:
        raise ValueError(f"version: this program reads version {VERSION}, got {version}; a newer program is needed")


def from_json(value: Any, /) -> Manifest:
    """The checked manifest. Raises ValueError (or AvatarError, from the types of `assets.avatar`) naming the field."""
    root = Node(value, "")
    check_version(root)
    channels = root["channels"]
    if channels.array() != list(arkit.NAMES):
        raise ValueError("channels: expected the 52 ARKit names in their order")
    correctives = root.get("correctives", [])
    correctives.array(at_most=MAX_CORRECTIVES)
    layers = root["layers"]
    layers.array(at_most=MAX_LAYERS)
    return Manifest(
        canvas_px=_pair(root["canvas_px"], 1, MAX_CANVAS_PX),
        correctives=tuple(tuple(_name(name) for name in names) for names in correctives),
        head=_head(root["head"]),
        layers=tuple(_layer(layer) for layer in layers),
        texture_sizes_px=_texture_sizes_px(root["textures"]),
        title=root.get("title", "").text(),
        author=root.get("author", "").text(),
        licence=root.get("licence", "").text(),
        facts=root.get("facts", {}).object(),
    )


def _head(node: Node) -> HeadRig:
    numbers = {
        spec.name: node[spec.name].number()
        for spec in dataclasses.fields(HeadRig)
        if spec.name != "pivot_px" and (spec.name == "focal_px" or spec.name in node.object())
    }
    x_px, y_px = (Node(value, "head.pivot_px").number() for value in node["pivot_px"].array(2))
    return HeadRig(pivot_px=(x_px, y_px), **numbers)


def _layer(node: Node) -> Layer:
    fades = node.get("fades", [])
    fades.array(at_most=16)
    clip, mask = node.get("clip"), node.get("mask")
    return Layer(
        name=_name(node["name"]),
        vertex_range=_pair(node["vertex_range"]),
        triangle_range=_pair(node["triangle_range"]),
        texture=_name(node["texture"]),
        clip=None if clip.value is None else _name(clip),
        mask=None if mask.value is None else cast(MaskEdge, _name(mask)),  # Layer refuses unknown values
        blend=cast(Blend, _name(node.get("blend", "normal"))),
        opacity=node.get("opacity", 1.0).number(0.0, 1.0),
        fades=tuple(
            Fade(_name(fade["signal"]), fade["hidden_at"].number(), fade["shown_at"].number()) for fade in fades
        ),
    )


def _texture_sizes_px(node: Node) -> dict[str, tuple[int, int]]:
    if len(node.object()) > MAX_LAYERS:
        raise ValueError(f"{node.place}: expected at most {MAX_LAYERS} textures, got {len(node.object())}")
    for name in node.object():
        _name(Node(name, f"{node.place}: name"))
    return {name: _pair(node[name]["size_px"], 1, MAX_TEXTURE_SIDE_PX) for name in node.object()}


def _pair(node: Node, lowest: int = 0, highest: int = 2**32 - 1) -> tuple[int, int]:
    node.array(2)
    first, second = (side.integer(lowest, highest) for side in node)
    return first, second


def _name(node: Node) -> str:
    if not NAME_PATTERN.fullmatch(node.text(at_most=64)):
        node.fail("a plain name (letters, digits, _ . -)")
    return node.text()
