"""A small hand-made avatar for the renderer's tests: every feature of the model, nothing drawn by anybody.

A 256 px face: hair behind, two ears that fade with the yaw, neck, head, two eyes and a mouth with clip masks and stops,
a blush (multiply), a glint (add), lids, brows and strands of hair, about 40 layers. The textures are formulas.
"""

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from assets import arkit
from assets.avatar import AvatarModel, Fade, HeadRig, Layer, Stops
from renderer.surface import OffscreenSurface

CANVAS = 256
EYES = {"left": 160.0, "right": 96.0}
EYE_Y, EYE_HALF_WIDTH, EYE_HALF_HEIGHT = 116.0, 20.0, 9.0
MOUTH_Y = 176.0


def disc(
    size: tuple[int, int], rgb: tuple[int, int, int], *, soft: float = 3.0, stripes: float = 0.0
) -> npt.NDArray[np.uint8]:
    """An ellipse that fills (width, height), its alpha falling over `soft` pixels; straight alpha, bled colours."""
    width, height = size
    y, x = np.mgrid[:height, :width] + 0.5
    radius = np.hypot(x / width * 2 - 1, y / height * 2 - 1)
    alpha = np.clip((1.0 - radius) * min(size) / 2 / soft, 0.0, 1.0)
    shade = 1.0 - 0.15 * (y / height) - stripes * (np.sin(x * 0.9) > 0)
    return rgba(np.multiply.outer(shade, rgb), alpha)


def block(size: tuple[int, int], rgb: tuple[int, int, int]) -> npt.NDArray[np.uint8]:
    """A rectangle without soft edges."""
    width, height = size
    return rgba(np.broadcast_to(np.array(rgb, float), (height, width, 3)), np.ones((height, width)))


def edge(height: int, *, soft: int, upper: bool) -> npt.NDArray[np.uint8]:
    """A mask texture: alpha from 0 at its edge to 1 after `soft` texels, the edge on top (upper) or at the bottom."""
    alpha = np.clip((np.arange(height) + 0.5) / soft, 0.0, 1.0)
    alpha = np.repeat((alpha if upper else alpha[::-1])[:, None], 4, axis=1)
    return rgba(np.full((height, 4, 3), 255.0), alpha)


