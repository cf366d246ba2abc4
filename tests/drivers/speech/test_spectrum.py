"""Bands read what was played, whatever the blocks."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.speech.features import BANDS, FLOOR_B, HOP, RATE_HZ, WINDOW, Floats, level
from drivers.speech.spectrum import LOUDEST, Spectrum, _filters


def tone(hz: float, seconds: float = 0.5, amplitude: float = 1.0) -> Floats:
    return (amplitude * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE_HZ)) / RATE_HZ)).astype(np.float32)


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


@pytest.mark.parametrize("size", [0, 1, 160, 700, 20_000])
def test_silence_after_a_sound_and_a_sound_after_silence(size: int) -> None:
    """Zeros are known without a look, but not before the sound has left the window."""
    sound = np.concatenate([tone(500, 0.05), np.zeros(12_000, np.float32), tone(300, 0.05)])
    sound = sound[: 2000 if size == 1 else None]
    spectrum = Spectrum()
    cuts = range(size, len(sound), size) if size else (800, 12_800)  # or each sound for itself
    bands = np.concatenate([spectrum.push(block) for block in np.split(sound, cuts)])
    padded = np.concatenate([np.zeros(WINDOW - HOP, np.float32), sound])
    quiet = np.array([not padded[hop * HOP : hop * HOP + WINDOW].any() for hop in range(len(bands))])
    assert quiet.any()
    assert np.array_equal(np.all(bands == np.float32(FLOOR_B), axis=1), quiet)
