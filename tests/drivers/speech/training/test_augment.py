"""Disturbances move what they should and nothing else."""

import numpy as np

from drivers.speech.features import BANDS, Floats
from drivers.speech.training import augment


def peaks(batch: int = 3, hops: int = 5, band: int = 20) -> Floats:
    bands = np.full((batch, hops, BANDS), -6.0, np.float32)
    bands[..., band] = -2.0
    return bands


def test_a_longer_throat_moves_a_peak_by_as_much() -> None:
    moved = augment.warp(peaks(), np.stack([np.arange(BANDS) + shift for shift in (0.0, 3.0, -2.0)]))
    assert moved.argmax(axis=-1)[:, 0].tolist() == [20, 17, 22]
    assert np.array_equal(moved[0], peaks()[0])


def test_half_a_band_is_half_of_each_neighbour() -> None:
    moved = augment.warp(peaks(1), np.arange(BANDS)[None] + 0.5)
    assert np.allclose(moved[0, 0, 19:21], [-4.0, -4.0])


def test_disturbed_speech_stays_speech_above_its_background(rng: np.random.Generator) -> None:
    speech, background = peaks(64, 30), np.full((64, 30, BANDS), -3.0, np.float32)
    heard = augment.disturb(speech, background, rng)
    assert heard.shape == speech.shape
    assert heard.dtype == np.float32
    assert np.isfinite(heard).all()
    strongest = heard.mean(axis=1)[:, 4:28].argmax(axis=1) + 4
    assert (np.abs(strongest - 20) <= 3).mean() > 0.7
    levels = heard[:, 0, 20]
    assert np.ptp(levels) > 2.0, "loud and soft"


def test_equal_seeds_disturb_equally() -> None:
    one, other = (augment.disturb(peaks(), peaks(), np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one, other)
    sounds = [augment.disturb_sounds(peaks(), np.random.default_rng(9)) for _ in range(2)]
    assert np.array_equal(*sounds)
