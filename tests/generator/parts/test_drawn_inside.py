"""Inside an open drawn mouth: a patch that fills every form, teeth that stay a row, and depth as the jaw drops."""

import dataclasses

import numpy as np
import pytest

from assets import arkit
from generator import lips, topology
from generator.parts import _drawn_inside, mouth
from generator.tools import repaint
from tests.generator.shapes import bare_stage

SHAPE = (420, 400)
SKIN, PINK, DARK, WHITE = (250, 228, 212), (245, 160, 150), (120, 40, 45), (255, 252, 250)
JAW = arkit.INDEX["jawOpen"]


@pytest.fixture
def drawing(make_face):
    """`(teeth=part, dark=part) -> (scene, lips)`: an open mouth, 44 wide and 20 high, with teeth above, dark below."""

    def make(*, teeth=0.0, dark=0.0):
        human = make_face(iod_px=100.0, centre=(200.0, 150.0))
        points = human.points_px.copy()
        middle, y = human.centre_x_px, float(points[13, 1])
        for lip, deep in ((topology.LIPS_UPPER, 0.0), (topology.LIPS_LOWER, 20.0)):
            own = sorted(lip)
            across = np.clip((points[own, 0] - middle) / (human.mouth_width_px / 2), -1.0, 1.0)
            points[own, 0], points[own, 1] = middle + 22.0 * across, y + deep * np.sqrt(1.0 - across**2)
        for landmark, side in {61: -1, 76: -1, 62: -1, 78: -1, 291: 1, 306: 1, 292: 1, 308: 1}.items():
            points[landmark] = (middle + 22.0 * side, y)
        face = dataclasses.replace(human, points_px=points, drawn=True)
        picture = np.full((*SHAPE, 3), SKIN, np.float32)
        edges = [face.curve(topology.LIP_UPPER_INNER), face.curve(topology.LIP_LOWER_INNER)[::-1]]
        inside = repaint.polygon(np.concatenate(edges), SHAPE)
        rows = np.broadcast_to(np.arange(SHAPE[0])[:, None], SHAPE)
        picture[inside] = PINK
        picture[inside & (rows < y + teeth * 20.0)] = WHITE
        picture[inside & (rows > y + (1.0 - dark) * 20.0)] = DARK
        stage = bare_stage(face, picture)
        return stage, lips.lip_curves(stage, picture)

    return make


def parts_of(stage):
    pieces, _ = mouth.build(stage, stage.colour)
    return {piece.name: piece for piece in pieces}


def test_the_patch_goes_with_both_edges_of_the_mouth(drawing):
    stage, own = drawing()
    patch = parts_of(stage)["mouth_own"]
    middle = len(own.upper) // 2
    points = patch.mesh.points_px
    for edge, surface in ((own.upper, "upper_lip"), (own.lower, "lower_lip")):
        nearest = np.linalg.norm(points - edge[middle], axis=1).argmin()
        goal = stage.moves(edge[middle][None].astype(np.float32), surface)[JAW, 0]
        assert patch.deltas_px[JAW, nearest] == pytest.approx(goal, abs=0.25 * abs(float(goal[1])) + 1.0)
    assert patch.deltas_px[JAW, :, 1].max() > 15.0


def test_a_row_of_teeth_keeps_its_height(drawing):
    stage, own = drawing(teeth=0.3)
    share = _drawn_inside.teeth_share(stage.colour, own, repaint.grow(_inside(own), -1.0))
    assert share == pytest.approx(0.3, abs=0.08)
    assert _drawn_inside.teeth_share(drawing()[0].colour, own, _inside(own)) == 0.0
    patch = parts_of(stage)["mouth_own"]
    middle = own.upper[len(own.upper) // 2]
    at = np.abs(patch.mesh.points_px[:, 0] - middle[0]) < 6.0
    down = patch.mesh.points_px[at, 1] - middle[1]
    moves = patch.deltas_px[JAW, at, 1]
    assert np.abs(moves[(down > -1.0) & (down < 0.2 * 20.0)]).max(initial=0.0) < 2.0
    assert moves[down > 0.9 * 20.0].max() > 15.0


def test_one_light_colour_gains_depth_and_a_tongue_as_the_jaw_drops(drawing):
    stage, _ = drawing()
    depth = parts_of(stage)["mouth_depth"]
    (fade,) = depth.fades
    assert (fade.signal, fade.hidden_at) == ("jawOpen", 0.05)
    texture = depth.texture.astype(int)
    solid = texture[..., 3] > 250
    light = texture[..., :3].sum(axis=-1)
    column = texture.shape[1] // 2
    above, under = (np.flatnonzero(solid[:, column])[index] for index in (3, -4))
    assert light[above, column] < 0.75 * sum(PINK)
    assert light[under, column] == pytest.approx(sum(PINK), abs=30)


def test_a_mouth_that_is_painted_with_depth_is_left_as_it_is(drawing):
    stage, _ = drawing(dark=0.6)
    assert "mouth_depth" not in parts_of(stage)


def test_closed_it_is_a_line_of_its_own_stroke(drawing):
    stage, own = drawing()
    line = parts_of(stage)["mouth_closed"]
    assert [(fade.signal, fade.shown_at) for fade in line.fades] == [("mouthClose", 0.9)]
    middle = len(own.upper) // 2
    nearest = np.linalg.norm(line.mesh.points_px - own.upper[middle], axis=1).argmin()
    goal = stage.moves(own.upper[middle][None].astype(np.float32), "upper_lip")[:, 0]
    assert line.deltas_px[:, nearest] == pytest.approx(goal, abs=0.5)


def _inside(own):
    outline = np.concatenate([own.upper[own.inside], own.lower[own.inside][::-1]])
    return repaint.polygon(outline, SHAPE)
