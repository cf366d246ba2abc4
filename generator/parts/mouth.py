"""The mouth: lips split at the seam, and behind them cavity, teeth and tongue, seen between the two inner lip edges."""

import colorsys
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import Fade, MaskEdge
from generator import repaint, topology
from generator.curves import resample, smoothstep
from generator.masks import FEATHER_PX, mask_strip
from generator.mesh import Mesh, grid, ribbon
from generator.piece import LidRow, Piece, cut
from generator.repaint import Picture
from generator.scene import Scene, Surface

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

INSIDE: Final = 41
"""Points of the seam from corner to corner."""
BEYOND: Final = 5
OPEN_IOD: Final = 0.035
"""A portrait whose lips stand farther apart shows its own teeth or tongue."""
CAVITY, TEETH, TONGUE = (0.66, 0.30), (0.07, 0.93), (0.45, 0.72)
"""Saturation and value, with the hue of the lower lip (generator-notes 3.0)."""


@dataclass(frozen=True, eq=False)
class Lips:
    """Curves from left to right, float64 (M, 2): lip edges at the seam and outer edges; BEYOND columns past a corner."""

    upper: Doubles
    lower: Doubles
    upper_outer: Doubles
    lower_outer: Doubles
    width_px: float
    gap_px: float

    @property
    def inside(self) -> slice:
        """The columns from corner to corner."""
        return slice(BEYOND, len(self.upper) - BEYOND)


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """Masks, cavity, teeth, tongue, lips, tongue_out, from the back."""
    unit, shape = scene.unit_px, scene.shape
    lips = lip_curves(scene, below)
    opening = _outline(lips.upper[lips.inside], lips.lower[lips.inside])
    interior = repaint.polygon(opening, shape)
    pieces = [_mask(scene, lips, "upper"), _mask(scene, lips, "lower"), *_interior(scene, below, lips, interior)]
    margin = 0.035 * unit
    core_upper = repaint.polygon(_outline(lips.upper_outer - [0, margin], lips.upper + [0, 0.5]), shape)
    core_lower = repaint.polygon(_outline(lips.lower - [0, 2.0], lips.lower_outer + [0, margin]), shape)
    corners = repaint.polygon(_corner_zone(lips, 0.07 * unit), shape)
    core_lower, core_upper = core_lower | corners, core_upper | corners
    pieces.append(_lip(scene, below, lips, core_lower, "lower_lip"))
    pieces.append(_lip(scene, below, lips, core_upper, "upper_lip"))
    pieces.append(_tongue_out(scene, below, lips))
    hole = repaint.grow(core_upper | core_lower | interior, -1.0)
    return pieces, repaint.fill_hole(below, hole)


def lip_curves(scene: Scene, picture: Picture, /) -> Lips:
    """Lip edges from the landmarks; a closed mouth is split along its darkest line."""
    face, unit = scene.face, scene.unit_px
    corners = [face.points_px[[i]] for i in topology.MOUTH_CORNERS]
    seams = [
        resample(np.concatenate([corners[0], face.curve(line), corners[1]]), INSIDE, smooth=0.3).astype(np.float64)
        for line in (topology.LIP_UPPER_INNER, topology.LIP_LOWER_INNER)
    ]
    outer = [
        resample(face.curve(line), INSIDE, smooth=0.3).astype(np.float64)
        for line in (topology.LIP_UPPER_OUTER, topology.LIP_LOWER_OUTER)
    ]
    gap = float((seams[1] - seams[0])[:, 1].max())
    if gap < OPEN_IOD * unit:
        middle = _darkest_line(picture, (seams[0] + seams[1]) / 2.0, 0.045 * unit)
        seams = [middle, middle.copy()]
    seams[1][:, 1] = np.maximum(seams[1][:, 1], seams[0][:, 1])
    outer[0][:, 1] = np.minimum(outer[0][:, 1], seams[0][:, 1] - 0.01 * unit)
    outer[1][:, 1] = np.maximum(outer[1][:, 1], seams[1][:, 1] + 0.01 * unit)
    step = (seams[0][-1] - seams[0][0]) / (INSIDE - 1)
    prolonged = [_prolong(curve, step) for curve in (*seams, *outer)]
    width = float(np.linalg.norm(seams[0][-1] - seams[0][0]))
    return Lips(prolonged[0], prolonged[1], prolonged[2], prolonged[3], width, max(0.0, gap))


def _prolong(curve: Doubles, step: Doubles) -> Doubles:
    before = curve[0] - step * np.arange(BEYOND, 0, -1)[:, None]
    after = curve[-1] + step * np.arange(1, BEYOND + 1)[:, None]
    return np.concatenate([before, curve, after])


