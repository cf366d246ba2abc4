"""The lids of an eye as ribbons of skin: the upper one a curtain, its lashes, the line where it meets the lower one."""

from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import Fade
from generator.eyes import lashes as lashes_of
from generator.eyes import lid_margin
from generator.eyes.lids import BEYOND, INSIDE, Lids, edge_moves
from generator.scene import ROWS, Scene
from generator.tools import repaint
from generator.tools.curves import lowered, smoothstep
from generator.tools.mesh import Mesh, ribbon
from generator.tools.piece import LidRow, Piece, cut
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

LIT: Final = 0.75
"""How much of the missing light a closed lid gets."""
SMOOTH: Final = 0.85
"""How much of a closed lid is smooth skin; the rest keeps the grain of the open one."""
LINE: Final = 0.032
"""Half the thickness of the line where lids meet, in eye widths; trackers take a thinner one for a slit."""
LYING: Final = (-0.1, -0.09, -0.075, 0.0)
"""Where the ribbon's rows lie above a closed eye, in `reach_px`: lashes lose three quarters of their length, and of the
crease above them next to nothing is left. A second line over that of the closed lids would look like a slit."""
FOLDED: Final = 0.3
"""The part that they lose of what reaches down before the eye: below a closed one it would hang as drops."""


def band(curve: Doubles, top_px: float, bottom_px: float) -> Floats:
    """Outline of a band along a curve, without the outermost columns."""
    part = curve[BEYOND - 2 : len(curve) - BEYOND + 2]
    return np.concatenate([lowered(part, top_px), lowered(part, bottom_px)[::-1]]).astype(np.float32)


