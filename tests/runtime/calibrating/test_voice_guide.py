"""runtime.calibrating.voice_guide: what is asked, recorded, learnt and kept."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from assets.errors import DriverError
from drivers.speech import voice, voice_fit
from drivers.speech.sources import Block
from drivers.speech.training.evaluation.probes import tube
from drivers.speech.voice import Voice
from runtime.calibrating import voice_guide
from runtime.clock import ManualClock
from runtime.console import Console


class Speaker:
    """Says at once what is asked, 48,000 samples a second: a constant for each step."""

    device, latency_s = "Yeti", 0.0

    def __init__(self, *, mute_after_s: float = 1e9) -> None:
        self.value, self.then_s, self.mute_after_s = 0.0, 0.0, mute_after_s

    def say(self, words: str) -> None:
        self.value += words == "now"

    def start(self, now_s: float) -> None: ...
    def stop(self) -> None: ...
    def status(self) -> str:
        return "unplugged"

    def read(self, now_s: float) -> Block | None:
        count, self.then_s = round((now_s - self.then_s) * 48000), now_s
        return Block(np.full(count, self.value, np.float32), 48000, now_s) if 0 < now_s < self.mute_after_s else None


def test_each_step_is_recorded_at_16_khz() -> None:
    speaker = Speaker()
    heard = voice_guide.record(speaker, ManualClock(), speaker.say, ready_s=0.2, hold_s=0.5)
    assert list(heard) == ["", "a", "i", "u", "e", "o"]
    assert set(voice_fit.VOWELS) == set(heard) - {""}
    for step, samples in enumerate(heard.values(), 1):
        assert len(samples) == pytest.approx(8000, abs=400)
        assert samples[100:-100] == pytest.approx(np.full(len(samples) - 200, step), abs=1e-4)


@pytest.mark.parametrize(("mute_s", "message"), [(0.0, "no sound arrives: unplugged"), (1.5, "fell silent: unplugged")])
def test_a_microphone_that_fails_is_told(mute_s: float, message: str) -> None:
    speaker = Speaker(mute_after_s=mute_s)
    with pytest.raises(DriverError, match=message):
        voice_guide.record(speaker, ManualClock(), speaker.say, ready_s=0.2, hold_s=0.5)


def vowels() -> dict[str, np.ndarray]:
    sounds = {"": np.zeros(4000, np.float32)}
    return sounds | {name: tube([(name, 0.6)], throat=0.85, seed=n) for n, name in enumerate("aiueo")}


@pytest.fixture
def _own_config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))


@pytest.mark.usefixtures("_own_config")
def test_a_voice_is_kept_shown_and_forgotten(
    call: Callable, console: Console, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(voice_fit, "ROUNDS", 1)
    made = voice_guide.learnt(vowels(), "Yeti Stereo", console)
    path = voice.path_of("Yeti Stereo")
    assert made.data["kept"] is True
    assert made.text.startswith("Yeti Stereo: ")
    assert f"kept for run: {path}" in made.text
    assert isinstance(voice.load(path), Voice)
    assert call("calibrate", "--driver", "microphone", "--show").out.startswith("Yeti-Stereo: stretch ")
    assert call("calibrate", "--driver", "microphone", "--forget").out == "microphone: forgotten: Yeti-Stereo\n"
    assert not path.exists()
    assert call("calibrate", "--driver", "microphone", "--forget").out == "microphone: nothing was kept\n"
    assert call("calibrate", "--driver", "microphone", "--show").out.startswith("microphone: no voice is kept in ")


@pytest.mark.usefixtures("_own_config")
def test_a_voice_that_needs_none_is_not_kept(console: Console, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_fit, "ROUNDS", 0)
    made = voice_guide.learnt(vowels(), "Yeti", console)
    assert (made.data["kept"], made.data["file"]) == (False, None)
    assert "nothing is kept" in made.text
    assert not voice.path_of("Yeti").exists()


def test_silence_teaches_nothing(console: Console) -> None:
    with pytest.raises(DriverError, match='the "i" was too quiet or too short; nearer to the microphone'):
        voice_guide.learnt(vowels() | {"i": np.zeros(16000, np.float32)}, "Yeti", console)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--driver", "microphone:file=a.wav"], "a voice is learnt from a microphone, not from a file"),
        (["--driver", "microphone", "--rest-only"], "--rest-only is for faces"),
    ],
)
def test_what_makes_no_sense(words: list[str], message: str, call: Callable) -> None:
    called = call("calibrate", *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: {message}")
