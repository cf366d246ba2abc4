"""A face as one row of numbers, for arithmetic on all channels at once: 52 weights, then the head's six."""

from dataclasses import fields, replace
from functools import lru_cache
from operator import attrgetter
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import HEAD, FaceFrame, HeadPose

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

COUNT: Final = arkit.COUNT + 6
HEAD_ROWS: Final = slice(arkit.COUNT, COUNT)
_HEAD_NUMBERS: Final = attrgetter(*(spec.name for spec in fields(HeadPose)))


def vector(frame: FaceFrame, /) -> Floats:
    """The numbers (58,) of a frame: weights in ARKit order, yaw, pitch, roll in radians, x, y, z in metres."""
    values = np.zeros(COUNT)
    values[: arkit.COUNT] = frame.weights
    values[HEAD_ROWS] = _HEAD_NUMBERS(frame.head)
    return values


def with_vector(frame: FaceFrame, values: Floats, /) -> FaceFrame:
    """The frame with other numbers (58,); weights outside 0..1 are clipped."""
    head = HeadPose(*values[HEAD_ROWS].tolist())
    return replace(frame, weights=values[: arkit.COUNT].astype(np.float32), head=head)


@lru_cache(maxsize=256)
def rows(channels: frozenset[str], /) -> Bools:
    """Which rows (58,) belong to `channels`: shape names, and "head" for the last six. Read-only."""
    mask = np.zeros(COUNT, np.bool_)
    mask[: arkit.COUNT] = [name in channels for name in arkit.NAMES]
    mask[HEAD_ROWS] = HEAD in channels
    mask.setflags(write=False)
    return mask
