"""Brows are not hair of the head, unless hair comes down to them."""

import numpy as np
import pytest

from generator import topology
from generator.matting import hair_matte
from generator.tools import repaint

SHAPE = (700, 800)


@pytest.fixture
def seen(make_face):
    """(matte, brows, face): hair to above the forehead; the net takes thick brows, higher than tracked, for hair."""
    face = make_face(iod_px=100.0, centre=(400.0, 350.0))
    brows = np.zeros(SHAPE, np.bool_)
    for eye in topology.EYES:
        outline = face.curve(eye.brow) - np.float32([0.0, 9.0])
        brows |= repaint.grow(repaint.polygon(outline, SHAPE), 5.0)
    hair = np.zeros(SHAPE, np.float32)
    hair[: int(face.oval_px[:, 1].min()) + 10] = 1.0
    return np.maximum(hair, 0.9 * brows).astype(np.float32), brows, face


def test_a_brow_that_stands_higher_than_its_landmarks_is_no_hair(seen):
    hair, brows, face = seen
    kept = hair_matte.without_brows(hair, face)
    assert not kept[brows].any()
    assert np.array_equal(kept[: int(face.oval_px[:, 1].min())], hair[: int(face.oval_px[:, 1].min())])


def test_a_strand_that_hangs_down_over_a_brow_is_hair_and_the_rest_of_the_brow_is_not(seen):
    hair, brows, face = seen
    x = int(face.curve(topology.EYES[0].brow)[:, 0].mean())
    low = int(face.curve(topology.EYES[0].brow)[:, 1].max())
    hair[:low, x - 4 : x + 5] = 1.0
    kept = hair_matte.without_brows(hair, face)
    assert kept[: low - 2, x - 2 : x + 3].min() > 0.5
    left = brows & (np.arange(SHAPE[1])[None, :] > face.centre_x_px)
    assert not kept[left].any()
