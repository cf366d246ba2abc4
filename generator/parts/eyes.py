"""The eyes: sclera and iris seen through an aperture between two lid curves; the lids are ribbons of the own skin.

The upper lid is a curtain: its skin from the crease down is a ribbon whose lower edge rides the lid curve. As the lid
closes, the aperture's two mask edges meet and pass each other, so nothing of the eye is left (generator-notes 3.6).
All eye shapes act on the two curves; `Stops` keeps the upper one from passing the lower one in any mixture.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import MaskEdge
from generator import repaint, topology
from generator.curves import resample, smoothstep
from generator.iris import Iris, complete, fit
from generator.masks import FEATHER_PX, mask_strip
from generator.mesh import Mesh, grid, ribbon
from generator.piece import LidRow, Piece, cut
from generator.repaint import Picture
from generator.scene import EYE_CORRECTIVES, ROWS, Scene

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

INSIDE: Final = 33
"""Points of a lid curve from corner to corner."""
BEYOND: Final = 5
"""Further columns of the ribbons past each corner."""


@dataclass(frozen=True, eq=False)
class Lids:
    """One eye's curves on the canvas, M columns from left to right.

    upper, lower: float64 (M, 2). bow: (M,), 0 at and beyond the corners, 1 in the middle.
    """

    side: str
    upper: Doubles
    lower: Doubles
    bow: Doubles
    brow_gap_px: float

    @property
    def opening_px(self) -> float:
        """The greatest lid opening of the portrait."""
        return max(1.0, float((self.lower - self.upper)[:, 1].max()))

    @property
    def width_px(self) -> float:
        """Corner to corner."""
        return float(self.upper[-1 - BEYOND, 0] - self.upper[BEYOND, 0])

    @property
    def size_px(self) -> float:
        """The opening, but not less than a quarter of the width: the length that skin around the eye is measured by."""
        return max(self.opening_px, 0.25 * self.width_px)

    @property
    def reach_px(self) -> float:
        """How far above the edge the lid's skin moves with it: not into the brow."""
        return float(np.clip(0.8 * self.brow_gap_px, 0.35 * self.size_px, 0.85 * self.size_px))

    @property
    def inside(self) -> slice:
        """The columns from corner to corner."""
        return slice(BEYOND, len(self.upper) - BEYOND)

    def between(self, above_px: float = 0.0, below_px: float = 0.0) -> Floats:
        """Outline of the aperture, its edges moved outward by so much: (2 * INSIDE, 2)."""
        top = self.upper[self.inside] - [0.0, above_px]
        bottom = self.lower[self.inside] + [0.0, below_px]
        return np.concatenate([top, bottom[::-1]]).astype(np.float32)


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """Per eye: masks, sclera, iris, lower lid, upper lid, lashes."""
    pieces: list[Piece] = []
    for eye in topology.EYES:
        lids = lid_curves(scene, eye)
        own, below = _eye(scene, below, lids, scene.face.curve(eye.iris))
        pieces += own
    return pieces, below


def lid_curves(scene: Scene, eye: topology.Eye, /) -> Lids:
    """The two curves of an eye, half landmark polyline and half smooth fit, prolonged past the corners."""
    curves = [resample(scene.face.curve(line), INSIDE).astype(np.float64) for line in (eye.upper, eye.lower)]
    curves[1] = _onto_skin_edge(scene.colour, curves[0], curves[1])
    along = curves[0][-1] - curves[0][0]
    step = along / (INSIDE - 1)
    before = curves[0][0] - step * np.arange(BEYOND, 0, -1)[:, None]
    after = curves[0][-1] + step * np.arange(1, BEYOND + 1)[:, None]
    upper, lower = (np.concatenate([before, curve, after]) for curve in curves)
    lower[:, 1] = np.maximum(lower[:, 1], upper[:, 1])
    t = (np.arange(len(upper)) - BEYOND) / (INSIDE - 1)
    brow = scene.face.curve(eye.brow_lower_edge)
    gap = float(np.median(upper[BEYOND:-BEYOND, 1]) - np.median(brow[:, 1]))
    return Lids(eye.side, upper, lower, np.clip(4.0 * t * (1.0 - t), 0.0, 1.0), gap)


