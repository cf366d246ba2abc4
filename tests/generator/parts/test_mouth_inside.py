"""The colours inside a mouth that the portrait doesn't show: of its own light, and of no more colour than it has."""

import dataclasses

import numpy as np
import pytest

from generator import topology
from generator.parts import mouth
from generator.tools import colours
from tests.generator.shapes import bare_stage

SHAPE = (420, 400)
SKIN, GREY_SKIN, DIM_SKIN = (226.0, 180.0, 160.0), (188.0, 188.0, 188.0), (100.0, 80.0, 71.0)


@pytest.fixture
def inside(make_face):
    """`(skin) -> {name: Lab}`: the lightest third of cavity, teeth and tongue of a mouth that is closed."""

    def make(skin):
        human = make_face(iod_px=100.0, centre=(200.0, 150.0))
        points = human.points_px.copy()
        points[list(topology.LIP_LOWER_INNER), 1] = points[list(topology.LIP_UPPER_INNER), 1] + 0.5
        face = dataclasses.replace(human, points_px=points)
        stage = bare_stage(face, np.full((*SHAPE, 3), skin, np.float32))
        pieces, _ = mouth.build(stage, stage.colour)
        seen = {}
        for piece in pieces:
            if piece.name in ("mouth_cavity", "teeth_upper", "tongue"):
                lab = colours.lab(piece.texture[..., :3].astype(np.float32))[piece.texture[..., 3] > 200]
                seen[piece.name] = np.median(lab[lab[:, 0] >= np.percentile(lab[:, 0], 67)], axis=0)
        return seen

    return make


def test_a_mouth_is_red_with_white_teeth(inside):
    seen = inside(SKIN)
    assert seen["tongue"][1] > 15.0
    assert seen["mouth_cavity"][1] > 8.0
    assert seen["teeth_upper"][0] > 78.0
    assert 1.0 < np.hypot(*seen["teeth_upper"][1:]) < 14.0
    assert seen["mouth_cavity"][0] < 35.0 < seen["tongue"][0] < seen["teeth_upper"][0]


def test_in_a_grey_picture_it_is_grey_and_as_dark(inside):
    red, grey = inside(SKIN), inside(GREY_SKIN)
    for name, tone in grey.items():
        assert np.abs(tone[1:]).max() < 1.5, name
        assert tone[0] == pytest.approx(red[name][0], abs=8.0), name


def test_in_a_dark_picture_teeth_do_not_glare(inside):
    light, dark = inside(SKIN)["teeth_upper"][0], inside(DIM_SKIN)["teeth_upper"][0]
    assert dark < light - 20.0
