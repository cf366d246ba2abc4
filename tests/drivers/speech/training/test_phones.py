"""Every symbol becomes the mouth that a speaker makes for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.speech.net import VISEMES
from drivers.speech.training.phones import ARPABET_NAMES, SILENCE, from_arpabet, from_ipa


def visemes(phones: tuple) -> list[str]:
    return [VISEMES[phone.viseme] for phone in phones]


@pytest.mark.parametrize(
    ("label", "expected"),
    [
        ("m", ["PP"]), ("pʰ", ["PP"]), ("f", ["FF"]), ("θ", ["TH"]), ("t̪", ["DD"]), ("ŋ", ["nn"]), ("ç", ["ih"]),
        ("tʃ", ["CH"]), ("t͡s", ["SS"]), ("ɑː", ["aa"]), ("aɪ", ["aa", "ih"]), ("ɔ̃", ["oh"]), ("ɯᵝ", ["ih"]),
        ("e̞", ["E"]), ("ä", ["aa"]), ("ɝ", ["RR"]), ("w", ["ou"]), ("ˈ", []), ("", []), ("1", []),
    ],
)  # fmt: skip
def test_ipa(label: str, expected: list[str]) -> None:
    assert visemes(from_ipa(label)) == expected


@pytest.mark.parametrize(
    ("name", "expected"), [("AA1", ["aa"]), ("oy", ["oh", "ih"]), ("HH", ["kk"]), ("pau", ["sil"]), ("SIL", ["sil"])]
)
def test_arpabet(name: str, expected: list[str]) -> None:
    assert visemes(from_arpabet(name)) == expected


def test_every_arpabet_name_has_a_mouth_and_all_visemes_are_used() -> None:
    used = {viseme for name in ARPABET_NAMES for viseme in visemes(from_arpabet(name))}
    assert used | {"sil"} == set(VISEMES)
    assert from_arpabet("sil") == (SILENCE,)


def test_shapes_are_those_that_people_make() -> None:
    shape = {symbol: from_ipa(symbol)[0].shape for symbol in "aeioum"}
    opening = {symbol: four[0] for symbol, four in shape.items()}
    assert opening["a"] > opening["e"] > opening["i"] > opening["m"] == 0.0
    assert shape["i"][1] > shape["e"][1] > shape["u"][1]
    assert shape["u"][2] > shape["o"][2] > shape["a"][2]
    assert shape["m"][3] == 1.0


@given(st.text(max_size=8))
def test_no_label_raises(label: str) -> None:
    assert all(0 <= value <= 1 for phone in from_ipa(label) for value in phone.shape)
