"""The sound of a film: a sound file as MP3 frames, which an MP4 can hold and every player knows.

MP3 because libsndfile writes it: the wheel of soundfile brings the encoder along, so a film has its sound without
ffmpeg. (AAC would need ffmpeg; the wheels of PyAV would do but carry GPL encoders and 36 MB.)
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets.errors import CartoonAliveError
from drivers.speech import recordings
from drivers.speech.resample import MIN_RATE_HZ, Resampler, Samples

RATES_HZ: Final = (32_000, 44_100, 48_000)
"""Of MPEG-1; every other is brought to 48 kHz."""
FRAME_SAMPLES: Final = 1152
DELAY_SAMPLES: Final = 576 + 529
"""By which LAME's encoder and every decoder shift the sound; the film's edit list takes them away."""
QUALITY: Final = 0.6
"""libsndfile's compression level: 160 kbit/s at a constant rate, so that even players which guess find every moment."""

_BITRATES_KBPS: Final = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_FRAME_RATES_HZ: Final = (44_100, 48_000, 32_000)


@dataclass(frozen=True, slots=True)
class Soundtrack:
    """frames: whole MP3 frames of `FRAME_SAMPLES`. samples: how many the sound file had, at `rate_hz`."""

    frames: tuple[bytes, ...]
    rate_hz: int
    channels: int
    samples: int

    @property
    def duration_s(self) -> float:
        """How long it sounds."""
        return self.samples / self.rate_hz


def encode(path: Path, /) -> Soundtrack:
    """The sound file `path`, in stereo if it is. Raises DriverError for what is no sound, CartoonAliveError without
    an encoder."""
    soundfile = recordings.library()
    if "MP3" not in soundfile.available_formats():
        raise CartoonAliveError("this libsndfile writes no MP3; pip install soundfile, or install ffmpeg")
    with recordings.opened(path) as file:
        rate_hz, channels = int(file.samplerate), 1 if file.channels != 2 else 2
        if rate_hz < MIN_RATE_HZ:
            raise CartoonAliveError(f"the sound has an impossible sample rate, {rate_hz} Hz: {path}")
        to_hz = rate_hz if rate_hz in RATES_HZ else 48_000
        data, count = io.BytesIO(), 0
        options: dict[str, Any] = {"format": "MP3", "subtype": "MPEG_LAYER_III", "bitrate_mode": "CONSTANT",
                                   "compression_level": QUALITY}  # fmt: skip
        with soundfile.SoundFile(data, "w", to_hz, channels, **options) as out:
            for block in _blocks(file, rate_hz, to_hz, channels):
                out.write(block)
                count += len(block)
    return Soundtrack(tuple(frames(data.getvalue())), to_hz, channels, count)


def _blocks(file: Any, rate_hz: int, to_hz: int, channels: int) -> Iterator[Samples]:
    resamplers = [Resampler(rate_hz, to_hz) for _ in range(channels)]
    while len(block := file.read(recordings.BLOCK_FRAMES, dtype="float32", always_2d=True)):
        parts = [block[:, :1], block[:, 1:]] if channels == 2 else [block]
        yield _clear([r.push(recordings.mono(part)) for r, part in zip(resamplers, parts, strict=True)])
    yield _clear([r.flush() for r in resamplers])


def _clear(channels: list[Samples]) -> Samples:
    return np.clip(np.stack(channels, axis=1), -1.0, 1.0)


def frames(data: bytes, /) -> Iterator[bytes]:
    """The frames of an MPEG-1 layer III stream, without the first if it only describes the others (Xing, Info)."""
    start, first = data.find(b"\xff\xfb"), True
    while 0 <= start <= len(data) - 4:
        size = _frame_bytes(data[start : start + 4])
        frame = data[start : start + size]
        if size == 0 or len(frame) < size:
            return
        if not (first and (b"Xing" in frame[:64] or b"Info" in frame[:64])):
            yield frame
        start, first = start + size, False


def _frame_bytes(header: bytes) -> int:
    """How long the frame is that begins with these 4 bytes; 0 when they begin none."""
    bitrate, rate = header[2] >> 4, header[2] >> 2 & 3
    if header[0] != 0xFF or header[1] | 1 != 0xFB or bitrate in (0, 15) or rate == 3:
        return 0
    return 144_000 * _BITRATES_KBPS[bitrate] // _FRAME_RATES_HZ[rate] + (header[2] >> 1 & 1)
