"""renderer.functions: the same results as the module OpenGL.GL gives, and nothing of what comes after OpenGL 3.3."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from renderer.surface import OffscreenSurface

pytestmark = pytest.mark.gl


@pytest.fixture
def surface() -> Iterator[OffscreenSurface]:
    with OffscreenSurface((6, 4)) as made:
        yield made


def test_names_are_numbers_and_lists(surface: OffscreenSurface) -> None:
    gl = surface.gl
    for kind in ("Textures", "Buffers", "VertexArrays", "Framebuffers", "Renderbuffers"):
        one, several = getattr(gl, f"glGen{kind}")(1), getattr(gl, f"glGen{kind}")(3)
        assert isinstance(one, int)
        assert len({one, *several}) == 4
        getattr(gl, f"glDelete{kind}")(3, several)
        getattr(gl, f"glDelete{kind}")(1, [one])
    assert gl.glGetError() == 0


def test_pixels_come_back_as_they_went_in(surface: OffscreenSurface, rng: np.random.Generator) -> None:
    gl = surface.gl
    picture = rng.integers(0, 256, (4, 6, 4), np.uint8)
    texture, framebuffer = gl.glGenTextures(1), gl.glGenFramebuffers(1)
    gl.glBindTexture(gl.GL_TEXTURE_2D, texture)
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, 6, 4, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, picture)
    gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, framebuffer)
    gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, texture, 0)
    read = np.zeros_like(picture)
    gl.glReadPixels(0, 0, 6, 4, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, read)
    assert (read == picture).all()
    with pytest.raises(ValueError, match="C order"):
        gl.glReadPixels(0, 0, 4, 6, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, read.transpose(1, 0, 2))


def test_words_and_numbers(surface: OffscreenSurface) -> None:
    gl = surface.gl
    gl.glViewport(1, 2, 3, 4)
    assert gl.glGetIntegerv(gl.GL_VIEWPORT, 4) == [1, 2, 3, 4]
    assert gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE) >= 1024
    assert (gl.glGetString(gl.GL_VERSION) or b"")[:1] in (b"3", b"4")
    shader = gl.glCreateShader(gl.GL_VERTEX_SHADER)
    gl.glShaderSource(shader, "#version 330 core\nvoid main() { gl_Position = nothing; } // é")
    gl.glCompileShader(shader)
    assert gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS) == 0
    assert b"nothing" in gl.glGetShaderInfoLog(shader)
    gl.glDeleteShader(shader)


def test_what_does_not_exist_is_named(surface: OffscreenSurface) -> None:
    with pytest.raises(AttributeError, match=r"OpenGL 3\.3 has no glDispatchCompute"):
        _ = surface.gl.glDispatchCompute


def test_calls_are_checked_where_that_is_asked_for(surface: OffscreenSurface) -> None:
    with pytest.raises(Exception, match="invalid enumerant"):
        surface.gl.glEnable(123456)


def test_the_rest_of_opengl_is_not_loaded() -> None:
    code = (
        "import sys\nfrom renderer.surface import OffscreenSurface\n"
        "with OffscreenSurface((3, 2)) as s: s.gl.glGenBuffers(1)\n"
        "print('OpenGL.GL' in sys.modules, any('GL_4' in name for name in sys.modules))"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.splitlines()[-1] == "False False"
