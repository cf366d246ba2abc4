"""The OpenGL objects that hold a model and its masks. `gl`: `renderer.functions`."""

import ctypes
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from renderer import atlas, drawlist
from renderer.drawlist import DrawCommand
from renderer.shader import Program

Picture = npt.NDArray[np.uint8]

FRAME_BINDING: Final = 0
PAGE_UNIT: Final = 0
MASK_UNIT: Final = 1


class Objects:
    """The OpenGL objects that hold one model."""

    def __init__(self, gl: Any) -> None:
        self._gl = gl
        self.vertex_array = 0
        self.pages: list[int] = []
        self.program: dict[str, Program] = {}
        self._buffers: list[int] = []

    def upload_programs(self) -> None:
        gl = self._gl
        for kind in ("mask", "plain", "clipped"):
            program = Program(gl, "avatar.vert", f"{kind}.frag", ("page", "masks", "group"))
            self.program[kind] = program
            program.bind_block("Frame", FRAME_BINDING)
            gl.glUseProgram(program.handle)
            gl.glUniform1i(program.location["page"], PAGE_UNIT)
            gl.glUniform1i(program.location["masks"], MASK_UNIT)

    def upload_model(self, plan: drawlist.DrawList, pages: atlas.Atlas) -> None:
        gl = self._gl
        self._free_model()
        self.vertex_array = int(gl.glGenVertexArrays(1))
        gl.glBindVertexArray(self.vertex_array)
        self._buffers = [int(name) for name in gl.glGenBuffers(5)]
        self._positions, static_uv, static_layer, indices, self._frame = self._buffers
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, static_uv)
        gl.glBufferData(gl.GL_ARRAY_BUFFER, pages.uv.nbytes, pages.uv, gl.GL_STATIC_DRAW)
        gl.glEnableVertexAttribArray(1)
        gl.glVertexAttribPointer(1, 2, gl.GL_FLOAT, False, 0, None)
        layers = np.stack([plan.vertex_layer, plan.vertex_channel], axis=1)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, static_layer)
        gl.glBufferData(gl.GL_ARRAY_BUFFER, layers.nbytes, layers, gl.GL_STATIC_DRAW)
        gl.glEnableVertexAttribArray(2)
        gl.glVertexAttribIPointer(2, 2, gl.GL_UNSIGNED_BYTE, 0, None)
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._positions)
        gl.glBufferData(gl.GL_ARRAY_BUFFER, pages.uv.nbytes, None, gl.GL_STREAM_DRAW)
        gl.glEnableVertexAttribArray(0)
        gl.glVertexAttribPointer(0, 2, gl.GL_FLOAT, False, 0, None)
        gl.glBindBuffer(gl.GL_ELEMENT_ARRAY_BUFFER, indices)
        gl.glBufferData(gl.GL_ELEMENT_ARRAY_BUFFER, plan.indices.nbytes, plan.indices, gl.GL_STATIC_DRAW)
        self._index_bytes = plan.indices.itemsize
        self._index_type = gl.GL_UNSIGNED_SHORT if self._index_bytes == 2 else gl.GL_UNSIGNED_INT
        gl.glBindVertexArray(0)
        self.pages = [_page_texture(gl, page) for page in pages.pages]

    def upload_frame(self, positions_px: npt.NDArray[np.float32], block: npt.NDArray[np.float32]) -> None:
        gl = self._gl
        gl.glBindBuffer(gl.GL_ARRAY_BUFFER, self._positions)
        # A new store each frame: the driver need not wait until it has drawn the last one.
        gl.glBufferData(gl.GL_ARRAY_BUFFER, positions_px.nbytes, positions_px, gl.GL_STREAM_DRAW)
        gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, FRAME_BINDING, self._frame)
        gl.glBufferData(gl.GL_UNIFORM_BUFFER, block.nbytes, block, gl.GL_STREAM_DRAW)

    def draw(self, command: DrawCommand) -> None:
        gl = self._gl
        offset = ctypes.c_void_p(command.first * self._index_bytes)
        gl.glDrawElements(gl.GL_TRIANGLES, command.count, self._index_type, offset)

    def close(self) -> None:
        gl = self._gl
        gl.glUseProgram(0)  # a program in use would live on
        for program in self.program.values():
            program.close()
        self.program.clear()
        self._free_model()

    def _free_model(self) -> None:
        gl = self._gl
        if self.pages:
            gl.glDeleteTextures(len(self.pages), self.pages)
            self.pages = []
        if self._buffers:
            gl.glDeleteBuffers(len(self._buffers), self._buffers)
            self._buffers = []
        if self.vertex_array:
            gl.glDeleteVertexArrays(1, [self.vertex_array])
            self.vertex_array = 0


class MaskTarget:
    """The texture whose four channels are the masks of two clip groups, as large as the picture: edges are exact."""

    def __init__(self, gl: Any, size_px: tuple[int, int]) -> None:
        self._gl = gl
        self.texture = int(gl.glGenTextures(1))
        gl.glActiveTexture(gl.GL_TEXTURE0 + MASK_UNIT)
        gl.glBindTexture(gl.GL_TEXTURE_2D, self.texture)
        gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, *size_px, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, None)
        for name in (gl.GL_TEXTURE_MIN_FILTER, gl.GL_TEXTURE_MAG_FILTER):
            gl.glTexParameteri(gl.GL_TEXTURE_2D, name, gl.GL_NEAREST)
        self.framebuffer = int(gl.glGenFramebuffers(1))
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, self.framebuffer)
        gl.glFramebufferTexture2D(gl.GL_FRAMEBUFFER, gl.GL_COLOR_ATTACHMENT0, gl.GL_TEXTURE_2D, self.texture, 0)

    def close(self) -> None:
        if self.texture:
            self._gl.glDeleteFramebuffers(1, [self.framebuffer])
            self._gl.glDeleteTextures(1, [self.texture])
            self.texture = self.framebuffer = 0


def _page_texture(gl: Any, page: Picture) -> int:
    name = int(gl.glGenTextures(1))
    gl.glActiveTexture(gl.GL_TEXTURE0 + PAGE_UNIT)
    gl.glBindTexture(gl.GL_TEXTURE_2D, name)
    height, width = page.shape[:2]
    gl.glTexImage2D(gl.GL_TEXTURE_2D, 0, gl.GL_RGBA8, width, height, 0, gl.GL_RGBA, gl.GL_UNSIGNED_BYTE, page)
    for key, value in (
        (gl.GL_TEXTURE_MIN_FILTER, gl.GL_LINEAR),
        (gl.GL_TEXTURE_MAG_FILTER, gl.GL_LINEAR),
        (gl.GL_TEXTURE_WRAP_S, gl.GL_CLAMP_TO_EDGE),
        (gl.GL_TEXTURE_WRAP_T, gl.GL_CLAMP_TO_EDGE),
    ):
        gl.glTexParameteri(gl.GL_TEXTURE_2D, key, value)
    return name
