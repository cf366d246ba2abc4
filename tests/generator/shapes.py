"""Lids of known form, and a head without anything on it: what tests of the eyes and of the parts stand on."""

import numpy as np

from generator import scene
from generator.eyes.lids import BEYOND, INSIDE, Lids
from generator.matting.mattes import Mattes
from generator.moving.measures import CanvasFace
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.repaint import Picture


def lids(opening_px: float = 34.0, *, side: str = "Left", width_px: float = 100.0) -> Lids:
    """Two bows from x = 60 on, about y = 70."""
    t = (np.arange(INSIDE + 2 * BEYOND) - BEYOND) / (INSIDE - 1)
    bow = np.clip(4.0 * t * (1.0 - t), 0.0, 1.0)
    x = 60.0 + width_px * t
    upper, lower = (np.stack([x, 70.0 + half * bow], axis=1) for half in (-opening_px / 2, opening_px / 2))
    return Lids(side, upper, lower, bow, 40.0)


def bare_stage(face: CanvasFace, picture: Picture) -> Scene:
    """The scene of a picture that is all head and skin, without hair and body."""
    shape = picture.shape[:2]
    whole, everywhere = np.ones(shape, np.float32), np.ones(shape, np.bool_)
    mattes = Mattes(
        rgba=np.zeros((*shape, 4), np.uint8), subject=whole, hair=0.0 * whole, head=everywhere,
        oval=repaint.polygon(face.oval_px, shape), face=whole, torso=0.0 * whole, before=whole,
    )  # fmt: skip
    return scene.build(picture, mattes, face)
