"""The eyes: sclera and iris seen through an aperture between two lid curves; the lids are ribbons of the own skin.

The upper lid is a curtain: its skin from the crease down is a ribbon whose lower edge rides the lid curve. As the lid
closes, the aperture's two mask edges meet and pass each other, so nothing of the eye is left.
All eye shapes act on the two curves; `Stops` keeps the upper one from passing the lower one in any mixture.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import MaskEdge
from generator import topology
from generator.eyes import eyeball, lid_margin
from generator.eyes import lashes as lashes_of
from generator.eyes.iris import Iris, complete, fit
from generator.eyes.lids import DOWN, Lids, edge_moves, lid_curves
from generator.parts import _lids
from generator.scene import ROWS, Scene
from generator.tools import colours, repaint
from generator.tools.curves import lowered
from generator.tools.masks import FEATHER_PX, mask_strip
from generator.tools.mesh import grid
from generator.tools.piece import Piece
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

ALIKE: Final = 9.0
"""Lab units within which a pixel of a drawn face is plain skin: a blush is 4 to 9 away."""
IRIS_REACH: Final = 2.75
"""The largest iris that `iris.fit` gives, with its softness, in the ring's radii."""
MARGIN_PX: Final = 32
"""What is looked at around lids, besides two of their sizes: more than the margin of any fill."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """Per eye: masks, sclera, iris, lower lid, upper lid, lashes, the line of closed lids."""
    pieces: list[Piece] = []
    skin = _flat_skin(scene)
    for eye in topology.EYES:
        lids = lid_curves(scene, eye)
        own, below = _eye(scene, below, lids, scene.face.curve(eye.iris), skin)
        pieces += own
    return pieces, below


def _eye(
    scene: Scene, canvas: Picture, lids: Lids, ring: Floats, flat_skin: Picture | None
) -> tuple[list[Piece], Picture]:
    window = _window(scene, lids, ring)
    below, skin = window.of(canvas), None if flat_skin is None else window.of(flat_skin)
    aperture = window.polygon(lids.between())
    reach = lids.reach_px
    core_upper = window.polygon(_lids.band(lids.upper, -0.5 * reach, 1.5))
    core_lower = window.polygon(_lids.band(lids.lower, -1.5, 0.30 * lids.size_px))
    iris = fit(window, below, aperture, ring)
    iris_alpha = eyeball.iris_alpha(window, below, lids, aperture, iris, drawn=scene.face.drawn)
    white, iris_rgb, iris_alpha, margin, lower_rgb = _layers(window, below, lids, aperture, iris, iris_alpha)
    eye = white + iris_alpha[..., None] * (iris_rgb - white)
    lashes = lashes_of.find(window, below, eye, lids, aperture, iris_alpha, reach, skin=skin)
    pieces = [
        _mask(scene, lids, "upper"),
        _mask(scene, lids, "lower"),
        _plate(scene, window, lids, white),
        _iris(scene, window, lids, iris, iris_rgb, iris_alpha),
        _lids.lower_lid(scene, window, lower_rgb, lids, core_lower & (window.below(lids.lower) >= -1.5), margin),
        _lids.upper_lid(scene, window, lashes.clean, lids, core_upper, aperture, reach),
        _lids.lid_light(scene, window, lashes.clean, lids, core_upper, reach, skin),
        _lids.lash_ribbon(scene, window, lids, lashes, reach),
        _lids.closing_line(scene, window, below, lids, lashes),
    ]
    hole = repaint.grow(core_upper | core_lower | aperture, -1.0)
    return pieces, window.pasted(canvas, repaint.fill_hole(lashes.clean, hole))


def _window(scene: Scene, lids: Lids, ring: Floats) -> Window:
    """All that an eye is made of: lids and the skin that rides on them, the white behind, the largest iris that may
    be found, and what is looked at around holes."""
    lines = np.concatenate([lids.upper, lids.lower])
    radius = np.linalg.norm(ring[1:] - ring[0], axis=1).max()
    centre = ring[:1].astype(np.float64)
    margin = int(2.0 * lids.size_px) + MARGIN_PX
    corners = np.concatenate([lines, centre - IRIS_REACH * radius + margin, centre + IRIS_REACH * radius - margin])
    return Window.whole(scene.shape).around(corners, margin)


def _layers(
    window: Window, below: Picture, lids: Lids, aperture: npt.NDArray[np.bool_], iris: Iris, alpha: Floats
) -> tuple[Picture, Picture, Floats, Floats, Picture]:
    """Sclera without iris, completed iris with its alpha, and the lower lid's edge (alpha, colour); together they give
    the portrait's pixels again."""
    seen = repaint.grow(aperture, -1.0)
    white = eyeball.without_iris(window, below, lids, seen, iris, alpha)
    alpha = eyeball.opaque_enough(below, white, alpha, seen)
    own = eyeball.lifted(below, white, alpha)
    off = window.below(lids.lower)
    reach = lid_margin.reach_at(window, lids)
    pupil = complete(window, own, seen & (off < -reach - 0.5), iris)
    weight = alpha[..., None]
    margin, lid = lid_margin.unmix(window, below, white + weight * (pupil - white), alpha, lids)
    white, pupil, lid = lid_margin.shared_out(window, below, white, pupil, alpha, margin, lid, lids)
    return white, pupil, alpha, margin, lid


