"""Glasses: the frame as a rigid layer before eyes and brows, with the face painted in behind it."""

import numpy as np

from generator.matting import spectacles
from generator.parts import _patch
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

BEFORE_IOD = 0.10
"""How far a frame stands before the face."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """glasses, or nothing: no shape moves them, the head's turn does."""
    frame = spectacles.find(below, scene.face)
    if frame is None:
        return [], below
    unit = scene.unit_px
    frame &= scene.mattes.subject > 0.5
    alpha = repaint.soft_mask(repaint.grow(frame, 0.015 * unit), max(1.5, 0.012 * unit))
    texture, origin = cut(below, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.12 * unit)
    points = mesh.points_px
    piece = _patch.rigid(
        scene, "glasses", texture, origin, mesh,
        depth_px=(scene.cover_depth(points) + BEFORE_IOD * unit).astype(np.float32),
        follow=np.ones(len(points), np.float32),
    )  # fmt: skip
    return [piece], repaint.fill_hole(below, repaint.grow(frame, 0.01 * unit))
