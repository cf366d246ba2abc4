"""`Renderer`: one model drawn on one surface, a frame at a time.

A frame is: positions (`deform`), one buffer upload, one small uniform upload, and the few draws of the `DrawList`. All
colours are premultiplied. The CPU keeps everything that was uploaded, so a renderer can be thrown away and made anew
from its model at any moment: that is the answer to a lost context.

On a software rasteriser fill is what costs (14 ns a fragment against some microseconds of calls), so there the opaque
parts are drawn first, front to back, and hide the rest (`renderer.coverage`); a graphics card draws back to front.
"""

import ctypes
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Self

import numpy as np
import numpy.typing as npt

from assets.avatar import MAX_LAYERS, AvatarModel
from assets.errors import GraphicsError
from assets.face import FaceFrame
from renderer import atlas, drawlist
from renderer.backdrop import Backdrop
from renderer.deform import STILL, Body, Deformer, Sway
from renderer.drawlist import DrawCommand
from renderer.prepared import Prepared, pages
from renderer.shader import Program
from renderer.surface import Surface
from renderer.view import WHOLE, View, place, within_limits

Picture = npt.NDArray[np.uint8]

_SOFTWARE: Final = ("llvmpipe", "softpipe", "swiftshader", "software rasterizer")
_FRAME_BINDING: Final = 0
_PAGE_UNIT: Final = 0
_MASK_UNIT: Final = 1
_PLACES: Final = 23
_SETTLED_DRAWS: Final = 12
"""After so many frames with the same view, textures are made anew at the size at which it shows them."""


@dataclass(frozen=True, slots=True)
class GlInfo:
    """What draws: for `doctor`, `bench` and bug reports. software: whether the CPU does it."""

    vendor: str
    renderer: str
    version: str
    max_texture_px: int
    software: bool


@dataclass(slots=True)
class Timings:
    """Seconds that the stages of the last frame took; the raster only with `profile=True`, by waiting for it."""

    deform_s: float = 0.0
    upload_s: float = 0.0
    submit_s: float = 0.0
    raster_s: float = 0.0
    readback_s: float = 0.0


