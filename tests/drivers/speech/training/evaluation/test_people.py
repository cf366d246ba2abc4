"""Recordings with phone times and films with takes are read."""

import ctypes.util
import json
import wave
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets import takes
from assets.arkit import COUNT, INDEX
from assets.face import FaceFrame
from drivers.speech.net import VISEMES
from drivers.speech.training.espeak import Espeak
from drivers.speech.training.evaluation import people
from drivers.speech.training.targets import Timed


def write_wave(path: Path, seconds: float) -> None:
    samples = (8000 * np.sin(np.arange(int(16000 * seconds)) * 0.1)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(16000)
        file.writeframes(samples.tobytes())


def test_phone_times_are_read_from_words(tmp_path: Path) -> None:
    words = [
        {"b": 0.0, "d": 0.2, "t": "<sil>", "w": [{"b": 0.0, "d": 0.2, "t": "SIL"}]},
        {"b": 0.2, "d": 0.3, "t": "my", "w": [{"b": 0.2, "d": 0.1, "t": "M"}, {"b": 0.3, "d": 0.2, "t": "AY"}]},
    ]
    (tmp_path / "one.phone.json").write_text(json.dumps({"b": 0, "d": 0.5, "t": "my", "w": words}))
    write_wave(tmp_path / "one.wav", 0.5)
    (utterance,) = people.with_phones(tmp_path)
    assert utterance.voice == "one"
    assert utterance.samples.shape == (8000,)
    assert [(VISEMES[p.phone.viseme], round(p.end_s, 3)) for p in utterance.phones] == [
        ("sil", 0.2), ("PP", 0.3), ("aa", 0.4), ("ih", 0.5),
    ]  # fmt: skip


def test_films_give_the_gap_of_the_lips_at_each_hop(tmp_path: Path) -> None:
    frames = []
    for index in range(26):
        weights = np.zeros(COUNT, np.float32)
        weights[INDEX["jawOpen"]] = index / 50
        weights[INDEX["mouthClose"]] = 0.1
        frames.append(FaceFrame(weights=weights, time_s=index / 25))
    takes.save(takes.Take(tuple(frames), 25.0), tmp_path / "film.jsonl")
    write_wave(tmp_path / "film.wav", 1.0)
    (film,) = people.films(tmp_path)
    assert film.name == "film"
    assert film.gap.shape == (100,)
    assert film.gap[99] == pytest.approx(0.4, abs=1e-3)
    assert film.gap[0] == 0.0


def ends_of(phones: Sequence[Timed]) -> dict[str, float]:
    """When each viseme ends; equal ones in a row are one."""
    names = [VISEMES[timed.phone.viseme] for timed in phones]
    last = [number for number in range(len(names)) if names[number] != [*names, ""][number + 1]]
    return {
        f"{place} {names[number]}": phones[number].end_s for place, number in enumerate(last) if names[number] != "sil"
    }


@pytest.mark.skipif(ctypes.util.find_library("espeak-ng") is None, reason="espeak-ng is not installed")
def test_words_are_laid_over_what_is_said(tmp_path: Path) -> None:
    espeak = Espeak()
    said = espeak.speak("papa", "de", rate=120, pitch=70)
    assert said is not None
    soundfile.write(tmp_path / "one.flac", said[0], espeak.rate_hz)
    (tmp_path / "one.txt").write_text("de: papa\n")
    (tmp_path / "broken.wav").write_bytes(b"no sound")
    (utterance,) = people.with_words(tmp_path)
    assert utterance.voice == "one"
    assert ends_of(utterance.phones) == pytest.approx(ends_of(said[1]), abs=0.06)
    assert list(people.all_of(tmp_path)) == ["one"]
