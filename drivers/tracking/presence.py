"""Is it still the same face? Losses, and leaps from one face to another, told from motion. Pure.

A tracker that has lost a face grasps at others, and its first pictures of one are rough; a cut in a film, or somebody
who leans into the picture, makes the face leap. After a loss the face counts as seen again when it was found in three
pictures in a row (a tenth of a second); after a leap it takes longer, so that whoever shows the face takes it for a
change of hands and fades over. Nothing jerks.
"""

from typing import Final

import numpy as np

from drivers.tracking.engines import Sight

_PICTURES: Final = 3
_AFTER_LEAP_S: Final = 0.3
_LEAP_SIZES_PER_S: Final = 9.0
"""Nobody moves the head by its own size in a ninth of a second; the fastest shakes measured do 3."""
_LEAP_GROWTH_PER_S: Final = 6.0
"""Nor grows by so many times e."""
_LEAP_RAD_PER_S: Final = 18.0
"""Nor turns by 1000 degrees a second; fast turns are 300."""
_SHORTEST_S: Final = 1.0 / 30.0
"""Pictures may come in bursts: a step counts as at least so long."""
_LONGEST_S: Final = 0.25
"""After a longer pause anything may have happened."""


class Presence:
    """Follows one face; the first one counts as seen at once."""

    def __init__(self) -> None:
        self._last: tuple[Sight, float] | None = None
        self._good = _PICTURES
        self._leapt_s = float("-inf")
        self.leapt = False
        """Whether the last picture showed a leap: perhaps another face."""

    def __call__(self, sight: Sight | None, time_s: float) -> bool:
        """Whether the face of this picture counts as seen."""
        self.leapt = False
        if sight is None:
            if self._last is not None:
                self._last, self._good = None, 0
            return False
        if self._last is not None:
            before, before_s = self._last
            self.leapt = leaps(before, sight, time_s - before_s)
            if self.leapt:
                self._good, self._leapt_s = 0, time_s
        self._good = min(self._good + 1, _PICTURES)
        self._last = (sight, time_s)
        return self._good >= _PICTURES and not 0.0 <= time_s - self._leapt_s < _AFTER_LEAP_S


def leaps(before: Sight, after: Sight, step_s: float, /) -> bool:
    """Whether no head moves like that in so many seconds."""
    if not 0.0 <= step_s <= _LONGEST_S:
        return False
    step_s = max(step_s, _SHORTEST_S)
    (one, one_px), (two, two_px) = _place(before), _place(after)
    size_px = min(one_px, two_px)
    turned = float(np.trace(before.rotation.T @ after.rotation) - 1.0) / 2.0
    return bool(
        np.linalg.norm(two - one) > _LEAP_SIZES_PER_S * step_s * size_px
        or abs(np.log(two_px / one_px)) > _LEAP_GROWTH_PER_S * step_s
        or np.arccos(np.clip(turned, -1.0, 1.0)) > _LEAP_RAD_PER_S * step_s
    )


def _place(sight: Sight) -> tuple[np.ndarray, float]:
    low, high = sight.points_px[:, :2].min(axis=0), sight.points_px[:, :2].max(axis=0)
    return (low + high) / 2.0, max(float((high - low).max()), 1e-6)
