"""Puffed cheeks: a lower face that grew wider while the lips are shut. Pure.

MediaPipe's network never says `cheekPuff` (at most 0.002 on all films measured), but its landmarks do follow the
cheeks' outline: by 0.08 eye distances for cheeks pushed out by a tenth of them, in pictures bent for the purpose. A
smile, an open mouth and a turned head widen the outline as well, so then nothing is said.
"""

from typing import Final

from drivers.tracking.habits import Habit
from drivers.tracking.headframe import Points

_LEFT_OUTLINE: Final = (361, 288, 397, 365)
_RIGHT_OUTLINE: Final = (132, 58, 172, 136)
_FAINT, _FULL = 0.065, 0.14
"""Growth of the width, in distances between the eyes' outer corners, that is nothing yet and that is all. 0.065 is the
most that faces with shut lips showed by themselves."""
_GAP, _SMILE, _TURN_SINE, _JAW = 0.03, 0.3, 0.25, 0.1
"""Upper limits under which a wider face is a puff."""


def lower_width(head: Points, /) -> float:
    """Width of the face at the height of the mouth, in distances between the eyes' outer corners."""
    return float(head[list(_LEFT_OUTLINE), 0].mean() - head[list(_RIGHT_OUTLINE), 0].mean())


class Cheeks:
    """The cheeks of one user, whose usual width is learnt."""

    def __init__(self) -> None:
        self._usual = Habit()

    def __call__(
        self, head: Points, *, gap: float, smile: float, jaw_open: float, turn_sine: float, time_s: float
    ) -> float:
        """`cheekPuff`, 0..1."""
        if gap > _GAP or smile > _SMILE or turn_sine > _TURN_SINE or jaw_open > _JAW:
            return 0.0
        width = lower_width(head)
        self._usual.see(width, time_s)
        return min(1.0, max(0.0, (width - self._usual.value - _FAINT) / (_FULL - _FAINT)))
