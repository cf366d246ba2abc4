"""A sound file becomes a take. What is recorded can be looked at from both sides, so nothing comes late.

The net's delay is taken away, and the tracks are smoothed forward and backward alike.
"""

import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.face import FaceFrame
from assets.takes import Take
from drivers.speech import recordings
from drivers.speech.listener import DELAY_S, HOP_S, Listener
from drivers.speech.mapping import BROWS, CLOSE, MOUTH, PLAIN, TRACKS, Floats, Manner, Stress, shapes
from drivers.speech.resample import RATE_HZ, Samples

HOP: Final = round(HOP_S * RATE_HZ)
SPREAD_S: Final = np.array([0.020, 0.020, 0.020, 0.008])
"""Of the bell that smooths open, wide, round, close; 20 ms raised the correlation with known mouths most."""
STEP_S: Final = 5.0
_TAIL: Final = np.zeros(round(0.1 * RATE_HZ), np.float32)

Times = npt.NDArray[np.float64]
Progress = Callable[[float], None]


def take(path: Path, /, *, fps: float, manner: Manner = PLAIN, progress: Progress = lambda share: None) -> Take:
    """The mouth that speaks the sound file `path`, `fps` frames a second from its first to its last sample.

    Raises DriverError for a file that is no sound.
    """
    recording = recordings.load(path, progress=lambda share: progress(0.2 * share))
    heard, accents = listened(recording.samples, progress=lambda share: progress(0.2 + 0.8 * share))
    count = max(1, math.ceil(recording.duration_s * fps - 0.01))
    times_s = np.round(np.arange(count) / fps, 5)
    weights = shapes(at(smoothed(heard, manner.smoothing), times_s, fps), manner, accent=at_hops(accents, times_s))
    channels = MOUTH | BROWS if manner.expression > 0.0 else MOUTH
    return Take(
        tuple(
            FaceFrame(row, time_s=time_s, channels=channels)
            for row, time_s in zip(weights, times_s.tolist(), strict=True)
        ),
        fps,
    )


def listened(samples: Samples, /, *, progress: Progress) -> tuple[Floats, Floats]:
    """Tracks (n, 4) and accents (n,), one for each hop of the samples at 16 kHz and a little silence after them."""
    listener, stress = Listener(), Stress()
    sound = np.concatenate([samples, _TAIL])
    tracks: list[Floats] = [np.zeros((0, TRACKS), np.float32)]
    accents: list[float] = []
    step = round(STEP_S * RATE_HZ) // HOP * HOP
    for start in range(0, len(sound), step):
        piece = sound[start : start + step]
        mouth = listener.push(piece)
        tracks.append(mouth.tracks)
        power = np.square(piece[: len(mouth) * HOP].reshape(-1, HOP)).mean(axis=1)
        for level_b, speech in zip(np.log10(power + 1e-10).tolist(), mouth.gate.tolist(), strict=True):
            accents.append(stress.step(level_b, speech, HOP_S))
        progress(min(1.0, (start + step) / len(sound)))
    return np.concatenate(tracks), np.array(accents, np.float32)


def smoothed(tracks: Floats, smoothing: float) -> Floats:
    """The tracks (n, 4), each under a bell as wide as `SPREAD_S` times `smoothing`."""
    made = tracks.copy()
    for column, spread_s in enumerate(SPREAD_S * smoothing / HOP_S):
        reach = math.ceil(3.0 * spread_s)
        if reach:
            bell = np.exp(-0.5 * (np.arange(-reach, reach + 1) / spread_s) ** 2)
            padded = np.pad(tracks[:, column], reach, "edge")
            made[:, column] = np.convolve(padded, bell / bell.sum(), "valid")
    return made


def at(tracks: Floats, times_s: Times, fps: float) -> Floats:
    """The tracks at `times_s`: straight lines between hops; of `close`, the firmest within half a frame."""
    made = np.stack([at_hops(column, times_s) for column in tracks.T], axis=1)
    for offset_s in np.arange(-0.5, 0.51, 0.25) / fps:
        made[:, CLOSE] = np.maximum(made[:, CLOSE], at_hops(tracks[:, CLOSE], times_s + offset_s))
    return made


def at_hops(values: Floats, times_s: Times) -> Floats:
    """`values` (n,) of the hops at `times_s`."""
    between: Floats = np.interp(times_s, (np.arange(len(values)) + 1) * HOP_S - DELAY_S, values).astype(np.float32)
    return between