def _onto_skin_edge(picture: Picture, upper: Doubles, lower: Doubles) -> Doubles:
    """The lower lid moved to where the eye really ends and skin begins: drawn eyes reach below the landmarks.

    Two numbers are searched, a bow and a tilt, for the greatest step in "unlike the skin below" across the curve.
    """
    width = float(lower[-1, 0] - lower[0, 0])
    size = max(float((lower - upper)[:, 1].max()), 0.25 * width)
    t = np.linspace(0.0, 1.0, len(lower))
    bow = 4.0 * t * (1.0 - t)
    x0, x1 = int(lower[0, 0]), int(lower[-1, 0]) + 1
    y0, y1 = int(max(0, upper[:, 1].min())), int(min(picture.shape[0], lower[:, 1].max() + 0.9 * size))
    if x1 - x0 < 8 or y1 - y0 < 8:
        return lower
    lab = cv2.cvtColor(picture[y0:y1, x0:x1] / np.float32(255.0), cv2.COLOR_RGB2LAB)
    lab = cv2.GaussianBlur(lab, (0, 0), 0.8)

    def at(y: Doubles) -> Floats:
        where_x, where_y = (lower[:, 0] - x0).astype(np.float32), (y - y0).astype(np.float32)
        return cv2.remap(lab, where_x[:, None], where_y[:, None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0]

    skin = np.median(at(lower[:, 1] + 0.55 * size), axis=0)
    step = max(1.5, 0.04 * size)
    best, chosen = -np.inf, lower[:, 1]
    for down in np.linspace(-0.10, 0.30, 21):
        for tilt in (-0.06, 0.0, 0.06):
            y = lower[:, 1] + size * bow * (down + tilt * (2.0 * t - 1.0))
            unlike = [np.sqrt(((at(y + side * step) - skin) ** 2).sum(axis=1)) for side in (-1.0, 1.0)]
            score = float(((unlike[0] - unlike[1]) * bow).mean()) - 12.0 * (down / 0.3) ** 2 - 8.0 * abs(tilt)
            if score > best:
                best, chosen = score, y
    return np.stack([lower[:, 0], chosen], axis=1)


def edge_moves(lids: Lids, /) -> tuple[Doubles, Doubles]:
    """Vertical travel of the upper and lower lid edge per shape: two (52 + C, M) arrays in pixels, y down."""
    size, opening, bow = lids.size_px, lids.opening_px, lids.bow
    upper, lower = np.zeros((ROWS, len(bow))), np.zeros((ROWS, len(bow)))
    over = np.minimum(1.0, 6.0 * bow)  # the masks must pass each other, in pixels
    travel = {
        "eyeBlink": ((lids.lower - lids.upper)[:, 1] - 0.06 * opening * bow + over, -0.06 * opening * bow - over),
        "eyeSquint": (0.12 * opening * bow, -min(0.30 * size, 0.5 * opening) * bow),
        "eyeWide": (-min(0.24 * size, 0.3 * lids.reach_px) * bow, 0.05 * size * bow),
        "eyeLookDown": (0.42 * opening * bow, 0.10 * opening * bow),
        "eyeLookUp": (-min(0.16 * opening, 0.2 * lids.reach_px) * bow, -0.05 * opening * bow),
        "cheekSquint": (0.04 * opening * bow, -min(0.24 * size, 0.3 * opening) * bow),
        "mouthSmile": (0.0 * bow, -min(0.08 * size, 0.1 * opening) * bow),
    }
    for stem, (top, bottom) in travel.items():
        row = arkit.INDEX[stem + lids.side]
        upper[row], lower[row] = top, bottom
    first = ROWS - len(EYE_CORRECTIVES)
    for row, (blink, other) in enumerate(EYE_CORRECTIVES, start=first):
        if blink.endswith(lids.side):  # a closing eye forgets that it was wide or looked up
            upper[row], lower[row] = -upper[arkit.INDEX[other]], -lower[arkit.INDEX[other]]
    return upper, lower


def _eye(scene: Scene, below: Picture, lids: Lids, ring: Floats) -> tuple[list[Piece], Picture]:
    shape, size = scene.shape, lids.size_px
    aperture = repaint.polygon(lids.between(), shape)
    reach = lids.reach_px
    core_upper = repaint.polygon(_band(lids.upper, -0.5 * reach, 1.5), shape)
    core_lower = repaint.polygon(_band(lids.lower, -1.5, 0.30 * size), shape)
    iris = fit(below, aperture, ring)
    iris_alpha = _iris_alpha(below, lids, aperture, iris)
    white, iris_rgb = _eyeball(below, lids, aperture, iris, iris_alpha)
    lashes = find_lashes(below, lids, aperture, iris_alpha, reach)
    pieces = [
        _mask(scene, lids, "upper"),
        _mask(scene, lids, "lower"),
        _plate(scene, lids, white),
        _iris(scene, lids, iris, iris_rgb, iris_alpha),
        _lower_lid(scene, below, lids, core_lower & ~_above(lids.lower, 1.5, shape)),
        _upper_lid(scene, lashes.clean, lids, core_upper, aperture, reach),
        _lash_ribbon(scene, lids, lashes, reach),
    ]
    hole = repaint.grow(core_upper | core_lower | aperture, -1.0)
    return pieces, repaint.fill_hole(lashes.clean, hole)


def _band(curve: Doubles, top_px: float, bottom_px: float) -> Floats:
    """Outline of a band along a curve, without the outermost columns."""
    part = curve[BEYOND - 2 : len(curve) - BEYOND + 2]
    return np.concatenate([part + [0.0, top_px], (part + [0.0, bottom_px])[::-1]]).astype(np.float32)


def _above(curve: Doubles, margin_px: float, shape: tuple[int, int]) -> npt.NDArray[np.bool_]:
    """Pixels more than `margin_px` above a curve (within its columns)."""
    y = np.interp(np.arange(shape[1]), curve[:, 0], curve[:, 1])
    return np.asarray(np.arange(shape[0])[:, None] < y[None, :] - margin_px)


def _iris_alpha(below: Picture, lids: Lids, aperture: npt.NDArray[np.bool_], iris: Iris) -> Floats:
    """The iris's disc, and what sticks out of it: drawn irises are no circles. Lashes at the upper edge stay behind."""
    alpha = iris.alpha(aperture.shape)
    sclera = aperture & (iris.alpha(aperture.shape, grown=1.12) < 0.02)
    if sclera.sum() < 12:
        return alpha
    lab = cv2.cvtColor(below / np.float32(255.0), cv2.COLOR_RGB2LAB)
    bright = sclera & (lab[..., 0] >= np.percentile(lab[..., 0][sclera], 60))
    foreign = (((lab - np.median(lab[bright], axis=0)) * [0.7, 1.0, 1.0]) ** 2).sum(axis=-1) > 17.0**2
    near = iris.alpha(aperture.shape, grown=1.5) > 0.5
    out = repaint.grow(aperture, -1.5) & near & foreign & (_below_edge(lids, aperture.shape) > 0.2 * lids.size_px)
    _, labels = cv2.connectedComponents((out | (alpha > 0.5)).astype(np.uint8), connectivity=4)
    centre = labels[round(iris.centre_px[1]), round(iris.centre_px[0])]
    spill = cv2.GaussianBlur(repaint.grow(out & (labels == centre), 1.0).astype(np.float32), (0, 0), 0.8)
    return np.maximum(alpha, np.clip(1.4 * spill, 0.0, 1.0)).astype(np.float32)


def _eyeball(
    below: Picture, lids: Lids, aperture: npt.NDArray[np.bool_], iris: Iris, alpha: Floats
) -> tuple[Picture, Picture]:
    """Sclera without iris, and the completed iris; together they give the portrait's pixels again."""
    seen = repaint.grow(aperture, -1.0)
    x0, y0 = np.maximum(0, lids.between().min(axis=0).astype(int) - int(2 * lids.size_px) - 4)
    x1, y1 = lids.between().max(axis=0).astype(int) + int(2 * lids.size_px) + 4
    box = (slice(y0, y1), slice(x0, x1))
    luminance = below[box] @ np.array([0.299, 0.587, 0.114], np.float32)
    sclera = seen[box] & (np.maximum(alpha, iris.alpha(aperture.shape, grown=1.12))[box] < 0.02)
    if sclera.sum() > 12:
        sclera &= luminance > 0.72 * np.percentile(luminance[sclera], 70)
    white = below.copy()
    if sclera.sum() > 12:
        white[box] = repaint.fill(below[box], sclera)
    else:  # an eye that is all iris: a soft white of the picture's own brightness
        white[box] = min(238.0, float(luminance[seen[box]].max(initial=120.0)) * 1.1)
    keep = seen[box] & (alpha[box] <= 0.0)
    white[box][keep] = below[box][keep]
    solved = below.copy()
    a = np.maximum(alpha[box], 0.05)[..., None]
    solved[box] = np.clip((below[box] - (1.0 - a) * white[box]) / a, 0.0, 255.0)
    return white, complete(solved, seen, iris)


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
    """Travel of the iris per shape, float32 (52 + C, 2): it keeps a third of itself within the opening."""
    across = float(np.clip(0.5 * lids.width_px - 0.35 * iris.radius_px[0], 0.18 * lids.width_px, 0.34 * lids.width_px))
    along = 0.42 * lids.size_px
    out = 1.0 if lids.side == "Left" else -1.0
    moves = np.zeros((ROWS, 2), np.float32)
    for stem, travel in (
        ("eyeLookOut", (across * out, 0.0)),
        ("eyeLookIn", (-across * out, 0.0)),
        ("eyeLookUp", (0.0, -0.8 * along)),
        ("eyeLookDown", (0.0, along)),
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
        rows = np.stack([upper - [0, FEATHER_PX], upper + [0, FEATHER_PX], lower + [0, far]])
    else:
        rows = np.stack([upper - [0, far], lower - [0, FEATHER_PX], lower + [0, FEATHER_PX]])
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
    within = _below_edge(lids, scene.shape)
    alpha = np.where(aperture, alpha * (1.0 - smoothstep(within, 0.3, 1.5)), alpha).astype(np.float32)
    offsets = np.array([-1.0, -0.82, -0.64, -0.46, -0.3, -0.15, 0.0]) * reach
    share = smoothstep(offsets, -0.97 * reach, -0.12 * reach)
    offsets, share = np.append(offsets, 2.0), np.append(share, 1.0)
    rows = lids.upper[None] + np.stack([np.zeros_like(offsets), offsets], axis=1)[:, None, :]
    name = f"eye_{lids.side.lower()}_lid_upper"
    return _lid_ribbon(scene, name, lids, rows, share, edge_moves(lids)[0], clean, alpha, hangs=True)


def _below_edge(lids: Lids, shape: tuple[int, int]) -> Doubles:
    """How far a pixel lies below the upper lid's edge, (H, W)."""
    y = np.interp(np.arange(shape[1]), lids.upper[:, 0], lids.upper[:, 1])
    return np.asarray(np.arange(shape[0])[:, None] - y[None, :])


@dataclass(frozen=True, eq=False)
class Lashes:
    """alpha: float32 (H, W). clean: the picture without them. colour: theirs."""

    alpha: Floats
    clean: Picture
    colour: Picture


def find_lashes(
    picture: Picture, lids: Lids, aperture: npt.NDArray[np.bool_], iris_alpha: Floats, reach_px: float, /
) -> Lashes:
    """What is darker than the lid skin along the upper edge, and darker than the eye's white just below it."""
    size, shape = lids.size_px, aperture.shape
    within = _below_edge(lids, shape)
    x = np.arange(shape[1])[None, :]
    beside = np.maximum(lids.upper[0, 0] - x, x - lids.upper[-1, 0])
    band = (within > -0.95 * reach_px) & (within < 0.2 * size) & (beside < 0)
    bare = repaint.fill_hole(picture, repaint.grow(aperture | band, 1.0), margin_px=24)
    light = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    skin = bare @ np.array([0.299, 0.587, 0.114], np.float32)
    white = float(np.percentile(light[aperture], 85)) if aperture.any() else 200.0
    over_skin = np.clip((skin - light - 12.0) / 40.0, 0.0, 1.0) * smoothstep(-within, 0.92 * reach_px, 0.6 * reach_px)
    over_eye = np.clip((0.62 * white - light) / (0.25 * white + 1.0), 0.0, 1.0)
    over_eye *= (1.0 - smoothstep(within, 0.06 * size, 0.17 * size)) * (1.0 - np.clip(1.6 * iris_alpha, 0.0, 1.0))
    rim = np.exp(-0.5 * (within / 1.2) ** 2) * (light < 0.62 * white)  # even before the iris the lid has its edge
    alpha = np.where(aperture & (within > 0.0), np.maximum(over_eye, rim), over_skin) * band
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 0.5)
    alpha[alpha < 0.02] = 0.0
    lifted = cv2.GaussianBlur(repaint.grow((alpha > 0.02) & ~aperture, 1.0).astype(np.float32), (0, 0), 0.7)[..., None]
    clean = picture * (1.0 - lifted) + bare * lifted
    thick = np.maximum(alpha, 0.05)[..., None]
    solved = np.clip((picture - (1.0 - thick) * clean) / thick, 0.0, 255.0)
    colour = np.where((aperture & (within > 0.0))[..., None], picture, solved).astype(np.float32)
    return Lashes(alpha, clean, colour)


def _lash_ribbon(scene: Scene, lids: Lids, lashes: Lashes, reach_px: float) -> Piece:
    """The upper lashes (and a crease above them) ride the lid's edge whole: they bend with it and never stretch."""
    offsets = np.array([-1.0, -0.6, -0.3, 0.0]) * reach_px
    offsets = np.append(offsets, [0.1 * lids.size_px, 0.22 * lids.size_px])
    rows = lids.upper[None] + np.stack([np.zeros_like(offsets), offsets], axis=1)[:, None, :]
    name = f"eye_{lids.side.lower()}_lashes"
    return _lid_ribbon(
        scene, name, lids, rows, np.ones(len(offsets)), edge_moves(lids)[0], lashes.colour, lashes.alpha, hangs=True
    )


def _lower_lid(scene: Scene, below: Picture, lids: Lids, core: npt.NDArray[np.bool_]) -> Piece:
    size = lids.size_px
    alpha = repaint.soft_mask(core, 0.25 * size)
    alpha = np.where(_above(lids.lower, 2.5, scene.shape), 0.0, alpha).astype(np.float32)
    # Long, so that squint, cheek and smile together still leave the skin unfolded.
    offsets = np.array([-3.0 / size, 0.0, 0.15, 0.35, 0.6, 0.95, 1.3]) * size
    share = 1.0 - smoothstep(offsets, 0.1 * size, 1.28 * size)
    rows = lids.lower[None] + np.stack([np.zeros_like(offsets), offsets], axis=1)[:, None, :]
    name = f"eye_{lids.side.lower()}_lid_lower"
    return _lid_ribbon(scene, name, lids, rows, share, edge_moves(lids)[1], below, alpha, hangs=False)
