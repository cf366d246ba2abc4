"""What a closed mouth needs besides an open jaw. Pure.

ARKit's `mouthClose` is a corrective: how much of what `jawOpen` parts, the lips close again. It follows from the two
that are seen, the jaw and the gap between the lips, and so it never exceeds `jawOpen`.
"""

from typing import Final

import numpy as np

from drivers.tracking.headframe import Points

_INNER_LIPS: Final = (13, 14)
_GAP_PER_JAW: Final = 0.33
"""Gap of relaxed lips, in distances between the eyes' outer corners, for each unit of jawOpen: a twentieth of the
frames measured (five people) have less."""
_FAINT: Final = 0.08
"""A jaw this little open parts no lips."""


def lip_gap(head: Points, /) -> float:
    """Distance between the inner edges of the lips, in distances between the eyes' outer corners."""
    upper, lower = _INNER_LIPS
    return float(np.linalg.norm(head[upper] - head[lower]))


def mouth_close(gap: float, jaw_open: float, /) -> float:
    """`mouthClose`, 0..`jaw_open`."""
    parted = max(jaw_open - _FAINT, 0.0)
    return max(0.0, parted - gap / _GAP_PER_JAW)