def rgba(rgb: npt.NDArray[Any], alpha: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    return np.dstack([np.clip(rgb, 0, 255), alpha * 255]).round().astype(np.uint8)


class ModelBuilder:
    """Collects grids and writes an `AvatarModel`."""

    def __init__(self, canvas_px: tuple[int, int] = (CANVAS, CANVAS)) -> None:
        self.canvas_px = canvas_px
        self.layers: list[Layer] = []
        self.textures: dict[str, npt.NDArray[np.uint8]] = {}
        self.rest = np.zeros((0, 2), np.float32)
        self.uv = np.zeros((0, 2), np.float32)
        self.depth = np.zeros(0, np.float32)
        self.follow = np.zeros(0, np.float32)
        self.triangles = np.zeros((0, 3), np.uint32)
        self.moves: list[tuple[str | tuple[str, ...], npt.NDArray[np.intp], npt.NDArray[np.float32]]] = []
        self.stops: list[tuple[int, int, float, list[tuple[int, float]]]] = []

    def grid(
        self, name: str, box: tuple[float, float, float, float], texture: npt.NDArray[np.uint8], *,
        cells: tuple[int, int] = (4, 4), depth: float = 0.0, bulge: float = 0.0,
        follow: float | tuple[float, float] = 1.0, **layer: Any,
    ) -> npt.NDArray[np.intp]:  # fmt: skip
        """A grid over `box` (x0, y0, x1, y1). Returns its vertex rows as (rows, columns)."""
        columns, rows = cells
        v, u = np.mgrid[: rows + 1, : columns + 1] / np.array([rows, columns]).reshape(2, 1, 1)
        points = np.stack([box[0] + u * (box[2] - box[0]), box[1] + v * (box[3] - box[1])], axis=-1)
        first = len(self.rest)
        ids = first + np.arange((rows + 1) * (columns + 1)).reshape(rows + 1, columns + 1)
        a, b, c, d = ids[:-1, :-1].ravel(), ids[:-1, 1:].ravel(), ids[1:, :-1].ravel(), ids[1:, 1:].ravel()
        triangles = np.stack([a, b, c, b, d, c], axis=1).reshape(-1, 3).astype(np.uint32)
        curve = np.clip(1 - (2 * u - 1) ** 2 - (2 * v - 1) ** 2, 0, 1)
        top, bottom = follow if isinstance(follow, tuple) else (follow, follow)
        count, before = ids.size, len(self.triangles)
        self.layers.append(
            Layer(name, (first, first + count), (before, before + len(triangles)), name, **layer)
        )
        self.textures[name] = texture
        self.rest = np.concatenate([self.rest, points.reshape(-1, 2).astype(np.float32)])
        self.uv = np.concatenate([self.uv, np.stack([u, v], axis=-1).reshape(-1, 2).astype(np.float32)])
        self.depth = np.concatenate([self.depth, (depth + bulge * np.sqrt(curve)).ravel().astype(np.float32)])
        self.follow = np.concatenate([self.follow, (top + (bottom - top) * v).ravel().astype(np.float32)])
        self.triangles = np.concatenate([self.triangles, triangles])
        return ids

    def move(
        self, shape: str | tuple[str, ...], rows: npt.NDArray[np.intp], offset_px: npt.ArrayLike
    ) -> None:
        """Adds a displacement of `rows` to a shape, or to a corrective when `shape` is a tuple of names."""
        offset = np.broadcast_to(np.asarray(offset_px, np.float32), (*rows.shape, 2))
        self.moves.append((shape, rows.ravel(), offset.reshape(-1, 2)))

    def build(self, **fields: Any) -> AvatarModel:
        correctives = tuple(dict.fromkeys(shape for shape, _, _ in self.moves if isinstance(shape, tuple)))
        deltas = np.zeros((arkit.COUNT + len(correctives), len(self.rest), 2), np.float32)
        for shape, rows, offset in self.moves:
            row = arkit.COUNT + correctives.index(shape) if isinstance(shape, tuple) else arkit.INDEX[shape]
            deltas[row, rows] += offset
        follower = [(vertex, k, weight) for k, stop in enumerate(self.stops) for vertex, weight in stop[3]]
        stops = Stops(
            np.array([stop[0] for stop in self.stops], np.uint32),
            np.array([stop[1] for stop in self.stops], np.uint32),
            np.array([stop[2] for stop in self.stops], np.float32),
            np.array([entry[0] for entry in follower], np.uint32),
            np.array([entry[1] for entry in follower], np.uint32),
            np.array([entry[2] for entry in follower], np.float32),
        )
        head = fields.pop("head", HeadRig((CANVAS / 2, 230.0), 1000.0, px_per_m=400.0))
        return AvatarModel(
            self.canvas_px, self.rest, self.depth, self.follow, self.uv, self.triangles, deltas, head,
            tuple(self.layers), self.textures, correctives, stops, **fields,
        )  # fmt: skip


def _eye(builder: ModelBuilder, side: str) -> None:
    x, suffix = EYES[side], side.capitalize()
    left, right = x - EYE_HALF_WIDTH, x + EYE_HALF_WIDTH
    cells = (10, 1)
    arc = EYE_HALF_HEIGHT * (1 - (2 * np.linspace(0, 1, 11) - 1) ** 2)
    opening = np.stack([np.zeros(11), 2 * arc], axis=-1)

    upper = builder.grid(f"{side}-upper", (left, EYE_Y, right, EYE_Y + 40), edge(40, soft=2, upper=True),
                         cells=cells, depth=50, clip="eyes", mask="upper")  # fmt: skip
    lower = builder.grid(f"{side}-lower", (left, EYE_Y - 40, right, EYE_Y), edge(40, soft=2, upper=False),
                         cells=cells, depth=50, clip="eyes", mask="lower")  # fmt: skip
    builder.rest[upper[0], 1] -= arc
    builder.rest[lower[1], 1] += arc
    white = builder.grid(f"{side}-white", (left, EYE_Y - 12, right, EYE_Y + 12), block((40, 24), (240, 240, 245)),
                         cells=(2, 2), depth=50, clip="eyes")  # fmt: skip
    iris = builder.grid(f"{side}-iris", (x - 9, EYE_Y - 9, x + 9, EYE_Y + 9), disc((18, 18), (0, 40, 255)),
                        cells=(3, 3), depth=52, clip="eyes")  # fmt: skip
    outward = 5.0 if side == "left" else -5.0
    for name, offset in (("Out", (outward, 0)), ("In", (-outward, 0)), ("Up", (0, -4)), ("Down", (0, 4))):
        builder.move(f"eyeLook{name}{suffix}", iris, offset)
    lid = builder.grid(f"{side}-lid", (left, EYE_Y - 20, right, EYE_Y), block((40, 20), (225, 150, 130)),
                       cells=(10, 2), depth=51)  # fmt: skip
    builder.rest[lid[1], 1] -= arc * 0.7
    builder.rest[lid[2], 1] -= arc
    lash = builder.grid(f"{side}-lash", (left, EYE_Y - 2, right, EYE_Y + 1), block((40, 3), (40, 20, 30)),
                        cells=cells, depth=52)  # fmt: skip
    builder.rest[lash, 1] -= arc
    for shape, amount in ((f"eyeBlink{suffix}", 1.0), (f"eyeSquint{suffix}", 0.4), (f"eyeWide{suffix}", -0.3)):
        for rows, share in ((upper[0], 1.0), (lid[2], 1.0), (lid[1], 0.5), (lash[0], 1.0), (lash[1], 1.0)):
            builder.move(shape, rows, opening * amount * share)
    builder.move((f"eyeBlink{suffix}", "jawOpen"), lid[1], (0.0, -1.0))
    for k in range(11):
        followers = [(int(upper[0, k]), 1.0), (int(lid[2, k]), 1.0), (int(lid[1, k]), 0.5),
                     (int(lash[0, k]), 1.0), (int(lash[1, k]), 1.0)]  # fmt: skip
        builder.stops.append((int(upper[0, k]), int(lower[1, k]), 0.0, followers))
    assert len(white)


def _mouth(builder: ModelBuilder) -> None:
    x0, x1 = 104.0, 152.0
    arc = 1 - (2 * np.linspace(0, 1, 11) - 1) ** 2
    upper = builder.grid("mouth-upper", (x0, MOUTH_Y, x1, MOUTH_Y + 40), edge(40, soft=2, upper=True),
                         cells=(10, 1), depth=55, clip="mouth", mask="upper")  # fmt: skip
    lower = builder.grid("mouth-lower", (x0, MOUTH_Y - 40, x1, MOUTH_Y), edge(40, soft=2, upper=False),
                         cells=(10, 1), depth=55, clip="mouth", mask="lower")  # fmt: skip
    builder.rest[lower[1], 1] += arc
    builder.grid("mouth-inside", (x0, MOUTH_Y - 14, x1, MOUTH_Y + 30), block((48, 44), (90, 20, 30)), cells=(2, 2),
                 depth=45, clip="mouth")  # fmt: skip
    builder.grid("teeth", (x0 + 8, MOUTH_Y - 6, x1 - 8, MOUTH_Y + 4), block((32, 10), (250, 250, 245)), cells=(2, 1),
                 depth=48, clip="mouth")  # fmt: skip
    builder.grid("tongue", (x0 + 14, MOUTH_Y + 6, x1 - 14, MOUTH_Y + 22), disc((20, 16), (220, 90, 110)), cells=(2, 2),
                 depth=49, clip="mouth", fades=(Fade("tongueOut", 0.0, 0.5),))  # fmt: skip
    lip_top = builder.grid("lip-top", (x0, MOUTH_Y - 6, x1, MOUTH_Y), disc((48, 12), (190, 80, 90))[:6],
                           cells=(10, 1), depth=56)  # fmt: skip
    lip_bottom = builder.grid("lip-bottom", (x0, MOUTH_Y, x1, MOUTH_Y + 7), disc((48, 14), (200, 90, 100))[7:],
                              cells=(10, 1), depth=56)  # fmt: skip
    drop = np.stack([np.zeros(11), 24.0 * arc], axis=-1)
    for rows in (lower[1], lip_bottom[0], lip_bottom[1]):
        builder.move("jawOpen", rows, drop)
        builder.move(("jawOpen", "mouthClose"), rows, -drop)
    lift = np.stack([np.zeros(11), -10.0 * np.abs(np.linspace(-1, 1, 11))], axis=-1)
    for rows in (upper[0], lower[1], lip_top[0], lip_top[1], lip_bottom[0], lip_bottom[1]):
        for shape in ("mouthSmileLeft", "mouthSmileRight"):
            builder.move(shape, rows, lift / 2)


def build_face() -> AvatarModel:
    builder = ModelBuilder()
    builder.grid("hair-back", (28, 20, 228, 226), disc((200, 206), (60, 30, 80), soft=8, stripes=0.2), depth=-60)
    for side, x, sign in (("left", 212.0, 1.0), ("right", 44.0, -1.0)):
        builder.grid(f"ear-{side}", (x - 12, 104, x + 12, 150), disc((24, 46), (220, 150, 130)), depth=-10,
                     fades=(Fade("yaw_rad", 0.35 * sign, 0.05 * sign),))  # fmt: skip
    builder.grid("neck", (100, 190, 156, 256), block((56, 66), (200, 130, 110)), depth=-15, follow=(1.0, 0.0))
    head = builder.grid("head", (44, 36, 212, 226), disc((168, 190), (232, 168, 146), soft=2), cells=(12, 12),
                        bulge=60)  # fmt: skip
    builder.move("jawOpen", head[10:], (0.0, 6.0))
    for side in EYES:
        _eye(builder, side)
    _mouth(builder)
    builder.grid("blush", (62, 140, 194, 166), disc((66, 13), (255, 150, 150), soft=6), depth=52, blend="multiply",
                 opacity=0.8)  # fmt: skip
    builder.grid("glint", (120, 120, 140, 160), disc((20, 40), (80, 80, 60), soft=12), depth=62, blend="add")
    for side, x in EYES.items():
        brow = builder.grid(f"{side}-brow", (x - 22, 84, x + 22, 92), disc((44, 8), (60, 30, 60)), depth=54)
        builder.move(f"browDown{side.capitalize()}", brow, (0.0, 6.0))
        builder.move("browInnerUp", brow, (0.0, -6.0))
    for strand in range(14):
        x = 44 + strand * 12
        builder.grid(f"strand-{strand}", (x - 8, 30, x + 20, 84 + 8 * (strand % 3)),
                     disc((28, 60), (80 + 4 * strand, 40, 100)), cells=(1, 3), depth=64)  # fmt: skip
    return builder.build(title="test face")


@pytest.fixture(scope="session")
def face() -> AvatarModel:
    """The face, 40 layers."""
    return build_face()


@pytest.fixture
def builder() -> Callable[..., ModelBuilder]:
    """Makes an empty `ModelBuilder`."""
    return ModelBuilder


@pytest.fixture
def offscreen() -> Iterator[Callable[[int, int], OffscreenSurface]]:
    """Opens off-screen surfaces that are closed after the test."""
    surfaces: list[OffscreenSurface] = []

    def open_surface(width: int = CANVAS, height: int = CANVAS) -> OffscreenSurface:
        surfaces.append(OffscreenSurface((width, height)))
        return surfaces[-1]

    yield open_surface
    for surface in surfaces:
        surface.close()
