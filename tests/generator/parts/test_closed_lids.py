"""The line of closed lids: as thick as lashes that lie together, in their colour, seen only as the eye closes."""

import numpy as np
import pytest

from assets import arkit
from generator import topology
from generator.eyes.lashes import Lashes
from generator.eyes.lids import lid_curves
from generator.parts import _lids
from generator.tools.window import Window
from tests.generator.shapes import bare_stage

SHAPE = (420, 400)


@pytest.fixture
def stage(make_face):
    face = make_face(iod_px=160.0, centre=(200.0, 180.0))
    return bare_stage(face, np.full((*SHAPE, 3), 200.0, np.float32))


def test_closed_lids_meet_in_a_line_of_the_lashes_colour(stage):
    lids = lid_curves(stage, topology.EYES[0])
    window = Window.whole(SHAPE)
    picture = stage.colour.copy()
    edge = np.abs(window.below(lids.upper)) < 2.0
    picture[edge] = (30.0, 20.0, 10.0)
    lashes = Lashes(edge.astype(np.float32), stage.colour, picture)
    line = _lids.closing_line(stage, window, picture, lids, lashes)
    middle = line.texture[:, line.texture.shape[1] // 2].astype(int)
    shown = middle[:, 3] > 127
    assert 0.035 * lids.width_px < shown.sum() < 0.09 * lids.width_px
    assert middle[shown, :3].mean(axis=0) == pytest.approx((30, 20, 10), abs=3)
    (fade,) = line.fades
    assert (fade.signal, fade.hidden_at) == ("eyeBlinkRight", 0.6)
    down = line.deltas_px[arkit.INDEX["eyeBlinkRight"], :, 1]
    assert down.max() == pytest.approx(lids.opening_px, rel=0.2)
