"""drivers.speech.resample and drivers.speech.listener together: a stream in pieces is the recording, at every rate."""

import numpy as np
import pytest

from drivers.speech.listener import Listener, Mouth
from drivers.speech.resample import RATE_HZ, Resampler
from drivers.speech.training.evaluation.probes import tube


@pytest.fixture(scope="module")
def speech() -> np.ndarray:
    return tube([("m", 0.1), ("a", 0.2), ("u", 0.2)])


def heard(sound: np.ndarray, rate_hz: int, size: int) -> dict[str, np.ndarray]:
    resampler, listener = Resampler(rate_hz), Listener()
    pieces = [listener.push(resampler.push(sound[at : at + size])) for at in range(0, len(sound), size)]
    return {name: np.concatenate([getattr(piece, name) for piece in pieces]) for name in Mouth.__slots__}


@pytest.mark.parametrize("rate_hz", [8000, 16000, 22050, 44100, 48000, 96000])
def test_the_mouth_does_not_depend_on_the_blocks(rate_hz: int, speech: np.ndarray) -> None:
    up = Resampler(RATE_HZ, rate_hz)
    sound = np.concatenate([up.push(speech), up.flush()])
    batch = heard(sound, rate_hz, len(sound))
    assert batch["tracks"][:, 0].max() > 0.2
    for size in (37, 160, 441, 4096):
        for name, values in heard(sound, rate_hz, size).items():
            assert values.shape == batch[name].shape
            assert np.abs(values - batch[name]).max() <= 4e-6, (name, size)


def test_sample_by_sample(speech: np.ndarray) -> None:
    short = speech[:4000]
    batch = heard(short, RATE_HZ, len(short))
    for name, values in heard(short, RATE_HZ, 1).items():
        assert np.abs(values - batch[name]).max() <= 1e-6, name
