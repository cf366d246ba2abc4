"""The hair before the face: bangs, the top of the head, locks over the cheeks."""

from generator.parts import _hair_layer
from generator.piece import Piece
from generator.repaint import Picture
from generator.scene import Scene


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """hair_front; below it lies the picture without any hair."""
    hair = scene.hair
    return _hair_layer.layer(scene, "hair_front", hair.colour, hair.alpha * scene.mattes.before), hair.bare
