"""One layer in the making: texture, mesh and motion. `assemble` packs a list of pieces into an AvatarModel."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import AvatarModel, Blend, Chains, Fade, HeadRig, Layer, MaskEdge, Stops
from generator.moving.unfolding import unfolded
from generator.tools.mesh import Mesh

Floats = npt.NDArray[np.float32]
Pixels = npt.NDArray[np.uint8]

BLEED_PX: Final = 3
LEAST_SWAY: Final = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class LidRow:
    """How a ribbon hangs on a lid edge: vertex v follows stop `column[v]` of `edge` by `weight[v]`.

    edge: name of the stop set, e.g. "eye.Left". column: int (V,), -1 for none. weight: float32 (V,).
    """

    edge: str
    column: npt.NDArray[np.intp]
    weight: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """texture: uint8 (H, W, 4) whose top left pixel lies at `origin_px` of the canvas.

    depth_px, follow: float32 (V,). deltas_px: float32 (52 + C, V, 2).
    edge: (stop set, "upper" or "lower", vertex rows): this piece's vertices that are the lid's edge.
    sways: float32 (V, C * JOINTS), how the vertices hang on the chains of the hair; None where nothing swings.
    picked_px: float32 (V, 2), where the vertices lie on the texture's own canvas, when that isn't where they rest.
    """

    name: str
    texture: Pixels
    origin_px: tuple[int, int]
    mesh: Mesh
    depth_px: Floats
    follow: Floats
    deltas_px: Floats
    clip: str | None = None
    mask: MaskEdge | None = None
    blend: Blend = "normal"
    fades: tuple[Fade, ...] = ()
    opacity: float = 1.0
    hangs: LidRow | None = None
    edge: tuple[str, MaskEdge, npt.NDArray[np.intp]] | None = None
    sways: Floats | None = None
    picked_px: Floats | None = None

    @property
    def uv(self) -> Floats:
        """float32 (V, 2): where the vertices lie on the texture."""
        size = np.array([self.texture.shape[1], self.texture.shape[0]], np.float32)
        points = self.mesh.points_px if self.picked_px is None else self.picked_px
        return np.asarray(np.clip((points - np.array(self.origin_px, np.float32)) / size, 0.0, 1.0), np.float32)


def cut(colour: npt.NDArray[np.floating], alpha: npt.NDArray[np.floating], /) -> tuple[Pixels, tuple[int, int]]:
    """The part of a canvas-sized picture that has any alpha, colours bled outward, and its top left corner.

    colour: (H, W, 3), 0..255. alpha: (H, W), 0..1. Returns uint8 (h, w, 4) and (x, y).
    """
    x, y, width, height = cv2.boundingRect((alpha * 255.0 > 0.5).view(np.uint8))
    x0, y0 = max(0, x - BLEED_PX), max(0, y - BLEED_PX)
    x1, y1 = min(alpha.shape[1], x + width + BLEED_PX), min(alpha.shape[0], y + height + BLEED_PX)
    if width == 0 or height == 0:
        x0, y0, x1, y1 = 0, 0, 1, 1
    box = (slice(y0, y1), slice(x0, x1))
    rgb = np.clip(np.round(colour[box]), 0, 255).astype(np.uint8)
    coverage = np.round(np.clip(alpha[box], 0.0, 1.0) * 255.0).astype(np.uint8)
    return bleed(np.dstack([rgb, coverage])), (x0, y0)


def bleed(rgba: Pixels, /) -> Pixels:
    """Colours of opaque pixels spread into the transparent ones, so that no filter mixes in a foreign colour."""
    known = rgba[..., 3] > 0
    if known.all() or not known.any():
        return rgba
    _, labels = cv2.distanceTransformWithLabels(
        (~known).astype(np.uint8), cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    palette = np.zeros((labels.max() + 1, 3), np.uint8)
    palette[labels[known]] = rgba[known][:, :3]
    result = rgba.copy()
    result[~known, :3] = palette[labels[~known]]
    return result


def assemble(
    pieces: Sequence[Piece],
    *,
    canvas_px: tuple[int, int],
    head: HeadRig,
    correctives: tuple[tuple[str, ...], ...],
    stop_gap_px: float,
    facts: dict[str, object],
    title: str = "",
    joints_px: Floats | None = None,
) -> AvatarModel:
    """The avatar of a list of pieces in draw order. Pieces without a triangle are left out.

    joints_px: float32 (C, JOINTS, 2), the chains that the pieces with `sways` hang on.
    """
    kept = [piece for piece in pieces if len(piece.mesh.triangles)]
    starts = np.cumsum([0] + [len(piece.mesh.points_px) for piece in kept])
    faces = np.cumsum([0] + [len(piece.mesh.triangles) for piece in kept])
    layers = tuple(
        Layer(
            name=piece.name, vertex_range=(int(starts[i]), int(starts[i + 1])),
            triangle_range=(int(faces[i]), int(faces[i + 1])), texture=piece.name, clip=piece.clip, mask=piece.mask,
            blend=piece.blend, opacity=piece.opacity, fades=piece.fades,
        )
        for i, piece in enumerate(kept)
    )  # fmt: skip
    rows = arkit.COUNT + len(correctives)
    return AvatarModel(
        canvas_px=canvas_px,
        rest_px=np.concatenate([piece.mesh.points_px for piece in kept]).astype(np.float32),
        depth_px=np.concatenate([piece.depth_px for piece in kept]).astype(np.float32),
        follow=np.concatenate([np.clip(piece.follow, 0.0, 1.0) for piece in kept]).astype(np.float32),
        uv=np.concatenate([piece.uv for piece in kept]),
        triangles=np.concatenate(
            [piece.mesh.triangles + start for piece, start in zip(kept, starts[:-1], strict=True)]
        ).astype(np.uint32),
        deltas_px=np.concatenate([_moves(piece) for piece in kept], axis=1).astype(np.float32).reshape(rows, -1, 2),
        head=head,
        layers=layers,
        textures={piece.name: piece.texture for piece in kept},
        correctives=correctives,
        stops=_stops(kept, starts, stop_gap_px),
        chains=_chains(kept, starts, joints_px),
        facts=facts,
        title=title,
    )


def _moves(piece: Piece) -> Floats:
    """How a piece moves, unfolded. Masks are never seen, and lids must meet exactly."""
    if piece.mask is not None or piece.name.startswith("eye_"):
        return piece.deltas_px
    shapes = unfolded(piece.mesh.points_px, piece.mesh.triangles, piece.deltas_px[: arkit.COUNT])
    return np.concatenate([shapes, piece.deltas_px[arkit.COUNT :]])


def _stops(pieces: Sequence[Piece], starts: npt.NDArray[np.intp], gap_px: float) -> Stops:
    edges: dict[str, dict[str, npt.NDArray[np.intp]]] = {}
    for piece, start in zip(pieces, starts[:-1], strict=True):
        if piece.edge is not None:
            name, side, rows = piece.edge
            edges.setdefault(name, {})[side] = rows + start
    first: dict[str, int] = {}
    upper: list[npt.NDArray[np.intp]] = []
    lower: list[npt.NDArray[np.intp]] = []
    for name, sides in edges.items():
        first[name] = sum(len(part) for part in upper)
        upper.append(sides["upper"])
        lower.append(sides["lower"])
    follower, stop, weight = [], [], []
    for piece, start in zip(pieces, starts[:-1], strict=True):
        if piece.hangs is not None and piece.hangs.edge in first:
            own = np.flatnonzero((piece.hangs.column >= 0) & (piece.hangs.weight > 0.0))
            follower.append(own + start)
            stop.append(piece.hangs.column[own] + first[piece.hangs.edge])
            weight.append(piece.hangs.weight[own])
    if not upper:
        return Stops()
    count = sum(len(part) for part in upper)
    return Stops(
        upper=np.concatenate(upper).astype(np.uint32),
        lower=np.concatenate(lower).astype(np.uint32),
        gap_px=np.full(count, gap_px, np.float32),
        follower=np.concatenate(follower).astype(np.uint32),
        follower_stop=np.concatenate(stop).astype(np.uint32),
        follower_weight=np.clip(np.concatenate(weight), 0.0, 1.0).astype(np.float32),
    )


def _chains(pieces: Sequence[Piece], starts: npt.NDArray[np.intp], joints_px: Floats | None) -> Chains:
    """Joints as the nearest vertices of what swings; weights too small to see are left out."""
    hair = [(piece, start) for piece, start in zip(pieces, starts[:-1], strict=True) if piece.sways is not None]
    if joints_px is None or not len(joints_px) or not hair:
        return Chains()
    points = np.concatenate([piece.mesh.points_px for piece, _ in hair])
    numbers = np.concatenate([np.arange(len(piece.mesh.points_px)) + start for piece, start in hair])
    apart = np.linalg.norm(points[None, None] - joints_px[:, :, None], axis=3)
    weights = np.concatenate([piece.sways for piece, _ in hair if piece.sways is not None])
    row, joint = np.nonzero(weights > LEAST_SWAY)
    return Chains(
        joints=numbers[apart.argmin(axis=2)].astype(np.uint32), vertex=numbers[row].astype(np.uint32),
        joint=joint.astype(np.uint32), weight=np.clip(weights[row, joint], 0.0, 1.0).astype(np.float32),
    )  # fmt: skip
