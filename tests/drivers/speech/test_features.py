"""Bands read what was played, and the normaliser forgets gain, channel and background; block size never matters."""

import numpy as np
import pytest

from drivers.speech.features import (
    BANDS,
    INPUTS,
    Floats,
    Normaliser,
    level,
    windows,
)

MEAN_B = np.linspace(-2, -5, BANDS).astype(np.float32)


def murmur(rng: np.random.Generator, hops: int) -> Floats:
    """Bands that rise and fall as speech does."""
    loud = np.sin(np.arange(hops) / 9.0)[:, None] - 3.0
    return (loud + rng.normal(0, 0.4, (hops, BANDS))).astype(np.float32)


def test_the_peak_falls_4_5_db_a_second_and_the_background_rises_4(rng: np.random.Generator) -> None:
    bands = np.full((200, BANDS), -4.0, np.float32)
    bands[0] = -2.0
    normaliser = Normaliser(MEAN_B)
    below_peak = normaliser.push(bands, level(bands))[:, -2]
    assert below_peak[0] == 0.0
    assert below_peak[100] == pytest.approx(-2.0 + 0.45, abs=1e-5)
    bands = np.full((200, BANDS), -2.0, np.float32)
    bands[0] = -4.0
    above = Normaliser(MEAN_B).push(bands, level(bands))[:, -1] + 2.0
    assert above[0] == 0.0
    assert above[100] == pytest.approx(2.0 - 0.4, abs=1e-5)


def test_gain_changes_nothing_once_the_peak_is_known(rng: np.random.Generator) -> None:
    bands = murmur(rng, 300)
    softer = bands - np.float32(1.2)
    loud, soft = (Normaliser(MEAN_B).push(b, level(b)) for b in (bands, softer))
    assert np.allclose(loud, soft, atol=1e-5)


def test_the_mean_of_a_voice_is_learned_whatever_the_microphone(rng: np.random.Generator) -> None:
    bands = murmur(rng, 1500)
    coloured = bands + np.linspace(-0.5, 0.5, BANDS, dtype=np.float32)
    plain, other = (Normaliser(MEAN_B).push(b, level(b))[-300:, BANDS:-2] for b in (bands, coloured))
    assert np.abs(plain - other).mean() < 0.05
    assert np.abs(plain.mean(axis=0)).mean() < 0.5, "what is left swings around zero"
    assert np.abs((murmur(rng, 300) - MEAN_B).mean(axis=0)).mean() > 0.8, "which it didn't at first"


@pytest.mark.parametrize("size", [1, 7, 100])
def test_normalising_in_blocks_or_side_by_side_is_normalising_at_once(size: int, rng: np.random.Generator) -> None:
    streams = np.stack([murmur(rng, 400), murmur(rng, 400) - 2])
    side_by_side = Normaliser(MEAN_B, (2,)).push(streams, level(streams))
    assert side_by_side.shape == (2, 400, INPUTS)
    for stream, features in zip(streams, side_by_side, strict=True):
        normaliser = Normaliser(MEAN_B)
        parts = [normaliser.push(part, level(part)) for part in np.split(stream, range(size, 400, size))]
        assert np.allclose(np.concatenate(parts), features, atol=1e-5)


def test_windows_overlap_without_copying() -> None:
    rows = np.arange(12, dtype=np.float32)
    assert windows(rows, 3, 6, 3).tolist() == [[0, 1, 2, 3, 4, 5], [3, 4, 5, 6, 7, 8], [6, 7, 8, 9, 10, 11]]
    assert np.shares_memory(windows(rows, 3, 6, 3), rows)
