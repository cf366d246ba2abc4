"""Inside the mouth: cavity, teeth and tongue, or what the portrait's own open mouth shows."""

import colorsys
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import Fade
from generator.lips import Lips
from generator.moving.closing import OPEN_IOD
from generator.parts import _drawn_inside
from generator.scene import Scene, Surface
from generator.tools import colours, repaint
from generator.tools.curves import below as distance_below
from generator.tools.curves import smoothstep
from generator.tools.mesh import Mesh, grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

LIFELIKE: Final = {"cavity": (0.66, 0.30), "teeth": (0.09, 0.98), "tongue": (0.45, 0.72)}
"""Saturation and value, with the hue of the lower lip."""
DRAWN: Final = {"cavity": (0.56, 0.62), "teeth": (0.03, 1.0), "tongue": (0.48, 0.93)}
"""The same for faces drawn in flat colours: mouths are painted light."""
_GREY: Final = np.array([0.299, 0.587, 0.114])
COLOURFUL: Final = 10.0
"""Lab units of colour in skin and lips from which a mouth is as red as any; in a grey picture it is grey."""


def _tones(scene: Scene, picture: Picture) -> dict[str, Floats]:
    """Colours of cavity, teeth and tongue: the lower lip's hue, in the light of the portrait."""
    points = scene.face.points_px
    size = np.array(scene.shape[::-1]) - 1
    lip = np.clip(points[[85, 16, 315, 180, 404]].astype(int), 0, size)
    cheek = np.clip(points[[50, 280, 205, 425]].astype(int), 0, size)
    red, green, blue = np.median(picture[lip[:, 1], lip[:, 0]], axis=0) / 255.0
    hue = colorsys.rgb_to_hsv(float(red), float(green), float(blue))[0]
    if 0.13 < hue < 0.83 or scene.face.drawn:  # no mouth is green or blue inside
        hue = 0.0
    light = float(np.median(picture[cheek[:, 1], cheek[:, 0]] @ _GREY)) / 255.0
    dim = min(1.0, 0.34 + 0.76 * light)
    skin = np.stack([np.median(picture[at[:, 1], at[:, 0]], axis=0) for at in (lip, cheek)])
    chroma = float(np.hypot(*colours.lab(skin.astype(np.float32)[None])[0, :, 1:].T).max())
    tones = {}
    for name, (saturation, value) in (DRAWN if scene.face.drawn else LIFELIKE).items():
        tone = np.array(colorsys.hsv_to_rgb(0.095 if name == "teeth" else hue, saturation, value * dim)) * 255.0
        grey = tone @ _GREY
        tones[name] = np.asarray(grey + min(1.0, chroma / COLOURFUL) * (tone - grey), np.float32)
    return tones


def interior_pieces(scene: Scene, below: Picture, lips: Lips, interior: npt.NDArray[np.bool_]) -> list[Piece]:
    tones = _tones(scene, below)
    own = lips.gap_px >= OPEN_IOD * scene.unit_px
    pieces = [_cavity(scene, lips, tones["cavity"])]
    if not own:
        pieces.append(_lower_teeth(scene, lips, tones["teeth"]))
    pieces.append(_tongue(scene, lips, tones["tongue"]))
    if not own:
        return [*pieces, _upper_teeth(scene, lips, tones["teeth"])]
    return pieces + _own_interior(scene, below, lips, interior)


def _grids(scene: Scene) -> tuple[Floats, Floats]:
    y, x = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    return x, y


