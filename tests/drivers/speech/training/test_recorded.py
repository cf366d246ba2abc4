"""Segment files are read; the programs, where they are installed, say what their phones claim."""

import shutil

import numpy as np
import pytest

from assets.errors import UsageError
from drivers.speech.net import VISEMES
from drivers.speech.training import recorded
from drivers.speech.training.evaluation.voices import phones_of
from drivers.speech.training.phones import ARPABET_NAMES

SEGMENTS = "separator ;\nnfields 1\n#\n0.2000 100 pau\n0.3000 100 m\n0.5000 100 ay\n0.7000 100 pau\n"


def test_segments_of_festival_are_read() -> None:
    timed = recorded.read_segments(SEGMENTS)
    assert [(VISEMES[one.phone.viseme], round(one.end_s, 3)) for one in timed] == [
        ("sil", 0.2), ("PP", 0.3), ("aa", 0.4), ("ih", 0.5), ("sil", 0.7),
    ]  # fmt: skip


def test_the_names_of_other_languages_are_read() -> None:
    italian = phones_of("#\n0.1 100 #\n0.2 100 tS\n0.3 100 E1\n0.4 100 nf\n0.5 100 J\n", "it")
    assert [VISEMES[one.phone.viseme] for one in italian] == ["sil", "CH", "E", "FF", "nn"]
    finnish = phones_of("#\n0.1 100 k:\n0.2 100 @\n0.3 100 ##\n", "fi")
    assert [VISEMES[one.phone.viseme] for one in finnish] == ["kk", "aa", "sil"]
    telugu = phones_of("#\n0.1 100 th\n0.2 100 ay\n", "te")
    assert [VISEMES[one.phone.viseme] for one in telugu] == ["DD", "aa", "ih"]


def test_phone_strings_are_arpabet_between_pauses() -> None:
    rng = np.random.default_rng(0)
    for _ in range(50):
        phones = recorded.phone_string(rng)
        assert phones[0] == phones[-1] == "pau"
        assert set(phones) - {"pau"} <= set(ARPABET_NAMES)
        assert len(phones) > 4


def test_a_missing_program_is_told_with_the_packages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    with pytest.raises(UsageError, match=r"training needs flite, which is missing: apt install espeak-ng flite"):
        recorded.flite("slt", "hello")


@pytest.mark.skipif(shutil.which("flite") is None, reason="flite is not installed")
def test_flite_speaks_text_and_phones_with_times() -> None:
    samples, rate_hz, timed = recorded.flite("slt", ["pau", "m", "aa", "pau"], pitch_hz=200.0)
    assert [VISEMES[one.phone.viseme] for one in timed] == ["sil", "PP", "aa", "sil"]
    assert len(samples) / rate_hz == pytest.approx(timed[-1].end_s, abs=0.03)
    vowel = samples[int(timed[1].end_s * rate_hz) : int(timed[2].end_s * rate_hz)]
    assert np.abs(vowel).mean() > 5 * np.abs(samples[: int(0.05 * rate_hz)]).mean()
