"""What the voices of the training read: real sentences, numbers, and made-up words that look like the language.

The sentences are the first article of the Universal Declaration of Human Rights (United Nations, 1948, free to use)
and, for English, more of our own. Made-up words come from a chain of letters counted in them: they have the language's
letters and syllables, so a synthesiser pronounces them with the language's sounds, and there is no end of them.
Kept out, so that unheard languages can be measured: Italian, Czech, Finnish, Russian, Hindi, Marathi, Telugu, Catalan.
"""

from collections import Counter, defaultdict
from functools import cache
from pathlib import Path
from typing import Final

import numpy as np

_ENDINGS: Final = (".", ".", ".", "?", "!")


def read(path: Path, /) -> dict[str, str]:
    """Text by language, from a file of [language] headings and a sentence a line; # begins a remark."""
    found: dict[str, str] = {}
    language = ""
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("["):
            language = line.strip("[]")
            found[language] = ""
        elif line and not line.startswith("#"):
            found[language] += line + "\n"
    return found


_SEEDS: Final = read(Path(__file__).with_suffix(".txt"))
LANGUAGES: Final = tuple(_SEEDS)


def line(language: str, rng: np.random.Generator, /) -> str:
    """Something to say in one of `LANGUAGES`."""
    return line_of(_SEEDS[language], rng)


def line_of(seed: str, rng: np.random.Generator, /) -> str:
    """A real sentence of the text `seed` now and then, else words made up after it with a number among them."""
    if rng.random() < 0.15:
        return str(rng.choice(seed.splitlines()))
    words = [_word(seed, rng) for _ in range(rng.integers(4, 11))]
    if rng.random() < 0.3:
        words.insert(int(rng.integers(len(words))), str(rng.integers(10 ** rng.integers(1, 5))))
    if rng.random() < 0.4:
        words[int(rng.integers(len(words)))] += ","
    return " ".join(words) + str(rng.choice(_ENDINGS))


def _word(seed: str, rng: np.random.Generator) -> str:
    chain = _chain(seed)
    for _ in range(20):
        word = "  "
        while len(word) < 14:
            letters, shares = chain[word[-2:]]
            letter = str(rng.choice(letters, p=shares))
            if letter == " ":
                break
            word += letter
        if len(word) > 3:
            return word.strip()
    return str(rng.choice(seed.split()))


@cache
def _chain(seed: str) -> dict[str, tuple[list[str], list[float]]]:
    """Which letters follow two letters, and how often; a space begins and ends a word."""
    followers: defaultdict[str, Counter[str]] = defaultdict(Counter)
    for word in seed.lower().split():
        word = word.strip(".,;!?。，।։'’")
        for index, letter in enumerate(word + " "):
            followers[("  " + word)[index : index + 2]][letter] += 1
    return {
        pair: (list(counts), [count / counts.total() for count in counts.values()])
        for pair, counts in followers.items()
    }
