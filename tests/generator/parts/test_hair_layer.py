"""How far before the skin hair lies: over the forehead well, at the face's edge not at all."""

import numpy as np
import pytest

from generator.parts import _hair_layer
from tests.generator.shapes import bare_stage

SHAPE = (420, 400)


@pytest.fixture
def stage(make_face):
    face = make_face(iod_px=100.0, centre=(200.0, 190.0))
    return bare_stage(face, np.full((*SHAPE, 3), 180.0, np.float32))


def test_thin_hair_at_the_face_s_edge_turns_as_the_skin_does(stage):
    """A strip at the temple that lay nearer would go ahead of the skin as the head turns, and leave a gap."""
    (piece,) = _hair_layer.layer(stage, "hair_front", stage.colour, np.ones(SHAPE, np.float32))
    points, face = piece.mesh.points_px, stage.face
    nearer = (piece.depth_px - stage.cover_depth(points)) / face.half_width_px
    aside = np.abs(points[:, 0] - face.centre_x_px) / face.half_width_px
    above = points[:, 1] < face.brows_y_px
    assert nearer[above & (aside > 0.9)] == pytest.approx(0.0, abs=1e-4)
    assert nearer[above & (aside < 0.25)].min() > 0.9 * _hair_layer.NEARER
    assert (nearer >= -1e-6).all()
