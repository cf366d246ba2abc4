"""The shipped listener, asked simple questions with sounds from formulas: no speech packages are needed."""

import tracemalloc

import numpy as np
import pytest

from drivers.speech import listener
from drivers.speech.features import HOP, RATE_HZ, Floats
from drivers.speech.listener import REST_HOPS, Listener, Mouth
from drivers.speech.net import VISEMES
from drivers.speech.training.evaluation.probes import non_speech, tube

MEN_AND_WOMEN = ((118.0, 1.0), (205.0, 1.17))


def held(vowel: str, pitch_hz: float, throat: float) -> dict[str, float]:
    """Mean mouth in the second half of a vowel of 0.6 s."""
    mouth = Listener().push(tube([("", 0.1), (vowel, 0.6)], pitch_hz=pitch_hz, throat=throat))
    return {name: float(getattr(mouth, name)[35:].mean()) for name in ("open", "wide", "round", "close")}


@pytest.fixture(scope="module")
def vowels() -> list[dict[str, dict[str, float]]]:
    return [{vowel: held(vowel, *voice) for vowel in "aeiou"} for voice in MEN_AND_WOMEN]


def test_vowels_open_in_their_order(vowels: list[dict[str, dict[str, float]]]) -> None:
    for voice in vowels:
        opening = {vowel: mouth["open"] for vowel, mouth in voice.items()}
        assert opening["a"] > max(opening["e"], opening["o"])
        assert min(opening["e"], opening["o"]) > max(opening["i"], opening["u"])
        assert opening["a"] > 0.55


def test_o_and_u_are_round_i_and_e_are_wide(vowels: list[dict[str, dict[str, float]]]) -> None:
    for voice in vowels:
        assert min(voice[v]["round"] for v in "ou") > max(voice[v]["round"] for v in "aei") + 0.1
        assert min(voice[v]["wide"] for v in "ie") > max(voice[v]["wide"] for v in "ou") + 0.1


@pytest.mark.parametrize("consonant", ["m", "p"])
def test_lips_come_together_between_vowels(consonant: str) -> None:
    sound = tube([("", 0.3), ("a", 0.25), (consonant, 0.1), ("a", 0.25), (consonant, 0.1), ("a", 0.25), ("", 0.3)])
    mouth = Listener().push(sound)
    gap = mouth.open * (1 - mouth.close)
    for start in (55, 90):  # the consonants, in hops; the mouth comes 40 ms later
        closed, around = gap[start + 4 : start + 14].min(), gap[start - 15 : start].max()
        assert closed < 0.45 * around


def test_a_pause_closes_and_an_onset_opens_in_time() -> None:
    mouth = Listener().push(tube([("", 0.5), ("a", 0.5), ("", 0.2), ("a", 0.5), ("", 0.4)]))
    for onset in (50, 120):
        assert mouth.open[onset + 6 : onset + 10].max() > 0.3
    for end in (100, 170):
        assert mouth.open[end + 13 : end + 19].max() < 0.1
    assert mouth.open[:50].max() == 0.0


def test_gain_does_not_open_or_close_the_mouth(rng: np.random.Generator) -> None:
    words = [
        ("", 0.3),
        ("m", 0.08),
        ("a", 0.18),
        ("m", 0.08),
        ("i", 0.15),
        ("", 0.12),
        ("o", 0.2),
        ("", 0.1),
        ("a", 0.2),
    ]
    sound = tube([*words, ("e", 0.2), ("", 0.2)])
    vowels = Listener().push(sound).open > 0.2
    openings = []
    for peak_db in (-3, -12, -24, -40):
        level = 10 ** (peak_db / 20)
        hiss = 10 ** (-75 / 20) * rng.standard_normal(len(sound))
        mouth = Listener().push((sound * level + hiss).astype(np.float32))
        openings.append(mouth.open[vowels].mean())
    assert np.ptp(openings) < 0.1


def test_what_does_not_talk_does_not_open_the_mouth() -> None:
    opened = {name: Listener().push(sound).open > 0.15 for name, sound in non_speech(6.0).items()}
    assert len(opened) == 13
    assert {name: hops.mean() for name, hops in opened.items() if hops.mean() > 0.01} == {}
    assert {name: hops[:50].mean() for name, hops in opened.items() if hops[:50].any()} == {}


def test_digital_silence_is_exactly_closed() -> None:
    mouth = Listener().push(np.zeros(2 * RATE_HZ, np.float32))
    assert len(mouth) == 200
    for shape in (mouth.open, mouth.wide, mouth.round, mouth.close, mouth.gate):
        assert np.array_equal(shape, np.zeros(200, np.float32))