def _darkest_line(picture: Picture, seam: Doubles, reach_px: float) -> Doubles:
    """The seam moved, smoothly, onto the darkest pixels within reach; the corners stay."""
    luminance = cv2.GaussianBlur((picture @ np.array([0.299, 0.587, 0.114])).astype(np.float32), (0, 0), 1.0)
    offsets = np.linspace(-reach_px, reach_px, 25)
    x = np.repeat(seam[:, :1], len(offsets), axis=1)
    y = seam[:, 1:] + offsets
    light = cv2.remap(luminance, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR)
    light = light + 18.0 * (offsets / reach_px) ** 2
    dark = np.exp(-(light - light.min(axis=1, keepdims=True)) / 5.0)
    shift = (dark * offsets).sum(axis=1) / dark.sum(axis=1)
    shift = cv2.GaussianBlur(shift[None].astype(np.float32), (0, 0), 1.5, borderType=cv2.BORDER_REPLICATE)[0]
    t = np.linspace(0.0, 1.0, len(seam))
    result = seam.copy()
    result[:, 1] += shift * smoothstep(np.minimum(t, 1.0 - t), 0.0, 0.12)
    return result


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
        rows = np.stack([upper - [0, FEATHER_PX], upper + [0, FEATHER_PX], lower + [0, 1.6 * far]])
    else:
        rows = np.stack([upper - [0, far], lower - [0, FEATHER_PX], lower + [0, FEATHER_PX]])
    return mask_strip(scene, f"mouth_mask_{edge}", "mouth", edge, rows, moves, stop="mouth")


def _lip(scene: Scene, below: Picture, lips: Lips, core: npt.NDArray[np.bool_], name: Surface) -> Piece:
    unit = scene.unit_px
    upper = name == "upper_lip"
    seam, outer = (lips.upper, lips.upper_outer) if upper else (lips.lower, lips.lower_outer)
    margin = 0.13 * unit * (-1.0 if upper else 1.0)
    end = outer + [0.0, margin]
    fractions = np.array([0.0, 0.15, 0.3, 0.45, 0.6, 0.8, 1.0])
    rows = seam[None] + fractions[:, None, None] * (end - seam)[None]
    overhang = seam + [0.0, 2.5 if upper else -4.0]
    rows = np.concatenate([rows[::-1], overhang[None]]) if upper else np.concatenate([overhang[None], rows])
    shares = 1.0 - fractions
    share = np.append(shares[::-1], 1.0) if upper else np.concatenate([[1.0], shares])
    strip = ribbon(rows)
    columns = rows.shape[1]
    alpha = repaint.soft_mask(core, 0.075 * unit)
    y = np.interp(np.arange(scene.shape[1]), seam[:, 0], seam[:, 1])
    within = np.arange(scene.shape[0])[:, None] - y[None, :]
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


def _tones(scene: Scene, picture: Picture) -> dict[str, Floats]:
    """Colours of cavity, teeth and tongue: the lower lip's hue, in the light of the portrait."""
    points = scene.face.points_px
    size = np.array(scene.shape[::-1]) - 1
    lip = np.clip(points[[85, 16, 315, 180, 404]].astype(int), 0, size)
    cheek = np.clip(points[[50, 280, 205, 425]].astype(int), 0, size)
    red, green, blue = np.median(picture[lip[:, 1], lip[:, 0]], axis=0) / 255.0
    hue = colorsys.rgb_to_hsv(float(red), float(green), float(blue))[0]
    if 0.13 < hue < 0.83:  # no mouth is green or blue inside
        hue = 0.0
    light = float(np.median(picture[cheek[:, 1], cheek[:, 0]] @ [0.299, 0.587, 0.114])) / 255.0
    dim = min(1.0, 0.45 + 0.6 * light)
    return {
        name: np.array(colorsys.hsv_to_rgb(hue if name != "teeth" else 0.11, s, v * dim), np.float32) * 255.0
        for name, (s, v) in (("cavity", CAVITY), ("teeth", TEETH), ("tongue", TONGUE))
    }


def _interior(scene: Scene, below: Picture, lips: Lips, interior: npt.NDArray[np.bool_]) -> list[Piece]:
    tones = _tones(scene, below)
    own = lips.gap_px >= OPEN_IOD * scene.unit_px
    pieces = [_cavity(scene, lips, tones["cavity"])]
    if not own:
        pieces.append(_lower_teeth(scene, lips, tones["teeth"]))
    pieces.append(_tongue(scene, lips, tones["tongue"]))
    pieces.append(_own_interior(scene, below, lips, interior) if own else _upper_teeth(scene, lips, tones["teeth"]))
    return pieces


