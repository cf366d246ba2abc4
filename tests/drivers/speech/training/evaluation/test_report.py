"""The tables say what was measured, with methods whose answers are known."""

import numpy as np

from drivers.speech.features import Floats
from drivers.speech.training.evaluation import probes, report
from drivers.speech.training.evaluation.methods import Heard
from drivers.speech.training.evaluation.people import Film
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.phones import SILENCE, from_ipa
from drivers.speech.training.targets import Timed, mouth_track

PHONES = (Timed(SILENCE, 0.2), Timed(from_ipa("m")[0], 0.3), Timed(from_ipa("a")[0], 0.6), Timed(SILENCE, 0.9))
SOUND = probes.tube([("", 0.2), ("m", 0.1), ("a", 0.3), ("", 0.3)])


def oracle(samples: Floats) -> Heard:
    """Knows the words, and comes 30 ms late."""
    track = mouth_track(PHONES, len(samples) // 160, delay_s=0.03)
    opening, wide, rounding, closed = track.shapes.T
    return Heard(opening, wide, rounding, closed, track.visemes.astype(np.int64))


def agape(samples: Floats) -> Heard:
    """Always open."""
    ones = np.ones(len(samples) // 160, np.float32)
    return Heard(ones, ones, ones, 0 * ones, None)


def test_a_voice_is_a_row_and_what_is_not_told_a_dash() -> None:
    utterances = [Utterance("x", "one", SOUND, PHONES), Utterance("x", "two", SOUND, PHONES)]
    rows = report.rows("tubes", utterances, {"ours": oracle, "agape": agape}, each=True).splitlines()
    assert rows[0] == "| tubes (2) | ours | 1.00 | 1.00 | 30 | 1.00 | 1.00 | 1.00 |"
    assert rows[1].startswith("| … one | ours | 1.00")
    assert rows[3] == "| tubes (2) | agape | – | – | 0 | – | – | – |"


def test_sounds_count_open_hops() -> None:
    rows = report.sound_rows({"agape": agape}).splitlines()
    assert len(rows) == 2 + 13
    assert rows[2] == "| digital silence | 100.0 | 100.0 |"


def test_films_are_compared_at_the_best_lag() -> None:
    heard = oracle(SOUND)
    gap = np.roll(heard.open * (1 - heard.close), -5)
    row = report.film_rows([Film("tube", SOUND, gap)], {"ours": oracle}).splitlines()[-1]
    assert row == "| tube | 1.00 (50) |"


def test_gain_is_measured_in_vowels() -> None:
    text = report.gain_rows([Utterance("x", "one", SOUND, PHONES)], agape)
    assert "| -40 | 1.000 |" in text
    assert "widest difference is 0.000" in text
