"""Words that one voice reads are found in what another says, slower and with a pause."""

import numpy as np
import pytest

from drivers.speech.features import RATE_HZ
from drivers.speech.training.evaluation import alignment
from drivers.speech.training.evaluation.probes import tube
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.phones import SILENCE, from_ipa
from drivers.speech.training.targets import Timed

READ = [("", 0.1), ("i", 0.12), ("a", 0.15), ("", 0.1), ("u", 0.12), ("a", 0.1), ("", 0.1)]
SAID = [("", 0.3), ("i", 0.20), ("a", 0.12), ("", 0.9), ("u", 0.18), ("a", 0.16), ("", 0.4)]


def phones_of(words: list[tuple[str, float]]) -> tuple[Timed, ...]:
    ends_s = np.cumsum([seconds for _, seconds in words]).tolist()
    phones = [from_ipa(name)[0] if name else SILENCE for name, _ in words]
    return tuple(Timed(phone, end_s) for phone, end_s in zip(phones, ends_s, strict=True))


def test_phones_are_found_where_they_are_said() -> None:
    reading = Utterance("tube", "low", tube(READ, pitch_hz=110.0), phones_of(READ))
    other = Utterance("tube", "wrong", tube(READ[:4]), phones_of(READ[:4]))
    found = alignment.aligned(tube(SAID, pitch_hz=150.0, throat=1.05), [other, reading])
    assert [timed.phone for timed in found] == [timed.phone for timed in reading.phones]
    for timed, truth in zip(found[:-1], phones_of(SAID), strict=False):
        assert timed.end_s == pytest.approx(truth.end_s, abs=0.065)


def test_the_way_through_equal_pictures_is_straight_and_free() -> None:
    picture = alignment.picture(tube(READ))
    cost, place = alignment.warp(picture, picture, np.zeros(len(picture), bool))
    assert cost == pytest.approx(0.0, abs=1e-6)
    assert place.tolist() == list(range(len(picture)))
    assert len(picture) == round(0.79 * RATE_HZ) // 160
