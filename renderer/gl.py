"""`Renderer`: one model drawn on one surface, a frame at a time.

A frame is: positions (`deform`), one buffer upload, one small uniform upload, and the few draws of the `DrawList`. All
colours are premultiplied. The CPU keeps everything that was uploaded, so a renderer can be thrown away and made anew
from its model at any moment: that is the answer to a lost context.

On a software rasteriser fill is what costs (14 ns a fragment against some microseconds of calls), so there the opaque
parts are drawn first, front to back, and hide the rest (`renderer.coverage`); a graphics card draws back to front.
"""

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
from renderer.objects import MASK_UNIT, PAGE_UNIT, MaskTarget, Objects
from renderer.prepared import PagesBeside, Prepared, pages
from renderer.reader import Reader
from renderer.surface import Surface
from renderer.view import WHOLE, View, place, within_limits

Picture = npt.NDArray[np.uint8]

_SOFTWARE: Final = ("llvmpipe", "softpipe", "swiftshader", "software rasterizer")
_SETTLED_DRAWS: Final = 12
"""After so many frames with the same view, textures are made anew at the size at which it shows them, on another
thread: a zoom never holds up the picture."""


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
        self._objects = Objects(surface.gl)
        self._masks: MaskTarget | None = None
        self._backdrop: Backdrop | None = None
        self._block = np.zeros((1 + MAX_LAYERS // 4, 4), np.float32)
        self._size_px = (0, 0)
        self._closed = False
        self._making: PagesBeside | None = None
        self._reader = Reader()
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
            if not self._settling and (wanted := self._wanted_reductions()) != self._reductions:
                self._making = PagesBeside(self._model, wanted, self.gl_info.max_texture_px)
        elif self._making is not None and self._making.done:
            self._take_made(self._making)
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
        self._settling, self._making = 0, None
        self._sharpen()
        if len(self._list.clipped):
            if self._masks is not None:
                self._masks.close()
            self._masks = MaskTarget(self._gl, (width, height))
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
        wanted = self._wanted_reductions()
        if wanted != self._reductions:
            self._upload_model(wanted)
            self._reductions = wanted

    def _wanted_reductions(self) -> dict[str, int]:
        return atlas.reductions(self._densities, self._scale)

    def _take_made(self, made: PagesBeside) -> None:
        """Shows the textures that were made beside, unless others are wanted by now: then the view is settling."""
        self._making = None
        if made.pages is not None and made.reduction == self._wanted_reductions():
            self._pages = made.pages
            self._sharpen()

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

    def _draw_masks(self, masks: "MaskTarget", positions_px: npt.NDArray[np.float32]) -> None:
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
        gl.glActiveTexture(gl.GL_TEXTURE0 + PAGE_UNIT)
        for command in self._list.masks:
            gl.glBindTexture(gl.GL_TEXTURE_2D, self._objects.pages[command.page])
            self._objects.draw(command)
        gl.glDisable(gl.GL_SCISSOR_TEST)
        gl.glActiveTexture(gl.GL_TEXTURE0 + MASK_UNIT)
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
        gl.glActiveTexture(gl.GL_TEXTURE0 + PAGE_UNIT)
        gl.glBindTexture(gl.GL_TEXTURE_2D, objects.pages[command.page])
        objects.draw(command)


def _gl_info(gl: Any) -> GlInfo:
    names = (gl.GL_VENDOR, gl.GL_RENDERER, gl.GL_VERSION)
    vendor, renderer, version = ((gl.glGetString(name) or b"?").decode("utf-8", "replace") for name in names)
    software = any(mark in renderer.casefold() for mark in _SOFTWARE)
    return GlInfo(vendor, renderer, version, int(gl.glGetIntegerv(gl.GL_MAX_TEXTURE_SIZE)), software)
