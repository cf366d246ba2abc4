"""What a packet turned out to be: the verdict of every codec."""

from enum import Enum


class Heard(Enum):
    """What a packet turned out to be."""

    FACE = "face"
    """It told of a face: its sender is the one to listen to."""
    OTHER = "other"
    """Understood, but without a face: an answer, a status, a stale packet."""
    NOISE = "noise"
    """Nothing that this reader can read."""
