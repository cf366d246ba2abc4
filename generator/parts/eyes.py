"""The eyes: sclera and iris seen through an aperture between two lid curves; the lids are ribbons of the own skin.

The upper lid is a curtain: its skin from the crease down is a ribbon whose lower edge rides the lid curve. As the lid
closes, the aperture's two mask edges meet and pass each other, so nothing of the eye is left (generator-notes 3.6).
All eye shapes act on the two curves; `Stops` keeps the upper one from passing the lower one in any mixture.
"""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import Fade, MaskEdge
from generator import colours, eyeball, lid_margin, repaint, topology
from generator import lashes as lashes_of
from generator.curves import below as distance_below
from generator.curves import lowered, smoothstep
from generator.iris import Iris, complete, fit
from generator.lids import BEYOND, DOWN, INSIDE, Lids, edge_moves, lid_curves
from generator.masks import FEATHER_PX, mask_strip
from generator.mesh import Mesh, grid, ribbon
from generator.piece import LidRow, Piece, cut
from generator.repaint import Picture
from generator.scene import ROWS, Scene

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

ALIKE: Final = 9.0
"""Lab units within which a pixel of a drawn face is plain skin: a blush is 4 to 9 away."""
LIT: Final = 0.75
"""How much of the missing light a closed lid gets."""
SMOOTH: Final = 0.85
"""How much of a closed lid is smooth skin; the rest keeps the grain of the open one."""
LYING: Final = 0.7
"""The part of their length that lashes lose as the eye closes."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """Per eye: masks, sclera, iris, lower lid, upper lid, lashes, the line of closed lids."""
    pieces: list[Piece] = []
    for eye in topology.EYES:
        lids = lid_curves(scene, eye)
        own, below = _eye(scene, below, lids, scene.face.curve(eye.iris))
        pieces += own
    return pieces, below


def _eye(scene: Scene, below: Picture, lids: Lids, ring: Floats) -> tuple[list[Piece], Picture]:
    shape, size = scene.shape, lids.size_px
    aperture = repaint.polygon(lids.between(), shape)
    reach = lids.reach_px
    core_upper = repaint.polygon(_band(lids.upper, -0.5 * reach, 1.5), shape)
    core_lower = repaint.polygon(_band(lids.lower, -1.5, 0.30 * size), shape)
    iris = fit(below, aperture, ring)
    iris_alpha = eyeball.iris_alpha(below, lids, aperture, iris)
    white, iris_rgb, margin, lower_rgb = _layers(below, lids, aperture, iris, iris_alpha)
    skin = _flat_skin(scene)
    lashes = lashes_of.find(below, lids, aperture, iris_alpha, reach, skin=skin)
    pieces = [
        _mask(scene, lids, "upper"),
        _mask(scene, lids, "lower"),
        _plate(scene, lids, white),
        _iris(scene, lids, iris, iris_rgb, iris_alpha),
        _lower_lid(scene, lower_rgb, lids, core_lower & (distance_below(lids.lower, shape) >= -1.5), margin),
        _upper_lid(scene, lashes.clean, lids, core_upper, aperture, reach),
        _lid_light(scene, lashes.clean, lids, core_upper, reach, skin),
        _lash_ribbon(scene, lids, lashes, reach),
        _closing_line(scene, below, lids, lashes),
    ]
    hole = repaint.grow(core_upper | core_lower | aperture, -1.0)
    return pieces, repaint.fill_hole(lashes.clean, hole)


def _layers(
    below: Picture, lids: Lids, aperture: npt.NDArray[np.bool_], iris: Iris, alpha: Floats
) -> tuple[Picture, Picture, Floats, Picture]:
    """Sclera without iris, completed iris, and the lower lid's edge (alpha, colour); together they give the portrait's
    pixels again."""
    seen = repaint.grow(aperture, -1.0)
    white = eyeball.without_iris(below, lids, seen, iris, alpha)
    own = eyeball.lifted(below, white, alpha)
    off = distance_below(lids.lower, seen.shape)
    reach = np.interp(np.arange(seen.shape[1]), lids.lower[:, 0], lid_margin.reach_px(lids), left=0.0, right=0.0)
    pupil = complete(own, seen & (off < -reach - 0.5), iris)
    weight = alpha[..., None]
    margin, _ = lid_margin.unmix(below, white + weight * (pupil - white), alpha, lids)
    still_eye = np.where(np.abs(off) < reach + 1.0, (1.0 - margin) ** 3, 0.0)[..., None]
    pupil = np.asarray(pupil + still_eye * (own - pupil), np.float32)
    margin, lid = lid_margin.unmix(below, white + weight * (pupil - white), alpha, lids)
    return white, pupil, margin, lid


def _flat_skin(scene: Scene) -> Picture | None:
    """The skin of a drawn face as it would be without eyes, brows and strands, (H, W, 3): one colour that hardly
    changes. None for faces with light and shade."""
    if not scene.face.drawn:
        return None
    oval = repaint.polygon(scene.face.oval_px, scene.shape) & (scene.mattes.hair < 0.1)
    lab = colours.lab(scene.colour)
    usual = colours.commonest(lab[oval])
    tone = np.asarray(cv2.cvtColor(usual[None, None], cv2.COLOR_LAB2RGB)[0, 0] * np.float32(255.0), np.float32)
    alike = oval & (((lab - usual) ** 2).sum(axis=-1) < ALIKE**2)
    for eye in topology.EYES:
        outline = np.concatenate([scene.face.curve(eye.upper), scene.face.curve(eye.lower)[::-1]])
        alike &= ~repaint.grow(repaint.polygon(outline, scene.shape), 0.08 * scene.unit_px)
    near, weight = repaint.spread(scene.colour, repaint.grow(alike, -1.0), 0.12 * scene.unit_px)
    share = np.clip(weight / 0.1, 0.0, 1.0)[..., None]
    return np.asarray(share * near + (1.0 - share) * tone, np.float32)


def _band(curve: Doubles, top_px: float, bottom_px: float) -> Floats:
    """Outline of a band along a curve, without the outermost columns."""
    part = curve[BEYOND - 2 : len(curve) - BEYOND + 2]
    return np.concatenate([lowered(part, top_px), lowered(part, bottom_px)[::-1]]).astype(np.float32)


def _plate(scene: Scene, lids: Lids, white: Picture) -> Piece:
    alpha = np.zeros(scene.shape, np.float32)
    outline = lids.between(0.7 * lids.size_px, 0.7 * lids.size_px)
    alpha[repaint.polygon(outline, scene.shape)] = 1.0
    texture, origin = cut(white, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.25 * lids.width_px)
    count = len(mesh.points_px)
    return Piece(
        f"eye_{lids.side.lower()}_sclera", texture, origin, mesh,
        depth_px=scene.depth(mesh.points_px), follow=np.ones(count, np.float32), deltas_px=scene.still(count),
        clip="eyes",
    )  # fmt: skip


def gaze_moves(lids: Lids, iris: Iris, /) -> Floats:
    """Travel of the iris per shape, float32 (52 + C, 2): most of it stays between the corners."""
    corners = lids.upper[lids.inside][[0, -1], 0]
    room = np.abs(corners - iris.centre_px[0]) - 0.75 * iris.radius_px[0]
    right, left = np.clip(room, 0.16 * lids.width_px, 0.34 * lids.width_px)  # of the subject
    outward, inward = (left, -right) if lids.side == "Left" else (-right, left)
    least = max(lids.gaze_px, 0.25 * lids.width_px)  # narrow eyes hide their irises, but don't hold them
    up, down = 0.56 * least, max((DOWN + 0.06) * lids.gaze_px, 0.55 * least)  # down, its top stays under the lid
    moves = np.zeros((ROWS, 2), np.float32)
    for stem, travel in (
        ("eyeLookOut", (outward, 0.0)),
        ("eyeLookIn", (inward, 0.0)),
        ("eyeLookUp", (0.0, -up)),
        ("eyeLookDown", (0.0, down)),
    ):
        moves[arkit.INDEX[stem + lids.side]] = travel
    return moves


def _iris(scene: Scene, lids: Lids, iris: Iris, colour: Picture, alpha: Floats) -> Piece:
    texture, origin = cut(colour, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=max(4.0, iris.radius_px[0]))
    count = len(mesh.points_px)
    return Piece(
        f"eye_{lids.side.lower()}_iris", texture, origin, mesh,
        depth_px=scene.depth(mesh.points_px), follow=np.ones(count, np.float32),
        deltas_px=np.repeat(gaze_moves(lids, iris)[:, None], count, axis=1),
        clip="eyes",
    )  # fmt: skip


def _mask(scene: Scene, lids: Lids, edge: MaskEdge) -> Piece:
    """One edge of the aperture: a strip whose alpha rises over the lid curve and stays 1 far beyond the other lid."""
    far = 1.2 * lids.size_px
    upper, lower = lids.upper[lids.inside], lids.lower[lids.inside]
    moves = edge_moves(lids)[0 if edge == "upper" else 1][:, lids.inside]
    if edge == "upper":
        rows = np.stack([lowered(upper, -FEATHER_PX), lowered(upper, FEATHER_PX), lowered(lower, far)])
    else:  # open, the eye is seen a little below the curve, where the lid isn't opaque yet
        behind = lid_margin.reach_px(lids)[lids.inside]
        rim = lowered(lower, behind)
        rows = np.stack([lowered(upper, -far), lowered(rim, -FEATHER_PX), lowered(rim, FEATHER_PX)])
        moves[arkit.INDEX[f"eyeBlink{lids.side}"]] -= behind
    still = np.zeros_like(moves)
    return mask_strip(
        scene, f"eye_{lids.side.lower()}_mask_{edge}", "eyes", edge, rows, np.stack([still, moves], axis=-1),
        stop=f"eye.{lids.side}",
    )  # fmt: skip


def _lid_ribbon(
    scene: Scene, name: str, lids: Lids, rows: Doubles, share: Doubles, moves: Doubles, colour: Picture, alpha: Floats,
    *, hangs: bool,
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
    texture, origin = _cut_around(colour, alpha, strip)
    column = np.tile(np.arange(columns) - BEYOND, len(share))
    column[(column < 0) | (column >= INSIDE)] = -1
    return Piece(
        name, texture, origin, strip,
        depth_px=scene.depth(strip.points_px), follow=np.ones(len(weight), np.float32),
        deltas_px=(riding + skin).astype(np.float32),
        hangs=LidRow(f"eye.{lids.side}", column, weight.astype(np.float32)) if hangs else None,
    )  # fmt: skip


def _cut_around(colour: Picture, alpha: Floats, mesh: Mesh) -> tuple[npt.NDArray[np.uint8], tuple[int, int]]:
    """As `cut`, but the texture spans the whole ribbon, so that every vertex lies on it."""
    spread = alpha.copy()
    low = np.floor(mesh.points_px.min(axis=0)).astype(int)
    high = np.ceil(mesh.points_px.max(axis=0)).astype(int)
    height, width = alpha.shape
    for x, y in ((low[0], low[1]), (high[0], high[1])):
        row, column = min(max(y, 0), height - 1), min(max(x, 0), width - 1)
        spread[row, column] = max(spread[row, column], 1.0 / 255.0)
    return cut(colour, spread)


def _upper_lid(
    scene: Scene, clean: Picture, lids: Lids, core: npt.NDArray[np.bool_], aperture: npt.NDArray[np.bool_], reach: float
) -> Piece:
    """The curtain: skin and crease without the lashes, stretched as the lid closes."""
    alpha = repaint.soft_mask(core, 0.42 * reach)
    within = distance_below(lids.upper, scene.shape)
    alpha = np.where(aperture, alpha * (1.0 - smoothstep(within, 0.3, 1.5)), alpha).astype(np.float32)
    offsets = np.array([-1.0, -0.82, -0.64, -0.46, -0.3, -0.15, 0.0]) * reach
    share = smoothstep(offsets, -0.97 * reach, -0.12 * reach)
    offsets, share = np.append(offsets, 2.0), np.append(share, 1.0)
    rows = np.stack([lowered(lids.upper, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_lid_upper"
    return _lid_ribbon(scene, name, lids, rows, share, edge_moves(lids)[0], clean, alpha, hangs=True)


def _lid_light(
    scene: Scene, clean: Picture, lids: Lids, core: npt.NDArray[np.bool_], reach: float, flat: Picture | None
) -> Piece:  # fmt: skip
    """The skin of a closed lid, smooth and in the light. Open, it lies folded in the shadow of the brow, a narrow strip
    whose every speck would become a streak as it is drawn out; closed, it is as light as the skin below the eye."""
    within = distance_below(lids.upper, scene.shape)
    under = repaint.polygon(_band(lids.lower, 0.35 * lids.size_px, 0.8 * lids.size_px), scene.shape)
    lid = core & (within < -0.1 * reach) & (within > -0.8 * reach)
    lit, dark = (np.median(clean[where], axis=0) if where.any() else np.zeros(3) for where in (under, lid))
    missing = float(np.clip((lit.mean() - dark.mean()) / 60.0, 0.0, 1.0))
    x = np.arange(scene.shape[1])
    bow = np.interp(x, lids.upper[:, 0], lids.bow, left=0.0, right=0.0)[None, :]
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
    piece = _lid_ribbon(scene, name, lids, rows, share, edge_moves(lids)[0], skin, alpha, hangs=True)
    return replace(piece, fades=(Fade(f"eyeBlink{lids.side}", hidden_at=0.3, shown_at=0.95),))


def _lash_ribbon(scene: Scene, lids: Lids, lashes: lashes_of.Lashes, reach_px: float) -> Piece:
    """The upper lashes (and a crease above them) ride the lid's edge and bend with it; in a blink they lie down on it.

    Seen from the front, lashes of a closed eye point at the viewer: only a part of their length is left.
    """
    offsets = np.array([-1.0, -0.6, -0.3, 0.0]) * reach_px
    offsets = np.append(offsets, [0.1 * lids.size_px, 0.22 * lids.size_px])
    rows = np.stack([lowered(lids.upper, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_lashes"
    piece = _lid_ribbon(
        scene, name, lids, rows, np.ones(len(offsets)), edge_moves(lids)[0], lashes.colour, lashes.alpha, hangs=True
    )
    lying = np.repeat(np.maximum(-LYING * offsets, 0.0), rows.shape[1])
    piece.deltas_px[arkit.INDEX[f"eyeBlink{lids.side}"], :, 1] += lying
    return piece


def _closing_line(scene: Scene, below: Picture, lids: Lids, lashes: lashes_of.Lashes) -> Piece:
    """The dark line where closed lids meet; it comes with the last third of a blink. Faint lashes leave none else."""
    within = distance_below(lids.upper, scene.shape)
    thick = max(1.0, 0.022 * lids.width_px)
    x = np.arange(scene.shape[1])
    bow = np.interp(x, lids.upper[:, 0], lids.bow, left=0.0, right=0.0)
    alpha = 0.8 * np.exp(-(((within + 0.2 * thick) / thick) ** 2)) * np.sqrt(bow)[None, :]
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
    line = _lid_ribbon(scene, name, lids, rows, np.ones(3), edge_moves(lids)[0], colour, opacity, hangs=True)
    return replace(line, fades=(Fade(f"eyeBlink{lids.side}", hidden_at=0.6, shown_at=0.95),))


def _lower_lid(scene: Scene, colour: Picture, lids: Lids, core: npt.NDArray[np.bool_], margin: Floats) -> Piece:
    size = lids.size_px
    alpha = repaint.soft_mask(core, 0.25 * size)
    alpha = np.where(distance_below(lids.lower, scene.shape) < 0.2 * size, np.minimum(alpha, margin), alpha)
    first = -1.0 - max(2.0, float(lid_margin.reach_px(lids).max()))
    # Long, so that squint, cheek and smile together still leave the skin unfolded.
    offsets = np.append(first, np.array([0.0, 0.15, 0.35, 0.6, 0.95, 1.3]) * size)
    share = 1.0 - smoothstep(offsets, 0.1 * size, 1.28 * size)
    rows = np.stack([lowered(lids.lower, offset) for offset in offsets])
    name = f"eye_{lids.side.lower()}_lid_lower"
    return _lid_ribbon(
        scene, name, lids, rows, share, edge_moves(lids)[1], colour, alpha.astype(np.float32), hangs=False
    )
