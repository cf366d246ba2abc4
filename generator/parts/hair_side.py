"""The hair that hangs beside the jaw: before the shoulders, behind the face, and a little way under its edge."""

import numpy as np

from generator.parts import _hair_layer
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.piece import Piece
from generator.tools.repaint import Picture


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """hair_side."""
    hair, unit = scene.hair, scene.unit_px
    rows = np.arange(scene.shape[0])[:, None]
    lobes_y = scene.face.lobes_y_px
    alpha = np.where(rows > lobes_y - 0.15 * unit, hair.alpha, 0.0)
    if alpha.max() < 0.5:
        return [], below
    strands = alpha > 0.6
    under = repaint.grow(strands, 0.12 * unit) & scene.mattes.head & (scene.mattes.face > 0.5)
    under &= scene.mattes.torso < 0.5  # or it would lie on the neck when the jaw is lifted
    colour = np.where((under & ~strands)[..., None], hair.solid, hair.colour)
    alpha = np.maximum(alpha, under & (rows > lobes_y)).astype(np.float32)
    return _hair_layer.layer(scene, "hair_side", colour.astype(np.float32), alpha), below
