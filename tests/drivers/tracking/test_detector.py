"""From the detector's 896 guesses to one face."""

import numpy as np
import pytest

from drivers.tracking.detector import best_face, centres


def guesses() -> tuple[np.ndarray, np.ndarray]:
    """No face: every logit far below one half."""
    return np.zeros((896, 16)), np.full(896, -20.0)


def put(offsets: np.ndarray, logits: np.ndarray, row: int, logit: float, box: tuple[float, ...]) -> None:
    """A guess: centre and size in 0..1, the eyes a quarter of the size left and right of the centre."""
    x, y, size = box
    middle = np.array([x, y]) - centres()[row]
    offsets[row, :4] = *(128.0 * middle), 128.0 * size, 128.0 * size
    offsets[row, 4:6] = 128.0 * (middle - np.array([size / 4.0, 0.0]))
    offsets[row, 6:8] = 128.0 * (middle + np.array([size / 4.0, 0.0]))
    logits[row] = logit


def test_the_grids() -> None:
    points = centres()
    assert points.shape == (896, 2)
    np.testing.assert_allclose(points[[0, 1, 2, 511]], [(1 / 32,) * 2, (1 / 32,) * 2, (3 / 32, 1 / 32), (31 / 32,) * 2])
    np.testing.assert_allclose(
        points[[512, 517, 518, 895]], [(1 / 16,) * 2, (1 / 16,) * 2, (3 / 16, 1 / 16), (15 / 16,) * 2]
    )


def test_nobody() -> None:
    assert best_face(*guesses()) is None


def test_one_face() -> None:
    offsets, logits = guesses()
    put(offsets, logits, 600, 3.0, (0.4, 0.5, 0.2))
    found = best_face(offsets, logits)
    np.testing.assert_allclose(found, [(0.3, 0.4), (0.5, 0.6), (0.35, 0.5), (0.45, 0.5)], atol=1e-6)


def test_guesses_at_the_same_face_are_averaged_and_another_face_is_not() -> None:
    offsets, logits = guesses()
    put(offsets, logits, 600, 3.0, (0.40, 0.5, 0.2))
    put(offsets, logits, 100, 3.0, (0.42, 0.5, 0.2))
    put(offsets, logits, 700, 2.9, (0.80, 0.5, 0.2))
    found = best_face(offsets, logits)
    assert found is not None
    np.testing.assert_allclose(found[:2].mean(axis=0), (0.41, 0.5), atol=1e-6)


def test_an_empty_box_is_no_harm() -> None:
    offsets, logits = guesses()
    logits[5] = 2.0
    assert best_face(offsets, logits) == pytest.approx(np.tile(centres()[5], (4, 1)))
