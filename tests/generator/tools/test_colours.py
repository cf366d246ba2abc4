import numpy as np

from generator.tools import colours


def lab_like(seed: int) -> np.ndarray:
    return np.random.default_rng(seed).uniform([0, -90, -90], [100, 90, 90], (23, 31, 3)).astype(np.float32)


def test_channels_are_compared_and_summed() -> None:
    values = lab_like(1)
    assert np.array_equal(colours.largest(values), values.max(axis=-1))
    assert np.array_equal(colours.squared(values), (values**2).sum(axis=-1))
    expected = ((values * [0.4, 1.0, 1.0]) ** 2).sum(axis=-1)
    np.testing.assert_allclose(colours.squared(values, lightness=0.4), expected, rtol=1e-6)


def test_the_distance_is_that_to_the_nearest_tone_within_the_steps_of_the_table() -> None:
    values, tones = lab_like(2), lab_like(3)[0, :6]
    expected = np.linalg.norm(values[:, :, None] - tones, axis=-1).min(axis=-1)
    found = np.sqrt(colours.distance(values, tones))
    assert np.abs(found - expected).max() <= np.sqrt(3.0) + 1e-3


def test_the_commonest_colour_is_the_middle_of_the_fullest_cell() -> None:
    flat = np.tile(np.array([71.0, 13.0, -21.0], np.float32), (200, 1))
    others = lab_like(4).reshape(-1, 3)[:100]
    far = others[((others - flat[0]) ** 2).sum(axis=1) > 200.0]
    np.testing.assert_allclose(colours.commonest(np.concatenate([far, flat])), flat[0], atol=1e-3)
