"""The last step for whoever wants straight alpha in a window: what was drawn, premultiplied as always, is divided by
its alpha while it goes into the window's buffer."""

from typing import Any

from assets.errors import GraphicsError
from renderer.shader import Program


class StraightPass:
    """A framebuffer to draw into, and a pass that brings it into the window. `gl`: `renderer.functions`."""

    def __init__(self, gl: Any) -> None:
        self._gl = gl
        self._program = Program(gl, "screen.vert", "straight.frag", ("picture",))
        self._vertex_array = int(gl.glGenVertexArrays(1))
        self._framebuffer = int(gl.glGenFramebuffers(1))
        self._texture = int(gl.glGenTextures(1))
        self._depth = int(gl.glGenRenderbuffers(1))
        self._size_px = (0, 0)

    def begin(self, size_px: tuple[int, int]) -> None:
        """Makes the framebuffer, of this size, the target. Raises GraphicsError when OpenGL refuses."""
        gl = self._gl
        if size_px != self._size_px:
            self._fit(size_px)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)

    def finish(self) -> None:
        """Fills the window's buffer."""
        gl = self._gl
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
        gl.glViewport(0, 0, *self._size_px)
        gl.glDisable(gl.GL_BLEND)
        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glBindVertexArray(self._vertex_array)
        gl.glUseProgram(self._program.handle)
        gl.glUniform1i(self._program.location["picture"], 0)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)

    def close(self) -> None:
        """Frees everything. May be called twice."""
        gl = self._gl
        if self._framebuffer:
            gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, 0)
            gl.glDeleteFramebuffers(1, [self._framebuffer])
            gl.glDeleteTextures(1, [self._texture])
            gl.glDeleteRenderbuffers(1, [self._depth])
            gl.glDeleteVertexArrays(1, [self._vertex_array])
            gl.glUseProgram(0)
            self._program.close()
            self._framebuffer = 0

    def _fit(self, size_px: tuple[int, int]) -> None:
        gl = self._gl
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *size_px, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, None)
        for name in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_NEAREST)
        gl.glBindRenderbuffer(gl.GL_RENDERBUFFER, self._depth)
        gl.glRenderbufferStorage(gl.GL_RENDERBUFFER, gl.GL_DEPTH_COMPONENT16, *size_px)
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self._framebuffer)
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self._texture, 0)
        gl.glFramebufferRenderbuffer(gl.GL_FRAMEBUFFER, gl.GL_DEPTH_ATTACHMENT, gl.GL_RENDERBUFFER, self._depth)
        if gl.glCheckFramebufferStatus(gl.GL_FRAMEBUFFER) != gl.GL_FRAMEBUFFER_COMPLETE:
            raise GraphicsError(f"OpenGL refuses a picture of {size_px[0]}x{size_px[1]} px; try a smaller window")
        self._size_px = size_px
