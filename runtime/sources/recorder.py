"""A driver's frames, each once and in order, timed from the first."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from assets.face import FaceFrame
from runtime.clock import Clock
from runtime.sources.source import Face

USUAL_FPS: Final = (15.0, 24.0, 25.0, 30.0, 50.0, 60.0, 90.0, 120.0)
"""A rate within 5 % of one of these is taken for it."""


def record(
    driver: Face, duration_s: float, *, clock: Clock, poll_s: float, advance: Callable[[str, float], None]
) -> tuple[FaceFrame, ...]:
    """What `driver` says during `duration_s`; times count from the first frame."""
    start_s = clock.now_s()
    frames: list[FaceFrame] = []
    last: FaceFrame | None = None
    while (now_s := clock.now_s()) < start_s + duration_s:
        frame = driver.latest()
        if frame is not None and frame is not last:
            last = frame
            if not frames or frame.time_s > frames[-1].time_s:
                frames.append(frame)
        advance("", (now_s - start_s) / duration_s)
        clock.wait_until(now_s + poll_s)
    return tuple(replace(frame, time_s=frame.time_s - frames[0].time_s) for frame in frames)


def nominal_fps(frames: Sequence[FaceFrame]) -> float:
    """The rate of the frames by their median step, 1..240; 30 for a single one."""
    if len(frames) < 2:
        return 30.0
    step_s = float(np.median(np.diff([frame.time_s for frame in frames])))
    fps = min(max(1.0 / step_s, 1.0), 240.0) if step_s > 0.0 else 240.0
    usual = min(USUAL_FPS, key=lambda rate: abs(rate - fps))
    return usual if abs(usual - fps) <= 0.05 * usual else round(fps, 2)
