"""The brows, each on its own layer; skin is painted in behind them."""

import cv2
import numpy as np

from generator import topology
from generator.parts import _patch
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.piece import Piece
from generator.tools.repaint import Picture


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """brow_right, brow_left."""
    unit = scene.unit_px
    pieces = []
    for eye in topology.EYES:
        brow = scene.face.curve(eye.brow)
        # The landmarks end before the brow's tail does.
        end = brow[np.argmax(np.abs(brow[:, 0] - scene.face.centre_x_px))]
        tail = end + np.array([0.14 if eye.side == "Left" else -0.14, 0.05]) * unit
        shape = cv2.convexHull(np.concatenate([brow, tail[None]]).astype(np.float32))[:, 0]
        core = repaint.grow(repaint.polygon(shape, scene.shape), 0.06 * unit)
        lids = repaint.polygon(scene.face.curve(eye.upper + eye.lower[::-1]), scene.shape)
        piece, below = _patch.peel(
            scene, below, core, name=f"brow_{eye.side.lower()}", ramp_px=0.08 * unit, step_px=0.09 * unit,
            keep_off=repaint.grow(lids, 0.14 * unit),
        )  # fmt: skip
        pieces.append(piece)
    return pieces, below