@pytest.mark.parametrize("size", [1, 160, 333, 4096])
def test_blocks_of_any_size_hear_the_same(size: int, rng: np.random.Generator) -> None:
    seconds = 0.5 if size == 1 else 2.0
    sound = np.concatenate([tube([("", 0.1), ("m", 0.1), ("a", 0.3)]), rng.normal(0, 0.05, 24000).astype(np.float32)])
    sound = sound[: int(seconds * RATE_HZ)]
    whole, listener = Listener().push(sound), Listener()
    parts = [listener.push(sound[start : start + size]) for start in range(0, len(sound), size)]
    for name in ("open", "wide", "round", "close", "visemes", "gate"):
        streamed = np.concatenate([getattr(part, name) for part in parts])
        assert streamed.shape == getattr(whole, name).shape
        least = 3e-6 if name == "gate" else 1e-6  # whose ramp multiplies rounding by 1 / 0.3
        assert np.abs(streamed - getattr(whole, name)).max() <= least


GAP = [("a", 0.2), ("", 0.9), ("m", 0.1), ("a", 0.2), ("", 0.3)]
"""The silence in it is exact, and longer than the net stays awake."""


@pytest.mark.parametrize("size", [160, 320, 333, 5000])
def test_plain_numbers_are_the_arrays_even_across_a_rest(size: int) -> None:
    sound = tube(GAP)
    whole, streamed = Listener().push(sound), Listener()
    assert len(sound) > 1.2 * REST_HOPS * HOP
    rows = [row for start in range(0, len(sound), size) for row in streamed.moments(sound[start : start + size])]
    made = np.array(rows)
    assert made.shape == (len(whole), 5)
    assert np.abs(made[:, :4] - whole.tracks).max() <= 1e-6
    assert np.abs(made[:, 4] - whole.gate).max() <= 3e-6


def test_a_net_that_rested_hears_what_one_that_stayed_awake_hears(monkeypatch: pytest.MonkeyPatch) -> None:
    rested = Listener().push(tube(GAP))
    sleeping = slice(20 + REST_HOPS + 10, 110)
    assert np.array_equal(rested.tracks[sleeping], np.zeros_like(rested.tracks[sleeping]))
    assert np.allclose(rested.visemes[sleeping, 0], 1.0)
    monkeypatch.setattr(listener, "REST_HOPS", 10_000)
    awake = Listener().push(tube(GAP))
    assert awake.open[110:].max() > 0.3
    assert np.array_equal(rested.tracks[:70], awake.tracks[:70])
    assert np.abs(rested.tracks - awake.tracks).max() < 0.15
    assert np.abs(rested.tracks - awake.tracks)[110:].mean() < 0.01


def test_a_long_block_is_not_kept() -> None:
    listener = Listener()
    tracemalloc.start()
    listener.push(np.zeros(RATE_HZ * 60, np.float32))
    kept = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert kept < 1_000_000, "the bands alone are 2 MB, and a view of them would keep them all"


def in_range(mouth: Mouth) -> bool:
    shapes = (mouth.tracks, mouth.gate, mouth.visemes)
    return all(np.isfinite(s).all() and s.min() >= 0 and s.max() <= 1 and s.dtype == np.float32 for s in shapes)


def damaged(rng: np.random.Generator) -> dict[str, Floats]:
    noise = rng.standard_normal(RATE_HZ).astype(np.float32)
    holes = np.where(rng.random(RATE_HZ) < 0.01, np.nan, 0.1 * noise)
    return {
        "nothing but NaN": np.full(RATE_HZ, np.nan),
        "holes": holes,
        "infinite": np.where(noise > 0, np.inf, -np.inf),
        "clipped": np.clip(100 * noise, -1, 1),
        "enormous": np.where(noise > 0, 3e38, -3e38).astype(np.float32),
        "tiny": 1e-40 * noise,
        "integers": np.arange(RATE_HZ) % 3,
    }


def test_damaged_sound_never_raises_and_stays_in_range(rng: np.random.Generator) -> None:
    for sound in damaged(rng).values():
        listener = Listener()
        assert len(listener.push(sound)) == 100
        after = listener.push(0.1 * np.sin(np.arange(RATE_HZ)))
        assert in_range(after)
        assert np.allclose(after.visemes.sum(axis=1), 1, atol=1e-5)


def test_an_empty_block_is_an_empty_mouth_and_leaves_no_trace(rng: np.random.Generator) -> None:
    sound = rng.normal(0, 0.1, 800).astype(np.float32)
    listener = Listener()
    assert len(listener.push(np.zeros(0))) == 0
    mouth = listener.push(sound)
    assert mouth.visemes.shape == (5, len(VISEMES))
    assert np.array_equal(mouth.visemes, Listener().push(sound).visemes)


def test_reset_forgets(rng: np.random.Generator) -> None:
    sound = tube([("a", 0.5)])
    listener = Listener()
    listener.push(rng.normal(0, 0.3, 3 * RATE_HZ))
    listener.reset()
    assert np.array_equal(listener.push(sound).open, Listener().push(sound).open)


def test_a_minute_of_hops_leaves_no_memory_behind(rng: np.random.Generator) -> None:
    listener, block = Listener(), rng.normal(0, 0.1, 40 * HOP).astype(np.float32)
    tracemalloc.start()
    sizes = [0, 0]
    for half in range(2):
        for _ in range(75):
            listener.push(block)
        sizes[half] = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    assert sizes[1] - sizes[0] < 1024
