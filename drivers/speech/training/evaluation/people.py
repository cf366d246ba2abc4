"""Recordings and films of people: only ever to measure with.

A recording NAME.wav (or .flac ...) may have phone times beside it, NAME.phone.json, in pocketsphinx's form: nested
objects with "b" (begin, s), "d" (duration, s), "t" (ARPABET) and "w" (parts). Or what is said, NAME.txt: the language
as espeak-ng calls it, a colon, the words with a comma at each pause ("ja: きみの ゆめ"); then the times are found by
`alignment`. A film is a sound file and the take that
`cartoonalive track` made of its picture, NAME.wav and NAME.jsonl.
"""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from assets import takes
from assets.arkit import INDEX
from assets.errors import DriverError
from drivers.speech import recordings
from drivers.speech.features import Floats
from drivers.speech.listener import HOP_S
from drivers.speech.training.evaluation import alignment
from drivers.speech.training.evaluation.voices import Utterance
from drivers.speech.training.phones import from_arpabet
from drivers.speech.training.targets import Timed

SOUNDS: Final = (".wav", ".flac", ".ogg", ".mp3")


@dataclass(frozen=True, slots=True, eq=False)
class Film:
    """Samples at 16 kHz and the person's lip gap at each hop of 10 ms, as tracked."""

    name: str
    samples: Floats
    gap: Floats


def with_phones(folder: Path, /) -> list[Utterance]:
    """The recordings of a folder that have phone times."""
    found = []
    for times in sorted(folder.glob("*.phone.json")):
        sound = times.with_name(times.name.replace(".phone.json", ".wav"))
        phones = tuple(_phones(json.loads(times.read_text("utf-8"))))
        found.append(Utterance("people", sound.stem, recordings.load(sound).samples, phones))
    return found


def all_of(folder: Path, /) -> dict[str, Floats]:
    """Every sound file of a folder that can be read, by its name."""
    found = {}
    for path in sorted(folder.iterdir()):
        if path.suffix in SOUNDS:
            with contextlib.suppress(DriverError):
                found[path.stem] = recordings.load(path).samples
    return found


def with_words(folder: Path, /) -> list[Utterance]:
    """The recordings of a folder of which the words are known."""
    found = []
    for text in sorted(folder.glob("*.txt")):
        language, _, words = text.read_text("utf-8").strip().partition(": ")
        sound = next(path for path in sorted(folder.glob(f"{text.stem}.*")) if path.suffix in SOUNDS)
        samples = recordings.load(sound).samples
        phones = alignment.aligned(samples, alignment.readings(words, language))
        found.append(Utterance("people", text.stem, samples, phones))
    return found


def films(folder: Path, /) -> list[Film]:
    """The sound files of a folder with a take of the same name beside them."""
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        take, samples = takes.load(path), recordings.load(path.with_suffix(".wav")).samples
        weights = np.array([frame.weights for frame in take.frames])
        jaw, closed = (weights[:, INDEX[name]] for name in ("jawOpen", "mouthClose"))
        seen_s = np.arange(len(take.frames)) / take.fps
        hop_s = (np.arange(len(samples) // 160) + 1) * HOP_S
        gap = np.interp(hop_s, seen_s, np.maximum(jaw - closed, 0)).astype(np.float32)
        found.append(Film(path.stem, samples, gap))
    return found


def _phones(node: dict[str, Any]) -> Iterator[Timed]:
    for part in node.get("w", ()):
        if "w" in part:
            yield from _phones(part)
        else:
            phones = from_arpabet(part["t"])
            for number, phone in enumerate(phones, 1):
                yield Timed(phone, part["b"] + part["d"] * number / len(phones))
