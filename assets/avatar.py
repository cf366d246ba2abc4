"""The avatar as it is saved and drawn: packed arrays and a list of layers, every invariant checked at construction.

An `AvatarModel` is one mesh cut into layers. Its vertices move in five steps, all pure (`renderer.deform`):

1. *Shapes.* `rest_px + weights @ deltas_px`: one row of deltas for each of the 52 ARKit names, then one for each
   corrective (a product of channels, such as jawOpen x mouthSmileLeft; `UNDOING` is the one exception).
2. *Stops.* An upper lid never passes the lower one, however shapes add up: `Stops` pushes it back, skin and all.
3. *Head.* A turn in depth about the neck (`HeadRig`), weak perspective, blended per vertex by `follow`.
4. *Chains.* Locks of hair hang on chains of joints, which the live show lets swing; without it they keep their pose.
5. *Fades.* Layers appear and disappear with a channel or an angle (the tongue, the line of closed lids).

Clipping is by *groups* (the eyes, the mouth). Two mask layers per group are never shown: "upper" covers all that lies
below an upper edge (the upper lid), "lower" all that lies above a lower edge (the lower lid). A picture layer with
`clip` shows only where both cover it, so a closed eye leaves nothing behind, by construction.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal, get_args

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.errors import AvatarError

Floats = npt.NDArray[np.float32]
Indices = npt.NDArray[np.uint32]
Texture = npt.NDArray[np.uint8]
Blend = Literal["normal", "multiply", "add"]
MaskEdge = Literal["upper", "lower"]

# Limits for files of unknown origin: generous for any real avatar, small enough to refuse a bomb (reliability 4.5).
MAX_LAYERS: Final = 256
MAX_CLIP_GROUPS: Final = 2
MAX_TEXTURE_SIDE_PX: Final = 4096
MAX_TEXTURE_PIXELS: Final = 64_000_000
MAX_VERTICES: Final = 200_000
MAX_TRIANGLES: Final = 400_000
MAX_CORRECTIVES: Final = 64
UNDOING: Final = frozenset({"jawOpen", "mouthClose"})
"""The pair of which the corrective runs with the lesser: ARKit's mouthClose takes back that much of jawOpen, so lips
that stay closed on a jaw a third open have a third of both."""
MAX_CANVAS_PX: Final = 8192
MAX_CHAINS: Final = 64
JOINTS: Final = 4
"""Joints of a chain, the root among them."""
NAME_PATTERN: Final = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9_.-]{0,63}")
FADE_SIGNALS: Final[tuple[str, ...]] = (*arkit.NAMES, "yaw_rad", "pitch_rad", "roll_rad")


def _need(condition: object, message: str) -> None:
    if not condition:
        raise AvatarError(message)


@dataclass(frozen=True, slots=True)
class Fade:
    """A layer's opacity runs from 0 where `signal` is `hidden_at` to 1 where it is `shown_at`, constant beyond.

    signal: one of `FADE_SIGNALS`: an ARKit name or a head angle in radians. Several fades multiply.
    """

    signal: str
    hidden_at: float
    shown_at: float

    def __post_init__(self) -> None:
        _need(self.signal in FADE_SIGNALS, f"fade.signal: {self.signal!r} is neither an ARKit name nor a head angle")
        _need(np.isfinite([self.hidden_at, self.shown_at]).all(), "fade: hidden_at and shown_at must be finite")
        _need(self.hidden_at != self.shown_at, "fade: hidden_at and shown_at must differ")


@dataclass(frozen=True, slots=True)
class Layer:
    """One textured piece of the mesh, drawn in list order, back to front.

    vertex_range, triangle_range: half-open rows of the model's arrays; triangles refer to
        the layer's own vertices only.
    texture: key into `AvatarModel.textures`.
    clip: name of the clip group that this layer belongs to, or None.
    mask: None for a picture; "upper" or "lower" for a mask layer of group `clip`, whose texture alpha is the mask.
    opacity: 0..1, times all fades.
    """

    name: str
    vertex_range: tuple[int, int]
    triangle_range: tuple[int, int]
    texture: str
    clip: str | None = None
    mask: MaskEdge | None = None
    blend: Blend = "normal"
    opacity: float = 1.0
    fades: tuple[Fade, ...] = ()

    def __post_init__(self) -> None:
        _need(NAME_PATTERN.fullmatch(self.name), f"layer.name: {self.name!r} is not a plain name")
        where = f"layer {self.name}"
        _need(NAME_PATTERN.fullmatch(self.texture), f"{where}: texture: {self.texture!r} is not a plain name")
        plain_clip = self.clip is None or NAME_PATTERN.fullmatch(self.clip)
        _need(plain_clip, f"{where}: clip: {self.clip!r} is not a plain name")
        _need(self.mask is None or self.mask in get_args(MaskEdge), f"{where}: mask: unknown value {self.mask!r}")
        _need(self.mask is None or self.clip is not None, f"{where}: a mask layer must name its clip group")
        _need(self.blend in get_args(Blend), f"{where}: blend: unknown value {self.blend!r}")
        _need(0.0 <= self.opacity <= 1.0, f"{where}: opacity must be in 0..1, got {self.opacity}")


@dataclass(frozen=True, slots=True, eq=False)
class Stops:
    """Where one curve must not pass another: vertex `upper[k]` stays above `lower[k]` by `gap_px[k]` (y is down).

    What an upper vertex passes too far is taken back, and every follower of stop k (`follower_stop[f] == k`) is moved
    up by `follower_weight[f]` times as much: the lid skin and lashes that hang on it. The upper vertex itself must be
    among the followers, with weight 1.

    upper, lower: uint32 (K,); gap_px: float32 (K,), may be negative (the curves may cross by that much).
    follower, follower_stop: uint32 (F,); follower_weight: float32 (F,) in 0..1.
    """

    upper: Indices = field(default_factory=lambda: np.zeros(0, np.uint32))
    lower: Indices = field(default_factory=lambda: np.zeros(0, np.uint32))
    gap_px: Floats = field(default_factory=lambda: np.zeros(0, np.float32))
    follower: Indices = field(default_factory=lambda: np.zeros(0, np.uint32))
    follower_stop: Indices = field(default_factory=lambda: np.zeros(0, np.uint32))
    follower_weight: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True, eq=False)
class Chains:
    """What swings: chains of `JOINTS` joints from root to tip, and how the vertices hang on them.

    A joint is a vertex of the model: where the mesh has it after the head's turn is where it wants to be. Whoever lets
    it swing gives each joint an offset in pixels; vertex `vertex[b]` moves by `weight[b]` times the offset of joint
    `joint[b]`, summed over its entries b. Joint number c * JOINTS + j is joint j of chain c; roots (j = 0) stay.

    joints: uint32 (C, JOINTS); vertex, joint: uint32 (B,); weight: float32 (B,) in 0..1.
    """

    joints: Indices = field(default_factory=lambda: np.zeros((0, JOINTS), np.uint32))
    vertex: Indices = field(default_factory=lambda: np.zeros(0, np.uint32))
    joint: Indices = field(default_factory=lambda: np.zeros(0, np.uint32))
    weight: Floats = field(default_factory=lambda: np.zeros(0, np.float32))


@dataclass(frozen=True, slots=True)
class HeadRig:
    """How the head turns. Angles are the avatar's after `gain`, softly limited to the `max_*`.

    pivot_px: (x, y) on the canvas, the base of the neck; depth 0 is the pivot's own.
    focal_px, perspective: distance and strength (0..1) of the weak perspective.
    pitch_depth_px, pitch_depth_gain: depth used for nodding is `pitch_depth_px + gain * (depth - pitch_depth_px)`:
        with the whole depth a nod would squash the face.
    yaw_gain, pitch_gain, roll_gain: avatar angle per source angle.
    px_per_m: canvas pixels per metre of head travel.
    """

    pivot_px: tuple[float, float]
    focal_px: float
    perspective: float = 0.6
    pitch_depth_px: float = 0.0
    pitch_depth_gain: float = 0.3
    yaw_gain: float = 1.0
    pitch_gain: float = 1.0
    roll_gain: float = 1.0
    max_yaw_rad: float = 0.61
    max_pitch_rad: float = 0.42
    max_roll_rad: float = 0.61
    px_per_m: float = 0.0

    def __post_init__(self) -> None:
        numbers = (*self.pivot_px, self.focal_px, self.perspective, self.pitch_depth_px, self.pitch_depth_gain)
        gains = (self.yaw_gain, self.pitch_gain, self.roll_gain, self.px_per_m)
        limits = (self.max_yaw_rad, self.max_pitch_rad, self.max_roll_rad)
        _need(np.isfinite((*numbers, *gains, *limits)).all(), "head: every number must be finite")
        _need(self.focal_px > 0.0, f"head.focal_px must be positive, got {self.focal_px}")
        _need(0.0 <= self.perspective <= 1.0, f"head.perspective must be in 0..1, got {self.perspective}")
        _need(all(0.0 < limit <= 1.2 for limit in limits), "head: angle limits must be in (0, 1.2] radians")
        _need(all(abs(gain) <= 10.0 for gain in gains[:3]), "head: gains must be within -10..10")


def _frozen(array: npt.NDArray[Any], dtype: type, name: str, shape: tuple[int | None, ...]) -> npt.NDArray[Any]:
    _need(isinstance(array, np.ndarray), f"{name}: expected an array")
    fits = array.ndim == len(shape) and all(want in (None, got) for want, got in zip(shape, array.shape, strict=True))
    wanted = tuple("any" if side is None else side for side in shape)
    _need(fits, f"{name}: expected shape {wanted}, got {array.shape}")
    _need(array.dtype == dtype, f"{name}: expected {np.dtype(dtype)}, got {array.dtype}")
    if array.dtype.kind == "f":
        _need(np.isfinite(array).all(), f"{name}: has a value that is not finite")
    frozen = np.ascontiguousarray(array).view()
    frozen.setflags(write=False)
    return frozen


@dataclass(frozen=True, slots=True, eq=False)
class AvatarModel:
    """The whole avatar. Raises AvatarError, naming the field, when an invariant does not hold.

    canvas_px: (width, height) of the drawing, 1..8192.
    rest_px: float32 (V, 2), the neutral pose on the canvas. depth_px: float32 (V,), toward the viewer, pivot at 0.
    follow: float32 (V,), 0 stays with the body, 1 turns with the head.
    uv: float32 (V, 2), 0..1 across the layer's own texture, (0, 0) its top left corner.
    triangles: uint32 (T, 3), rows of the vertex arrays.
    deltas_px: float32 (52 + C, V, 2), displacement at weight 1: ARKit order, then the correctives.
    correctives: C tuples of ARKit names whose weights are multiplied; of `UNDOING` the lesser counts.
    textures: name -> uint8 (H, W, 4), straight alpha.
    facts: what the generator wants remembered (JSON values only).
    """

    canvas_px: tuple[int, int]
    rest_px: Floats
    depth_px: Floats
    follow: Floats
    uv: Floats
    triangles: Indices
    deltas_px: Floats
    head: HeadRig
    layers: tuple[Layer, ...]
    textures: Mapping[str, Texture]
    correctives: tuple[tuple[str, ...], ...] = ()
    stops: Stops = field(default_factory=Stops)
    chains: Chains = field(default_factory=Chains)
    facts: Mapping[str, Any] = field(default_factory=dict)
    title: str = ""
    author: str = ""
    licence: str = ""

    def __post_init__(self) -> None:
        count = len(self.rest_px)
        shape_rows = arkit.COUNT + len(self.correctives)
        for name, dtype, shape in (
            ("rest_px", np.float32, (count, 2)),
            ("depth_px", np.float32, (count,)),
            ("follow", np.float32, (count,)),
            ("uv", np.float32, (count, 2)),
            ("triangles", np.uint32, (None, 3)),
            ("deltas_px", np.float32, (shape_rows, count, 2)),
        ):
            object.__setattr__(self, name, _frozen(getattr(self, name), dtype, name, shape))
        object.__setattr__(self, "textures", MappingProxyType(dict(self.textures)))
        object.__setattr__(self, "facts", MappingProxyType(dict(self.facts)))
        self._check_sizes(count)
        self._check_values()
        self._check_layers(count)
        self._check_stops(count)
        self._check_chains(count)

    @property
    def vertex_count(self) -> int:
        """V."""
        return len(self.rest_px)

    @property
    def clip_groups(self) -> tuple[str, ...]:
        """Names of the clip groups in the order in which they first appear."""
        return tuple(dict.fromkeys(layer.clip for layer in self.layers if layer.clip is not None))

    def layer(self, name: str, /) -> Layer:
        """The layer of that name. Raises KeyError."""
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    def _check_sizes(self, count: int) -> None:
        width, height = self.canvas_px
        _need(1 <= width <= MAX_CANVAS_PX and 1 <= height <= MAX_CANVAS_PX,
              f"canvas_px: sides must be in 1..{MAX_CANVAS_PX}, got {width}x{height}")
        _need(1 <= count <= MAX_VERTICES, f"rest_px: 1..{MAX_VERTICES} vertices expected, got {count}")
        triangles = len(self.triangles)
        _need(1 <= triangles <= MAX_TRIANGLES, f"triangles: 1..{MAX_TRIANGLES} expected, got {triangles}")
        _need(1 <= len(self.layers) <= MAX_LAYERS, f"layers: 1..{MAX_LAYERS} expected, got {len(self.layers)}")
        _need(len(self.clip_groups) <= MAX_CLIP_GROUPS,
              f"layers: at most {MAX_CLIP_GROUPS} clip groups, got {len(self.clip_groups)}")
        _need(len(self.correctives) <= MAX_CORRECTIVES, f"correctives: at most {MAX_CORRECTIVES}")
        for names in self.correctives:
            _need(2 <= len(names) <= 4 and all(name in arkit.INDEX for name in names),
                  f"correctives: expected 2 to 4 ARKit names, got {names!r}")
        pixels = 0
        for name, texture in self.textures.items():
            _need(NAME_PATTERN.fullmatch(name), f"textures: {name!r} is not a plain name")
            _frozen(texture, np.uint8, f"texture {name}", (None, None, 4))
            height, width = texture.shape[:2]
            _need(1 <= width <= MAX_TEXTURE_SIDE_PX and 1 <= height <= MAX_TEXTURE_SIDE_PX,
                  f"texture {name}: sides must be in 1..{MAX_TEXTURE_SIDE_PX} px, got {width}x{height}")
            pixels += width * height
        _need(pixels <= MAX_TEXTURE_PIXELS, f"textures: at most {MAX_TEXTURE_PIXELS} pixels in all, got {pixels}")

    def _check_values(self) -> None:
        reach_px = 2.0 * max(self.canvas_px)
        for name in ("rest_px", "depth_px", "deltas_px"):
            _need(np.abs(getattr(self, name)).max(initial=0.0) <= 2.0 * reach_px,
                  f"{name}: a value is larger than four canvas sides")
        _need(self.follow.min() >= 0.0 and self.follow.max() <= 1.0, "follow: must be in 0..1")
        _need(self.uv.min() >= -1e-3 and self.uv.max() <= 1.0 + 1e-3, "uv: must be in 0..1")

    def _check_layers(self, count: int) -> None:
        vertex, triangle, names = 0, 0, set[str]()
        edges: dict[str, set[str]] = {group: set() for group in self.clip_groups}
        for layer in self.layers:
            where = f"layer {layer.name}"
            _need(layer.name not in names, f"{where}: the name appears twice")
            names.add(layer.name)
            for field_name, (start, stop), expected in (
                ("vertex_range", layer.vertex_range, vertex),
                ("triangle_range", layer.triangle_range, triangle),
            ):
                _need(start == expected and stop >= start,
                      f"{where}: {field_name}: layers must follow one another without holes, got {start}..{stop}")
            vertex, triangle = layer.vertex_range[1], layer.triangle_range[1]
            _need(vertex <= count, f"{where}: vertex_range ends at {vertex}, the model has {count} vertices")
            _need(triangle <= len(self.triangles), f"{where}: triangle_range ends beyond the triangles")
            own = self.triangles[slice(*layer.triangle_range)]
            if len(own):
                _need(own.min() >= layer.vertex_range[0] and own.max() < vertex,
                      f"{where}: triangles: an index lies outside the layer's own vertices")
            _need(layer.texture in self.textures, f"{where}: texture: there is none named {layer.texture!r}")
            if layer.clip is not None and layer.mask is not None:
                edges[layer.clip].add(layer.mask)
        _need(vertex == count, f"layers: they cover {vertex} of {count} vertices")
        _need(triangle == len(self.triangles), f"layers: they cover {triangle} of {len(self.triangles)} triangles")
        for group, found in edges.items():
            _need(found == {"upper", "lower"}, f"clip group {group}: needs an upper and a lower mask layer")

    def _check_stops(self, count: int) -> None:
        stops = self.stops
        k, f = len(stops.upper), len(stops.follower)
        for name, dtype, size in (
            ("upper", np.uint32, k), ("lower", np.uint32, k), ("gap_px", np.float32, k),
            ("follower", np.uint32, f), ("follower_stop", np.uint32, f), ("follower_weight", np.float32, f),
        ):
            _frozen(getattr(stops, name), dtype, f"stops.{name}", (size,))
        for name in ("upper", "lower", "follower"):
            _need(getattr(stops, name).max(initial=0) < count, f"stops.{name}: an index lies outside the vertices")
        _need(f == 0 or stops.follower_stop.max() < k, "stops.follower_stop: an index lies outside the stops")
        _need(f == 0 or (stops.follower_weight.min() >= 0.0 and stops.follower_weight.max() <= 1.0),
              "stops.follower_weight: must be in 0..1")

    def _check_chains(self, count: int) -> None:
        chains = self.chains
        b = len(chains.vertex)
        for name, dtype, shape in (
            ("joints", np.uint32, (None, JOINTS)), ("vertex", np.uint32, (b,)), ("joint", np.uint32, (b,)),
            ("weight", np.float32, (b,)),
        ):
            _frozen(getattr(chains, name), dtype, f"chains.{name}", shape)
        _need(len(chains.joints) <= MAX_CHAINS, f"chains.joints: at most {MAX_CHAINS} chains, got {len(chains.joints)}")
        _need(b <= JOINTS * count, f"chains.vertex: at most {JOINTS} entries a vertex, got {b} for {count} vertices")
        for name in ("joints", "vertex"):
            _need(getattr(chains, name).max(initial=0) < count, f"chains.{name}: an index lies outside the vertices")
        _need(b == 0 or chains.joint.max() < chains.joints.size, "chains.joint: an index lies outside the joints")
        _need(b == 0 or (chains.weight.min() >= 0.0 and chains.weight.max() <= 1.0), "chains.weight: must be in 0..1")
