"""OpenGL over and over: 500 sizes, 50 contexts; the pictures are those of a fresh start and nothing is left behind."""

import gc
import importlib.util
import os
import time
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from assets.avatar import AvatarModel
from assets.face import FaceFrame
from renderer.gl import Renderer
from renderer.surface import OffscreenSurface

pytestmark = [pytest.mark.soak, pytest.mark.gl]

SIZES = 500
CONTEXTS = 50
MAX_GROWTH_BYTES = 16 << 20
MAX_REBUILD_S = 0.5


@pytest.fixture(scope="module")
def face() -> AvatarModel:
    """The renderer tests' avatar."""
    path = Path(__file__).parents[1] / "renderer" / "conftest.py"
    spec = importlib.util.spec_from_file_location("renderer_conftest", path)
    assert spec is not None
    assert spec.loader is not None
    module: ModuleType = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    model: AvatarModel = module.build_face()
    return model


def picture(renderer: Renderer) -> np.ndarray:
    width, height = renderer._surface.size_px
    out = np.zeros((height, width, 4), np.uint8)
    renderer.draw(FaceFrame.from_mapping({"jawOpen": 0.4}))
    renderer.read_rgba(out)
    return out


def memory_bytes() -> int:
    statm = Path("/proc/self/statm")
    if not statm.exists():
        pytest.skip("only Linux tells a process its memory in /proc")
    return int(statm.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def test_500_sizes(face: AvatarModel, rng: np.random.Generator) -> None:
    wild = np.exp(rng.uniform(0.0, np.log(900.0), (SIZES - 3, 2))).round().astype(int)
    wanted = [(1, 1), (8192, 1), (1, 8192), *((int(width), int(height)) for width, height in wild)]
    checked = {size for index, size in enumerate(wanted) if index < 3 or index % 25 == 0}
    got = {}
    with OffscreenSurface((64, 64)) as surface, Renderer(face, surface) as renderer:
        for size in wanted:
            surface.resize(size)
            made = picture(renderer)
            assert surface.gl.glGetError() == 0
            assert surface.gl.glGetIntegerv(surface.gl.GL_VIEWPORT, 4) == [0, 0, *size]
            if size in checked:
                got[size] = made
    for size, made in got.items():
        with OffscreenSurface(size) as surface, Renderer(face, surface) as renderer:
            assert np.abs(made.astype(int) - picture(renderer)).max() <= 2, size


def test_50_contexts(face: AvatarModel) -> None:
    first, names, times_s, before = None, None, [], 0
    for index in range(CONTEXTS):
        started_s = time.perf_counter()
        with OffscreenSurface((256, 256)) as surface, Renderer(face, surface) as renderer:
            made = picture(renderer)
            times_s.append(time.perf_counter() - started_s)
            now = [int(surface.gl.glGenTextures(1)), int(surface.gl.glGenBuffers(1))]
        first, names = (made, now) if first is None else (first, names)
        assert np.array_equal(made, first)
        assert now == names
        if index == CONTEXTS // 5:
            gc.collect()
            before = memory_bytes()
    gc.collect()
    growth = memory_bytes() - before
    print(f"rebuilt in {1000 * float(np.median(times_s)):.0f} ms, worst {1000 * max(times_s):.0f}; grew {growth} bytes")  # noqa: T201
    assert growth <= MAX_GROWTH_BYTES
    assert float(np.median(times_s)) <= MAX_REBUILD_S
