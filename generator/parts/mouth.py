"""The mouth: lips split at the seam, and behind them cavity, teeth and tongue, seen between the two inner lip edges."""

import numpy as np
import numpy.typing as npt

from assets.avatar import MaskEdge
from generator.lips import BEYOND, INSIDE, Lips, lip_curves
from generator.moving import drawn_mouth
from generator.parts import _drawn_inside, _mouth_inside
from generator.scene import Scene, Surface
from generator.tools import repaint
from generator.tools.curves import below as distance_below
from generator.tools.curves import lowered, smoothstep
from generator.tools.masks import FEATHER_PX, mask_strip
from generator.tools.mesh import ribbon
from generator.tools.piece import LidRow, Piece, cut
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """Masks, cavity, teeth, tongue, lips, tongue_out, from the back."""
    unit, shape = scene.unit_px, scene.shape
    lips = lip_curves(scene, below)
    opening = _outline(lips.upper[lips.inside], lips.lower[lips.inside])
    interior = repaint.polygon(opening, shape)
    pieces = [_mask(scene, lips, "upper"), _mask(scene, lips, "lower")]
    pieces += _mouth_inside.interior_pieces(scene, below, lips, interior)
    margin = 0.035 * unit
    core_upper = repaint.polygon(_outline(lowered(lips.upper_outer, -margin), lowered(lips.upper, 0.5)), shape)
    core_lower = repaint.polygon(_outline(lowered(lips.lower, -2.0), lowered(lips.lower_outer, margin)), shape)
    corners = repaint.polygon(_corner_zone(lips, 0.07 * unit), shape)
    core_lower, core_upper = core_lower | corners, core_upper | corners
    pieces.append(_lip(scene, below, lips, core_lower, "lower_lip"))
    pieces.append(_lip(scene, below, lips, core_upper, "upper_lip"))
    if drawn_mouth.is_open(scene.face):
        pieces.append(_drawn_inside.closed_line(scene, below, lips, interior))
    pieces.append(_mouth_inside.tongue_out(scene, below, lips))
    hole = repaint.grow(core_upper | core_lower | interior, -1.0)
    return pieces, repaint.fill_hole(below, hole)


def _corner_zone(lips: Lips, reach_px: float) -> Floats:
    """A thin lens along the seam that reaches past both corners, where drawn mouths end in a line."""
    seam = ((lips.upper + lips.lower) / 2.0)[lips.inside]
    along = (seam[-1] - seam[0]) / max(1e-6, float(np.linalg.norm(seam[-1] - seam[0])))
    ends = seam[0] - along * reach_px, seam[-1] + along * reach_px
    half = np.array([0.0, 0.5 * reach_px])
    return np.array([ends[0] - half, ends[1] - half, ends[1] + half, ends[0] + half], np.float32)


def _outline(top: Doubles, bottom: Doubles) -> Floats:
    return np.concatenate([top, bottom[::-1]]).astype(np.float32)


def _mask(scene: Scene, lips: Lips, edge: MaskEdge) -> Piece:
    upper, lower = lips.upper[lips.inside], lips.lower[lips.inside]
    far = scene.unit_px
    surface: Surface = "upper_lip" if edge == "upper" else "lower_lip"
    moves = scene.moves((upper if edge == "upper" else lower).astype(np.float32), surface)
    if edge == "upper":
        rows = np.stack([lowered(upper, -FEATHER_PX), lowered(upper, FEATHER_PX), lowered(lower, 1.6 * far)])
    else:
        rows = np.stack([lowered(upper, -far), lowered(lower, -FEATHER_PX), lowered(lower, FEATHER_PX)])
    return mask_strip(scene, f"mouth_mask_{edge}", "mouth", edge, rows, moves, stop="mouth")


def _lip(scene: Scene, below: Picture, lips: Lips, core: npt.NDArray[np.bool_], name: Surface) -> Piece:
    unit = scene.unit_px
    upper = name == "upper_lip"
    seam, outer = (lips.upper, lips.upper_outer) if upper else (lips.lower, lips.lower_outer)
    margin = 0.13 * unit * (-1.0 if upper else 1.0)
    end = lowered(outer, margin)
    fractions = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0])
    rows = seam[None] + fractions[:, None, None] * (end - seam)[None]
    overhang = lowered(seam, 2.5 if upper else -4.0)
    rows = np.concatenate([rows[::-1], overhang[None]]) if upper else np.concatenate([overhang[None], rows])
    shares = 1.0 - fractions
    share = np.append(shares[::-1], 1.0) if upper else np.concatenate([[1.0], shares])
    strip = ribbon(rows)
    columns = rows.shape[1]
    alpha = repaint.soft_mask(core, 0.075 * unit)
    within = distance_below(seam, scene.shape)
    corner = seam[lips.inside][[0, -1], 0]
    between = smoothstep(np.arange(scene.shape[1]), corner[0] - 0.05 * unit, corner[0]) * (
        1.0 - smoothstep(np.arange(scene.shape[1]), corner[1], corner[1] + 0.05 * unit)
    )
    beyond = smoothstep(within, 0.2, 1.4) if upper else smoothstep(-within, 1.6, 3.0)
    alpha = (alpha * (1.0 - beyond * between[None, :])).astype(np.float32)
    column = np.tile(np.arange(columns) - BEYOND, len(rows))
    column[(column < 0) | (column >= INSIDE)] = -1
    texture, origin = cut(below, alpha)
    return Piece(
        name, texture, origin, strip,
        depth_px=scene.depth(strip.points_px), follow=np.ones(len(strip.points_px), np.float32),
        deltas_px=_lip_moves(scene, seam, end, share, name),
        hangs=LidRow("mouth", column, np.repeat(share, columns).astype(np.float32)) if upper else None,
    )  # fmt: skip


def _lip_moves(scene: Scene, seam: Doubles, end: Doubles, share: Doubles, name: Surface) -> Floats:
    """Each column is stretched between its two ends, the seam and the skin beyond the lip: it can't fold within."""
    at_seam, at_end = (scene.moves(curve.astype(np.float32), name) for curve in (seam, end))
    rows = [at_seam * part + at_end * (1.0 - part) for part in share]
    return np.concatenate(rows, axis=1).astype(np.float32)
