"""drivers.speech.voice and drivers.speech.voice_fit: nine numbers, kept and learnt; the speaker is a tube."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.errors import UsageError
from drivers.speech import net, voice, voice_fit
from drivers.speech.features import BANDS
from drivers.speech.listener import Listener
from drivers.speech.spectrum import Spectrum
from drivers.speech.training.evaluation.probes import tube
from drivers.speech.voice import POINTS, Voice
from drivers.speech.voice_fit import TooQuietError

VOICES = st.builds(Voice, st.tuples(*[st.floats(-1.5, 1.5)] * POINTS), st.floats(-0.3, 0.3))


def test_the_usual_voice_changes_nothing(rng: np.random.Generator) -> None:
    bands = rng.uniform(-9.0, 0.0, (20, BANDS)).astype(np.float32)
    assert Voice().adapt(bands) == pytest.approx(bands, abs=1e-5)
    sound = tube([("a", 0.3), ("i", 0.3)])
    plain, adapted = Listener().push(sound), Listener(voice=Voice()).push(sound)
    assert adapted.open == pytest.approx(plain.open, abs=1e-4)
    assert Listener(voice=Voice((1.0,) * 4 + (-1.0,) * 4)).push(sound).open != pytest.approx(plain.open, abs=1e-2)


def test_the_equaliser_is_drawn_through_its_points() -> None:
    added = Voice(tuple(0.1 * point for point in range(POINTS))).adapt(np.zeros((1, BANDS), np.float32))[0]
    assert added == pytest.approx(np.linspace(0.0, 0.7, BANDS), abs=1e-6)


@pytest.mark.parametrize("throat", [0.85, 1.17])
def test_a_stretch_brings_another_throat_to_the_usual_length(throat: float) -> None:
    """Formants times 1.17: with the stretch that undoes it, the spectrum is nearer to the usual one."""
    vowels = [(name, 0.3) for name in "aeiou"]
    usual, other = (Spectrum().push(tube(vowels, throat=size)).mean(axis=0) for size in (1.0, throat))
    distances = [
        float(np.abs(Voice(stretch=stretch).adapt(other[None])[0] - usual)[2:34].mean())
        for stretch in (-np.log(throat), 0.0, np.log(throat))
    ]
    assert distances[0] < 0.75 * distances[1] < distances[2]


@settings(max_examples=20)
@given(VOICES)
def test_what_is_kept_comes_back(tmp_path_factory: pytest.TempPathFactory, kept: Voice) -> None:
    path = tmp_path_factory.mktemp("voices") / "deeper" / "a.json"
    voice.save(kept, path)
    loaded = voice.load(path)
    assert loaded is not None
    assert loaded.equaliser_b == pytest.approx(kept.equaliser_b, abs=5e-5)
    assert loaded.stretch == pytest.approx(kept.stretch, abs=5e-5)


def test_each_device_has_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    names = {voice.path_of(name, folder=tmp_path).name for name in ("Yeti Stereo", "Yeti (hw:1,0)", "../../etc", "")}
    assert names == {"Yeti-Stereo.json", "Yeti-hw-1-0.json", "etc.json", "microphone.json"}
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert voice.path_of("x").name == "x.json"
    assert voice.load(tmp_path / "none.json") is None


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"format": "x"}, "expected 'cartoonalive-voice', got 'x'"), ({"version": 2}, "reads version 1"),
        ({"stretch": 0.5}, "stretch"), ({"stretch": None}, "stretch"), ({"equaliser_b": [0.0] * 7}, "8 points, got 7"),
        ({"equaliser_b": [9.0] + [0.0] * 7}, "equaliser_b"), ({"equaliser_b": "loud"}, "equaliser_b"),
    ],
)  # fmt: skip
def test_a_spoilt_file_names_its_field(change: dict[str, object], message: str, tmp_path: Path) -> None:
    voice.save(Voice(), tmp_path / "a.json")
    data = json.loads((tmp_path / "a.json").read_text()) | change
    (tmp_path / "a.json").write_text(json.dumps(data))
    with pytest.raises(UsageError, match=message) as caught:
        voice.load(tmp_path / "a.json")
    assert str(caught.value).endswith(str(tmp_path / "a.json"))
    assert "\n" not in str(caught.value)


def test_limits() -> None:
    for wrong in ({"equaliser_b": (0.0,) * 7}, {"equaliser_b": (2.0,) * 8}, {"stretch": 0.31}, {"stretch": np.nan}):
        with pytest.raises(ValueError, match=r"must (be|have)"):
            Voice(**wrong)  # type: ignore[arg-type]


def lesson(throat: float = 1.0, seconds: float = 0.6) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    sounds = {"": (0.0005 * rng.standard_normal(8000)).astype(np.float32)}
    for number, name in enumerate("aiueo"):
        vowel = tube([(name, seconds)], throat=throat, pitch_hz=118.0 * throat**3, seed=number)
        sounds[name] = np.concatenate([sounds[""][:1600], vowel])
    return sounds


def test_five_vowels_teach_what_was_not_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(voice_fit, "ROUNDS", 2)
    shares: list[float] = []
    fitted = voice_fit.fit(lesson(0.85), net.shipped(), progress=shares.append)
    assert fitted.helps
    assert fitted.after < 0.9 * fitted.before
    assert fitted.right[1] >= fitted.right[0]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_silence_is_no_vowel() -> None:
    sounds = lesson()
    for useless in (np.zeros(16000, np.float32), sounds["u"][:3000]):
        with pytest.raises(TooQuietError, match=r'^the "u" was too quiet or too short$'):
            voice_fit.fit(sounds | {"u": useless}, net.shipped())
