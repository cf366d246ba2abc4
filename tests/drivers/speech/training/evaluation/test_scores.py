"""Scores are what they say, on mouths that are known; the methods hear what they must."""

import numpy as np
import pytest

from drivers.speech.features import RATE_HZ, Floats
from drivers.speech.net import VISEMES
from drivers.speech.training.evaluation import methods, scores
from drivers.speech.training.evaluation.methods import Heard
from drivers.speech.training.evaluation.probes import tube
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.phones import SILENCE, from_ipa
from drivers.speech.training.targets import Timed, mouth_track

WORDS = (("", 0.2), ("m", 0.12), ("a", 0.2), ("m", 0.12), ("i", 0.2), ("", 0.2), ("u", 0.25), ("", 0.2))


def said() -> tuple[Timed, ...]:
    ends = np.cumsum([seconds for _, seconds in WORDS])
    return tuple(Timed(from_ipa(name)[0] if name else SILENCE, end) for (name, _), end in zip(WORDS, ends, strict=True))


def perfect(delay_hops: int) -> Heard:
    track = mouth_track(said(), 150, delay_s=delay_hops * 0.01)
    opening, wide, rounding, closed = track.shapes.T
    return Heard(opening, wide, rounding, closed, track.visemes.astype(np.int64))


@pytest.mark.parametrize("delay", [0, 4, 12])
def test_a_perfect_mouth_scores_one_at_its_own_lag(delay: int) -> None:
    found = scores.score(mouth_track(said(), 150, delay_s=0.0), perfect(delay))
    assert found.lag_s == pytest.approx(delay * 0.01)
    assert found.accuracy == 1.0
    assert found.closures == 1.0
    for r in (found.open_r, found.wide_r, found.round_r, found.close_r):
        assert r == pytest.approx(1.0, abs=1e-5)


def test_a_mouth_that_never_closes_notices_nothing() -> None:
    heard = perfect(0)
    lazy = Heard(heard.open, heard.wide, heard.round, 0.3 * heard.close, np.full(150, VISEMES.index("aa")))
    found = scores.score(mouth_track(said(), 150, delay_s=0.0), lazy)
    assert found.closures == 0.0
    assert found.accuracy == pytest.approx(np.mean(mouth_track(said(), 150, delay_s=0.0).visemes == 10))


def test_lags_run_both_ways_and_unknown_is_nan(rng: np.random.Generator) -> None:
    truth = np.convolve(rng.normal(0, 1, 500), np.ones(9) / 9, "same")
    assert scores.best_lag(truth, np.roll(truth, 7), range(-20, 21)) == (pytest.approx(1.0, abs=0.05), 7)
    assert scores.best_lag(truth, np.roll(truth, -5), range(-20, 21)) == (pytest.approx(1.0, abs=0.05), -5)
    assert np.isnan(scores.correlation(truth, np.full(500, np.nan)))
    assert np.isnan(scores.correlation(truth, np.zeros(500)))


def test_joined_recordings_are_one_after_the_other() -> None:
    track, heard = mouth_track(said(), 150, delay_s=0.0), perfect(0)
    truth, both = scores.joined([track, track], [heard, heard])
    assert truth.shapes.shape == (300, 4)
    assert scores.score(truth, both).accuracy == 1.0
    silent = Heard(heard.open, heard.wide, heard.round, heard.close, None)
    assert scores.joined([track, track], [silent, heard])[1].visemes is None


def test_loudness_follows_loudness_and_knows_nothing_else() -> None:
    sound = tube(WORDS)
    heard = methods.loudness(sound)
    assert len(heard.open) == len(sound) // 160
    assert heard.visemes is None
    assert np.isnan(heard.wide).all()
    truth = mouth_track(said(), len(heard.open), delay_s=0.0)
    found = scores.score(truth, heard)
    assert found.open_r > 0.5
    assert np.isnan(found.wide_r)
    assert 0.02 <= found.lag_s <= 0.08


def test_profiles_know_the_voice_that_they_were_made_from() -> None:
    sound = tube(WORDS)
    profiles = methods.Profiles([Utterance("tube", "tube", sound, all_visemes(sound))])
    found = scores.score(mouth_track(said(), len(sound) // 160, delay_s=0.0), profiles.hear(sound))
    assert found.accuracy > 0.5
    assert found.open_r > 0.6
    assert profiles.hear(np.zeros(RATE_HZ, np.float32)).open.max() < 0.01


def all_visemes(sound: Floats) -> tuple[Timed, ...]:
    """The words, and after them an instant of every viseme, so that each has a profile."""
    length = len(sound) / RATE_HZ
    others = "pfθtkʃsnraeiou"
    timed = [one for one in said() if one.end_s < length - 0.2]
    step = (length - timed[-1].end_s) / len(others)
    return (*timed, *(Timed(from_ipa(o)[0], timed[-1].end_s + step * n) for n, o in enumerate(others, 1)))
