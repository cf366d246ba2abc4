"""Which component of a face a point belongs to: smooth windows that share the plane among the components.

Around each component lies a plateau, the convex hull of its landmarks and a margin; beyond it its influence falls off
and the others' begins. Shares never sum to more than 1; what is missing stands still.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from generator import topology

Doubles = npt.NDArray[np.float64]

_RIGHT, _LEFT = topology.EYES

LANDMARKS: Final[Mapping[str, tuple[int, ...]]] = {
    "left_eye": _LEFT.upper + _LEFT.lower[1:-1],
    "right_eye": _RIGHT.upper + _RIGHT.lower[1:-1],
    "nose": (6, 197, 195, 5, 4, 1, 2, 98, 97, 326, 327, 48, 278, 64, 294, 129, 358),
    "mouth": topology.LIP_UPPER_OUTER + topology.LIP_LOWER_OUTER[1:-1],
    "left_brow": _LEFT.brow,
    "right_brow": _RIGHT.brow,
    "face": topology.OVAL,
}
"""The landmarks whose hull is a component's plateau (for the face: whose outline is)."""

_REACH: Final[Mapping[str, tuple[float, float]]] = {
    "eye": (0.07, 0.22),
    "nose": (0.03, 0.18),
    "mouth": (0.05, 0.24),
    "brow": (0.035, 0.18),
}
"""Margin of the plateau and length of the fall-off around it, in inter-iris distances."""

OUTLINE_INSIDE: Final = 0.42
OUTLINE_PLATEAU: Final = 0.30
OUTLINE_OUTSIDE: Final = 1.30
"""The face's outline acts so far inward, fully so far outward (ears, hair), and fades over so much more."""
SKIN_WIDER: Final = 2.0
"""The skin follows a component from farther off than the linear shapes reach."""
_ALONE: Final = 1e-9


def smootherstep(t: Doubles, /) -> Doubles:
    """6t^5 - 15t^4 + 10t^3 of t clamped to 0..1: no jump in slope or curvature."""
    t = np.clip(t, 0.0, 1.0)
    return np.asarray(t * t * t * (t * (t * 6.0 - 15.0) + 10.0))


def hull(points: npt.NDArray[np.floating], /) -> Doubles:
    """The convex hull of (N, 2) points, N >= 3, as (M, 2), clockwise in a picture (y down). Andrew's monotone chain."""
    ordered = sorted({(float(x), float(y)) for x, y in points})
    chains: list[list[tuple[float, float]]] = []
    for run in (ordered, ordered[::-1]):
        chain: list[tuple[float, float]] = []
        for x, y in run:
            while len(chain) > 1:
                (ax, ay), (bx, by) = chain[-2:]
                if (bx - ax) * (y - ay) - (by - ay) * (x - ax) > 0.0:
                    break
                chain.pop()
            chain.append((x, y))
        chains.append(chain[:-1])
    return np.array(chains[0] + chains[1])


def distance(points: Doubles, polygon: Doubles, far: float, /) -> Doubles:
    """Signed distance (Q,) of (Q, 2) points to a convex polygon as `hull` gives it, negative inside.

    Points that are `far` away along an axis, or farther, get `far`.
    """
    result = np.full(len(points), far)
    low, high = polygon.min(axis=0) - far, polygon.max(axis=0) + far
    near = np.flatnonzero(((points > low) & (points < high)).all(axis=1))
    edge = np.roll(polygon, -1, axis=0) - polygon
    length = np.maximum(np.hypot(edge[:, 0], edge[:, 1]), 1e-12)
    along_x, along_y = edge.T / length
    x, y = points[near, :1] - polygon[:, 0], points[near, 1:] - polygon[:, 1]
    beyond = x * along_y - y * along_x
    along = x * along_x + y * along_y
    past = along - np.clip(along, 0.0, length)
    away = np.sqrt((past * past + beyond * beyond).min(axis=1))
    result[near] = np.where(beyond.max(axis=1) <= 0.0, -away, away)
    return np.asarray(np.minimum(result, far))


@dataclass(frozen=True, eq=False)
class Window:
    """One component's: `polygon` is its hull, `unit` the inter-iris distance, both in the same pixels."""

    component: str
    polygon: Doubles
    unit: float

    def level(self, points: Doubles, /, *, wider: float = 1.0) -> Doubles:
        """(Q,): 1 on the plateau, 0 beyond the fall-off (`wider` times as long), whatever the other components are."""
        if self.component == "face":
            away = distance(points, self.polygon, (OUTLINE_PLATEAU + OUTLINE_OUTSIDE) * self.unit) / self.unit
            inward = 1.0 - smootherstep(-away / (OUTLINE_INSIDE * wider))
            outward = 1.0 - smootherstep((away - OUTLINE_PLATEAU) / OUTLINE_OUTSIDE)
            return np.asarray(inward * outward)
        margin, reach = _REACH[self.component.split("_")[-1]]
        reach *= wider
        away = distance(points, self.polygon, (margin + reach) * self.unit) / self.unit
        return np.asarray(1.0 - smootherstep((away - margin) / reach))


def of_face(points_px: npt.NDArray[np.floating], unit_px: float, /) -> dict[str, Window]:
    """The windows of a face: (478, 2) landmarks and their inter-iris distance."""
    return {name: Window(name, hull(points_px[list(used)]), unit_px) for name, used in LANDMARKS.items()}


def shares(points: Doubles, windows: Sequence[Window], /) -> Doubles:
    """How much each component moves each point, (C, Q), the sum over components at most 1.

    On a plateau its component alone counts; on two plateaus at once both count alike.
    """
    level = np.stack([window.level(points) for window in windows])
    claim = level / (1.0 - level + _ALONE)
    return np.asarray(claim / (1.0 + claim.sum(axis=0)))


def soft_shares(points: Doubles, windows: Sequence[Window], /) -> Doubles:
    """The same for skin: plateaus reach into each other and share what lies between, (C, Q).

    So skin gives way wherever components are pushed together, and never has to jump from one to the other.
    """
    level = np.stack([window.level(points, wider=SKIN_WIDER) for window in windows])
    return np.asarray(level * level / np.maximum(level.sum(axis=0), 1e-12))


def over_share(points: Doubles, outline: Window, /) -> Doubles:
    """The same for what lies over the head, (1, Q): all of it goes along with the face's outline."""
    return outline.level(points, wider=np.inf)[None]
