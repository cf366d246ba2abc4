"""What one unit of each parameter does to its component.

Placement is in inter-iris distances, size relative to the component's own: at weight w a component is 1 + w x SCALE
times as large as the template's, so a change from w to v enlarges it by the ratio of both.
"""

from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.identity import LIMIT
from generator.identity.windows import LANDMARKS, smootherstep

Doubles = npt.NDArray[np.float64]

PLACE: Final = {"eye": (0.15, 0.18), "nose": (0.20, 0.24), "mouth": (0.18, 0.27), "brow": (0.18, 0.24)}
"""Travel along x and y at weight LIMIT, in inter-iris distances."""
SIZE: Final = {"eye": 0.55, "nose": 0.55, "mouth": 0.5, "brow": 0.5, "long": 0.24, "broad": 0.24, "round": 0.30}
"""Growth at weight LIMIT, relative to the component's size."""


@dataclass(frozen=True, eq=False)
class Frame:
    """Where a component is now. middle, half: float64 (2,), of the box around its landmarks. unit: inter-iris px."""

    component: str
    middle: Doubles
    half: Doubles
    unit: float

    @property
    def _kind(self) -> str:
        return self.component.split("_")[-1]

    def step(self, before: Doubles, after: Doubles, /) -> "Step":
        """What the change from weights `before` (3,) to `after` (3,) of this component means."""
        if self.component == "face":
            size = np.array([SIZE["broad"], SIZE["long"]]) / LIMIT
            first, then = before[[1, 0]], after[[1, 0]]
            ratio = (1.0 + size * then) / (1.0 + size * first)
            return Step(self, np.zeros(2), ratio, float(after[2] - before[2]) * SIZE["round"] / LIMIT)
        shift = (after[:2] - before[:2]) * np.array(PLACE[self._kind]) * (self.unit / LIMIT)
        size_per_unit = SIZE[self._kind] / LIMIT
        grown = (1.0 + size_per_unit * float(after[2])) / (1.0 + size_per_unit * float(before[2]))
        return Step(self, shift, np.full(2, grown), 0.0)


@dataclass(frozen=True, eq=False)
class Step:
    """A component's change: enlarged by `ratio` (2,) about the frame's middle, moved by `shift` (2,).

    fuller: how much broader the face gets at the jaw.
    """

    frame: Frame
    shift: Doubles
    ratio: Doubles
    fuller: float

    @property
    def nothing(self) -> bool:
        """Whether it changes nothing at all."""
        return not self.shift.any() and bool((self.ratio == 1.0).all()) and not self.fuller

    def displacement(self, points: Doubles, /) -> Doubles:
        """Of (Q, 2) points that belong to the component."""
        offset = points - self.frame.middle
        moved = offset * (self.ratio - 1.0) + self.shift
        if self.fuller:
            jaw = smootherstep((offset[:, 1] / self.frame.half[1] + 0.1) / 0.75)
            moved[:, 0] += self.fuller * offset[:, 0] * jaw
        return np.asarray(moved)

    def after(self) -> Frame:
        """The frame once the step is done."""
        return replace(self.frame, middle=self.frame.middle + self.shift, half=self.frame.half * self.ratio)


def frames(points_px: npt.NDArray[np.floating], unit_px: float, /) -> dict[str, Frame]:
    """The frames of a face: (478, 2) landmarks and their inter-iris distance."""
    result = {}
    for component, used in LANDMARKS.items():
        own = np.asarray(points_px, np.float64)[list(used)]
        low, high = own.min(axis=0), own.max(axis=0)
        result[component] = Frame(component, (low + high) / 2.0, (high - low) / 2.0, unit_px)
    return result
