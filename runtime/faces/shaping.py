"""What is made of a mixed face before it is shown: curves, corrections, life, expressions. All may change any time."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from assets import arkit
from assets.face import HEAD, FaceFrame
from runtime.faces.alive import Alive
from runtime.faces.correctors import correct
from runtime.faces.curves import Curves
from runtime.faces.expressions import Expressions
from runtime.faces.signals import Bools

_NAMES: Final = np.array([*arkit.NAMES])


class Shaping:
    """See `runtime.loop.Shaping`. curves, expressions and link_eyes may be replaced between frames.

    driven: tells the rows (58,) that people drive now; None: all that anybody speaks for. alive: None for no life.
    """

    def __init__(
        self,
        *,
        curves: Curves | None = None,
        expressions: Expressions | None = None,
        link_eyes: float = 0.0,
        alive: Alive | None = None,
    ) -> None:
        self.curves = curves or Curves()
        self.expressions = expressions or Expressions()
        self.link_eyes = link_eyes
        self.alive = alive
        self.driven: Callable[[], Bools] | None = None

    def step(self, mixed: FaceFrame, now_s: float) -> tuple[FaceFrame, Mapping[str, float]]:
        """The face to show, and the opacity of each overlay."""
        face = correct(self.curves.apply(mixed), link_eyes=self.link_eyes)
        if self.alive is not None:
            face = self.alive.step(face, now_s, None if self.driven is None else named(self.driven()))
        return self.expressions.step(face, now_s)


def named(rows: Bools, /) -> frozenset[str]:
    """The channels of rows (58,); `HEAD` by its first."""
    names = frozenset(_NAMES[rows[: arkit.COUNT]].tolist())
    return names | {HEAD} if rows[arkit.COUNT] else names
