"""Animated GIF and WebP through Pillow.

Pillow wants all pictures at the end, so they wait on the disk, lightly compressed. A GIF gets one palette for the
whole animation, made from pictures spread over it: colours then don't flicker from one picture to the next. Times are
rounded so that errors don't add up: the whole lasts as long as it should, to half a hundredth of a second in GIF.
"""

import contextlib
import itertools
import tempfile
import zlib
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import numpy as np
from PIL import Image

from assets import files
from runtime.sinks.base import Picture, Sink, Spec

WEBP_QUALITY: Final = 85
WEBP_METHOD: Final = 2
"""0 is fast, 6 is small; from 2 on files hardly shrink and time doubles. Without key frames a third is saved again."""
PALETTE_PICTURES: Final = 8
"""How many pictures the palette of a GIF is made from."""
PALETTE_PIXELS: Final = 100_000
"""And from how many pixels of them at most."""
OPAQUE_FROM: Final = 128
"""GIF knows no half transparency: alpha from here on is opaque."""

Waiting = tuple[Path, tuple[int, int]]
"""A picture on the disk (RGBA bytes through zlib: half the time of PNG) and its size."""


def create(spec: Spec, /) -> Sink:
    """The sink for kinds "gif" and "webp"."""
    return Animation(spec)


def durations_ms(count: int, fps: float, *, step_ms: int) -> list[int]:
    """How long each of `count` pictures stays, in multiples of `step_ms`; they add up to `count / fps`, rounded."""
    edges = [round(index * 1000.0 / fps / step_ms) * step_ms for index in range(count + 1)]
    return [end - start for start, end in itertools.pairwise(edges)]


class Animation:
    """Collects pictures in a temporary folder and encodes them when the block ends."""

    def __init__(self, spec: Spec) -> None:
        self.name = spec.kind.upper()
        self._spec = spec
        self._stack = contextlib.ExitStack()
        self._folder = Path()
        self._spool: list[Waiting] = []

    def __enter__(self) -> Self:
        self._folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="cartoonalive-")))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None, /
    ) -> None:
        with self._stack:
            if kind is None and self._spool:
                self._encode()

    def write(self, rgba: Picture, /) -> None:
        """Take one picture."""
        path = self._folder / f"{len(self._spool):06d}"
        path.write_bytes(zlib.compress(rgba.tobytes(), 1))
        self._spool.append((path, (rgba.shape[1], rgba.shape[0])))

    def _encode(self) -> None:
        fps = self._spec.fps
        with files.atomic_write(self._spec.out) as file:
            if self._spec.kind == "gif":
                palette = _palette(self._spool)
                first, *rest = (_indexed(waiting, palette) for waiting in self._spool)
                first.save(
                    file, format="GIF", save_all=True, append_images=rest, loop=0, disposal=2, optimize=False,
                    duration=durations_ms(len(self._spool), fps, step_ms=10),
                )  # fmt: skip
            else:
                _picture(self._spool[0]).save(
                    file, format="WEBP", save_all=True, append_images=_Rest.of(self._spool[1:]), loop=0,
                    quality=WEBP_QUALITY, method=WEBP_METHOD, kmin=0, kmax=0,
                    duration=durations_ms(len(self._spool), fps, step_ms=1),
                )  # fmt: skip


class _Rest:
    """Pictures on the disk as one multi-frame image, so that Pillow holds one of them at a time, not all."""

    mode: Final = "RGBA"

    def __init__(self, spool: list[Waiting]) -> None:
        self._spool = spool
        self._current = _picture(spool[0])
        self.n_frames = len(spool)

    @classmethod
    def of(cls, spool: list[Waiting]) -> "list[_Rest]":
        """What to append: nothing, when there are none."""
        return [cls(spool)] if spool else []

    def seek(self, frame: int) -> None:
        """Go to a picture."""
        self._current = _picture(self._spool[frame])

    def getim(self) -> Any:
        """The pixels, as Pillow's encoders want them."""
        return self._current.getim()


def _picture(waiting: Waiting) -> Image.Image:
    path, size_px = waiting
    return Image.frombytes("RGBA", size_px, zlib.decompress(path.read_bytes()))


def _palette(spool: list[Waiting]) -> Image.Image:
    """A palette image of 255 colours from opaque pixels all over the animation; index 255 stays for transparent."""
    rows = np.unique(np.linspace(0, len(spool) - 1, PALETTE_PICTURES).round().astype(int))
    pixels = []
    for row in rows:
        rgba = np.asarray(_picture(spool[row]))
        pixels.append(rgba[rgba[:, :, 3] >= OPAQUE_FROM][:, :3])
    opaque = np.concatenate(pixels)
    if not len(opaque):
        opaque = np.zeros((1, 3), np.uint8)
    chosen_pixels = opaque[:: -(-len(opaque) // PALETTE_PIXELS)]
    # Median cut alone forgets small bright things; three rounds of k-means halve its worst errors (measured).
    return Image.fromarray(chosen_pixels[np.newaxis]).quantize(
        255, Image.Quantize.MEDIANCUT, kmeans=3, dither=Image.Dither.NONE
    )


def _indexed(waiting: Waiting, palette: Image.Image) -> Image.Image:
    rgba = _picture(waiting)
    indexed = rgba.convert("RGB").quantize(palette=palette, dither=Image.Dither.NONE)
    alpha = np.asarray(rgba)[:, :, 3]
    if (alpha < OPAQUE_FROM).any():
        indexed.paste(255, mask=Image.fromarray(np.where(alpha < OPAQUE_FROM, np.uint8(255), np.uint8(0))))
        indexed.info["transparency"] = 255
    return indexed
