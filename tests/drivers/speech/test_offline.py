"""drivers.speech.offline: a file becomes a take, in step; the speech comes from a tube made of formulas."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
import soundfile

from assets.errors import DriverError
from assets.takes import Take
from drivers.speech import offline
from drivers.speech.mapping import BROWS, CLOSE, MOUTH, PLAIN, Manner
from drivers.speech.training.evaluation.probes import tube

PHRASE = [("", 0.5), ("a", 0.4), ("", 0.5), ("i", 0.4), ("", 0.5), ("u", 0.4), ("", 0.4)]


@pytest.fixture(scope="module")
def phrase() -> np.ndarray:
    return tube(PHRASE)


def spoken(sound: np.ndarray, folder: Path, *, rate_hz: int = 16000, fps: float = 60.0, manner: Manner = PLAIN) -> Take:
    soundfile.write(folder / "speech.wav", sound, rate_hz)
    return offline.take(folder / "speech.wav", fps=fps, manner=manner)


def mean(take: Take, name: str, span_s: tuple[float, float]) -> float:
    return float(np.mean([f.weight(name) for f in take.frames if span_s[0] <= f.time_s < span_s[1]]))


def test_the_mouth_opens_and_closes_with_the_voice(phrase: np.ndarray, tmp_path: Path) -> None:
    take = spoken(phrase, tmp_path)
    assert (take.fps, len(take.frames)) == (60.0, round(len(phrase) / 16000 * 60))
    assert take.frames[0].channels == MOUTH
    assert mean(take, "jawOpen", (0.0, 0.4)) < 0.02
    assert mean(take, "jawOpen", (0.6, 0.85)) > 0.25
    assert mean(take, "jawOpen", (1.1, 1.3)) < 0.02
    assert mean(take, "jawOpen", (2.9, 3.1)) < 0.02


def test_it_is_in_step_to_a_picture(phrase: np.ndarray, tmp_path: Path) -> None:
    """The jaw passes half of its way within 40 ms of the voice."""
    take = spoken(phrase, tmp_path, fps=100.0)
    jaw = np.array([frame.weight("jawOpen") for frame in take.frames])[:115]
    above = np.flatnonzero(jaw > 0.5 * jaw.max())
    assert 0.46 <= above[0] / 100.0 <= 0.54
    assert 0.86 <= above[-1] / 100.0 <= 0.96


def test_vowels_look_different(phrase: np.ndarray, tmp_path: Path) -> None:
    take = spoken(phrase, tmp_path)
    a, i, u = (0.6, 0.85), (1.5, 1.75), (2.4, 2.65)
    assert mean(take, "jawOpen", a) > mean(take, "jawOpen", i) + 0.1
    assert mean(take, "mouthStretchLeft", i) > max(mean(take, "mouthStretchLeft", u), mean(take, "mouthStretchLeft", a))
    rounding = [mean(take, "mouthPucker", span) + mean(take, "mouthFunnel", span) for span in (u, a, i)]
    assert rounding[0] > max(rounding[1:])


@pytest.mark.parametrize("rate_hz", [22050, 44100, 48000])
def test_the_rate_of_the_file_makes_no_difference(rate_hz: int, phrase: np.ndarray, tmp_path: Path) -> None:
    """The tube is played as if it had been recorded at that rate."""
    from drivers.speech.resample import Resampler

    up = Resampler(16000, rate_hz)
    other = np.concatenate([up.push(phrase), up.flush()])[: round(len(phrase) * rate_hz / 16000)]
    want, got = spoken(phrase, tmp_path), spoken(np.stack([other, other], axis=1), tmp_path, rate_hz=rate_hz)
    jaws = [np.array([frame.weight("jawOpen") for frame in take.frames[: len(want.frames)]]) for take in (want, got)]
    assert np.abs(jaws[0] - jaws[1]).mean() < 0.02


def test_times_are_those_of_a_take_file(phrase: np.ndarray, tmp_path: Path) -> None:
    take = spoken(phrase[:16000], tmp_path, fps=29.97)
    assert [frame.time_s for frame in take.frames[:3]] == [0.0, 0.03337, 0.06673]
    assert take.duration_s == pytest.approx(1.0, abs=1.0 / 29.97)


def test_one_sample_is_one_closed_frame(tmp_path: Path) -> None:
    take = spoken(np.array([0.1]), tmp_path)
    assert len(take.frames) == 1
    assert take.frames[0].weights.max() == 0.0


def test_expression_speaks_for_the_brows(phrase: np.ndarray, tmp_path: Path) -> None:
    louder = np.concatenate([0.05 * phrase, phrase])
    take = spoken(louder, tmp_path, manner=Manner(expression=1.0))
    assert take.frames[0].channels == MOUTH | BROWS
    late = round(len(phrase) / 16000)
    assert mean(take, "browInnerUp", (late, late + 1.0)) > mean(take, "browInnerUp", (0.0, 2.0)) + 0.02


def test_progress_rises_to_one(phrase: np.ndarray, tmp_path: Path) -> None:
    soundfile.write(tmp_path / "a.wav", np.tile(phrase, 4), 16000)
    shares: list[float] = []
    offline.take(tmp_path / "a.wav", fps=30.0, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert len(shares) > 3


def test_a_bell_keeps_constants_and_moves_nothing() -> None:
    tracks = np.full((50, 4), 0.3, np.float32)
    assert offline.smoothed(tracks, 1.0) == pytest.approx(tracks, abs=1e-6)
    tracks = np.zeros((51, 4), np.float32)
    tracks[25] = 1.0
    made = offline.smoothed(tracks, 1.0)
    assert made.argmax(axis=0).tolist() == [25] * 4
    assert made == pytest.approx(made[::-1], abs=1e-7)
    assert (offline.smoothed(tracks, 0.0) == tracks).all()


@pytest.mark.parametrize("offset", range(4))
def test_a_short_closure_is_seen_at_any_rate(offset: int) -> None:
    tracks = np.zeros((40, 4), np.float32)
    tracks[20 + offset, CLOSE] = 1.0
    seen = offline.at(tracks, np.arange(8) / 24.0, 24.0)[:, CLOSE]
    assert seen.max() > 0.45


def test_no_sound_no_take(tmp_path: Path) -> None:
    (tmp_path / "a.wav").write_bytes(b"RIFF")
    with pytest.raises(DriverError, match="can't read the sound file"):
        offline.take(tmp_path / "a.wav", fps=30.0)


def hops(values: Sequence[float]) -> np.ndarray:
    return np.array(values, np.float32)


def test_between_hops_lie_straight_lines() -> None:
    """Hop k lies at (k + 1) * 10 ms less the net's delay of 40 ms."""
    made = offline.at_hops(hops([0.0, 1.0, 0.5]), np.array([-0.1, -0.03, -0.025, -0.02, -0.015, 1.0]))
    assert made.tolist() == pytest.approx([0.0, 0.0, 0.5, 1.0, 0.75, 0.5])