class Renderer:
    """Draws `model` on `surface`, the whole canvas fitted into it, in the middle of its lower edge.

    An avatar is a bust: whatever room is left belongs above its head, never below its chest.

    background: straight-alpha (r, g, b, a), each 0..1, may be changed between frames; transparent at first.
    view: may be changed between frames: zoom, and how far aside; see `renderer.view`.
    profile: wait for the rasteriser after each frame, so that `timings` are true.
    opaque_first: the opaque pass; None decides by `gl_info.software`. The picture is the same.
    prepared: what was made of `model` beforehand, on another thread.
    Raises GraphicsError when OpenGL runs out of memory.
    """

    def __init__(
        self,
        model: AvatarModel,
        surface: Surface,
        *,
        profile: bool = False,
        opaque_first: bool | None = None,
        prepared: Prepared | None = None,
    ) -> None:
        self.background: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
        self.timings = Timings()
        self.gl_info = _gl_info(surface.gl)
        self._model, self._surface, self._profile, self._gl = model, surface, profile, surface.gl
        self._opaque_first = self.gl_info.software if opaque_first is None else opaque_first
        self._pages = prepared.pages if prepared is not None else None
        self._deformer = prepared.deformer if prepared is not None else Deformer(model)
        self._densities = prepared.densities if prepared is not None else atlas.texel_density(model)
        self._reductions: dict[str, int] = {}
        self._objects = _Objects(surface.gl)
        self._masks: _MaskTarget | None = None
        self._backdrop: Backdrop | None = None
        self._block = np.zeros((1 + MAX_LAYERS // 4, 4), np.float32)
        self._size_px = (0, 0)
        self._closed = False
        self._reader = _Reader()
        self._view, self._placed, self._settling = WHOLE, WHOLE, 0
        try:
            self._objects.upload_programs()
            self._fit(surface.size_px)
        except BaseException:
            self.close()
            raise

    @property
    def draw_list(self) -> drawlist.DrawList:
        """The plan of a frame."""
        return self._list

    @property
    def view(self) -> View:
        """What part of the canvas is shown."""
        return self._view

    @view.setter
    def view(self, view: tuple[float, float, float]) -> None:
        self._view = within_limits(view)

    def draw(
        self,
        frame: FaceFrame,
        /,
        sway: Sway | None = None,
        overlays: Mapping[str, float] | None = None,
        body: Body = STILL,
    ) -> None:
        """Draws one frame, its hair moved by `sway`, on a moved `body`, with `overlays` (name -> opacity, see
        `renderer.deform`). Nothing is shown before `surface.present()`; a minimised window draws nothing."""
        if min(self._surface.size_px) < 1:
            return
        if self._surface.size_px != self._size_px:
            self._fit(self._surface.size_px)
        elif self._view != self._placed:
            self._place()
            self._settling = _SETTLED_DRAWS
        elif self._settling:
            self._settling -= 1
            if not self._settling:
                self._sharpen()
        started_s = time.perf_counter()
        positions_px = self._deformer.deform(frame, sway, body)
        self._block.reshape(-1)[4 : 4 + len(self._model.layers)] = self._deformer.layer_opacity(frame, overlays)
        deformed_s = time.perf_counter()
        self._objects.upload_frame(positions_px, self._block)
        uploaded_s = time.perf_counter()
        self._submit(positions_px)
        submitted_s = time.perf_counter()
        if self._profile:
            self._gl.glFinish()
        done_s = time.perf_counter()
        self.timings = Timings(
            deformed_s - started_s, uploaded_s - deformed_s, submitted_s - uploaded_s, done_s - submitted_s
        )

    def read_rgba(self, out: Picture, /) -> None:
        """The picture just drawn: uint8 (H, W, 4), C-contiguous, straight alpha, top row first; waits for it.

        Pixels that nothing covers are (0, 0, 0, 0). Raises ValueError when `out` has another shape or type.
        """
        width, height = self._size_px
        if out.shape != (height, width, 4) or out.dtype != np.uint8 or not out.flags.c_contiguous:
            expected = f"a contiguous uint8 array of shape {(height, width, 4)}"
            raise ValueError(f"expected {expected}, got {out.dtype} {out.shape}")
        started_s = time.perf_counter()
        self._surface.begin()
        self._gl.glReadPixels(0, 0, width, height, self._gl.GL_RGBA, self._gl.GL_UNSIGNED_BYTE, out)
        if not self._surface.top_row_first:
            out[:] = self._reader.upside_down(out)
        if self.background[3] < 1.0 and self._backdrop is None:
            self._reader.straighten(out)
        self.timings.readback_s = time.perf_counter() - started_s

    def close(self) -> None:
        """Frees every OpenGL object. May be called twice; the surface stays."""
        if not self._closed:
            self._closed = True
            self._objects.close()
            self.set_backdrop(None)
            if self._masks is not None:
                self._masks.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def set_backdrop(self, picture: Picture | None) -> None:
        """`picture`, uint8 (H, W, 4) and opaque, covers what is behind the avatar; None for `background` again."""
        if self._backdrop is not None:
            self._backdrop.close()
            self._backdrop = None
        if picture is not None:
            self._backdrop = Backdrop(self._gl, picture, max_side_px=self.gl_info.max_texture_px)

    def _fit(self, size_px: tuple[int, int]) -> None:
        """Everything that depends on the size: the fit, the mask target, and, when it pays, new texture pages."""
        width, height = max(size_px[0], 1), max(size_px[1], 1)
        self._size_px = size_px
        self._place()
        self._settling = 0
        self._sharpen()
        if len(self._list.clipped):
            if self._masks is not None:
                self._masks.close()
            self._masks = _MaskTarget(self._gl, (width, height))
        if self._gl.glGetError():
            self._size_px = (0, 0)  # another try fits anew
            raise GraphicsError(f"OpenGL can't hold this avatar at {width}x{height} px; try a smaller size")

    def _place(self) -> None:
        """Puts the canvas where the view wants it."""
        width, height = max(self._size_px[0], 1), max(self._size_px[1], 1)
        self._scale, self._offset_px = place(self._model.canvas_px, (width, height), self._view)
        up = 1.0 if self._surface.top_row_first else -1.0
        self._block[0] = (
            2.0 * self._scale / width, up * 2.0 * self._scale / height,
            2.0 * self._offset_px[0] / width - 1.0, up * (2.0 * self._offset_px[1] / height - 1.0),
        )  # fmt: skip
        self._placed = self._view

    def _sharpen(self) -> None:
        """Textures as fine as this scale shows them."""
        wanted = atlas.reductions(self._densities, self._scale)
        if wanted != self._reductions:
            self._upload_model(wanted)
            self._reductions = wanted

    def _upload_model(self, reduction: dict[str, int]) -> None:
        ready, self._pages = self._pages, None
        limit_px = self.gl_info.max_texture_px
        if ready is None or ready.reduction != reduction or ready.max_side_px > limit_px:
            ready = pages(self._model, reduction, limit_px)
        solid = ready.known.solid if self._opaque_first else None
        self._list = drawlist.build(
            self._model, layer_page=ready.atlas.layer_page, opaque=solid, clear=ready.known.clear
        )
        self._clipped_px = np.zeros((len(self._list.clipped), 2), np.float32)
        self._objects.upload_model(self._list, ready.atlas)

    def _submit(self, positions_px: npt.NDArray[np.float32]) -> None:
        gl, objects, surface = self._gl, self._objects, self._surface
        gl.glBindVertexArray(objects.vertex_array)
        gl.glViewport(0, 0, *self._size_px)
        gl.glColorMask(True, True, True, True)
        gl.glEnable(gl.GL_BLEND)
        if self._masks is not None:
            self._draw_masks(self._masks, positions_px)
        surface.begin()
        red, green, blue, alpha = self.background
        gl.glClearColor(red * alpha, green * alpha, blue * alpha, alpha)
        if self._opaque_first:
            gl.glDepthMask(True)
            gl.glClear(gl.GL_COLOR_BUFFER_BIT | gl.GL_DEPTH_BUFFER_BIT)
            gl.glEnable(gl.GL_DEPTH_TEST)
        else:
            gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        if self._backdrop is not None:
            self._backdrop.draw(self._size_px, top_row_first=surface.top_row_first)
            gl.glBindVertexArray(objects.vertex_array)
            if self._opaque_first:
                gl.glEnable(gl.GL_DEPTH_TEST)
        gl.glBlendEquation(gl.GL_FUNC_ADD)
        for command in self._list.colours:
            self._draw_colour(command)
        gl.glDisable(gl.GL_DEPTH_TEST)

    def _draw_masks(self, masks: "_MaskTarget", positions_px: npt.NDArray[np.float32]) -> None:
        """Only where clipped layers are: the scissor saves most of the fill, and beyond it nobody looks."""
        gl = self._gl
        np.take(positions_px, self._list.clipped, axis=0, out=self._clipped_px)
        low_px, high_px = self._clipped_px.min(axis=0), self._clipped_px.max(axis=0)
        box = []
        for side_px, low, high, offset in zip(self._size_px, low_px, high_px, self._offset_px, strict=True):
            first = min(max(int(float(low) * self._scale + offset) - 1, 0), side_px)
            last = min(max(int(float(high) * self._scale + offset) + 2, first), side_px)
            box.append((first, last))
        (left, right), (top, bottom) = box
        if not self._surface.top_row_first:
            top, bottom = self._size_px[1] - bottom, self._size_px[1] - top
        gl.glBindFramebuffer(gl.GL_FRAMEBUFFER, masks.framebuffer)
        gl.glScissor(left, top, right - left, bottom - top)
        gl.glEnable(gl.GL_SCISSOR_TEST)
        gl.glClearColor(0.0, 0.0, 0.0, 0.0)
        gl.glClear(gl.GL_COLOR_BUFFER_BIT)
        gl.glBlendEquation(gl.GL_MAX)
        gl.glUseProgram(self._objects.program["mask"].handle)
        gl.glActiveTexture(gl.GL_TEXTURE0 + _PAGE_UNIT)
        for command in self._list.masks:
            gl.glBindTexture(gl.GL_TEXTURE_2D, self._objects.pages[command.page])
            self._objects.draw(command)
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glActiveTexture(gl.GL_TEXTURE0 + _MASK_UNIT)
        gl.glBindTexture(gl.GL_TEXTURE_2D, masks.texture)

    def _draw_colour(self, command: DrawCommand) -> None:
        gl, objects = self._gl, self._objects
        if command.kind == "opaque":
            gl.glDisable(gl.GL_BLEND)
            gl.glDepthMask(True)
            gl.glDepthFunc(gl.GL_LESS)
        else:
            gl.glEnable(gl.GL_BLEND)
            gl.glDepthMask(False)
            gl.glDepthFunc(gl.GL_LEQUAL)
            # Multiply and add change only what is already painted: coverage stays, and so does what lies outside.
            match command.blend:
                case "normal":
                    gl.glBlendFunc(gl.GL_ONE, gl.GL_ONE_MINUS_SRC_ALPHA)
                case "multiply":
                    gl.glBlendFuncSeparate(gl.GL_DST_COLOR, gl.GL_ONE_MINUS_SRC_ALPHA, gl.GL_ZERO, gl.GL_ONE)
                case "add":
                    gl.glBlendFuncSeparate(gl.GL_DST_ALPHA, gl.GL_ONE, gl.GL_ZERO, gl.GL_ONE)
        program = objects.program["clipped" if command.kind == "clipped" else "plain"]
        gl.glUseProgram(program.handle)
        if command.group is not None:
            gl.glUniform1i(program.location["group"], command.group)
        gl.glActiveTexture(gl.GL_TEXTURE0 + _PAGE_UNIT)
        gl.glBindTexture(gl.GL_TEXTURE_2D, objects.pages[command.page])
        objects.draw(command)


class _Objects:
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
            program.bind_block("Frame", _FRAME_BINDING)
            gl.glUseProgram(program.handle)
            gl.glUniform1i(program.location["page"], _PAGE_UNIT)
            gl.glUniform1i(program.location["masks"], _MASK_UNIT)

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
        gl.glBindBufferBase(gl.GL_UNIFORM_BUFFER, _FRAME_BINDING, self._frame)
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


class _MaskTarget:
    """The texture whose four channels are the masks of two clip groups, as large as the picture: edges are exact."""

    def __init__(self, gl: Any, size_px: tuple[int, int]) -> None:
        self._gl = gl
        self.texture = int(gl.glGenTextures(1))
        gl.glActiveTexture(gl.GL_TEXTURE0 + _MASK_UNIT)
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


class _Reader:
    """Premultiplied -> straight alpha, in place. Only pixels that are neither clear nor opaque need work."""

    def __init__(self) -> None:
        # 255 / alpha with 23 binary places, rounded up: exact after rounding for all colours <= alpha (tested for each)
        alpha = np.maximum(np.arange(256), 1)
        self._per_alpha = (((255 << _PLACES) + alpha - 1) // alpha).astype(np.uint32)
        self._shifted = np.zeros(0, np.uint32)
        self._partial = np.zeros(0, bool)
        self._flipped = np.zeros((0, 0, 4), np.uint8)

    def upside_down(self, picture: Picture) -> Picture:
        """A copy with the rows in reverse order, in a buffer that the next call overwrites."""
        if self._flipped.shape != picture.shape:
            self._flipped = np.zeros_like(picture)
        self._flipped[:] = picture[::-1]
        return self._flipped

    def straighten(self, picture: Picture) -> None:
        pixels = picture.view("<u4").reshape(-1)  # alpha is the highest byte
        if len(self._partial) != len(pixels):
            self._shifted, self._partial = np.zeros(len(pixels), np.uint32), np.zeros(len(pixels), bool)
        # alpha in 1..254, as one unsigned comparison: both ends leave through the same door
        np.subtract(pixels, 0x01000000, out=self._shifted)
        np.less(self._shifted, 0xFE000000, out=self._partial)
        rows = np.flatnonzero(self._partial)
        if len(rows):
            pixels[rows] = self._straight(pixels[rows])

    def _straight(self, pixels: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        alpha = pixels >> np.uint32(24)
        factor = self._per_alpha[alpha]
        result: npt.NDArray[np.uint32] = alpha << np.uint32(24)
        for shift in (0, 8, 16):
            colour = (pixels >> shift) & 255
            np.minimum(colour, alpha, out=colour)  # added light may exceed its coverage by a rounding
            colour *= factor
            colour += 1 << _PLACES - 1
            colour >>= _PLACES
            colour <<= shift
            result |= colour
        return result


def _page_texture(gl: Any, page: Picture) -> int:
    name = int(gl.glGenTextures(1))
    gl.glActiveTexture(gl.GL_TEXTURE0 + _PAGE_UNIT)
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


def _gl_info(gl: Any) -> GlInfo:
    names = (gl.GL_VENDOR, gl.GL_RENDERER, gl.GL_VERSION)
    vendor, renderer, version = ((gl.glGetString(name) or b"?").decode("utf-8", "replace") for name in names)
    software = any(mark in renderer.casefold() for mark in _SOFTWARE)
    return GlInfo(vendor, renderer, version, int(gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE)), software)
