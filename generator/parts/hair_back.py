"""The hair behind head and neck: what shows between the strands when the head turns."""

import numpy as np

from generator import topology
from generator.parts import _hair_layer, _patch
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

DARKER, DRAWN_DARKER = 0.82, 0.92
"""Inner hair lies in shade; drawn shades are light."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """hair_back: the hull of the hair, row by row, painted from the hair's own colours."""
    mattes, face, unit = scene.mattes, scene.face, scene.unit_px
    hair = mattes.hair > 0.5
    beside = hair[int(face.points_px[topology.NOSE_BASE, 1]) :]
    if beside.sum() < 0.15 * unit * unit:  # short hair shows no back
        return [], below
    columns = np.arange(scene.shape[1])
    first = np.where(hair.any(axis=1), hair.argmax(axis=1), scene.shape[1])
    last = np.where(hair.any(axis=1), scene.shape[1] - 1 - hair[:, ::-1].argmax(axis=1), -1)
    reach = 0.35 * face.half_width_px
    middle = face.centre_x_px
    around = (first < middle - reach) | (last > middle + reach)
    first, last = np.minimum(first, middle), np.maximum(last, middle)
    hull = around[:, None] & (columns[None] >= first[:, None]) & (columns[None] <= last[:, None])
    # Away from the silhouette, but well under neck and clothes, so that nothing opens beside them.
    inside = repaint.grow(mattes.subject > 0.9, -0.14 * unit)
    hull = repaint.grow(hull & inside, 0.3 * unit) & inside
    hull &= np.arange(scene.shape[0])[:, None] > face.brows_y_px - 0.5 * unit
    if not hull.any():
        return [], below
    texture, origin = cut(_plain_hair(scene), repaint.soft_mask(hull, 0.03 * unit))
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.28 * unit)
    points = mesh.points_px
    depth, follow = 0.6 * scene.cover_depth(points), _hair_layer.follow(scene, points)
    return [_patch.rigid(scene, "hair_back", texture, origin, mesh, depth_px=depth, follow=follow, swings=True)], below


def _plain_hair(scene: Scene) -> Picture:
    """The hair's colours without its drawing: smoothed along the strands (down) more than across, and shaded."""
    seen = scene.mattes.hair > 0.9
    if scene.mattes.worn is not None:
        seen = seen & ~repaint.grow(scene.mattes.worn, 0.03 * scene.unit_px)
    across, down = 0.10 * scene.unit_px, 0.5 * scene.unit_px
    smooth, weight = repaint.spread(scene.colour, seen, across, sigma_down_px=down)
    return repaint.fill(smooth, weight > 0.02) * (DRAWN_DARKER if scene.face.drawn else DARKER)
