"""Brows that touch hair: their ends stay with the face, and under hair they go on only where they are seen to."""

import numpy as np
import pytest

from generator import topology
from generator.hair import brow_ends, unseen
from generator.tools import repaint

SHAPE = (700, 800)
SKIN, HAIR, BROW = (230.0, 195.0, 175.0), (60.0, 45.0, 40.0), (90.0, 60.0, 50.0)


@pytest.fixture
def side_hair(make_face):
    """(picture, hair matte, face, path of the left brow): hair from the brows' outer fifth on, no brow painted yet."""
    face = make_face(iod_px=100.0, centre=(400.0, 350.0))
    line = face.brow_line(topology.EYES[1]).astype(np.float64)
    start = line[0, 0] + 0.8 * (line[-1, 0] - line[0, 0])
    aside = np.broadcast_to(np.abs(np.arange(SHAPE[1]) - 400.0), SHAPE)
    hair = np.clip((aside - start + 400.0) / 3.0, 0.0, 1.0).astype(np.float32)
    t = np.linspace(0.0, 4.0, 41)
    path = np.stack([np.interp(t, np.arange(5.0), line[:, axis]) for axis in (0, 1)], axis=1)
    picture = np.full((*SHAPE, 3), SKIN, np.float32)
    return np.where(hair[..., None] > 0.5, HAIR, picture).astype(np.float32), hair, face, path


def stroke(picture, path, *, shift, half, until):
    """A brow along the path down to `until` of its length, before the hair's pixels."""
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    part = path[path[:, 0] <= path[0, 0] + until * (path[-1, 0] - path[0, 0])]
    own = (np.abs(y - np.interp(x, part[:, 0], part[:, 1] + shift)) <= half) & (x >= part[0, 0]) & (x <= part[-1, 0])
    own &= np.abs(picture - SKIN).max(axis=-1) < 1.0
    return np.where(own[..., None], BROW, picture).astype(np.float32)


def test_a_brow_goes_on_under_hair_from_where_it_is_seen(side_hair):
    picture, hair, face, path = side_hair
    tone = np.full_like(picture, SKIN)
    seen = stroke(picture, path, shift=4.0, half=2.5, until=1.0)
    found = brow_ends.at_hair(seen, tone, hair > 0.03, path, face.iod_px)
    assert found.seen
    assert found.shift_px == pytest.approx(4.0, abs=0.7)
    assert found.half_px == pytest.approx(2.7, abs=0.8)
    factor = unseen.features(seen, tone, hair > 0.03, np.full_like(seen, HAIR), face)
    dark = factor[:, round(path[-6, 0])].mean(axis=-1)
    assert dark.min() < 0.85
    assert float(np.argmin(dark)) == pytest.approx(path[-6, 1] + 4.0, abs=2.0)


def test_a_brow_that_ends_before_the_hair_has_no_part_under_it(side_hair):
    picture, hair, face, path = side_hair
    tone = np.full_like(picture, SKIN)
    seen = stroke(picture, path, shift=0.0, half=2.5, until=0.45)
    assert brow_ends.at_hair(seen, tone, hair > 0.03, path, face.iod_px) == brow_ends.End(False, 0.0, 0.0)
    factor = unseen.features(seen, tone, hair > 0.03, np.full_like(seen, HAIR), face)
    assert factor[:, round(path[-6, 0])].min() > 0.95
    assert brow_ends.at_hair(picture, tone, hair > 2.0, path, face.iod_px) is None
    assert brow_ends.at_hair(picture, tone, hair > -1.0, path, face.iod_px) is None


def test_the_end_of_a_brow_is_no_hair_and_hair_is(side_hair):
    _, hair, face, path = side_hair
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    start = path[np.argmax(hair[path[:, 1].astype(int), path[:, 0].astype(int)] > 0.0), 0]
    bar = (np.abs(y - np.interp(x, path[:, 0], path[:, 1])) < 4.0) & (x > start - 8.0) & (x <= start + 2.0)
    touched = np.maximum(hair, 0.6 * bar).astype(np.float32)
    freed = brow_ends.off_hair(touched, face)
    assert freed[(touched > 0.5) & (hair == 0.0)].max() < 0.02
    assert np.array_equal(freed[hair > 0.5], hair[hair > 0.5])
    strand = (np.abs(x - start + 6.0) < 3.0) & (y < path[-1, 1] + 6.0)
    hanging = np.maximum(hair, strand).astype(np.float32)
    assert brow_ends.off_hair(hanging, face) == pytest.approx(hanging, abs=0.02)
    over = np.maximum(hair, repaint.grow(bar, 60.0)).astype(np.float32)
    assert np.array_equal(brow_ends.off_hair(over, face), over)