def _centre(lips: Lips) -> Doubles:
    return np.asarray((lips.upper[len(lips.upper) // 2] + lips.lower[len(lips.lower) // 2]) / 2.0)


def _clipped(scene: Scene, name: str, colour: npt.NDArray[np.floating], alpha: Floats, moves: Floats) -> Piece:
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
    under_lip = 0.92 + 0.08 * smoothstep(y - seam, -0.02 * width, 0.09 * width)
    shade = (1.0 - 0.32 * np.clip(side, 0.0, 1.0) ** 2) * under_lip * (1.0 - gaps)
    moves = _at_seam(scene, lips, "upper_lip") * 0.2
    return _clipped(scene, "teeth_upper", shade[..., None] * tone, alpha.astype(np.float32), moves)


def _lower_teeth(scene: Scene, lips: Lips, tone: Floats) -> Piece:
    x, y = _grids(scene)
    _, side, seam = _arch(lips, x)
    width = lips.width_px
    top = seam - width * 0.035 * (1.0 - side**2)
    alpha = smoothstep(y - top, -1.2, 1.2) * (1.0 - smoothstep(side, 0.62, 0.85)) * (y < seam + 0.2 * width)
    shade = 0.76 * (1.0 - 0.35 * np.clip(side, 0.0, 1.0) ** 2)
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


def _own_interior(scene: Scene, below: Picture, lips: Lips, interior: npt.NDArray[np.bool_]) -> list[Piece]:
    """What the portrait's open mouth shows: a smile's teeth stay with the skull, a wide mouth's floor goes along."""
    unit = scene.unit_px
    seen = repaint.grow(interior, -1.0)
    colour = np.where(seen[..., None], below, _behind_the_lips(scene, below, seen))
    past, over = distance_below(lips.lower, scene.shape), -distance_below(lips.upper, scene.shape)
    above = (over > 0.0) & (over < 0.28 * unit) & repaint.grow(interior, 0.28 * unit)
    reach = repaint.grow(interior, 0.10 * unit) | above
    alpha = reach * (1.0 - smoothstep(past, 1.0, 3.0))
    texture, origin = cut(colour, alpha.astype(np.float32))
    if scene.face.drawn:
        teeth = _drawn_inside.teeth_share(below, lips, seen)
        own = _drawn_inside.patch(scene, lips, texture, origin, teeth)
        return [own, *_drawn_inside.depth(scene, below, lips, interior, teeth)]
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.08 * unit)
    points = mesh.points_px
    top, bottom = lips.upper[:, 1].min(), lips.lower[:, 1].max()
    share = np.clip((points[:, 1] - top) / (bottom - top), 0.0, 1.0) * 0.82  # even and not all: it never folds
    wide = float(smoothstep(lips.gap_px / unit, 0.16, 0.30))
    skull, jaw = _at_seam(scene, lips, "upper_lip") * 0.3, _at_seam(scene, lips, "lower_lip") * 0.95
    moves = skull[:, None] * (1.0 - wide * share)[None, :, None] + jaw[:, None] * (wide * share)[None, :, None]
    piece = Piece(
        "mouth_own", texture, origin, mesh,
        depth_px=scene.depth(points) - 0.05 * unit, follow=np.ones(len(points), np.float32),
        deltas_px=moves.astype(np.float32), clip="mouth",
    )  # fmt: skip
    return [piece]


def _behind_the_lips(scene: Scene, below: Picture, seen: npt.NDArray[np.bool_]) -> Picture:
    """What a rising lip uncovers: teeth, gum or cavity go on, smoothed down more than across, in the lip's shade."""
    unit = scene.unit_px
    smooth, weight = repaint.spread(below, seen, 0.03 * unit, sigma_down_px=0.10 * unit)
    away_px = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 3)
    shade = 1.0 - 0.35 * np.clip(away_px / (0.2 * unit), 0.0, 1.0)
    return np.asarray(repaint.fill(smooth, weight > 0.02) * shade[..., None], np.float32)


def tongue_out(scene: Scene, below: Picture, lips: Lips) -> Piece:
    """A tongue before the lower lip, folded away at rest, drawn out and faded in by tongueOut."""
    x, y = _grids(scene)
    cx, cy = _centre(lips)
    width = lips.width_px
    half, length = 0.21 * width, 0.46 * width
    top = cy - 0.02 * width
    along = np.clip((y - top) / length, 0.0, 1.0)
    tip = np.sqrt(np.clip(1.0 - np.clip((along - 0.45) / 0.55, 0.0, 1.0) ** 2, 0.0, 1.0))
    profile = half * (1.0 - 0.12 * along) * tip
    inside = (np.abs(x - cx) < profile) & (y > top) & (y < top + length)
    alpha = cv2.GaussianBlur(inside.astype(np.float32), (0, 0), 0.8 + width / 250.0)
    tone = _tones(scene, below)["tongue"] * 1.08
    groove = 1.0 - 0.16 * np.exp(-(((x - cx) / (0.022 * width)) ** 2)) * (1.0 - along)
    rounded = 1.0 - 0.22 * np.clip(np.abs(x - cx) / half, 0.0, 1.0) ** 3
    shade = (0.62 + 0.38 * smoothstep(along, 0.0, 0.45)) * groove * rounded
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
