"""From a second of frames to the numbers of a calibration. Pure; what can't be told from the frames is a ValueError.

The messages are for the person who is being measured: what was seen, and what to do.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import astuple, replace
from typing import Any, Final

import numpy as np

from assets import arkit
from assets.face import FaceFrame, HeadPose
from runtime.calibrating.calibration import LIDS, MAX_REST, MIN_FULL, MIN_RANGE, Calibration, Calibrator, gaze_of

MIN_FRAMES: Final = 20
MAX_HEAD_TURN_RAD: Final = math.radians(5.0)
MIN_SLACK: Final = 0.02
MAX_SLACK: Final = 0.1
HELD_FRAMES: Final = 5
"""A maximum counts when this many frames reached it."""

_UNMEASURED: Final = np.array([not name.startswith("eyeLook") for name in arkit.NAMES])
_UNMEASURED[list(LIDS)] = False
"""The shapes that have neither a centre nor an open and closed end of their own: all but gaze and lids."""


def at_rest(before: Calibration, frames: Sequence[FaceFrame]) -> Calibration:
    """`before` with the rest of these frames: medians of shapes, lids, gaze and head."""
    _enough(frames)
    heads = np.array([astuple(frame.head) for frame in frames])
    spread_rad = float(np.ptp(heads[:, :3], axis=0).max())
    if spread_rad > MAX_HEAD_TURN_RAD:
        raise ValueError(f"the head moved by {math.degrees(spread_rad):.0f} degrees; hold still, and once more")
    weights = np.array([frame.weights for frame in frames], np.float64)
    rest = np.minimum(np.median(weights, axis=0), MAX_REST)
    slack = np.where(_UNMEASURED, np.clip(3.0 * weights.std(axis=0), MIN_SLACK, MAX_SLACK), 0.0)
    full = np.maximum(before.full, np.minimum(rest + slack + MIN_RANGE, 1.0))
    head = HeadPose(*np.median(heads, axis=0).tolist())
    return replace(before, rest=rest, slack=slack, full=full, head=head)


def eyes_closed(before: Calibration, frames: Sequence[FaceFrame]) -> Calibration:
    """`before` with the lids' closed ends."""
    _enough(frames)
    closed = np.median(np.array([frame.weights for frame in frames], np.float64), axis=0)
    full = before.full.copy()
    for row in LIDS:
        if closed[row] < before.rest[row] + MIN_RANGE:
            raise ValueError("the eyes were not seen to close; more light on the face helps, or glasses off")
        full[row] = max(closed[row], MIN_FULL)
    return replace(before, full=full)


def at_most(before: Calibration, frames: Sequence[FaceFrame]) -> Calibration:
    """`before` with the most of each shape that moved in these frames; the others keep their whole range."""
    _enough(frames)
    weights = np.sort(np.array([frame.weights for frame in frames], np.float64), axis=0)[-HELD_FRAMES]
    moved = _UNMEASURED & (weights >= before.rest + before.slack + MIN_RANGE)
    full = np.where(moved, np.clip(weights, MIN_FULL, 1.0), np.where(_UNMEASURED, 1.0, before.full))
    return replace(before, full=full)


def wink(frame: FaceFrame) -> float:
    """How much more the left lid is closed than the right one."""
    return float(frame.weights[LIDS[0]]) - float(frame.weights[LIDS[1]])


def turn(frame: FaceFrame) -> float:
    """Yaw in radians."""
    return frame.head.yaw_rad


def glance(frame: FaceFrame) -> float:
    """How far both eyes look to the subject's left."""
    return (gaze_of(frame.weights, 0)[0] - gaze_of(frame.weights, 1)[0]) / 2.0


SIDES: Final[dict[str, tuple[Callable[[FaceFrame], float], float]]] = {
    "swap_shapes": (wink, 0.15),
    "flip_head": (turn, math.radians(6.0)),
    "flip_gaze": (glance, 0.1),
}
"""Switch -> what tells it, and how far that must go to either side, on average, to be believed."""


def side(before: Calibration, switch: str, left: Sequence[FaceFrame], right: Sequence[FaceFrame]) -> Calibration:
    """`before` with one switch set by what was seen while the person did something to the left, then to the right.

    Only the difference counts: who can wink with one eye only is understood as well.
    """
    _enough(left)
    _enough(right)
    measure, least = SIDES[switch]
    reader = Calibrator(replace(before, swap_shapes=False, flip_head=False, flip_gaze=False))
    means = [float(np.mean([measure(reader.read(frame)) for frame in frames])) for frames in (left, right)]
    contrast = (means[0] - means[1]) / 2.0
    if abs(contrast) < least:
        raise ValueError("left and right looked the same")
    found: dict[str, Any] = {switch: contrast < 0.0}
    return replace(before, **found)


def _enough(frames: Sequence[FaceFrame]) -> None:
    seen = len(frames)
    if seen < MIN_FRAMES:
        raise ValueError(f"a face was seen in only {seen} pictures, {MIN_FRAMES} are needed")
