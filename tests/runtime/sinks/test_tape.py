"""runtime.sinks.tape: sound in its place."""

import wave
from pathlib import Path

import numpy as np
import pytest

from runtime.sinks.tape import RATE_HZ, Tape


def tone(start_s: float, seconds: float, rate_hz: int, level: float = 0.5) -> np.ndarray:
    at = start_s + np.arange(round(seconds * rate_hz)) / rate_hz
    return (level * np.sin(2 * np.pi * 200.0 * at)).astype(np.float32)


def heard(path: Path) -> np.ndarray:
    with wave.open(str(path)) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (RATE_HZ, 1, 2)
        return np.frombuffer(file.readframes(file.getnframes()), "<i2") / 32767.0


def starts_s(sound: np.ndarray, window_s: float = 0.005) -> list[float]:
    """When sound begins after silence."""
    step = round(window_s * RATE_HZ)
    loud = np.abs(sound[: len(sound) // step * step]).reshape(-1, step).max(axis=1) > 0.05
    return [float(row * window_s) for row in np.flatnonzero(loud & ~np.concatenate([[False], loud[:-1]]))]


@pytest.mark.parametrize("rate_hz", [16_000, 44_100, 48_000])
def test_sound_lies_where_it_was_heard(rate_hz: int, tmp_path: Path) -> None:
    tape = Tape(tmp_path / "t.wav", 100.0)
    for step in range(20):  # 0.5 s of it, from 1 s after the first picture on
        tape.hear(tone(step * 0.025, 0.025, rate_hz), rate_hz, 101.0 + (step + 1) * 0.025)
    tape.close(2.0)
    sound = heard(tape.path)
    assert len(sound) == 2 * RATE_HZ
    assert starts_s(sound) == pytest.approx([1.0], abs=0.006)
    assert np.abs(sound[round(1.1 * RATE_HZ) : round(1.4 * RATE_HZ)]).max() == pytest.approx(0.5, abs=0.01)
    assert np.abs(sound[round(1.51 * RATE_HZ) :]).max() < 0.05
    assert tape.heard


def test_what_was_heard_before_the_first_picture_is_left_out(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "t.wav", 10.0)
    for step in range(40):
        tape.hear(np.full(480, step / 100.0, np.float32), 48_000, 9.8 + (step + 1) * 0.01)
    tape.close(0.2)
    sound = heard(tape.path)
    assert sound[:480] == pytest.approx(0.2, abs=0.001)
    assert sound[-480:] == pytest.approx(0.39, abs=0.001)


def test_a_little_jitter_leaves_no_gap_and_much_of_it_does(tmp_path: Path, rng: np.random.Generator) -> None:
    tape = Tape(tmp_path / "t.wav", 0.0)
    end_s = 0.0
    for step in range(50):
        end_s += 0.02
        late_s = float(rng.uniform(-0.02, 0.02)) if step else 0.0
        tape.hear(np.full(960, 0.25, np.float32), 48_000, end_s + late_s)
    tape.hear(np.full(960, 0.25, np.float32), 48_000, end_s + 0.52)  # half a second later
    tape.close(2.0)
    sound = heard(tape.path)
    assert sound[:48_000] == pytest.approx(0.25, abs=0.001)
    assert starts_s(sound) == pytest.approx([0.0, 1.5], abs=0.006)


def test_another_device_with_another_rate_goes_on(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "t.wav", 0.0)
    tape.hear(tone(0.0, 0.5, 48_000), 48_000, 0.5)
    tape.write()
    tape.hear(tone(0.5, 0.5, 16_000), 16_000, 1.0)
    tape.close(1.0)
    sound = heard(tape.path)
    assert np.abs(sound[100:-200] - tone(0.0, 1.0, 48_000)[100:-200]).max() < 0.12
    assert starts_s(sound) == [0.0]


def test_nothing_heard_is_silence_as_long_as_the_film(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "t.wav", 5.0)
    tape.close(1.5)
    assert not tape.heard
    assert heard(tape.path).tolist() == [0.0] * 72_000


def test_too_loud_is_clipped_not_wrapped(tmp_path: Path) -> None:
    tape = Tape(tmp_path / "t.wav", 0.0)
    tape.hear(np.array([2.0, -3.0] * 480, np.float32), 48_000, 0.02)
    tape.close(0.02)
    assert set(heard(tape.path).round(3)) == {1.0, -1.0}
