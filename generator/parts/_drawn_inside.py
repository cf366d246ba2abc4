"""Inside a drawn mouth that stands open: its own patch of colour at every size, and the depth that it gains.

The patch is stretched between the two edges of the mouth, column by column, so it fills any form; a row of teeth keeps
its height below the upper edge. One flat colour, drawn wide, would read as a tongue put out: as the jaw drops, all but
a mound at the bottom darkens.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import Fade
from generator.lips import BEYOND, INSIDE, Lips
from generator.scene import Scene
from generator.tools import colours, repaint
from generator.tools.curves import lowered, smoothstep
from generator.tools.mesh import Mesh, grid, ribbon
from generator.tools.piece import LidRow, Piece, cut
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

FLAT: Final = 14.0
"""Lab units within which a patch counts as one colour."""
MOSTLY: Final = 0.6
"""So much of a patch, its teeth left out, is of one colour: then nothing in it is painted as depth."""
TEETH: Final = (6.0, 0.6)
"""Teeth are lighter than the patch by so many Lab units, and of so much less colour."""
FIRST: Final = 0.3
"""Teeth begin in this upper part of the mouth; what is light farther down is a tongue or a lip."""
DARKER, REDDER, YELLOWER = 0.62, 12.0, 0.75
"""The depth in Lab: its lightness and yellow as parts of the patch's, and how much redder it is."""
LIGHT: Final = 45.0
"""A patch that is darker, in Lab's L, is depth already."""
MOUND: Final = (0.72, 0.42)
"""Half the width of the tongue, in half mouths, and its height, in heights of the mouth."""
CORNERLESS_PX: Final = 1.0
"""A mouth is at least so high to be divided by; at its corners it is nothing."""
LINE: Final = 0.011
"""Half the thickness of a closed mouth's line, in inter-iris distances."""
STROKE: Final = 12.0
"""Percentile of lightness around a mouth that is the stroke drawn around it."""


def patch(scene: Scene, lips: Lips, texture: npt.NDArray[np.uint8], origin: tuple[int, int], teeth: float) -> Piece:
    """The own interior, (h, w, 4) at `origin`, stretched with the mouth. teeth: their part of its height."""
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.05 * scene.unit_px)
    return Piece(
        "mouth_own", texture, origin, mesh,
        depth_px=scene.depth(mesh.points_px) - 0.05 * scene.unit_px, follow=np.ones(len(mesh.points_px), np.float32),
        deltas_px=_stretched(scene, lips, mesh.points_px, teeth), clip="mouth",
    )  # fmt: skip


def teeth_share(picture: Picture, lips: Lips, interior: Mask, /) -> float:
    """How much of the mouth's height a row of teeth at its upper edge takes, 0..0.6, of those columns that are high."""
    lab = colours.lab(picture)
    main = colours.commonest(lab[interior]) if interior.any() else np.zeros(3, np.float32)
    light = _teeth(lab, main)
    middle = lips.upper[lips.inside][10:-10]
    shares = []
    for (x, top), (_, bottom) in zip(middle, lips.lower[lips.inside][10:-10], strict=True):
        column = light[int(np.ceil(top)) : int(bottom), round(x)]
        first = int(column.argmax()) if column.any() else len(column)
        after = column[first:]
        end = first + (int((~after).argmax()) if not after.all() else len(after))
        shares.append(end / len(column) if first < FIRST * len(column) else 0.0)
    return float(np.clip(np.median(shares), 0.0, 0.6)) if shares else 0.0


def depth(scene: Scene, picture: Picture, lips: Lips, interior: Mask, teeth: float) -> list[Piece]:
    """The dark above the tongue, seen as the jaw drops; nothing where the patch isn't one light colour."""
    lab = colours.lab(picture)
    seen = repaint.grow(interior, -0.012 * scene.unit_px)
    if seen.sum() < 20:
        return []
    main = colours.commonest(lab[seen])
    own = seen & ~_teeth(lab, main)
    flat = colours.squared(lab - main) < FLAT**2
    if main[0] < LIGHT or flat[own].mean() < MOSTLY:
        return []
    dark = np.array([DARKER * main[0], main[1] + REDDER, YELLOWER * main[2]], np.float32)
    tones = cv2.cvtColor(np.stack([dark, main])[None], cv2.COLOR_LAB2RGB)[0] * np.float32(255.0)
    return [_deep(scene, lips, np.asarray(tones, np.float32), teeth)]


def _teeth(lab: Floats, main: Floats) -> Mask:
    lighter, paler = TEETH
    strength = np.hypot(lab[..., 1], lab[..., 2])
    return np.asarray((lab[..., 0] > main[0] + lighter) & (strength < paler * float(np.hypot(main[1], main[2]))))


