"""Sound files as the model hears them: mono, 16 kHz. libsndfile reads WAV, FLAC, Ogg Vorbis and Opus, MP3, AIFF, CAF.

The only module that imports soundfile.
"""

import stat
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets.errors import DriverError
from drivers.speech import resample
from drivers.speech.resample import Samples

MAX_S: Final = 7200.0
BLOCK_FRAMES: Final = 1 << 16
LOUDEST: Final = 16.0
"""Floating-point files may go beyond 1; what goes beyond this is damage."""


@dataclass(frozen=True, slots=True)
class Recording:
    """samples: float32 (N,) at 16 kHz, the mean of the channels. rate_hz, channels, duration_s: of the file."""

    samples: Samples
    rate_hz: int
    channels: int
    duration_s: float


def load(path: Path, /, *, progress: Callable[[float], None] = lambda share: None) -> Recording:
    """The recording in `path`; `progress` is called with the share that is read.

    Raises DriverError in one line: not there, not sound, damaged, empty, longer than `MAX_S`.
    """
    soundfile = library()
    with opened(path) as file:
        rate_hz, total = int(file.samplerate), int(file.frames)
        if not resample.MIN_RATE_HZ <= rate_hz <= resample.MAX_RATE_HZ:
            raise DriverError(f"the sound file has an impossible sample rate, {rate_hz} Hz: {path}")
        if total > MAX_S * rate_hz:
            raise DriverError(f"the sound file is longer than {MAX_S / 3600.0:g} hours; cut it first: {path}")
        resampler, parts, count = resample.Resampler(rate_hz), [], 0
        try:
            while len(block := file.read(BLOCK_FRAMES, dtype="float32", always_2d=True)):
                parts.append(resampler.push(mono(block)))
                count += len(block)
                progress(min(1.0, count / max(total, 1)))
        except (soundfile.SoundFileError, RuntimeError) as error:
            raise DriverError(f"the sound file is damaged: {_reason(error)}: {path}") from error
        channels = int(file.channels)
    if not count:
        raise DriverError(f"the sound file holds no sound: {path}")
    parts.append(resampler.flush())
    length = -(-count * resample.RATE_HZ // rate_hz)
    return Recording(np.concatenate(parts)[:length], rate_hz, channels, count / rate_hz)


def mono(block: Samples, /) -> Samples:
    """The mean of the channels of (N, C), with everything that is no number taken for silence."""
    if block.shape[1] == 1 and np.vdot(block, block) <= LOUDEST * LOUDEST:  # nearly always; then none can be louder
        return block[:, 0]
    if not np.isfinite(block).all():
        block = np.nan_to_num(block, nan=0.0, posinf=0.0, neginf=0.0)
    held = np.clip(block, -LOUDEST, LOUDEST)
    mean: Samples = held[:, 0] if held.shape[1] == 1 else held.mean(axis=1, dtype=np.float32)
    return mean


def opened(path: Path, /) -> Any:
    """The `soundfile.SoundFile` of `path`, for reading, in a `with`. Raises DriverError."""
    soundfile = library()
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would block
            raise DriverError(f"expected a sound file, this is none: {path}")
        return soundfile.SoundFile(str(path))
    except (soundfile.SoundFileError, OSError, TypeError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else _reason(error)
        raise DriverError(f"can't read the sound file, expected WAV, FLAC, Ogg or MP3: {reason}: {path}") from error


def library() -> Any:
    """The module soundfile. Raises DriverError where it or libsndfile is missing."""
    try:
        import soundfile
    except (ImportError, OSError) as error:
        raise DriverError(
            "reading sound files needs libsndfile: pip install soundfile (on Linux also: apt install libsndfile1)"
        ) from error
    return soundfile


def _reason(error: Exception) -> str:
    words = str(getattr(error, "error_string", "") or error) or type(error).__name__
    return " ".join(words.split()).rstrip(".")
