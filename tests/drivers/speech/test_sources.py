"""drivers.speech.sources and drivers.speech.ring: never waiting, nothing lost, nothing twice."""

from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

from assets.errors import DriverError
from drivers.speech.ring import Ring
from drivers.speech.sources import PushedSound, Silence, SoundFile


@pytest.fixture
def wav(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "speech.wav", np.arange(16000) / 16000.0, 16000, "FLOAT")
    return tmp_path / "speech.wav"


def test_a_recording_plays_at_its_own_pace(wav: Path) -> None:
    source = SoundFile(wav)
    assert source.read(4.0) is None
    source.start(5.0)
    assert source.read(5.0) is None
    first, second = source.read(5.25), source.read(5.5)
    assert first is not None
    assert second is not None
    assert (len(first.samples), first.rate_hz, first.end_s) == (4000, 16000, 5.25)
    assert second.samples[0] == pytest.approx(0.25)
    assert source.status() == "speech.wav, 0.5 of 1.0 s"
    last = source.read(99.0)
    assert last is not None
    assert (len(last.samples), last.end_s) == (8000, 6.0)
    assert source.read(100.0) is None


def test_or_all_at_once(wav: Path) -> None:
    source = SoundFile(wav, paced=False)
    source.start(5.0)
    block = source.read(5.0)
    assert block is not None
    assert (len(block.samples), block.end_s) == (16000, 5.0)
    assert source.read(6.0) is None


def test_it_begins_anew_after_a_stop(wav: Path) -> None:
    source = SoundFile(wav)
    source.start(0.0)
    source.read(0.5)
    source.stop()
    assert source.status() == "not playing"
    source.start(10.0)
    block = source.read(10.5)
    assert block is not None
    assert block.samples[0] == 0.0


def test_a_file_that_is_none_is_refused_at_the_start(tmp_path: Path) -> None:
    source = SoundFile(tmp_path / "x.wav")
    with pytest.raises(DriverError):
        source.start(0.0)
    assert source.read(0.0) is None


def test_bytes_may_be_cut_anywhere() -> None:
    source = PushedSound(rate_hz=48000, channels=2)
    source.push(b"dropped before the start", 0.0)
    source.start(1.0)
    data = np.array([[16384, -16384], [32767, 32767], [-32768, -32768]], "<i2").tobytes()
    made = []
    for at in range(len(data)):
        source.push(data[at : at + 1], 1.0 + at)
        if (block := source.read(50.0)) is not None:
            made.append((block.samples.tolist(), block.rate_hz, block.end_s))
    assert made == [([0.0], 48000, 4.0), ([pytest.approx(32767 / 32768)], 48000, 8.0), ([-1.0], 48000, 12.0)]
    source.stop()
    source.push(data, 2.0)
    assert source.read(60.0) is None


def test_floats_and_what_is_no_number() -> None:
    source = PushedSound(encoding="f32")
    source.start(0.0)
    source.push(np.array([0.5, np.nan, 1e9], "<f4").tobytes(), 0.0)
    block = source.read(0.0)
    assert block is not None
    assert block.samples.tolist() == [0.5, 0.0, 16.0]


def test_what_nobody_fetches_is_dropped_oldest_first() -> None:
    source = PushedSound(rate_hz=8000)
    source.start(0.0)
    for value in range(100):
        source.push(np.full(800, value, "<i2").tobytes(), 0.1 * value)
    block = source.read(10.0)
    assert block is not None
    assert len(block.samples) == 8000
    assert block.samples[0] * 32768 == 90.0


def test_silence_is_silent() -> None:
    source = Silence()
    source.start(0.0)
    assert source.read(1.0) is None
    assert source.status() == "no sound"
    source.stop()


@given(st.integers(1, 9), st.lists(st.tuples(st.lists(st.integers(0, 60), max_size=12), st.booleans()), max_size=20))
def test_the_ring_gives_every_frame_once_or_the_newest_blocks(blocks: int, steps: list[tuple[list[int], bool]]) -> None:
    ring, written = Ring(blocks, 2), 0
    waiting: list[list[float]] = []
    for sizes, fetch in steps:
        for count in sizes:
            block = np.arange(written, written + 2 * count, dtype=np.float32)
            ring.write(block.tobytes())
            waiting.append(block.tolist())
            written += 2 * count
        if fetch:
            taken = ring.take()
            assert taken.shape[1:] == (2,)
            assert taken.ravel().tolist() == [value for block in waiting[-blocks:] for value in block]
            waiting.clear()
    ring.take()
    assert ring.take().shape == (0, 2)