def _deep(scene: Scene, lips: Lips, tones: Floats, teeth: float) -> Piece:
    """Painted as the mouth is with its jaw down, where there is room, and folded into the mouth as it is.

    tones: (2, 3), of the depth and of the tongue.
    """
    row = arkit.INDEX["jawOpen"]
    upper, lower = lips.upper[lips.inside], lips.lower[lips.inside]
    wide = upper + scene.moves(upper.astype(np.float32), "upper_lip")[row]
    deep = lower + scene.moves(lower.astype(np.float32), "lower_lip")[row]
    y, x = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    across = np.interp(x[0], wide[:, 0], np.linspace(-1.0, 1.0, len(wide)), left=-1.5, right=1.5)[None, :]
    top, bottom = (np.interp(x[0], edge[:, 0], edge[:, 1])[None, :] for edge in (wide, deep))
    rows_of_teeth = teeth * np.interp(x[0], wide[:, 0], (lower - upper)[:, 1])[None, :]
    half, high = MOUND
    bow = np.sqrt(np.clip(1.0 - (across / half) ** 2, 0.0, 1.0))
    mound = bottom - high * float((deep - wide)[:, 1].max()) * bow
    tongue = smoothstep(y - mound, -0.7, 0.7)[..., None]
    colour = tones[0] + (tones[1] - tones[0]) * tongue
    margin = 0.04 * scene.unit_px
    below_teeth = smoothstep(y - top - rows_of_teeth, -0.7, 0.7) if teeth > 0.0 else (y > top - margin)
    alpha = (below_teeth * (np.abs(across) < 1.4) * (y < bottom + margin)).astype(np.float32)
    texture, origin = cut(colour, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.05 * scene.unit_px)
    drawn = mesh.points_px.astype(np.float64)
    folded = _folded(drawn, (upper, lower), (wide, deep), teeth)
    deltas = _stretched(scene, lips, folded, teeth)
    return Piece(
        "mouth_depth", texture, origin, Mesh(folded, mesh.triangles),
        depth_px=scene.depth(folded) - 0.05 * scene.unit_px, follow=np.ones(len(folded), np.float32),
        deltas_px=deltas, clip="mouth", picked_px=mesh.points_px,
        fades=(Fade("jawOpen", hidden_at=0.05, shown_at=0.4),),
    )  # fmt: skip


def _folded(
    drawn: Doubles, rest: tuple[Doubles, Doubles], opened: tuple[Doubles, Doubles], teeth: float
) -> Floats:  # fmt: skip
    """Where points (N, 2) of the opened mouth lie in the mouth at rest: as far across, and as far down below teeth."""
    (upper, lower), (wide, deep) = rest, opened
    t = np.linspace(-1.0, 1.0, len(upper))
    across = np.interp(drawn[:, 0], wide[:, 0], t)

    def at(edge: Doubles, axis: int) -> Doubles:
        return np.asarray(np.interp(across, t, edge[:, axis]))

    height = at(lower, 1) - at(upper, 1)
    first = teeth * height
    room = np.maximum(at(deep, 1) - at(wide, 1) - first, 1e-3)
    down = drawn[:, 1] - at(wide, 1) - first
    share = np.clip(down / room, 0.0, 1.0)
    over, under = np.minimum(down, 0.0), np.maximum(down - room, 0.0)
    y = at(upper, 1) + first + share * (height - first) + np.maximum(over, -first) + under
    beyond = drawn[:, 0] - np.clip(drawn[:, 0], wide[0, 0], wide[-1, 0])
    return np.stack([at((upper + lower) / 2.0, 0) + beyond, y], axis=1).astype(np.float32)


def _stretched(scene: Scene, lips: Lips, points_px: Floats, teeth: float) -> Floats:
    """Displacements (52 + C, N, 2) between those of the mouth's two edges, by how far down a point lies below teeth."""
    upper, lower = lips.upper[lips.inside], lips.lower[lips.inside]
    x = np.clip(points_px[:, 0], upper[0, 0], upper[-1, 0])
    top, bottom = np.interp(x, upper[:, 0], upper[:, 1]), np.interp(x, lower[:, 0], lower[:, 1])
    begin = top + teeth * (bottom - top)
    share = np.clip((points_px[:, 1] - begin) / np.maximum(bottom - begin, CORNERLESS_PX), 0.0, 1.0)
    share = share[None, :, None].astype(np.float32)
    above = scene.moves(np.stack([x, top], axis=1).astype(np.float32), "upper_lip")
    below = scene.moves(np.stack([x, bottom], axis=1).astype(np.float32), "lower_lip")
    return np.asarray(above * (1.0 - share) + below * share, np.float32)


def closed_line(scene: Scene, picture: Picture, lips: Lips, interior: Mask) -> Piece:
    """The line that a drawn mouth is when it closes: of the stroke around it, along its upper edge."""
    y, x = np.mgrid[0 : scene.shape[0], 0 : scene.shape[1]].astype(np.float32)
    inside = lips.upper[lips.inside]
    across = np.interp(x[0], inside[:, 0], np.linspace(-1.0, 1.0, len(inside)), left=-1.0, right=1.0)
    thick = max(0.9, LINE * scene.unit_px)
    off = y - np.interp(x[0], inside[:, 0], inside[:, 1])[None, :]
    bow = np.sqrt(np.clip(1.0 - across**2, 0.0, 1.0))[None, :]
    alpha = np.where(np.abs(off) < 3.0 * thick, np.exp(-((off / thick) ** 2)) * np.sqrt(bow), 0.0)
    around = repaint.grow(interior, 0.03 * scene.unit_px) & ~repaint.grow(interior, -0.03 * scene.unit_px)
    light = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    dark = around & (light <= np.percentile(light[around], STROKE)) if around.any() else around
    tone = np.median(picture[dark], axis=0) if dark.any() else np.zeros(3)
    rows = np.stack([lowered(lips.upper, offset * thick) for offset in (-3.2, 0.0, 3.2)])
    strip = ribbon(rows)
    columns = rows.shape[1]
    column = np.tile(np.arange(columns) - BEYOND, 3)
    column[(column < 0) | (column >= INSIDE)] = -1
    texture, origin = cut(np.broadcast_to(tone.astype(np.float32), picture.shape), alpha.astype(np.float32))
    edge = scene.moves(lips.upper.astype(np.float32), "upper_lip")
    return Piece(
        "mouth_closed", texture, origin, strip,
        depth_px=scene.depth(strip.points_px), follow=np.ones(len(strip.points_px), np.float32),
        deltas_px=np.concatenate([edge, edge, edge], axis=1),
        hangs=LidRow("mouth", column, np.ones(len(column), np.float32)),
        fades=(Fade("mouthClose", hidden_at=0.5, shown_at=0.9),),
    )  # fmt: skip
