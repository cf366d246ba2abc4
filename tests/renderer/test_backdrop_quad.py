"""renderer.backdrop: a picture behind the avatar."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from assets.avatar import AvatarModel
from assets.face import FaceFrame
from renderer.backdrop import Backdrop, placed
from renderer.gl import Renderer
from renderer.surface import OffscreenSurface

pytestmark = pytest.mark.gl

Offscreen = Callable[..., OffscreenSurface]


def wall(width: int, height: int) -> np.ndarray:
    """Its colours tell the place: red from left to right, green from top to bottom."""
    y, x = np.mgrid[:height, :width]
    return np.dstack([255 * x / (width - 1), 255 * y / (height - 1), np.full_like(x, 30), np.full_like(x, 255)]).astype(
        np.uint8
    )


def nothing(builder: Any) -> AvatarModel:
    """An avatar that can't be seen."""
    maker = builder((8, 8))
    maker.grid("clear", (0, 0, 8, 8), np.zeros((4, 4, 4), np.uint8))
    model: AvatarModel = maker.build()
    return model


def picture(renderer: Renderer, size: tuple[int, int]) -> np.ndarray:
    out = np.zeros((size[1], size[0], 4), np.uint8)
    renderer.draw(FaceFrame())
    renderer.read_rgba(out)
    return out


@pytest.mark.parametrize("opaque_first", [False, True])
def test_the_avatar_stands_before_it(face: AvatarModel, offscreen: Offscreen, opaque_first: bool) -> None:
    with Renderer(face, offscreen(256, 256), opaque_first=opaque_first) as renderer:
        alone = picture(renderer, (256, 256)).astype(int)
        behind = wall(256, 256)
        renderer.set_backdrop(behind)
        both = picture(renderer, (256, 256)).astype(int)
        assert (both[..., 3] == 255).all()
        clear, solid = alone[..., 3] == 0, alone[..., 3] == 255
        assert clear.any()
        assert solid.any()
        assert np.abs(both[clear][:, :3] - behind[clear][:, :3]).max() <= 1
        plain = np.abs(both[..., :3] - alone[..., :3]).max(axis=2)
        assert np.mean(plain[solid] == 0) > 0.99
        renderer.set_backdrop(None)
        assert np.array_equal(picture(renderer, (256, 256)), alone)
        assert renderer._gl.glGetError() == 0


@pytest.mark.parametrize("size", [(200, 100), (100, 200), (60, 30)])
def test_it_covers_any_size_and_keeps_its_middle(builder: Any, offscreen: Offscreen, size: tuple[int, int]) -> None:
    with Renderer(nothing(builder), offscreen(*size)) as renderer:
        renderer.set_backdrop(wall(128, 128))
        got = picture(renderer, size).astype(float)
    width, height = size
    share = 128 * min(1.0, width / height) / 128, min(1.0, height / width)
    for axis, (side, shown) in enumerate(((width, share[0]), (height, share[1]))):
        line = got[height // 2, :, 0] if axis == 0 else got[:, width // 2, 1]
        at = (np.arange(side) + 0.5) / side
        expected = 255 * ((0.5 + (at - 0.5) * shown) * 128 - 0.5) / 127
        assert np.abs(line - expected).max() <= 4.0


def test_a_window_shows_it_upright_too(builder: Any, offscreen: Offscreen) -> None:
    surface = offscreen(40, 20)
    with Renderer(nothing(builder), surface) as renderer:
        renderer.set_backdrop(wall(40, 20))
        upright = picture(renderer, (40, 20))
        surface.top_row_first = False
        renderer._fit((40, 20))
        assert np.array_equal(picture(renderer, (40, 20)), upright)


def test_one_larger_than_a_texture_loses_rows(offscreen: Offscreen) -> None:
    surface = offscreen(16, 16)
    backdrop = Backdrop(surface.gl, wall(300, 200), max_side_px=64)
    assert backdrop._size_px == (60, 40)
    surface.begin()
    surface.gl.glViewport(0, 0, 16, 16)
    backdrop.draw((16, 16), top_row_first=True)
    backdrop.close()
    backdrop.close()
    assert surface.gl.glGetError() == 0


@given(*[st.tuples(st.integers(1, 5000), st.integers(1, 5000))] * 2)
def test_what_is_shown_lies_in_the_picture_and_is_not_distorted(
    picture_px: tuple[int, int], size_px: tuple[int, int]
) -> None:
    scale, shift = placed(picture_px, size_px)
    assert max(scale) == pytest.approx(1.0)
    assert min(shift) >= -1e-9
    assert scale[0] + 2 * shift[0] == pytest.approx(1.0)
    assert scale[1] + 2 * shift[1] == pytest.approx(1.0)
    across, down = scale[0] * picture_px[0] / size_px[0], scale[1] * picture_px[1] / size_px[1]
    assert across == pytest.approx(down)
