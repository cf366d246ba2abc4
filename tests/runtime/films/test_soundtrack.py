"""runtime.films.soundtrack: a sound file as MP3 frames that decode to the same sound."""

import io
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets.errors import CartoonAliveError, DriverError
from drivers.speech import recordings
from runtime.films import soundtrack


def sound(rate_hz: int, seconds: float = 1.0) -> np.ndarray:
    """Left a rising, right a falling tone, both below 3 kHz."""
    t = np.arange(round(rate_hz * seconds)) / rate_hz
    return 0.5 * np.stack([np.sin(2000.0 * t * (1.0 + t)), np.sin(2000.0 * t * (3.0 - t))], axis=1)


def decoded(track: soundtrack.Soundtrack) -> np.ndarray:
    made, rate_hz = soundfile.read(io.BytesIO(b"".join(track.frames)), always_2d=True)
    assert rate_hz == track.rate_hz
    return made


def lag(heard: np.ndarray, wanted: np.ndarray) -> int:
    """By how many samples `heard` is late."""
    middle = wanted[8000:20000]
    return int(np.correlate(heard[8000 - 2500 : 20000 + 2500], middle).argmax()) - 2500


@pytest.mark.parametrize("rate_hz", [32000, 44100, 48000])
def test_the_rates_of_mp3_are_kept(rate_hz: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound(rate_hz), rate_hz)
    track = soundtrack.encode(tmp_path / "a.wav")
    assert (track.rate_hz, track.channels, track.samples, track.duration_s) == (rate_hz, 2, rate_hz, 1.0)
    assert len(track.frames) * 1152 >= rate_hz + soundtrack.DELAY_SAMPLES


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 96000])
def test_others_become_48_khz(rate_hz: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound(rate_hz)[:, 0], rate_hz)
    track = soundtrack.encode(tmp_path / "a.wav")
    assert (track.rate_hz, track.channels) == (48000, 1)
    assert track.duration_s == pytest.approx(1.0, abs=1e-4)


def test_what_is_decoded_is_what_went_in_later_by_the_delay_that_is_told(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.flac", sound(44100), 44100)
    made = decoded(soundtrack.encode(tmp_path / "a.flac"))
    late = lag(made[:, 0], sound(44100)[:, 0])
    assert late == soundtrack.DELAY_SAMPLES
    for channel in range(2):
        got, want = made[late + 4000 : late + 40000, channel], sound(44100)[4000:40000, channel]
        assert np.corrcoef(got, want)[0, 1] > 0.99


def test_more_channels_become_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(sound(48000)[:, :1], (1, 6)), 48000)
    assert soundtrack.encode(tmp_path / "a.wav").channels == 1


def test_frames_are_whole_and_the_describing_one_is_left_out(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", sound(48000), 48000)
    frames = soundtrack.encode(tmp_path / "a.wav").frames
    assert all(frame[:2] == b"\xff\xfb" for frame in frames)
    assert not any(b"Xing" in frame[:64] or b"Info" in frame[:64] for frame in frames)
    assert list(soundtrack.frames(b"".join(frames) + b"\xff\xfb")) == list(frames)


@pytest.mark.parametrize(
    ("header", "size"),
    [
        (b"\xff\xfb\x90\x00", 417), (b"\xff\xfb\x92\x00", 418), (b"\xff\xfb\x94\x00", 384), (b"\xff\xfb\xe8\x00", 1440),
        (b"\xff\xfb\x00\x00", 0), (b"\xff\xfb\xf0\x00", 0), (b"\xff\xfb\x9c\x00", 0), (b"RIFF", 0),
    ],
)  # fmt: skip
def test_headers(header: bytes, size: int) -> None:
    """128 kbit/s at 44.1 kHz (bare and padded) and 48 kHz, 320 at 32 kHz; free, bad and reserved; no frame at all."""
    assert list(map(len, soundtrack.frames(header + bytes(2000)))) == ([size] if size else [])


def test_no_sound_and_no_encoder_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.wav").write_bytes(b"no sound")
    with pytest.raises(DriverError, match="can't read the sound file"):
        soundtrack.encode(tmp_path / "a.wav")
    monkeypatch.setattr(recordings.library(), "available_formats", dict)
    with pytest.raises(CartoonAliveError, match="writes no MP3; pip install soundfile, or install ffmpeg"):
        soundtrack.encode(tmp_path / "a.wav")
