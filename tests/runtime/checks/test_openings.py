"""runtime.checks.openings: what is torn open in a turn counts, the portrait's own gaps don't."""

import numpy as np
import pytest

from assets import arkit
from assets.avatar import AvatarModel, HeadRig, Layer
from generator import yardsticks
from runtime import app
from runtime.checks import openings

CANVAS_PX = 96


def board(*, lid: bool, opaque: bool = False) -> AvatarModel:
    """A board that stays where it is, with a window in it; before the window a lid that turns with the head."""
    boxes = {"board": (8, 8, 88, 88), "lid": (36, 36, 60, 60)}
    corner_uv = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    rest = np.concatenate([corner_uv * (x1 - x0, y1 - y0) + (x0, y0) for x0, y0, x1, y1 in boxes.values()])
    quad = np.array([[0, 1, 2], [1, 3, 2]], np.uint32)
    textures = {name: np.full((y1 - y0, x1 - x0, 4), 255, np.uint8) for name, (x0, y0, x1, y1) in boxes.items()}
    if not opaque:
        textures["board"][32:48, 32:48, 3] = 0
    if not lid:
        textures["lid"][..., 3] = 0
    return AvatarModel(
        canvas_px=(CANVAS_PX, CANVAS_PX),
        rest_px=rest.astype(np.float32),
        depth_px=np.repeat(np.array([0, 40], np.float32), 4),
        follow=np.repeat(np.array([0, 1], np.float32), 4),
        uv=np.tile(corner_uv, (2, 1)),
        triangles=np.concatenate([quad, quad + 4]).astype(np.uint32),
        deltas_px=np.zeros((arkit.COUNT, 8, 2), np.float32),
        head=HeadRig((48.0, 90.0), 400.0, px_per_m=50.0),
        layers=tuple(Layer(name, (4 * i, 4 * i + 4), (2 * i, 2 * i + 2), name) for i, name in enumerate(boxes)),
        textures=textures,
    )


def worst(model: AvatarModel) -> float:
    with app.drawing(model) as draw:
        return openings.worst(model, draw)


@pytest.mark.gl
def test_a_window_that_the_turn_lays_bare_is_torn_open() -> None:
    assert worst(board(lid=True)) == pytest.approx(16 * 16 / (80 * 80 - 16 * 16), rel=0.15)
    assert worst(board(lid=True, opaque=True)) == 0.0


@pytest.mark.gl
def test_a_window_that_stands_open_at_rest_is_the_portraits_own() -> None:
    model = board(lid=False)
    with app.drawing(model) as draw:
        assert yardsticks.holes(draw(openings._turn(30, 0), model.canvas_px, (0.0, 0.0, 0.0, 0.0))) > 0.0
        assert openings.worst(model, draw) == 0.0


def test_every_pixel_is_painted_with_its_place_at_rest() -> None:
    painted = openings.placed(board(lid=True))
    assert painted.textures["lid"][0, 0, :2] == pytest.approx(np.array([36.5, 36.5]) / 95 * 255, abs=0.6)
    assert painted.textures["lid"][23, 10, :2] == pytest.approx(np.array([46.5, 59.5]) / 95 * 255, abs=0.6)
    assert np.array_equal(painted.textures["board"][..., 3], board(lid=True).textures["board"][..., 3])
