"""The template as a rig that our renderer draws: a dark face, its features blacked out, a white dot on every key point.

The rig is an ordinary avatar whose first rows are the identity parameters instead of expressions: a frame's weight u,
0..1, means the parameter (2 u - 1) x LIMIT.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import AvatarModel, HeadRig, Layer
from assets.face import FaceFrame
from assets.identity import LIMIT, PARAMETERS, Template
from generator import topology
from generator.identity.windows import LANDMARKS, hull

Floats = npt.NDArray[np.float32]
Part = tuple[str, npt.NDArray[np.float64], npt.NDArray[np.float64], npt.NDArray[np.intp], npt.NDArray[np.uint8]]

DOT_HALF_PX: Final = 6
"""A dot is a black tile of 2 x 6 + 1 px with the white in its middle: round it all is black, whatever lies below."""
APART_PX: Final = 10.5
"""Nearer than this along both axes one dot's tile would touch another's white."""
SKIN: Final = 70
"""Grey level of the face: far from the dots' white."""
_WIDER: Final = 1.3
"""The blacked-out patch of a feature, relative to its own hull."""


def build(template: Template, /) -> AvatarModel:
    """The rig on a canvas of the template's size."""
    parts = [_skin(template), _features(template), _dots(template)]
    starts = np.cumsum([0] + [len(points) for _, points, *_ in parts])
    faces = np.cumsum([0] + [len(triangles) for *_, triangles, _ in parts])
    points = np.concatenate([points for _, points, *_ in parts])
    triangles = np.concatenate([part[3] + start for part, start in zip(parts, starts[:-1], strict=True)])
    moves = np.concatenate([moves for _, _, moves, *_ in parts], axis=1)
    deltas = np.zeros((arkit.COUNT, len(points), 2), np.float32)
    deltas[: len(PARAMETERS)] = 2.0 * LIMIT * moves
    uv = np.full((len(points), 2), 0.5, np.float32)
    uv[starts[2] :] = np.tile(np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32), (len(template.keypoints), 1))
    middle = template.side_px / 2.0
    return AvatarModel(
        canvas_px=(template.side_px, template.side_px),
        rest_px=(points - LIMIT * moves.sum(axis=0)).astype(np.float32),
        depth_px=np.zeros(len(points), np.float32),
        follow=np.zeros(len(points), np.float32),
        uv=uv,
        triangles=triangles.astype(np.uint32),
        deltas_px=deltas,
        head=HeadRig((middle, middle), float(template.side_px)),
        layers=tuple(
            Layer(part[0], (int(starts[i]), int(starts[i + 1])), (int(faces[i]), int(faces[i + 1])), part[0])
            for i, part in enumerate(parts)
        ),
        textures={name: texture for name, *_, texture in parts},
        title="identity template",
    )


def frame(weights: npt.NDArray[np.floating], /) -> FaceFrame:
    """The frame that shows the rig with parameters (P,), each -LIMIT..LIMIT."""
    shown = np.zeros(arkit.COUNT, np.float32)
    shown[: len(PARAMETERS)] = (np.asarray(weights, np.float64) / LIMIT + 1.0) / 2.0
    return FaceFrame(weights=np.clip(shown, 0.0, 1.0))


def dot() -> npt.NDArray[np.uint8]:
    """The tile of a dot, opaque: white that falls off smoothly and is gone well before the tile's edge.

    Sampled bilinearly at its own size it keeps its centre of mass wherever it is put, so the pictures hold the places
    to a hundredth of a pixel.
    """
    offset = np.arange(-DOT_HALF_PX, DOT_HALF_PX + 1)
    radius = np.hypot(offset[:, None], offset[None, :])
    level = np.cos(np.clip(radius / 4.0, 0.0, 1.0) * np.pi) * 0.5 + 0.5
    grey = np.round(255.0 * level).astype(np.uint8)
    return np.dstack([grey, grey, grey, np.full_like(grey, 255)])


def _flat(level: int) -> npt.NDArray[np.uint8]:
    return np.full((4, 4, 4), (level, level, level, 255), np.uint8)


def _fan(count: int, first: int) -> npt.NDArray[np.intp]:
    """Triangles of a convex ring of `count` vertices from number `first`."""
    number = np.arange(1, count - 1)
    return np.stack([np.zeros_like(number), number, number + 1], axis=1) + first


def _skin(template: Template) -> Part:
    ring = list(topology.OVAL)
    return "skin", template.points_px[ring], template.basis_px[:, ring], _fan(len(ring), 0), _flat(SKIN)


def _features(template: Template) -> Part:
    points: list[npt.NDArray[np.float64]] = []
    moves: list[npt.NDArray[np.float64]] = []
    triangles: list[npt.NDArray[np.intp]] = []
    for component, used in LANDMARKS.items():
        if component == "face":
            continue
        own = template.points_px[list(used)]
        ring = [int(np.abs(template.points_px[list(used)] - corner).sum(axis=1).argmin()) for corner in hull(own)]
        rows = [used[number] for number in ring]
        if component.endswith("brow"):  # one large box
            low, high = own.min(axis=0), own.max(axis=0)
            corners = np.array([low, [high[0], low[1]], high, [low[0], high[1]]])
            rows = [used[int(np.abs(own - corner).sum(axis=1).argmin())] for corner in corners]
            outline = corners
        else:
            outline = template.points_px[rows]
        middle = (outline.min(axis=0) + outline.max(axis=0)) / 2.0
        triangles.append(_fan(len(rows), sum(len(part) for part in points)))
        points.append(middle + _WIDER * (outline - middle))
        moves.append(template.basis_px[:, rows])
    return "features", np.concatenate(points), np.concatenate(moves, axis=1), np.concatenate(triangles), _flat(0)


def _dots(template: Template) -> Part:
    half = DOT_HALF_PX + 0.5
    corners = np.array([[-half, -half], [half, -half], [-half, half], [half, half]])
    # Where a landmark lies at (x, y), the middle of its dot's tile does, in the canvas's continuous coordinates.
    centre = template.points_px[template.keypoints]
    points = (centre[:, None] + corners[None]).reshape(-1, 2)
    moves = np.repeat(template.basis_px[:, template.keypoints], 4, axis=1)
    quad = np.array([[0, 1, 2], [1, 3, 2]])
    triangles = (quad[None] + 4 * np.arange(len(centre))[:, None, None]).reshape(-1, 3)
    return "dots", points, moves, triangles, dot()
