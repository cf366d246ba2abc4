"""What is read has the letters of its language, and the same numbers give the same words."""

import numpy as np
import pytest

from drivers.speech.training import texts
from drivers.speech.training.evaluation import voices

KEPT_OUT = {"it", "cs", "fi", "ru", "hi", "mr", "te", "ca"}


@pytest.mark.parametrize("language", texts.LANGUAGES)
def test_made_up_lines_keep_to_the_letters_of_their_language(language: str) -> None:
    rng = np.random.default_rng(1)
    lines = [texts.line(language, rng) for _ in range(20)]
    letters = set("".join(texts._SEEDS[language].lower()))
    made_up = {letter for letter in "".join(lines).lower() if letter.isalpha()}
    assert made_up <= letters
    assert len(set(lines)) > 15
    assert all(len(line) > 8 for line in lines)


def test_equal_seeds_say_equal_words() -> None:
    one, other = (texts.line("pl", np.random.default_rng(5)) for _ in range(2))
    assert one == other
    assert one != texts.line("pl", np.random.default_rng(6))


def test_languages_to_be_measured_are_not_trained_on() -> None:
    assert KEPT_OUT & {language[:2] for language in texts.LANGUAGES} == set()
    assert {stranger.language for stranger in voices.STRANGERS} == KEPT_OUT
