"""The hair before the face: bangs, the top of the head, locks over the cheeks; and brows drawn before the bangs."""

import numpy as np

from generator import topology
from generator.parts import _hair_layer, _patch
from generator.scene import Scene
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """hair_front, and brow_right_over, brow_left_over where there are; below it lies the picture without any hair."""
    hair = scene.hair
    pieces = _hair_layer.layer(scene, "hair_front", hair.colour, hair.alpha * scene.mattes.before)
    return pieces + _brows(scene), hair.bare


def _brows(scene: Scene) -> list[Piece]:
    """They move with the skin, as all brows do."""
    pieces = []
    columns = np.arange(scene.shape[1])[None, :]
    for eye in topology.EYES:
        own = columns < scene.face.centre_x_px if eye.side == "Right" else columns >= scene.face.centre_x_px
        alpha = np.where(own, scene.hair.brows, 0.0).astype(np.float32)
        if alpha.any():
            texture, origin = cut(scene.hair.brow_colour, alpha)
            mesh = grid(texture[..., 3], origin_px=origin, step_px=0.09 * scene.unit_px)
            pieces.append(_patch.on_skin(scene, f"brow_{eye.side.lower()}_over", texture, origin, mesh))
    return pieces
