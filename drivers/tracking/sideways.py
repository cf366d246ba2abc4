"""Mouth and jaw to one side: lips and chin off the midline of the head. Pure.

MediaPipe's scores hardly know the jaw (0.00 to 0.02 for a chin moved by a sixth of the eyes' distance, in four of five
faces), and know the mouth to one side better than to the other. The landmarks follow both, evenly.

Chin and lips move together when the jaw moves, and the chin follows a little when only the lips are drawn aside; the
two are told apart by solving for both. What a turned head adds by perspective is not counted: the dead zone grows with
the turn. Everybody's face is a little crooked: the user's own middle is learnt.
"""

from dataclasses import dataclass
from typing import Final

from drivers.tracking.habits import Habit
from drivers.tracking.headframe import Points

_LIPS: Final = (61, 291, 0, 17, 13, 14)
_CHIN: Final = (152, 148, 377, 175, 199)
_LIPS_PER_JAW: Final = 0.9
_CHIN_PER_MOUTH: Final = 0.3
"""How far the lips go with the jaw, and the chin with the mouth (measured by moving either in pictures)."""
_STILL: Final = {"mouth": 0.012, "jaw": 0.022}
_STILL_PER_TURN: Final = {"mouth": 0.09, "jaw": 0.20}
_STILL_PER_JAW_OPEN: Final = {"mouth": 0.02, "jaw": 0.07}
_FULL: Final = {"mouth": 0.10, "jaw": 0.09}
"""Dead zone and full movement in distances between the eyes' outer corners; an open jaw swings off by itself."""


@dataclass(frozen=True, slots=True)
class Sides:
    """-1..1, positive to the subject's own left."""

    mouth: float
    jaw: float


def shifts(head: Points, /) -> dict[str, float]:
    """How far mouth and jaw are off the midline, each by itself, in distances between the eyes' outer corners."""
    lips, chin = float(head[list(_LIPS), 0].mean()), float(head[list(_CHIN), 0].mean())
    both = 1.0 - _LIPS_PER_JAW * _CHIN_PER_MOUTH
    return {"mouth": (lips - _LIPS_PER_JAW * chin) / both, "jaw": (chin - _CHIN_PER_MOUTH * lips) / both}


class Sideways:
    """Mouth and jaw of one user, whose middle is learnt."""

    def __init__(self) -> None:
        self._middle = {"mouth": Habit(), "jaw": Habit()}

    def __call__(self, head: Points, *, turn_sine: float, jaw_open: float, time_s: float) -> Sides:
        """The sides in one picture. turn_sine: sine of the angle by which the head is turned away, >= 0."""
        found: dict[str, float] = {}
        for name, shift in shifts(head).items():
            self._middle[name].see(shift, time_s)
            off = shift - self._middle[name].value
            still = _STILL[name] + _STILL_PER_TURN[name] * turn_sine + _STILL_PER_JAW_OPEN[name] * jaw_open
            size = min(1.0, max(0.0, (abs(off) - still) / (_FULL[name] - _STILL[name])))
            found[name] = size if off > 0.0 else -size
        return Sides(**found)
