"""renderer.gl and renderer.context over many sizes, contexts and small textures; the long runs are in `tests/soak`."""

import ctypes
import dataclasses

import numpy as np
import pytest

from assets.avatar import AvatarModel
from assets.face import FaceFrame
from renderer import context, gl
from renderer.gl import Renderer
from renderer.surface import OffscreenSurface

pytestmark = pytest.mark.gl

FACE = FaceFrame.from_mapping({"jawOpen": 0.4, "eyeBlinkLeft": 0.3})


def picture(renderer: Renderer) -> np.ndarray:
    width, height = renderer._surface.size_px
    out = np.zeros((height, width, 4), np.uint8)
    renderer.draw(FACE)
    renderer.read_rgba(out)
    return out


def sizes(rng: np.random.Generator, count: int) -> list[tuple[int, int]]:
    """The extremes, and sizes spread evenly over orders of magnitude."""
    wild = np.exp(rng.uniform(0.0, np.log(500.0), (count, 2))).round().astype(int)
    return [(1, 1), (8192, 1), (1, 8192), (2, 3), *((int(width), int(height)) for width, height in wild)]


def test_many_sizes_are_each_like_a_fresh_start(face: AvatarModel, rng: np.random.Generator) -> None:
    wanted = sizes(rng, 8)
    with OffscreenSurface((64, 64)) as surface, Renderer(face, surface) as renderer:
        got = {}
        for size in wanted:
            surface.resize(size)
            got[size] = picture(renderer)
            assert surface.gl.glGetError() == 0
            assert surface.gl.glGetIntegerv(surface.gl.GL_VIEWPORT, 4) == [0, 0, *size]
    for size in (*wanted[:2], *wanted[-2:]):
        with OffscreenSurface(size) as surface, Renderer(face, surface) as renderer:
            fresh = picture(renderer)
        assert np.abs(got[size].astype(int) - fresh).max() <= 2, size


def test_a_context_is_thrown_away_and_made_anew(face: AvatarModel) -> None:
    """The same picture each time, and no object more than the time before: their names begin at the same number."""
    seen = []
    for _ in range(3):
        with OffscreenSurface((96, 96)) as surface, Renderer(face, surface) as renderer:
            made = picture(renderer)
            names = [int(surface.gl.glGenTextures(1)), int(surface.gl.glGenBuffers(1))]
            seen.append((made, names))
        assert context._surfaces == 0
    assert all(np.array_equal(made, seen[0][0]) for made, _ in seen)
    assert all(names == seen[0][1] for _, names in seen)


@pytest.mark.parametrize("limit_px", [512, 128])
def test_small_textures_still_hold_the_avatar(
    face: AvatarModel, limit_px: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    with OffscreenSurface((256, 256)) as surface, Renderer(face, surface) as renderer:
        usual = picture(renderer)
    info = gl._gl_info
    monkeypatch.setattr(gl, "_gl_info", lambda module: dataclasses.replace(info(module), max_texture_px=limit_px))
    with OffscreenSurface((256, 256)) as surface, Renderer(face, surface) as renderer:
        assert max(max(page) for page in page_sizes(renderer)) <= limit_px
        small = picture(renderer)
        assert surface.gl.glGetError() == 0
    difference = np.abs(small.astype(int) - usual)
    assert difference.max() <= 2 if limit_px >= 256 else difference.mean() < 2.0


def page_sizes(renderer: Renderer) -> list[tuple[int, int]]:
    module, made = renderer._gl, []
    for page in renderer._objects.pages:
        module.glBindTexture(module.GL_TEXTURE_2D, page)
        value = ctypes.c_int(0)
        sides = []
        for side in (module.GL_TEXTURE_WIDTH, module.GL_TEXTURE_HEIGHT):
            module.glGetTexLevelParameteriv(module.GL_TEXTURE_2D, 0, side, value)
            sides.append(value.value)
        made.append((sides[0], sides[1]))
    return made
