"""Sounds without speech: full scale, finite, different, repeatable."""

import numpy as np

from drivers.speech.features import RATE_HZ
from drivers.speech.training import sounds


def test_every_sound_is_finite_and_within_full_scale() -> None:
    rng = np.random.default_rng(2)
    for maker in sounds._MAKERS:
        made = maker(RATE_HZ, rng)
        assert made.shape == (RATE_HZ,)
        assert np.isfinite(made).all()
        assert np.abs(made).max() <= 1.2


def test_two_draws_differ_and_equal_seeds_do_not() -> None:
    rng = np.random.default_rng(3)
    assert all(np.abs(sounds.non_speech(0.2, rng)).max() <= 1.0 for _ in range(50))
    rng = np.random.default_rng(3)
    first, second = sounds.non_speech(1.0, rng), sounds.non_speech(1.0, rng)
    assert first.dtype == np.float32
    assert not np.array_equal(first, second)
    assert np.array_equal(first, sounds.non_speech(1.0, np.random.default_rng(3)))


def test_noise_has_no_line_and_a_tone_is_one() -> None:
    rng = np.random.default_rng(4)
    line = np.abs(np.fft.rfft(sounds._sweep(RATE_HZ, rng)))
    tone = np.abs(np.fft.rfft(np.sin(2 * np.pi * 440 * np.arange(RATE_HZ) / RATE_HZ)))
    noise = np.abs(np.fft.rfft(sounds.noise(RATE_HZ, rng)))
    crest = [spectrum.max() ** 2 / (spectrum**2).sum() for spectrum in (noise, line, tone)]
    assert crest[0] < 0.1 < crest[2]
