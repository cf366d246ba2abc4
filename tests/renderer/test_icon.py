"""renderer.icon"""

import numpy as np

from renderer.icon import icon


def test_it_is_a_round_face_on_nothing() -> None:
    made = icon(64)
    assert (made.shape, made.dtype) == ((64, 64, 4), np.uint8)
    assert made[0, 0].tolist() == [0, 0, 0, 0]
    assert made[32, 32, 3] == 255
    assert made[40, 32].tolist() == [250, 219, 196, 255]
    alpha = made[..., 3] / 255.0
    assert abs(alpha.sum() - np.pi * (0.98 * 32) ** 2) < 20


def test_a_larger_one_is_the_same_picture() -> None:
    small, large = icon(32).astype(float), icon(128).astype(float)
    assert np.abs(large.reshape(32, 4, 32, 4, 4).mean(axis=(1, 3)) - small).mean() < 6.0
