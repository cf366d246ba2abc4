"""Neck and clothes: the portrait's own, painted upward behind the chin; the top of the neck follows the head."""

import numpy as np

from generator.parts import _patch
from generator.scene import Scene
from generator.tools import colours, repaint
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

NECK_REACH = 0.5
"""How far below the chin the head still takes the neck along, in face heights."""
SHOULDERS = 0.06
"""What of the head's turn the shoulders take."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """body, neck (in this order, from the back)."""
    torso, face = scene.mattes.torso, scene.face
    rows = np.arange(scene.shape[0])[:, None]
    columns = np.abs(np.arange(scene.shape[1])[None, :] - face.centre_x_px)
    near = (rows < face.chin_y_px + 0.4 * face.height_px) & (columns < 0.75 * face.half_width_px)
    neck = _skin(scene, below) & near & (torso > 0.5)
    neck |= near & (rows < face.chin_y_px) & (torso > 0.5)
    neck_alpha = np.minimum(repaint.soft_mask(neck, 0.05 * scene.unit_px), torso)
    pieces = []
    for name, alpha, step in (("body", torso, 0.3), ("neck", neck_alpha, 0.16)):
        texture, origin = cut(below, alpha)
        mesh = grid(texture[..., 3], origin_px=origin, step_px=step * scene.unit_px)
        points = mesh.points_px
        follow = scene.follow(points, least=SHOULDERS, reach=NECK_REACH)
        depth = _depth(scene, points)
        pieces.append(_patch.rigid(scene, name, texture, origin, mesh, depth_px=depth, follow=follow))
    return pieces, below


def _skin(scene: Scene, picture: Picture) -> np.ndarray:
    near = colours.like_skin(picture, scene.face, tolerance=16.0)
    return repaint.opened(near, 0.02 * scene.unit_px, wider_px=0.01 * scene.unit_px)


def _depth(scene: Scene, points_px: np.ndarray) -> np.ndarray:
    """A flat cylinder, a little behind the jaw."""
    half = scene.face.half_width_px
    t = np.clip(np.abs(points_px[:, 0] - scene.face.centre_x_px) / (1.35 * half), 0.0, 1.0)
    return np.asarray(half * (0.55 * np.sqrt(1.0 - t * t)) * 0.6, np.float32)
