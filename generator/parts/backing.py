"""Behind everything: the head's and neck's own colours, out of focus and in shade, so that no turn opens a hole."""

import numpy as np

from generator.parts import _patch
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

DARKER, DRAWN_DARKER = 0.8, 0.92
"""What lies behind is in shade; drawn shades are light."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """backing: well inside the silhouette, from the forehead down, moving between head and body."""
    face, unit, subject = scene.face, scene.unit_px, scene.mattes.subject
    rows = np.arange(scene.shape[0])[:, None]
    within = repaint.grow(subject > 0.9, -0.04 * unit) & (rows > face.brows_y_px - 0.9 * unit)
    if not within.any():
        return [], below
    colour, _ = repaint.spread(scene.colour, subject > 0.95, 0.12 * unit)
    texture, origin = cut(colour * (DRAWN_DARKER if face.drawn else DARKER), repaint.soft_mask(within, 0.03 * unit))
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.3 * unit)
    points = mesh.points_px
    depth = 1.0 * scene.cover_depth(points)
    follow = scene.follow(points, least=0.08, reach=0.8)
    return [_patch.rigid(scene, "backing", texture, origin, mesh, depth_px=depth, follow=follow)], below
