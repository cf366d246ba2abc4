"""The input gate: any picture a user may drop on us becomes an upright RGBA array, or one clear refusal."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageOps, UnidentifiedImageError

from assets.errors import PortraitError

FORMATS: Final = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF")
MAX_PIXELS: Final = 160_000_000
"""More than any camera gives; a picture above it is refused before it is decoded."""
WORKING_SIDE_PX: Final = 2400
"""Larger pictures are scaled down: the avatar's canvas is about 1,100 px."""
MIN_SIDE_PX: Final = 64
OPAQUE_SHARE: Final = 0.985
"""A picture with more opaque pixels than that counts as having a background."""


@dataclass(frozen=True, slots=True, eq=False)
class Portrait:
    """rgba: uint8 (H, W, 4), upright, straight alpha. cut_out: the picture brings its own transparency.

    size_px: (width, height) of the file before scaling. notes: what was done to it, in words.
    """

    rgba: npt.NDArray[np.uint8]
    cut_out: bool
    size_px: tuple[int, int]
    notes: tuple[str, ...]

    @property
    def rgb(self) -> npt.NDArray[np.uint8]:
        """uint8 (H, W, 3), transparent parts over neutral grey."""
        return flat(self.rgba)

    @property
    def scale(self) -> float:
        """Pixels of `rgba` per pixel of the file: below 1 where a large picture was scaled down."""
        return float(max(self.rgba.shape[:2]) / max(self.size_px))

    @property
    def upright_px(self) -> tuple[int, int]:
        """(width, height) of the file as it is seen, its EXIF rotation applied."""
        height, width = self.rgba.shape[:2]
        turned = (width > height) != (self.size_px[0] > self.size_px[1])
        return (self.size_px[1], self.size_px[0]) if turned else self.size_px


def flat(rgba: npt.NDArray[np.uint8], /) -> npt.NDArray[np.uint8]:
    """A picture with its transparent parts over neutral grey, uint8 (H, W, 3)."""
    result = np.ascontiguousarray(rgba[..., :3])
    partly = rgba[..., 3] < 255
    alpha = rgba[partly, 3:].astype(np.float32) / 255.0
    result[partly] = (result[partly] * alpha + 127.0 * (1.0 - alpha) + 0.5).astype(np.uint8)
    return result


def load(path: Path, /) -> Portrait:
    """Read a portrait: EXIF rotation honoured, palette and grey converted, alpha kept, the first frame of an animation.

    Raises PortraitError when the file is missing, not a picture of `FORMATS`, broken, too large or too small.
    """
    if not path.is_file():
        raise PortraitError(f"portrait: expected a picture file, there is none at {path}")
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # decompression bombs are judged below, broken EXIF is no matter
            with Image.open(path, formats=FORMATS) as opened:
                size = opened.size
                if size[0] * size[1] > MAX_PIXELS:
                    limit = f"{MAX_PIXELS // 1_000_000} megapixels"
                    raise PortraitError(f"portrait: {size[0]}x{size[1]} is over {limit}; scale it down: {path}")
                animated = getattr(opened, "is_animated", False) and opened.format not in ("MPO", "TIFF")
                if animated:
                    notes.append("the picture is animated: its first frame is used")
                if opened.format == "JPEG":
                    opened.draft("RGB", (WORKING_SIDE_PX, WORKING_SIDE_PX))
                upright = ImageOps.exif_transpose(opened)
                rgba = _rgba(upright)
    except PortraitError:
        raise
    except UnidentifiedImageError:
        kinds = ", ".join(FORMATS)
        raise PortraitError(f"portrait: expected a picture ({kinds}), could not decode this file: {path}") from None
    except (OSError, ValueError, SyntaxError, EOFError, MemoryError, Image.DecompressionBombError) as error:
        kinds = ", ".join(FORMATS)
        reason = str(error).split("\n")[0].replace(repr(str(path)), "it").strip()[:80] or type(error).__name__
        raise PortraitError(f"portrait: expected a picture ({kinds}), could not decode it ({reason}): {path}") from None
    if max(rgba.size) > WORKING_SIDE_PX:
        notes.append(f"the picture ({size[0]}x{size[1]}) is scaled down to {WORKING_SIDE_PX} px")
        rgba.thumbnail((WORKING_SIDE_PX, WORKING_SIDE_PX), Image.Resampling.LANCZOS)
    if min(rgba.size) < MIN_SIDE_PX:
        raise PortraitError(
            f"portrait: {rgba.size[0]}x{rgba.size[1]} is too small, at least {MIN_SIDE_PX} px a side are needed: {path}"
        )
    array = np.array(rgba)
    cut_out = bool((array[..., 3] > 250).mean() < OPAQUE_SHARE)
    return Portrait(array, cut_out, size, tuple(notes))


def _rgba(image: Image.Image) -> Image.Image:
    if image.mode.startswith(("I", "F")):  # 16-bit and float greys: Pillow would clip them to white
        values = np.asarray(image, np.float64)
        finite = values[np.isfinite(values)]
        low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
        values = np.nan_to_num(values, nan=low, posinf=high, neginf=low)
        image = Image.fromarray(((values - low) / max(high - low, 1e-9) * 255.0).astype(np.uint8), "L")
    return image.convert("RGBA")