def _flat_skin(scene: Scene) -> Picture | None:
    """The skin of a drawn face as it would be without eyes, brows and strands, (H, W, 3): one colour that hardly
    changes. None for faces with light and shade."""
    if not scene.face.drawn:
        return None
    window = Window.whole(scene.shape).around(scene.face.oval_px, 2)
    oval = window.polygon(scene.face.oval_px) & (window.of(scene.mattes.hair) < 0.1)
    lab = colours.lab(window.of(scene.colour))
    usual = colours.commonest(lab[oval])
    tone = np.asarray(cv2.cvtColor(usual[None, None], cv2.COLOR_LAB2RGB)[0, 0] * np.float32(255.0), np.float32)
    alike = oval & (((lab - usual) ** 2).sum(axis=-1) < ALIKE**2)
    for eye in topology.EYES:
        outline = np.concatenate([scene.face.curve(eye.upper), scene.face.curve(eye.lower)[::-1]])
        alike &= ~repaint.grow(window.polygon(outline), 0.08 * scene.unit_px)
    known = window.pasted(np.zeros(scene.shape, bool), repaint.grow(alike, -1.0))
    near, weight = repaint.spread(scene.colour, known, 0.12 * scene.unit_px)
    share = np.clip(weight / 0.1, 0.0, 1.0)[..., None]
    return np.asarray(share * near + (1.0 - share) * tone, np.float32)


def _plate(scene: Scene, window: Window, lids: Lids, white: Picture) -> Piece:
    shown = window.polygon(lids.between(0.7 * lids.size_px, 0.7 * lids.size_px))
    texture, origin = _lids.cut_from(window, white, shown.astype(np.float32))
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
    up, down = 0.70 * least, max((DOWN + 0.02) * lids.gaze_px, 0.66 * least)  # down, its top stays under the lid
    moves = np.zeros((ROWS, 2), np.float32)
    for stem, travel in (
        ("eyeLookOut", (outward, 0.0)),
        ("eyeLookIn", (inward, 0.0)),
        ("eyeLookUp", (0.0, -up)),
        ("eyeLookDown", (0.0, down)),
    ):
        moves[arkit.INDEX[stem + lids.side]] = travel
    return moves


def _iris(scene: Scene, window: Window, lids: Lids, iris: Iris, colour: Picture, alpha: Floats) -> Piece:
    texture, origin = _lids.cut_from(window, colour, alpha)
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
        for stem in ("eyeBlink", "eyeLookDown", "eyeLookIn", "eyeLookOut"):  # where the iris goes, it goes behind
            moves[arkit.INDEX[stem + lids.side]] -= behind
    still = np.zeros_like(moves)
    return mask_strip(
        scene, f"eye_{lids.side.lower()}_mask_{edge}", "eyes", edge, rows, np.stack([still, moves], axis=-1),
        stop=f"eye.{lids.side}",
    )  # fmt: skip
