"""drivers.speech.recordings: what libsndfile reads, and one line for what it doesn't."""

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets.errors import DriverError
from drivers.speech import recordings


def tone(rate_hz: int, seconds: float = 0.5) -> np.ndarray:
    return 0.5 * np.sin(2.0 * np.pi * 440.0 * np.arange(round(rate_hz * seconds)) / rate_hz)


@pytest.mark.parametrize(
    ("name", "subtype"), [("a.wav", "PCM_16"), ("a.wav", "FLOAT"), ("a.flac", "PCM_24"), ("a.ogg", "VORBIS"),
                          ("a.mp3", "MPEG_LAYER_III"), ("a.aiff", "PCM_16"), ("a.wav", "PCM_U8")],
)  # fmt: skip
def test_formats(name: str, subtype: str, tmp_path: Path) -> None:
    soundfile.write(tmp_path / name, tone(44100), 44100, subtype)
    recording = recordings.load(tmp_path / name)
    assert recording.rate_hz == 44100
    assert recording.duration_s == pytest.approx(0.5, abs=0.06)  # MP3 counts in frames
    assert recording.samples.dtype == np.float32
    middle = recording.samples[2000:6000]
    assert np.abs(np.fft.rfft(middle)).argmax() * 16000 / 4000 == pytest.approx(440.0)
    assert np.sqrt(np.mean(middle**2)) == pytest.approx(0.5 / np.sqrt(2.0), rel=0.05)


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 48000, 96000])
def test_any_rate_is_brought_to_16_khz_in_step(rate_hz: int, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(rate_hz), rate_hz, "FLOAT")
    recording = recordings.load(tmp_path / "a.wav")
    assert recording.samples.shape == (8000,)
    assert np.abs(recording.samples - tone(16000))[200:-200].max() < 1e-3


def test_channels_are_averaged_and_damage_is_silence(tmp_path: Path) -> None:
    block = np.array([[0.5, -0.1], [np.nan, 0.2], [np.inf, 0.0], [1e20, 0.0]], np.float32)
    assert recordings.mono(block).tolist() == pytest.approx([0.2, 0.1, 0.0, 8.0])
    soundfile.write(tmp_path / "a.wav", np.tile([[0.25, 0.75, -0.25]], (1600, 1)), 16000, "FLOAT")
    recording = recordings.load(tmp_path / "a.wav")
    assert recording.channels == 3
    assert recording.samples == pytest.approx(np.full(1600, 0.25))


def test_progress_ends_with_one(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.zeros(200_000), 16000)
    shares: list[float] = []
    recordings.load(tmp_path / "a.wav", progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) == 4


def write_wav(path: Path, *, rate_hz: int = 16000, frames: int = 100) -> None:
    soundfile.write(path, np.zeros(frames), 16000)
    data = bytearray(path.read_bytes())
    data[24:28] = rate_hz.to_bytes(4, "little")
    path.write_bytes(data)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", r"can't read the sound file, expected WAV, FLAC, Ogg or MP3: "),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80>\0\0\0}\0\0\x02\0\x10\0JUNKxxxxxxxx", r"can't read"),
        (b'{"format": "cartoonalive-take"}', r"can't read the sound file"),
        (b"RIFF\x24\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0\x80>\0\0\0}\0\0\x02\0\x10\0data\0\0\0\0", r"holds no sound"),
    ],
)
def test_what_is_no_sound_is_one_line(content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(content)
    with pytest.raises(DriverError, match=message) as caught:
        recordings.load(tmp_path / "a.wav")
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(str(tmp_path / "a.wav"))


def test_raw_files_impossible_rates_and_hours_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.raw").write_bytes(bytes(100))
    with pytest.raises(DriverError, match="can't read the sound file"):
        recordings.load(tmp_path / "a.raw")
    write_wav(tmp_path / "b.wav", rate_hz=100)
    with pytest.raises(DriverError, match="impossible sample rate, 100 Hz"):
        recordings.load(tmp_path / "b.wav")
    write_wav(tmp_path / "c.wav", frames=20000)
    monkeypatch.setattr(recordings, "MAX_S", 1.0)
    with pytest.raises(DriverError, match=r"longer than 0\.0002"):
        recordings.load(tmp_path / "c.wav")


def test_pipes_and_missing_files_do_not_block(tmp_path: Path) -> None:
    with pytest.raises(DriverError, match="No such file"):
        recordings.load(tmp_path / "missing.wav")
    with pytest.raises(DriverError, match="expected a sound file, this is none"):
        recordings.load(tmp_path)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        with pytest.raises(DriverError, match="expected a sound file, this is none"):
            recordings.load(tmp_path / "pipe")


def test_cut_off_files_give_what_is_there(tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", tone(16000), 16000)
    whole = (tmp_path / "a.wav").read_bytes()
    (tmp_path / "a.wav").write_bytes(whole[: len(whole) // 2])
    assert 3000 < len(recordings.load(tmp_path / "a.wav").samples) < 5000
