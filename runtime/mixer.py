"""Several sources, one face: per channel, the first source in order that is fresh wins, and a silent one eases out.

Every source has a *share* of each channel that it speaks for. A fresh source takes all of what the sources before it
left over; one that has been silent for longer than `HOLD_S` takes less and less, until at `GONE_S` it takes nothing.
What nobody takes is neutral. So a lost camera melts into the idle motion behind it, or into the resting face, and
never freezes. Pure: the same inputs and time give the same face.
"""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from functools import lru_cache
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame, HeadPose

HOLD_S: Final = 0.25
"""A source silent for this long still counts in full (reliability N6)."""
GONE_S: Final = 1.0
"""A source silent for this long counts no more."""
EVERYTHING: Final = ALL_CHANNELS | {HEAD}


@dataclass(frozen=True, slots=True)
class Input:
    """What one source said last, and which channels it is allowed to speak for.

    frame: the newest frame in which it saw a face; None when it never did.
    allowed: shape names and "head"; it still speaks only for those in `frame.channels`.
    """

    frame: FaceFrame | None
    allowed: frozenset[str] = EVERYTHING


def channels_of(regions: Iterable[str], /) -> frozenset[str]:
    """The channels of regions named as in `arkit.REGIONS`, or "head". Raises KeyError for an unknown name."""
    names = [(HEAD,) if region == HEAD else arkit.REGIONS[region] for region in regions]
    return frozenset(name for group in names for name in group)


def freshness(age_s: float, /) -> float:
    """How much a source counts whose newest frame is `age_s` old: 1 until `HOLD_S`, then smoothly to 0 at `GONE_S`."""
    late = min(max((age_s - HOLD_S) / (GONE_S - HOLD_S), 0.0), 1.0)
    return 1.0 - late * late * (3.0 - 2.0 * late)


def mix(inputs: Sequence[Input], now_s: float) -> FaceFrame:
    """The face to show at `now_s` from inputs in order of priority.

    The result's channels are those that somebody speaks for, its time is that of the first input which counts, and
    `face_seen` is False when none does. Weights and pose lie within the range of the inputs and neutral.
    """
    weights = np.zeros(arkit.COUNT, np.float32)
    left = np.ones(arkit.COUNT, np.float32)
    pose, pose_left = np.zeros(6), 1.0
    heard: list[FaceFrame] = []
    spoken: frozenset[str] = frozenset()
    for source in inputs:
        frame = source.frame
        if frame is None or not frame.face_seen:
            continue
        fresh = freshness(now_s - frame.time_s)
        channels = frame.channels & source.allowed
        if fresh == 0.0 or not channels:
            continue
        share = left * (_mask(channels) * np.float32(fresh))
        weights += share * frame.weights
        left -= share
        if HEAD in channels:
            pose += pose_left * fresh * np.array(astuple(frame.head))
            pose_left -= pose_left * fresh
        heard.append(frame)
        spoken |= channels
    return FaceFrame(
        weights=weights,
        head=HeadPose(*pose.tolist()),
        time_s=heard[0].time_s if heard else now_s,
        channels=spoken,
        face_seen=bool(heard),
    )


@lru_cache(maxsize=256)
def _mask(channels: frozenset[str]) -> npt.NDArray[np.float32]:
    mask = np.array([name in channels for name in arkit.NAMES], np.float32)
    mask.setflags(write=False)
    return mask
