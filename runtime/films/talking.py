"""A talking head: the mouth of a take, and beneath it the life that nobody drives (`drivers.idle`).

The eyes blink and wander, the head sways and breathes, and it nods a little where the voice is stressed.
"""

import math
from dataclasses import replace
from typing import Final

from assets.face import HEAD, FaceFrame
from assets.takes import Take
from drivers.idle import idle_frame
from drivers.speech.mapping import BROW_INNER

NOD_RAD: Final = math.radians(1.8)
"""How far the head goes down at full stress."""


class TalkingHead:
    """A recording for `runtime.films.film`. The same take and seed give the same film."""

    def __init__(self, take: Take, *, seed: int = 0) -> None:
        self._take = take
        self._seed = seed

    @property
    def duration_s(self) -> float:
        """That of the take."""
        return self._take.duration_s

    def at(self, time_s: float, /) -> FaceFrame:
        """The face at that moment."""
        mouth, life = self._take.at(time_s), idle_frame(time_s, seed=self._seed)
        stress = min(mouth.weight("browInnerUp") / BROW_INNER, 1.0)
        head = replace(life.head, pitch_rad=life.head.pitch_rad - stress * NOD_RAD)
        return FaceFrame(mouth.weights + life.weights, head, time_s, mouth.channels | life.channels | {HEAD})
