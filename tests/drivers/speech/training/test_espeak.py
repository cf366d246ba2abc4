"""espeak-ng's phones and their times, where its library is installed."""

import ctypes.util
from itertools import groupby, pairwise

import numpy as np
import pytest

from drivers.speech.net import VISEMES
from drivers.speech.training.espeak import Espeak

pytestmark = pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed")


@pytest.fixture(scope="module")
def espeak() -> Espeak:
    return Espeak()


def test_words_come_with_their_phones(espeak: Espeak) -> None:
    said = espeak.speak("papa", "de")
    assert said is not None
    samples, timed = said
    names = [name for name, _ in groupby(VISEMES[one.phone.viseme] for one in timed)]
    assert [name for name in names if name != "sil"] == ["PP", "aa", "PP", "aa"]
    assert timed[-1].end_s == pytest.approx(len(samples) / espeak.rate_hz)
    assert np.abs(samples).max() <= 1.0
    assert all(a.end_s <= b.end_s for a, b in pairwise(timed))


def test_vowels_are_loud_where_they_are_said_to_be(espeak: Espeak) -> None:
    said = espeak.speak("a ba da ga na sa fa ka", "es", rate=140)
    assert said is not None
    samples, timed = said
    loud, start_s = {True: [], False: []}, 0.0
    for one in timed:
        part = samples[int(max(start_s, 0) * espeak.rate_hz) : int(one.end_s * espeak.rate_hz)]
        loud[VISEMES[one.phone.viseme] == "aa"].append(float(np.sqrt(np.mean(part**2) if len(part) else 0.0)))
        start_s = one.end_s
    assert np.median(loud[True]) > 2 * np.median(loud[False])


def test_a_voice_that_is_none_says_nothing(espeak: Espeak) -> None:
    assert espeak.speak("hello", "no-such-language") is None
