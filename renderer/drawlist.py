"""From layers to draw commands: plain data, printable, made once per model, tested without OpenGL.

One index buffer holds the triangles in the order in which they are drawn, so that each command is one range of it,
and neighbouring layers with the same state become one command. What differs from layer to layer but needs no new
state (opacity, mask channel, depth) is looked up by a number that each vertex carries.

A frame has up to three parts:

* *mask*: the edges of the clip groups, into the channels of a texture of the same size as the picture. Group 0 has
  red ("upper") and green ("lower"), group 1 blue and alpha. Layers of one channel are joined by their maximum.
* *opaque*: triangles that certainly hide what lies behind (`renderer.coverage`), front to back, depth written.
* *plain* and *clipped*: everything else, back to front. A clipped colour is multiplied by upper x lower of its group.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from assets.avatar import AvatarModel, Blend, Layer

Flags = npt.NDArray[np.bool_]
Kind = Literal["mask", "opaque", "plain", "clipped"]
NO_CHANNEL: Final = 255
_EDGES: Final = ("upper", "lower")


@dataclass(frozen=True, slots=True)
class DrawCommand:
    """One draw call: `count` indices from `first`.

    page: atlas page. blend: always "normal" for masks and opaque parts. group: clip group of a clipped command.
    layers: names, for people and tests.
    """

    kind: Kind
    first: int
    count: int
    page: int
    blend: Blend
    group: int | None
    layers: tuple[str, ...]

    def __str__(self) -> str:
        clip = "" if self.group is None else f" group {self.group}"
        what = f"{self.count // 3} triangles of {', '.join(self.layers)}"
        return f"{self.kind:7} {self.blend:8} page {self.page}{clip}: {what}"


@dataclass(frozen=True, slots=True, eq=False)
class DrawList:
    """indices: uint16 or uint32, three per triangle. vertex_layer: uint8 (V,), the vertex's layer.

    vertex_channel: uint8 (V,), mask channel 0..3 of a mask layer's vertices, else NO_CHANNEL.
    clipped: rows of the vertices that clipped layers draw: masks matter nowhere else.
    """

    masks: tuple[DrawCommand, ...]
    colours: tuple[DrawCommand, ...]
    indices: npt.NDArray[np.uint16] | npt.NDArray[np.uint32]
    vertex_layer: npt.NDArray[np.uint8]
    vertex_channel: npt.NDArray[np.uint8]
    clipped: npt.NDArray[np.intp]

    def __str__(self) -> str:
        return "\n".join(str(command) for command in (*self.masks, *self.colours))

    @property
    def draws(self) -> int:
        """Draw calls in a frame."""
        return len(self.masks) + len(self.colours)


def mask_channel(group: int, edge: str, /) -> int:
    """0..3 for red..alpha."""
    return 2 * group + _EDGES.index(edge)


def build(
    model: AvatarModel, /, *, layer_page: Sequence[int], opaque: Flags | None = None, clear: Flags | None = None
) -> DrawList:
    """layer_page: atlas page of each layer.

    opaque, clear: bool (T,), triangles for the opaque part, and triangles to leave out; None for no such triangles.
    """
    groups = {name: group for group, name in enumerate(model.clip_groups)}
    nothing = np.zeros(len(model.triangles), bool)
    first = nothing if opaque is None else opaque
    shown = ~nothing if clear is None else ~clear
    writer = _Writer(model)
    # Layers that can never be seen are left out. Their vertices stay: rows keep their meaning.
    drawn = [(row, layer) for row, layer in enumerate(model.layers) if layer.opacity > 0.0]
    pictures = [(row, layer) for row, layer in drawn if layer.mask is None]
    visible_groups = {layer.clip for _, layer in pictures if layer.clip is not None}

    for row, layer in drawn:
        if layer.mask is not None and layer.clip in visible_groups:
            writer.add("mask", layer, layer_page[row], shown)
    masks = writer.take()
    for row, layer in reversed(pictures):
        # Last triangle first: where a layer folds over itself, the triangle that would be painted last must win.
        writer.add("opaque", layer, layer_page[row], shown & first, backwards=True)
    for row, layer in pictures:
        group = None if layer.clip is None else groups[layer.clip]
        writer.add("plain" if group is None else "clipped", layer, layer_page[row], shown & ~first, group=group)
    colours = writer.take()

    layer_of, channel_of = np.zeros(model.vertex_count, np.uint8), np.full(model.vertex_count, NO_CHANNEL, np.uint8)
    for row, layer in enumerate(model.layers):
        layer_of[slice(*layer.vertex_range)] = row
        if layer.mask is not None and layer.clip is not None:
            channel_of[slice(*layer.vertex_range)] = mask_channel(groups[layer.clip], layer.mask)
    clipped = [np.arange(*layer.vertex_range, dtype=np.intp) for _, layer in pictures if layer.clip is not None]
    return DrawList(
        masks, colours, writer.indices(), layer_of, channel_of, np.concatenate([np.zeros(0, np.intp), *clipped])
    )


class _Writer:
    """Appends triangles to the index buffer and merges each with the command before when their state is the same."""

    def __init__(self, model: AvatarModel) -> None:
        self._model = model
        self._parts: list[npt.NDArray[np.uint32]] = []
        self._length = 0
        self._commands: list[DrawCommand] = []

    def add(
        self, kind: Kind, layer: Layer, page: int, chosen: Flags, *, group: int | None = None, backwards: bool = False
    ) -> None:
        rows = slice(*layer.triangle_range)
        triangles = self._model.triangles[rows][chosen[rows]]
        if not len(triangles):
            return
        self._parts.append((triangles[::-1] if backwards else triangles).reshape(-1))
        blend: Blend = layer.blend if kind in ("plain", "clipped") else "normal"
        command = DrawCommand(kind, self._length, triangles.size, page, blend, group, (layer.name,))
        self._length += triangles.size
        if self._commands and _state(self._commands[-1]) == _state(command):
            before = self._commands.pop()
            layers = (*before.layers, layer.name)
            command = DrawCommand(kind, before.first, before.count + command.count, page, blend, group, layers)
        self._commands.append(command)

    def take(self) -> tuple[DrawCommand, ...]:
        """The commands since the last `take`."""
        commands, self._commands = tuple(self._commands), []
        return commands

    def indices(self) -> npt.NDArray[np.uint16] | npt.NDArray[np.uint32]:
        joined = np.concatenate([np.zeros(0, np.uint32), *self._parts])
        return joined.astype(np.uint16) if self._model.vertex_count <= 1 << 16 else joined


def _state(command: DrawCommand) -> tuple[object, ...]:
    return command.kind, command.page, command.blend, command.group
