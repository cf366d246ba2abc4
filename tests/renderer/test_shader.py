"""Shader files become programs, and their errors one line."""

from collections.abc import Callable
from importlib import resources
from typing import Any

import pytest

from assets.errors import GraphicsError
from renderer.shader import Program, compiled

pytestmark = pytest.mark.gl

FRAGMENTS = ("plain.frag", "clipped.frag", "mask.frag")


def test_every_shader_file_is_used() -> None:
    names = {entry.name for entry in resources.files("renderer").joinpath("shaders").iterdir()}
    assert names == {"avatar.vert", *FRAGMENTS, "screen.vert", "backdrop.frag", "straight.frag"}


@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_programs_link_and_know_their_uniforms(offscreen: Callable[..., Any], fragment: str) -> None:
    program = Program(offscreen().gl, "avatar.vert", fragment, ("page", "masks", "nonsense"))
    assert program.location["page"] >= 0
    assert (program.location["masks"] >= 0) == (fragment == "clipped.frag")
    assert program.location["nonsense"] == -1
    program.close()
    program.close()


def test_a_shader_that_does_not_compile_is_refused_in_one_line(offscreen: Callable[..., Any]) -> None:
    gl = offscreen().gl
    source = "#version 330 core\nvoid main() { nonsense = 1; also = 2; }"
    with pytest.raises(GraphicsError, match=r"shader odd\.vert does not compile: .*nonsense") as caught:
        compiled(gl, gl.GL_VERTEX_SHADER, "odd.vert", source)
    assert "\n" not in str(caught.value)


def test_shaders_that_do_not_link_are_refused(offscreen: Callable[..., Any]) -> None:
    with pytest.raises(GraphicsError, match=r"shaders plain\.frag and plain\.frag do not link: "):
        Program(offscreen().gl, "plain.frag", "plain.frag")
