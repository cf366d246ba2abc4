"""drivers.speech.resample: the same samples however they are cut, in time and in tune."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.speech.resample import RATE_HZ, Resampler, taps, whole

RATES = (8000, 11025, 16000, 22050, 32000, 44100, 48000, 96000, 192000, 12345)


def streamed(sound: np.ndarray, rate_hz: int, sizes: list[int]) -> np.ndarray:
    resampler = Resampler(rate_hz)
    made, start, turn = [], 0, 0
    while start < len(sound):
        made.append(resampler.push(sound[start : start + sizes[turn % len(sizes)]]))
        start, turn = start + sizes[turn % len(sizes)], turn + 1
    return np.concatenate([*made, resampler.flush()])


@given(
    st.sampled_from(RATES), st.lists(st.integers(1, 4096), min_size=1, max_size=6), st.integers(0, 6000),
    st.integers(0, 2**32 - 1),
)  # fmt: skip
def test_blocks_of_any_size_give_what_the_whole_gives(rate_hz: int, sizes: list[int], length: int, seed: int) -> None:
    sound = np.random.default_rng(seed).uniform(-1.0, 1.0, length).astype(np.float32)
    sizes = [max(size, length // 200) for size in sizes]
    at_once = whole(sound, rate_hz)
    pieces = streamed(sound, rate_hz, sizes)[: len(at_once)]
    assert len(at_once) == -(-length * RATE_HZ // rate_hz)
    assert pieces.dtype == at_once.dtype == np.float32
    assert np.abs(pieces - at_once).max(initial=0.0) <= 1e-6


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100, 48000, 96000])
@pytest.mark.parametrize("size", [1, 2, 3, 160, 441, 4096])
def test_every_rate_in_every_block_size(rate_hz: int, size: int, rng: np.random.Generator) -> None:
    sound = rng.uniform(-1.0, 1.0, 1200 if size < 10 else 12000).astype(np.float32)
    at_once = whole(sound, rate_hz)
    assert np.abs(streamed(sound, rate_hz, [size])[: len(at_once)] - at_once).max() <= 1e-6


@pytest.mark.parametrize("rate_hz", RATES)
def test_a_tone_stays_in_tune_and_in_time(rate_hz: int) -> None:
    tone = np.sin(2.0 * np.pi * 440.0 * np.arange(rate_hz) / rate_hz).astype(np.float32)
    wanted = np.sin(2.0 * np.pi * 440.0 * np.arange(RATE_HZ) / RATE_HZ)
    assert np.abs(whole(tone, rate_hz) - wanted)[200:-200].max() < 2e-4


@pytest.mark.parametrize(
    ("rate_hz", "hz"), [(48000, 9000), (48000, 20000), (44100, 9000), (22050, 9000), (96000, 40000)]
)
def test_what_is_too_high_is_taken_away(rate_hz: int, hz: int) -> None:
    tone = np.sin(2.0 * np.pi * hz * np.arange(rate_hz) / rate_hz).astype(np.float32)
    assert np.abs(whole(tone, rate_hz))[200:-200].max() < 1e-3


def test_16_khz_is_handed_on_and_a_constant_stays_the_constant() -> None:
    sound = np.linspace(-1.0, 1.0, 100, dtype=np.float32)
    assert whole(sound, 16000) is not None
    assert (whole(sound, 16000) == sound).all()
    assert Resampler(16000).push(sound) is sound
    for up, down in ((1, 3), (160, 441), (2, 1)):
        assert taps(up, down).sum(axis=1) == pytest.approx(1.0, abs=1e-6)


def test_the_delay_is_short_and_told() -> None:
    for rate_hz in RATES:
        resampler = Resampler(rate_hz)
        pushed = rate_hz // 10
        known = len(resampler.push(np.zeros(pushed, np.float32)))
        late_s = pushed / rate_hz - known / RATE_HZ
        assert abs(late_s - resampler.delay_s) <= 1.01 / min(rate_hz, RATE_HZ)
        assert resampler.delay_s <= 0.0035


def test_it_forgets_when_told_to(rng: np.random.Generator) -> None:
    sound = rng.uniform(-1.0, 1.0, 1000).astype(np.float32)
    resampler = Resampler(44100)
    first = resampler.push(sound)
    resampler.reset()
    assert (resampler.push(sound) == first).all()


@pytest.mark.parametrize("rate_hz", [0, -1, 3999, 400000])
def test_impossible_rates_are_refused(rate_hz: int) -> None:
    with pytest.raises(ValueError, match=rf"the sample rate must be in 4000\.\.384000 Hz, got {rate_hz}"):
        Resampler(rate_hz)
