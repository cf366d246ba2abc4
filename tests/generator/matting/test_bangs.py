"""Tips of drawn bangs that the net has let go of."""

from dataclasses import replace

import numpy as np
import pytest

from generator.matting import bangs
from generator.tools import colours, repaint

SHAPE = (700, 800)
SKIN, HAIR = (250, 225, 210), (90, 50, 30)


@pytest.fixture
def fringe(make_face):
    """A flat face with five strands down to the brows; the net's word ends above them. (rgba, net, strands, face)."""
    face = replace(make_face(iod_px=100.0, centre=(400.0, 350.0)), drawn=True)
    oval = repaint.polygon(face.oval_px, SHAPE)
    y, x = np.mgrid[0 : SHAPE[0], 0 : SHAPE[1]]
    top = face.oval_px[:, 1].min()
    sure = (np.abs(x - 400) < 120) & (y < top + 30)
    strands = (np.abs(x - 400) < 100) & ((x - 300) % 40 < 22) & (y < face.brows_y_px + 6) & ~sure
    rgba = np.full((*SHAPE, 4), 255, np.uint8)
    rgba[..., :3] = SKIN
    rgba[sure | strands, :3] = HAIR
    return rgba, sure.astype(np.float32), strands & oval, face, oval


def test_strands_are_followed_down_to_their_tips(fringe):
    rgba, net, strands, face, oval = fringe
    found = bangs.completed(colours.lab(rgba[..., :3]), net, oval, face, seed=0)
    assert found[strands].min() > 0.5
    below = oval & (np.arange(SHAPE[0])[:, None] > face.brows_y_px + 8)
    assert not found[below].any()


def test_a_brow_that_hangs_on_no_strand_is_no_hair(fringe):
    rgba, net, _, face, oval = fringe
    brow = np.zeros(SHAPE, np.bool_)
    y = int(face.brows_y_px) + 14
    brow[y : y + 5, 315:375] = True
    rgba[brow, :3] = HAIR
    assert not bangs.completed(colours.lab(rgba[..., :3]), net, oval, face, seed=0)[brow].any()


def test_a_pin_of_another_colour_and_a_photographed_face_are_left(fringe):
    rgba, net, strands, face, oval = fringe
    rgba[strands, :3] = (40, 90, 240)
    assert np.array_equal(bangs.completed(colours.lab(rgba[..., :3]), net, oval, face, seed=0), net)
    rgba[strands, :3] = HAIR
    assert bangs.completed(colours.lab(rgba[..., :3]), net, oval, replace(face, drawn=False), seed=0) is net


def test_what_hangs_from_hair_may_slant_but_not_run_aside():
    seen = np.zeros((6, 9), np.float32)
    seen[0, 1] = 1.0
    for row in range(1, 6):
        seen[row, 1 + row] = 0.9
    seen[3, :] = np.maximum(seen[3, :], 0.8)
    start = np.zeros(seen.shape, np.bool_)
    start[0] = True
    reached = bangs.hangs_from(seen, start)
    assert [reached[row, 1 + row] for row in range(1, 6)] == pytest.approx([0.9] * 5)
    assert np.flatnonzero(reached[3]).tolist() == [2, 3, 4]
