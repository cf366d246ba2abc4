"""A picture behind the avatar, covering whatever is drawn on; its middle is kept where it doesn't fit."""

from typing import Any

import numpy as np
import numpy.typing as npt

from renderer.shader import Program


class Backdrop:
    """One opaque picture as a texture. `gl` is `renderer.functions.Functions`."""

    def __init__(self, gl: Any, picture: npt.NDArray[np.uint8], *, max_side_px: int) -> None:
        """picture: uint8 (H, W, 4); one larger than `max_side_px` loses whole rows and columns."""
        step = max(1, -(-max(picture.shape[:2]) // max_side_px))
        picture = np.ascontiguousarray(picture[::step, ::step])
        self._gl = gl
        self._size_px = picture.shape[1], picture.shape[0]
        self._program = Program(gl, "screen.vert", "backdrop.frag", ("picture", "scale", "shift"))
        self._vertex_array = int(gl.glGenVertexArrays(1))
        self._texture = int(gl.glGenTextures(1))
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glTexImage2D(
            gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *self._size_px, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, picture
        )
        # The only texture with mipmaps: a photograph shown much smaller would shimmer.
        gl.glGenerateMipmap(gl.GL_TEXTURE_2D)
        for name, value in (
            (gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR_MIPMAP_NEAREST),
            (gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR),
            (gl.GL_TEXTURE_WRAP_S, gl.GL_CLAMP_TO_EDGE),
            (gl.GL_TEXTURE_WRAP_T, gl.GL_CLAMP_TO_EDGE),
        ):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, name, value)

    def draw(self, size_px: tuple[int, int], *, top_row_first: bool) -> None:
        """Fills the target, which is bound and `size_px` large, whatever is in it."""
        gl = self._gl
        scale, shift = placed(self._size_px, size_px)
        if not top_row_first:
            scale, shift = (scale[0], -scale[1]), (shift[0], 1.0 - shift[1])
        gl.glDisable(gl.GL_BLEND)
        gl.glDisable(gl.GL_DEPTH_TEST)
        gl.glBindVertexArray(self._vertex_array)
        gl.glUseProgram(self._program.handle)
        gl.glUniform1i(self._program.location["picture"], 0)
        gl.glUniform2f(self._program.location["scale"], *scale)
        gl.glUniform2f(self._program.location["shift"], *shift)
        gl.glActiveTexture(gl.GL_TEXTURE0)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self._texture)
        gl.glDrawArrays(gl.GL_TRIANGLES, 0, 3)

    def close(self) -> None:
        """Frees everything. May be called twice."""
        gl = self._gl
        if self._texture:
            gl.glDeleteTextures(1, [self._texture])
            gl.glDeleteVertexArrays(1, [self._vertex_array])
            gl.glUseProgram(0)
            self._program.close()
            self._texture = 0


def placed(
    picture_px: tuple[int, int], size_px: tuple[int, int], /
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Scale and shift from places in the target, 0..1 from its first row, to places in a picture that covers it."""
    shown = min(picture_px[0] / size_px[0], picture_px[1] / size_px[1])
    scale = shown * size_px[0] / picture_px[0], shown * size_px[1] / picture_px[1]
    return scale, ((1.0 - scale[0]) / 2.0, (1.0 - scale[1]) / 2.0)
