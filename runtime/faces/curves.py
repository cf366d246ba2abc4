"""How each shape is read: what counts as nothing, what as all, and how it bends between. Pure, all 52 at once."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.errors import UsageError
from assets.face import FaceFrame

LEAST_RANGE: Final = 0.01


@dataclass(frozen=True, slots=True)
class Curve:
    """low and less is nothing, high and more is all (0..1, and up to 2 to make a shape weaker); power bends the way
    between: 1 is straight, 2 is late, 0.5 is early. off: the shape stays at rest. Raises UsageError."""

    low: float = 0.0
    high: float = 1.0
    power: float = 1.0
    on: bool = True

    def __post_init__(self) -> None:
        if self.high - self.low < LEAST_RANGE:
            raise UsageError(f"low must lie below high by at least {LEAST_RANGE:g}, got {self.low:g} and {self.high:g}")


STRAIGHT: Final = Curve()


class Curves:
    """The curves of all shapes, ready to be applied."""

    def __init__(self, curves: Mapping[str, Curve] | None = None) -> None:
        every = [(curves or {}).get(name, STRAIGHT) for name in arkit.NAMES]
        self._straight = all(curve == STRAIGHT for curve in every)
        self._low = np.array([curve.low for curve in every])
        self._range = np.array([curve.high - curve.low for curve in every])
        self._power = np.array([curve.power for curve in every])
        self._on = np.array([float(curve.on) for curve in every])

    def apply(self, frame: FaceFrame, /) -> FaceFrame:
        """The frame with every weight bent; 0..1 stays 0..1, and more in is never less out."""
        if self._straight:
            return frame
        return replace(frame, weights=self.bent(frame.weights))

    def bent(self, weights: npt.NDArray[np.float32], /) -> npt.NDArray[np.float32]:
        """The weights (52,) bent."""
        share = np.clip((weights.astype(np.float64) - self._low) / self._range, 0.0, 1.0)
        with np.errstate(under="ignore"):
            return np.asarray(share**self._power * self._on, np.float32)
