"""Brows drawn before the bangs are lifted off them; brows that bangs hide are not made up from strands."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from generator import topology
from generator.hair import brows_over

SHAPE = (700, 800)


@pytest.fixture
def fringe(make_face):
    """(picture, hair matte, face): strands of two tones run down over the brows."""
    face = replace(make_face(iod_px=100.0, centre=(400.0, 350.0)), drawn=True)
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    hair = y < face.points_px[[159, 386], 1].min() - 8
    picture = np.full((*SHAPE, 3), (250.0, 225.0, 210.0), np.float32)
    tones = np.array([(230, 200, 120), (200, 160, 90)], np.float32)
    picture[hair] = tones[((x + y // 6) // 7 % 2)[hair]]
    return cv2.GaussianBlur(picture, (0, 0), 1.0), hair.astype(np.float32), face


def drawn(picture, face, eye):
    line = np.round(brows_over.middle_line(face, eye)).astype(np.int32)
    return cv2.polylines(picture.copy(), [line], False, (120.0, 80.0, 60.0), 3, cv2.LINE_AA)


def test_the_brow_comes_off_and_what_was_behind_it_is_hair_again(fringe):
    picture, hair, face = fringe
    right = topology.EYES[0]
    seen = drawn(picture, face, right)
    found = brows_over.find(seen, hair, face)
    assert found.sides == {"Right"}
    line = np.round(brows_over.middle_line(face, right)).astype(int)[6:-6]
    assert (seen - picture)[line[:, 1], line[:, 0]].mean() < -50.0
    assert np.abs(found.without - picture)[line[:, 1], line[:, 0]].mean() < 12.0
    assert found.alpha[line[:, 1], line[:, 0]].min() > 0.3
    away = np.abs(np.arange(SHAPE[0])[:, None] - line[:, 1].mean()) > 25
    assert not found.alpha[np.broadcast_to(away, SHAPE)].any()
    assert np.array_equal(found.without[found.alpha == 0.0], seen[found.alpha == 0.0])
    brow = np.clip((seen - (1 - found.alpha[..., None]) * found.without) / found.alpha.clip(0.04)[..., None], 0, 255)
    again = brow * found.alpha[..., None] + found.without * (1 - found.alpha[..., None])
    assert np.abs(again - seen)[found.alpha > 0.05].max() < 3.0


def test_strands_alone_are_no_brow_nor_is_anything_on_a_photograph(fringe):
    picture, hair, face = fringe
    nothing = brows_over.find(picture, hair, face)
    assert not nothing.sides
    assert not nothing.alpha.any()
    assert nothing.without is picture
    human = replace(face, drawn=False)
    assert not brows_over.find(drawn(picture, face, topology.EYES[1]), hair, human).sides


def test_a_brow_on_bare_skin_is_left_to_the_face(fringe):
    picture, hair, face = fringe
    bare = np.full_like(picture, 240.0)
    assert not brows_over.find(drawn(bare, face, topology.EYES[0]), np.zeros_like(hair), face).sides
