"""runtime.commands.lipsync: speech in, a take out; bad sound is one line."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets import takes
from drivers.speech import offline
from drivers.speech.mapping import MOUTH, Manner
from drivers.speech.training.evaluation.probes import tube
from runtime.commands import lipsync


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "speech.flac", tube([("", 0.3), ("a", 0.4), ("", 0.3)]), 16000)
    return tmp_path / "speech.flac"


@pytest.mark.parametrize("out", ["a.jsonl", "a.csv"])
def test_the_take_is_what_offline_hears(out: str, call: Callable, speech: Path, tmp_path: Path) -> None:
    called = call(lipsync.__name__.rpartition(".")[2], speech, "-o", tmp_path / out, "--json")
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    assert told.pop("mouth_open") == pytest.approx(0.4, abs=0.1)
    assert told == {"out": str(tmp_path / out), "frames": 60, "fps": 60.0, "duration": pytest.approx(1.0, abs=0.02)}
    take, wanted = takes.load(tmp_path / out), offline.take(speech, fps=60.0)
    for got, want in zip(take.frames, wanted.frames, strict=True):
        assert np.abs(got.weights - want.weights).max() <= 1e-4
    if out == "a.jsonl":
        assert take.frames[0].channels == MOUTH


def test_its_manner_can_be_chosen(call: Callable, speech: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    words = ["--openness", "0.5", "--smoothing", "0", "--expression", "1", "--fps", "30"]
    assert call("lipsync", speech, "-o", out, *words).code == 0
    wanted = offline.take(speech, fps=30.0, manner=Manner(0.5, 0.0, 1.0))
    assert [frame.weight("jawOpen") for frame in takes.load(out).frames] == pytest.approx(
        [frame.weight("jawOpen") for frame in wanted.frames], abs=1e-5
    )


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["{tmp}/none.wav", "-o", "{tmp}/a.jsonl"], "there is no such file"),
        (["{tmp}/empty.wav", "-o", "{tmp}/a.jsonl"], "can't read the sound file, expected WAV, FLAC, Ogg or MP3"),
        (["{tmp}/silent.wav", "-o", "{tmp}/a.jsonl"], "the sound file holds no sound"),
        (["{speech}", "-o", "{tmp}/a.mp4"], "the output's name must end in .jsonl or .csv"),
        (["{speech}", "-o", "{tmp}/x/a.jsonl"], "the output's folder does not exist"),
        (["{speech}", "-o", "{tmp}/a.jsonl", "--expression", "2"], "argument --expression: a share must be in 0..1"),
    ],
)
def test_what_cannot_work_is_one_line_and_no_file(
    words: list[str], message: str, call: Callable, speech: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty.wav").write_bytes(b"")
    soundfile.write(tmp_path / "silent.wav", np.zeros(0), 16000)
    before = sorted(tmp_path.iterdir())
    called = call("lipsync", *(word.format(tmp=tmp_path, speech=speech) for word in words))
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: {message}")
    assert called.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before
