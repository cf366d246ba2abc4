"""The nose on its own layer, so that it can turn and be edited apart from the cheeks."""

from generator import topology
from generator.parts import _patch
from generator.scene import Scene
from generator.tools import repaint
from generator.tools.piece import Piece
from generator.tools.repaint import Picture


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """nose."""
    unit = scene.unit_px
    core = repaint.polygon(scene.face.curve(topology.NOSE_OUTLINE), scene.shape)
    lips = repaint.polygon(scene.face.curve(topology.LIP_UPPER_OUTER + topology.LIP_LOWER_OUTER[::-1]), scene.shape)
    core &= ~repaint.grow(lips, 0.06 * unit)
    piece, below = _patch.peel(scene, below, core, name="nose", ramp_px=0.07 * unit, step_px=0.09 * unit)
    return [piece], below