def _lid_ribbon(
    scene: Scene, window: Window, name: str, lids: Lids, rows: Doubles, share: Doubles, moves: Doubles,
    colour: Picture, alpha: Floats, *, hangs: bool,
) -> Piece:  # fmt: skip
    """A ribbon of lid skin: row r rides the lid edge by `share[r]` and the skin around the eye by the rest."""
    strip = ribbon(rows)
    columns = rows.shape[1]
    weight = np.repeat(share, columns)
    riding = np.zeros((ROWS, len(weight), 2))
    riding[..., 1] = np.tile(moves, (1, len(share))) * weight
    skin = scene.moves(strip.points_px) * (1.0 - weight)[None, :, None]
    # A brow may come down farther than the lid is high: then the ribbon goes only so far along, or it would fold.
    high = float(rows[-1, columns // 2, 1] - rows[0, columns // 2, 1])
    most = np.array([0.5 * float(np.diff(rows[0, :, 0]).mean()), 0.5 * high])
    farthest = np.abs(skin).max(axis=1, initial=0.0)
    skin *= np.minimum(1.0, most / np.maximum(farthest, 1e-6))[:, None]
    texture, origin = _cut_around(window, colour, alpha, strip)
    column = np.tile(np.arange(columns) - BEYOND, len(share))
    column[(column < 0) | (column >= INSIDE)] = -1
    return Piece(
        name, texture, origin, strip,
        depth_px=scene.depth(strip.points_px), follow=np.ones(len(weight), np.float32),
        deltas_px=(riding + skin).astype(np.float32),
        hangs=LidRow(f"eye.{lids.side}", column, weight.astype(np.float32)) if hangs else None,
    )  # fmt: skip


def _cut_around(
    window: Window, colour: Picture, alpha: Floats, mesh: Mesh
) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """As `cut_from`, but the texture spans the whole ribbon, so that every vertex lies on it."""
    spread = alpha.copy()
    low = np.floor(mesh.points_px.min(axis=0)).astype(int)
    high = np.ceil(mesh.points_px.max(axis=0)).astype(int)
    height, width = window.shape
    for x, y in (low - window.origin_px, high - window.origin_px):
        row, column = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
        spread[row, column] = max(spread[row, column], 1.0 / 255.0)
    return cut_from(window, colour, spread)


def cut_from(
    window: Window, colour: Picture, alpha: Floats, /
) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:  # fmt: skip
    """As `cut`, of a part of the canvas."""
    texture, (x, y) = cut(colour, alpha)
    return texture, (x + window.left, y + window.top)


def upper_lid(
    scene: Scene, window: Window, clean: Picture, lids: Lids, core: Mask, aperture: Mask, reach: float
) -> Piece:  # fmt: skip
    """The curtain: skin and crease without the lashes, stretched as the lid closes."""
    alpha = repaint.soft_mask(core, 0.42 * reach)
    within = window.below(lids.upper)
    alpha = np.where(aperture, alpha * (1.0 - smoothstep(within, 0.3, 1.5)), alpha).astype(np.float32)
    offsets = np.array([-1.0, -0.82, -0.64, -0.46, -0.3, -0.15, 0.0]) * reach
    share = smoothstep(offsets, -0.97 * reach, -0.12 * reach)
    offsets, share = np.append(offsets, 2.0), np.append(share, 1.0)
    rows = np.stack([lowered(lids.upper, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_lid_upper"
    return _lid_ribbon(scene, window, name, lids, rows, share, edge_moves(lids)[0], clean, alpha, hangs=True)


def lid_light(
    scene: Scene, window: Window, clean: Picture, lids: Lids, core: Mask, reach: float, flat: Picture | None
) -> Piece:  # fmt: skip
    """The skin of a closed lid, smooth and in the light. Open, it lies folded in the shadow of the brow, a narrow strip
    whose every speck would become a streak as it is drawn out; closed, it is as light as the skin below the eye."""
    within = window.below(lids.upper)
    under = window.polygon(band(lids.lower, 0.35 * lids.size_px, 0.8 * lids.size_px))
    lid = core & (within < -0.1 * reach) & (within > -0.8 * reach)
    lit, dark = (np.median(clean[where], axis=0) if where.any() else np.zeros(3) for where in (under, lid))
    missing = float(np.clip((lit.mean() - dark.mean()) / 60.0, 0.0, 1.0))
    bow = np.interp(window.x, lids.upper[:, 0], lids.bow, left=0.0, right=0.0)[None, :]
    light = clean.mean(axis=-1)
    lid &= light > dark.mean() - 20.0  # not the shadow of a low brow
    even, weight = repaint.spread(clean, lid, 0.30 * lids.width_px, sigma_down_px=0.3 * reach)
    share = LIT * missing * bow[..., None]
    shaded = np.where(weight[..., None] > 0.02, even, dark) * (1.0 - share) + lit * share
    skin = shaded.astype(np.float32) if flat is None else flat
    rise = smoothstep(within, -0.9 * reach, -0.5 * reach) * (1.0 - smoothstep(within, -0.12 * reach, 0.0))
    alpha = (SMOOTH * rise * smoothstep(bow, 0.0, 0.5)).astype(np.float32)
    offsets = np.array([-0.92, -0.7, -0.48, -0.3, -0.15, 0.0]) * reach
    rows = np.stack([lowered(lids.upper, offset) for offset in offsets])
    share = smoothstep(offsets, -0.97 * reach, -0.12 * reach)
    name = f"eye_{lids.side.lower()}_lid_light"
    piece = _lid_ribbon(scene, window, name, lids, rows, share, edge_moves(lids)[0], skin, alpha, hangs=True)
    return replace(piece, fades=(Fade(f"eyeBlink{lids.side}", hidden_at=0.3, shown_at=0.95),))


def lash_ribbon(scene: Scene, window: Window, lids: Lids, lashes: lashes_of.Lashes, reach_px: float) -> Piece:
    """The upper lashes (and a crease above them) ride the lid's edge and bend with it; in a blink they lie down on it.

    Seen from the front, lashes of a closed eye point at the viewer: only a part of their length is left.
    """
    offsets = np.array([-1.0, -0.6, -0.3, 0.0]) * reach_px
    offsets = np.append(offsets, [0.1 * lids.size_px, 0.22 * lids.size_px])
    closed = np.append(np.array(LYING) * reach_px, (1.0 - FOLDED) * offsets[-2:])
    rows = np.stack([lowered(lids.upper, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_lashes"
    piece = _lid_ribbon(
        scene, window, name, lids, rows, np.ones(len(offsets)), edge_moves(lids)[0], lashes.colour, lashes.alpha,
        hangs=True,
    )  # fmt: skip
    lying = np.repeat(closed - offsets, rows.shape[1])
    piece.deltas_px[arkit.INDEX[f"eyeBlink{lids.side}"], :, 1] += lying
    return piece


def closing_line(scene: Scene, window: Window, below: Picture, lids: Lids, lashes: lashes_of.Lashes) -> Piece:
    """The dark line where closed lids meet; it comes with the last third of a blink. Faint lashes leave none else."""
    within = window.below(lids.upper)
    thick = max(1.0, LINE * lids.width_px)
    bow = np.interp(window.x, lids.upper[:, 0], lids.bow, left=0.0, right=0.0)
    alpha = 0.9 * np.exp(-(((within + 0.2 * thick) / thick) ** 2)) * np.sqrt(bow)[None, :]
    alpha = np.where(np.abs(within) < 3.0 * thick, alpha, 0.0)
    strong = lashes.alpha > 0.7
    if strong.sum() > 20:
        tone = np.percentile(below[strong], 20, axis=0)
    else:
        tone = 0.28 * np.median(lashes.clean[alpha > 0.3], axis=0)
    colour = np.broadcast_to(tone.astype(np.float32), below.shape)
    offsets = np.array([-3.2, 0.0, 3.2]) * thick
    rows = np.stack([lowered(lids.upper, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_closing"
    opacity = alpha.astype(np.float32)
    line = _lid_ribbon(scene, window, name, lids, rows, np.ones(3), edge_moves(lids)[0], colour, opacity, hangs=True)
    return replace(line, fades=(Fade(f"eyeBlink{lids.side}", hidden_at=0.6, shown_at=0.95),))


def lower_lid(scene: Scene, window: Window, colour: Picture, lids: Lids, core: Mask, margin: Floats) -> Piece:
    size = lids.size_px
    alpha = repaint.soft_mask(core, 0.25 * size)
    alpha = np.where(window.below(lids.lower) < 0.2 * size, np.minimum(alpha, margin), alpha)
    first = -1.0 - max(2.0, float(lid_margin.reach_px(lids).max()))
    # Long, so that squint, cheek and smile together still leave the skin unfolded.
    offsets = np.append(first, np.array([0.0, 0.15, 0.35, 0.6, 0.95, 1.3]) * size)
    share = 1.0 - smoothstep(offsets, 0.1 * size, 1.28 * size)
    rows = np.stack([lowered(lids.lower, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_lid_lower"
    return _lid_ribbon(
        scene, window, name, lids, rows, share, edge_moves(lids)[1], colour, alpha.astype(np.float32), hangs=False
    )
