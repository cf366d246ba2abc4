"""Sound resampled exactly; shards made once, the same for a seed, and joined."""

from pathlib import Path

import numpy as np
import pytest

from drivers.speech.training import corpus


@pytest.mark.parametrize("to_hz", [16000.0, 44100.0, 15000.7])
def test_resampling_keeps_a_tone(to_hz: float) -> None:
    t = np.arange(8000) / 16000.0
    bell = np.hanning(8000)
    heard = corpus.resample((np.sin(2 * np.pi * 500 * t) * bell).astype(np.float32), 16000.0, to_hz)
    assert len(heard) == round(8000 * to_hz / 16000)
    new_t = np.arange(len(heard)) * (0.5 / len(heard))  # whole samples: the rate is met to a part in ten thousand
    assert np.allclose(heard, np.sin(2 * np.pi * 500 * new_t) * np.interp(new_t, t, bell), atol=2e-3)


def test_shards_are_made_once_and_alike(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(corpus.UTTERANCES, "sounds", 2)
    (tmp_path / "again").mkdir()
    for folder in (tmp_path, tmp_path / "again"):
        for number in (0, 1):
            corpus.make_shard(folder, "sounds", number, seed=4)
    one, two = (corpus.load(folder, "sounds", [0, 1]) for folder in (tmp_path, tmp_path / "again"))
    assert np.array_equal(one.bands, two.bands)
    assert one.ends.tolist() == [600, 1200, 1800, 2400]
    assert one.seconds == 24.0
    assert not one.visemes.any(), "nobody speaks"
    assert np.abs(one.shapes[:, 0]).max() == 0.0
    path = corpus.shard_path(tmp_path, "sounds", 1)
    before = path.stat().st_mtime_ns
    corpus.make_shard(tmp_path, "sounds", 1, seed=4)
    assert path.stat().st_mtime_ns == before


def test_a_room_leaves_the_direct_sound_and_adds_a_tail(rng: np.random.Generator) -> None:
    click = np.zeros(16000, np.float32)
    click[100] = 1.0
    wet = corpus._in_a_room(click, rng)
    assert wet[100] == pytest.approx(1.0, abs=1e-5)
    assert not wet[:99].any() or np.abs(wet[:99]).max() < 1e-6
    assert np.abs(wet[2000:4000]).max() > 1e-4