def _grids(scene: Scene) -> tuple[Floats, Floats]:
    y, x = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    return x, y


def _centre(lips: Lips) -> Doubles:
    return np.asarray((lips.upper[len(lips.upper) // 2] + lips.lower[len(lips.lower) // 2]) / 2.0)


def _clipped(scene: Scene, name: str, colour: Picture, alpha: Floats, moves: Floats) -> Piece:
    """A piece of the interior. moves: (52 + C, 2), the whole piece alike."""
    texture, origin = cut(colour, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.3 * scene.unit_px)
    count = len(mesh.points_px)
    return Piece(
        name, texture, origin, mesh,
        depth_px=scene.depth(mesh.points_px) - 0.05 * scene.unit_px, follow=np.ones(count, np.float32),
        deltas_px=np.repeat(moves[:, None], count, axis=1).astype(np.float32), clip="mouth",
    )  # fmt: skip


def _at_seam(scene: Scene, lips: Lips, surface: Surface) -> Floats:
    """Displacement of the middle of a lip's edge, (52 + C, 2)."""
    curve = lips.upper if surface == "upper_lip" else lips.lower
    return scene.moves(curve[len(curve) // 2][None].astype(np.float32), surface)[:, 0]


def _cavity(scene: Scene, lips: Lips, tone: Floats) -> Piece:
    x, y = _grids(scene)
    cx, cy = _centre(lips)
    width, unit = lips.width_px, scene.unit_px
    alpha = ((np.abs(x - cx) < 0.62 * width) & (y > cy - 0.45 * unit) & (y < cy + 1.3 * unit)).astype(np.float32)
    shade = 0.55 + 0.45 * smoothstep(y - cy, -0.05 * width, 0.45 * width)
    shade = shade * (1.0 - 0.25 * np.clip(np.abs(x - cx) / (0.5 * width), 0.0, 1.0) ** 2)
    return _clipped(scene, "mouth_cavity", shade[..., None] * tone, alpha, _at_seam(scene, lips, "upper_lip") * 0.5)


def _arch(lips: Lips, x: Floats) -> tuple[Floats, Floats, Doubles]:
    """Across the mouth, -1..1 at the ends of the row of teeth, and the two seam heights at every column."""
    cx = _centre(lips)[0]
    u = np.clip((x - cx) / (0.46 * lips.width_px), -1.4, 1.4)
    y = np.interp(x[0], lips.upper[:, 0], (lips.upper[:, 1] + lips.lower[:, 1]) / 2.0)
    return u, np.abs(u), np.broadcast_to(y, x.shape)


def _upper_teeth(scene: Scene, lips: Lips, tone: Floats) -> Piece:
    x, y = _grids(scene)
    u, side, seam = _arch(lips, x)
    width = lips.width_px
    bottom = seam + width * 0.135 * (1.0 - 0.5 * side**2)
    alpha = (1.0 - smoothstep(y - bottom, -1.2, 1.2)) * (1.0 - smoothstep(side, 0.9, 1.1)) * (y > seam - 0.25 * width)
    gaps = np.exp(-(((np.mod(u * 3.2 * (1.0 + 0.15 * side), 1.0) - 0.5) / 0.045) ** 2)) * 0.07
    shade = (1.0 - 0.42 * np.clip(side, 0.0, 1.0) ** 2) * (0.80 + 0.20 * smoothstep(y - seam, -0.02 * width, 0.09 * width))
    shade = shade * (1.0 - gaps)
    moves = _at_seam(scene, lips, "upper_lip") * 0.2
    return _clipped(scene, "teeth_upper", shade[..., None] * tone, alpha.astype(np.float32), moves)


def _lower_teeth(scene: Scene, lips: Lips, tone: Floats) -> Piece:
    x, y = _grids(scene)
    _, side, seam = _arch(lips, x)
    width = lips.width_px
    top = seam - width * 0.035 * (1.0 - side**2)
    alpha = smoothstep(y - top, -1.2, 1.2) * (1.0 - smoothstep(side, 0.62, 0.85)) * (y < seam + 0.2 * width)
    shade = np.broadcast_to(0.62 * (1.0 - 0.4 * np.clip(side, 0.0, 1.0) ** 2), x.shape)
    moves = _at_seam(scene, lips, "lower_lip") * 0.97
    return _clipped(scene, "teeth_lower", shade[..., None] * tone, alpha.astype(np.float32), moves)


def _tongue(scene: Scene, lips: Lips, tone: Floats) -> Piece:
    x, y = _grids(scene)
    cx, cy = _centre(lips)
    width = lips.width_px
    distance = np.hypot((x - cx) / (0.31 * width), (y - (cy + 0.05 * width)) / (0.17 * width))
    alpha = 1.0 - smoothstep(distance, 0.94, 1.04)
    groove = 1.0 - 0.12 * np.exp(-(((x - cx) / (0.03 * width)) ** 2))
    shade = (0.72 + 0.28 * smoothstep(y - cy, -0.12 * width, 0.10 * width)) * groove
    moves = _at_seam(scene, lips, "lower_lip") * 0.9
    return _clipped(scene, "tongue", shade[..., None] * tone, alpha.astype(np.float32), moves)


def _own_interior(scene: Scene, below: Picture, lips: Lips, interior: npt.NDArray[np.bool_]) -> Piece:
    """What the portrait's open mouth shows; a smile's teeth stay with the skull, a wide mouth's floor goes with the jaw."""
    unit = scene.unit_px
    seen = repaint.grow(interior, -1.0)
    colour = repaint.fill_hole(below, repaint.grow(interior, 0.12 * unit) & ~seen)
    y = np.interp(np.arange(scene.shape[1]), lips.lower[:, 0], lips.lower[:, 1])
    past = np.arange(scene.shape[0])[:, None] - y[None, :]
    alpha = repaint.grow(interior, 0.10 * unit) * (1.0 - smoothstep(past, 1.0, 3.0))
    texture, origin = cut(colour, alpha.astype(np.float32))
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.08 * unit)
    points = mesh.points_px
    up = np.interp(points[:, 0], lips.upper[:, 0], lips.upper[:, 1])
    down = np.interp(points[:, 0], lips.lower[:, 0], lips.lower[:, 1])
    share = smoothstep((points[:, 1] - up) / np.maximum(down - up, 1.0), 0.35, 1.0)
    wide = float(smoothstep(lips.gap_px / unit, 0.16, 0.30))
    skull, jaw = _at_seam(scene, lips, "upper_lip") * 0.3, _at_seam(scene, lips, "lower_lip") * 0.95
    moves = skull[:, None] * (1.0 - wide * share)[None, :, None] + jaw[:, None] * (wide * share)[None, :, None]
    return Piece(
        "mouth_own", texture, origin, mesh,
        depth_px=scene.depth(points) - 0.05 * unit, follow=np.ones(len(points), np.float32),
        deltas_px=moves.astype(np.float32), clip="mouth",
    )  # fmt: skip


def _tongue_out(scene: Scene, below: Picture, lips: Lips) -> Piece:
    """A tongue before the lower lip, folded away at rest, drawn out and faded in by tongueOut."""
    x, y = _grids(scene)
    cx, cy = _centre(lips)
    width = lips.width_px
    half, length = 0.21 * width, 0.46 * width
    top = cy - 0.02 * width
    along = np.clip((y - top) / length, 0.0, 1.0)
    profile = half * (1.0 - 0.12 * along) * np.sqrt(np.clip(1.0 - np.clip((along - 0.45) / 0.55, 0.0, 1.0) ** 2, 0.0, 1.0))
    inside = (np.abs(x - cx) < profile) & (y > top) & (y < top + length)
    alpha = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8 + width / 250.0)
    tone = _tones(scene, below)["tongue"] * 1.08
    groove = 1.0 - 0.16 * np.exp(-(((x - cx) / (0.022 * width)) ** 2)) * (1.0 - along)
    shade = (0.62 + 0.38 * smoothstep(along, 0.0, 0.45)) * groove * (1.0 - 0.22 * np.clip(np.abs(x - cx) / half, 0, 1) ** 3)
    texture, origin = cut(np.clip(shade[..., None] * tone, 0, 255), alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.12 * scene.unit_px)
    drawn = mesh.points_px
    folded = drawn.copy()
    folded[:, 1] = top + (drawn[:, 1] - top) * 0.15
    deltas = np.repeat(_at_seam(scene, lips, "lower_lip")[:, None] * 0.85, len(drawn), axis=1)
    deltas[arkit.INDEX["tongueOut"]] += drawn - folded
    return Piece(
        "tongue_out", texture, origin, Mesh(folded, mesh.triangles),
        depth_px=scene.depth(folded) + 0.06 * scene.unit_px, follow=np.ones(len(drawn), np.float32),
        deltas_px=deltas.astype(np.float32), picked_px=drawn,
        fades=(Fade("tongueOut", hidden_at=0.05, shown_at=0.25),),
    )  # fmt: skip
