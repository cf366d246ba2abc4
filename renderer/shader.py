"""The files in `shaders/` as OpenGL programs."""

from importlib import resources
from typing import Any

from assets.errors import GraphicsError


class Program:
    """One linked program. `gl` is `renderer.functions.Functions`, from whoever made the context.

    Uniform locations are looked up once; one that the compiler has dropped is -1, which OpenGL ignores.
    Raises GraphicsError with the compiler's words.
    """

    def __init__(self, gl: Any, vertex: str, fragment: str, uniforms: tuple[str, ...] = ()) -> None:
        self._gl = gl
        shaders = [
            compiled(gl, stage, name, resources.files("renderer").joinpath("shaders", name).read_text("utf-8"))
            for stage, name in ((gl.GL_VERTEX_SHADER, vertex), (gl.GL_FRAGMENT_SHADER, fragment))
        ]
        self.handle: int = gl.glCreateProgram()
        for shader in shaders:
            gl.glAttachShader(self.handle, shader)
        gl.glLinkProgram(self.handle)
        for shader in shaders:
            gl.glDetachShader(self.handle, shader)
            gl.glDeleteShader(shader)
        if not gl.glGetProgramiv(self.handle, gl.GL_LINK_STATUS):
            log = _one_line(gl.glGetProgramInfoLog(self.handle))
            raise GraphicsError(f"shaders {vertex} and {fragment} do not link: {log}")
        self.location: dict[str, int] = {name: gl.glGetUniformLocation(self.handle, name) for name in uniforms}

    def bind_block(self, block: str, binding: int) -> None:
        """Connects a uniform block with a buffer binding point."""
        self._gl.glUniformBlockBinding(self.handle, self._gl.glGetUniformBlockIndex(self.handle, block), binding)

    def close(self) -> None:
        """Frees the program. May be called twice."""
        if self.handle:
            self._gl.glDeleteProgram(self.handle)
            self.handle = 0


def compiled(gl: Any, stage: int, name: str, source: str) -> int:
    """One shader. `name` is for the message of the GraphicsError."""
    shader: int = gl.glCreateShader(stage)
    gl.glShaderSource(shader, source)
    gl.glCompileShader(shader)
    if not gl.glGetShaderiv(shader, gl.GL_COMPILE_STATUS):
        log = _one_line(gl.glGetShaderInfoLog(shader))
        gl.glDeleteShader(shader)
        raise GraphicsError(f"shader {name} does not compile: {log}")
    return shader


def _one_line(log: bytes | str) -> str:
    text = log.decode("utf-8", "replace") if isinstance(log, bytes) else log
    return " ".join(text.split())
