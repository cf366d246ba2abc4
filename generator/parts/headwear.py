"""Hat, headband or pin: before the hair, rigid, turning with the head as the hair's roots do."""

import numpy as np

from generator.parts import _hair_layer
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.piece import Piece
from generator.tools.repaint import Picture

RIM_PX = 2.0


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """headwear, or nothing. The hair below it is made without it (`generator.hair.hair`)."""
    worn = scene.mattes.worn
    if worn is None or not worn.any():
        return [], below
    alpha = np.minimum(repaint.soft_mask(worn, RIM_PX), scene.mattes.subject)
    return _hair_layer.layer(scene, "headwear", scene.colour, alpha.astype(np.float32), swings=False), below
