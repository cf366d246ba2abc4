"""How a mouth that stands open in the portrait closes: what `mouthClose` does there besides pressing the lips."""

from typing import Final

import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools.curves import smoothstep

Doubles = npt.NDArray[np.float64]

LIPS_ALONE_IOD: Final = 0.13
"""A gap that lips bridge by themselves, as they do over the teeth of a smile; what is more the jaw brings up."""
MEETING: Final = 0.45
"""Where the lips meet: 0 at the upper lip's edge, 1 at the lower one's. The lower lip is the softer one."""
OPEN_IOD: Final = 0.035
"""Lips that stand farther apart count as open."""
WIDEST_IOD: Final = 1.5
"""Farther apart no lips stand: those are landmarks gone astray."""


def own_gap_iod(face: CanvasFace, /) -> float:
    """How far the lips stand apart in the portrait, at the widest place, in inter-iris distances."""
    upper, lower = (face.points_px[list(line), 1] for line in (topology.LIP_UPPER_INNER, topology.LIP_LOWER_INNER))
    return max(0.0, float((lower - upper).max()) / face.iod_px)


def closing(face: CanvasFace, jaw_open: Doubles, /) -> Doubles:
    """Displacements (478, 2) in inter-iris distances that bring the lips together.

    jaw_open: (478, 2), the displacement of jawOpen in the same unit. Zero for a closed mouth.
    """
    result = np.zeros_like(jaw_open)
    gap = own_gap_iod(face)
    if not _stands_open(gap):
        return result
    points = face.points_px.astype(np.float64) / face.iod_px
    upper, lower = list(topology.LIP_UPPER_INNER), list(topology.LIP_LOWER_INNER)
    raised = max(0.0, gap - LIPS_ALONE_IOD) / _travel(jaw_open)
    result -= min(raised, 1.2) * jaw_open
    moved = points + result
    meeting = (1.0 - MEETING) * moved[upper] + MEETING * moved[lower]
    chin = float(points[topology.CHIN, 1])
    for lip, inner, outward in ((topology.LIPS_UPPER, upper, -1.0), (topology.LIPS_LOWER, lower, 1.0)):
        order = np.argsort(points[inner, 0])
        edge = points[inner][order]
        pull = (meeting - moved[inner])[order]
        for landmark in range(topology.COUNT):
            x, y = points[landmark, :2]
            away = outward * (y - np.interp(x, edge[:, 0], edge[:, 1]))
            if landmark in lip:
                share = float(1.0 - 0.6 * smoothstep(np.array(away), 0.0, 0.20))
            elif away > 0.0 and edge[0, 0] < x < edge[-1, 0] and y < chin:
                share = float(0.4 * (1.0 - smoothstep(np.array(away), 0.12, 0.45)))
            else:
                continue
            result[landmark] += share * np.array([np.interp(x, edge[:, 0], pull[:, axis]) for axis in (0, 1)])
    return result


def jaw_at_rest(face: CanvasFace, jaw_open_px: npt.NDArray[np.floating], /) -> float:
    """The weight of jawOpen at which a closed mouth would stand open as far as the portrait's does, 0..1.

    jaw_open_px: (478, 2), the displacement of jawOpen. 0 for a closed mouth.
    """
    gap = own_gap_iod(face)
    return float(np.clip(gap / _travel(jaw_open_px / face.iod_px), 0.0, 1.0)) if _stands_open(gap) else 0.0


def _stands_open(gap_iod: float) -> bool:
    return OPEN_IOD <= gap_iod <= WIDEST_IOD


def _travel(jaw_open: npt.NDArray[np.floating]) -> float:
    """How far jawOpen parts the lips at the widest place, in inter-iris distances; never so little as to divide by."""
    upper, lower = list(topology.LIP_UPPER_INNER), list(topology.LIP_LOWER_INNER)
    return max(float((jaw_open[lower] - jaw_open[upper])[:, 1].max()), 0.1)
