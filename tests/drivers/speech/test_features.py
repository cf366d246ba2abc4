"""Bands read what was played, and the normaliser forgets gain, channel and background; block size never matters."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.speech.features import (
    BANDS,
    FLOOR_B,
    HOP,
    INPUTS,
    LOUDEST,
    RATE_HZ,
    WINDOW,
    Floats,
    Normaliser,
    Spectrum,
    _filters,
    level,
    windows,
)

MEAN_B = np.linspace(-2, -5, BANDS).astype(np.float32)


def tone(hz: float, seconds: float = 0.5, amplitude: float = 1.0) -> Floats:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


def murmur(rng: np.random.Generator, hops: int) -> Floats:
    """Bands that rise and fall as speech does."""
    loud = np.sin(np.arange(hops) / 9.0)[:, None] - 3.0
    return (loud + rng.normal(0, 0.4, (hops, BANDS))).astype(np.float32)


@pytest.mark.parametrize("hz", [200.0, 1000.0, 4000.0])
def test_a_tone_shows_in_its_band_at_its_level(hz: float) -> None:
    def mel(f: float) -> float:
        return 2595 * np.log10(1 + f / 700)

    edges = np.linspace(mel(80), mel(7600), BANDS + 2)
    bands = Spectrum().push(tone(hz))[10]
    assert abs(int(bands.argmax()) - int(np.abs(edges[1:-1] - mel(hz)).argmin())) <= 1
    assert level(bands) == pytest.approx(0.0, abs=0.05)  # full scale is 0 B
    assert level(Spectrum().push(tone(hz, amplitude=0.1))[10]) == pytest.approx(-2.0, abs=0.05)


def test_bands_are_those_of_a_library_s_transform(rng: np.random.Generator) -> None:
    sound = rng.normal(0, 0.1, 6 * HOP).astype(np.float32)
    padded = np.concatenate([np.zeros(WINDOW - HOP), sound.astype(np.float64)])
    frames = np.stack([padded[at : at + WINDOW] for at in range(0, len(sound), HOP)])
    window = 0.5 - 0.5 * np.cos(2 * np.pi * (np.arange(WINDOW) + 0.5) / WINDOW)
    powers = np.abs(np.fft.rfft(frames * window, 512)) ** 2 @ _filters() + 10**FLOOR_B
    bands, levels = Spectrum().hear(sound)
    assert np.abs(bands - np.log10(powers)).max() < 2e-5
    assert np.abs(levels - np.log10(powers.sum(axis=1))).max() < 2e-5
    assert np.allclose(levels, level(bands), atol=2e-6)


def test_silence_reads_the_floor_and_each_hop_needs_160_samples() -> None:
    spectrum = Spectrum()
    assert spectrum.push(np.zeros(HOP - 1)).shape == (0, BANDS)
    assert np.array_equal(spectrum.push(np.zeros(1)), np.full((1, BANDS), FLOOR_B, np.float32))
    assert spectrum.push(np.zeros(0)).shape == (0, BANDS)
    assert spectrum.push(np.zeros(10 * HOP + 7)).shape == (10, BANDS)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.integers(0, 900), min_size=1, max_size=12))
def test_blocks_of_any_size_give_the_same_bands(sizes: list[int]) -> None:
    sound = np.random.default_rng(3).standard_normal(sum(sizes)).astype(np.float32)
    spectrum, cuts = Spectrum(), np.cumsum(sizes)[:-1]
    parts = [spectrum.push(block) for block in np.split(sound, cuts)]
    assert np.allclose(np.concatenate(parts), Spectrum().push(sound), atol=1e-5)


def test_damaged_samples_are_tamed() -> None:
    sound = tone(300)
    sound[1000:1010] = np.nan
    quiet = sound.copy()
    quiet[1000:1010] = 0.0
    assert np.array_equal(Spectrum().push(sound), Spectrum().push(quiet))
    endless = np.where(np.arange(800) % 2 == 0, np.inf, -np.inf)
    assert np.array_equal(Spectrum().push(endless), Spectrum().push(np.clip(endless, -LOUDEST, LOUDEST)))


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
