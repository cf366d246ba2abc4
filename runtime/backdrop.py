"""What stands behind an avatar: nothing, a colour or a picture, which is cut to cover whatever size is asked for. Pure
but for reading the file."""

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageColor, UnidentifiedImageError

from assets import files
from assets.errors import UsageError

Picture = npt.NDArray[np.uint8]
Rgba = tuple[float, float, float, float]

MAX_BYTES: Final = 64 << 20
MAX_SIDE_PX: Final = 4096
"""A larger picture is made smaller: no screen shows more."""
MAX_PIXELS: Final = 64_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP", "BMP")


@dataclass(frozen=True, eq=False)
class Backdrop:
    """colour: straight (r, g, b, a). picture: uint8 (H, W, 4), opaque, or None. text: as it was asked for."""

    colour: Rgba
    picture: Picture | None
    text: str

    @property
    def opaque(self) -> bool:
        """Whether nothing shines through."""
        return self.picture is not None or self.colour[3] >= 1.0

    def covering(self, size_px: tuple[int, int], /) -> Picture:
        """uint8 (height, width, 4) of the picture cut to the size; of a colour, one pixel (1, 1, 4)."""
        if self.picture is None:
            return np.array([[[round(255.0 * part) for part in self.colour]]], np.uint8)
        return cover(self.picture, size_px)


def parse(text: str, /) -> Backdrop:
    """`transparent`, a colour such as `white` or `#e0e0e0`, or the path of a picture. Raises UsageError."""
    words = text.strip()
    if words.lower() == "transparent":
        return Backdrop((0.0, 0.0, 0.0, 0.0), None, words)
    try:
        red, green, blue = ImageColor.getrgb(words)[:3]
    except ValueError:
        return Backdrop((0.0, 0.0, 0.0, 1.0), load(words), words)
    return Backdrop((red / 255.0, green / 255.0, blue / 255.0, 1.0), None, words)


def load(path: str, /) -> Picture:
    """The picture in a PNG, JPEG, WebP or BMP file, opaque (on white), upright. Raises UsageError in one line."""
    if not path or not (place := Path(path).expanduser()).exists():
        raise UsageError(
            f"background: expected transparent, a colour such as white or #e0e0e0, or a picture's path, got {path!r}"
        )
    try:
        data = files.read_regular(place, limit_bytes=MAX_BYTES)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            image = Image.open(io.BytesIO(data), formats=FORMATS)
        with image:
            if image.width * image.height > MAX_PIXELS:
                raise ValueError(f"has {image.width}x{image.height} px, at most {MAX_PIXELS // 1_000_000} million fit")
            image.draft("RGB", (MAX_SIDE_PX, MAX_SIDE_PX))
            upright = _upright(image.convert("RGBA"), image.getexif().get(0x0112, 1))
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        why = "is no PNG, JPEG, WebP or BMP picture" if isinstance(error, UnidentifiedImageError) else str(error)
        raise UsageError(f"can't use this background: it {why}: {path}") from error
    upright.thumbnail((MAX_SIDE_PX, MAX_SIDE_PX))
    white = Image.new("RGBA", upright.size, (255, 255, 255, 255))
    return np.array(Image.alpha_composite(white, upright), np.uint8)


def cover(picture: Picture, size_px: tuple[int, int], /) -> Picture:
    """`picture` scaled to cover (width, height), its middle kept: what is too much is cut off at two sides."""
    height, width = picture.shape[:2]
    shown = min(width / size_px[0], height / size_px[1])
    crop_width, crop_height = min(size_px[0] * shown, width), min(size_px[1] * shown, height)  # but for rounding
    left, top = (width - crop_width) / 2.0, (height - crop_height) / 2.0
    box = (left, top, min(left + crop_width, width), min(top + crop_height, height))
    return np.array(Image.fromarray(picture).resize(size_px, Image.Resampling.BILINEAR, box=box), np.uint8)


def _upright(image: Image.Image, orientation: int) -> Image.Image:
    turns = {
        2: (Image.Transpose.FLIP_LEFT_RIGHT,), 3: (Image.Transpose.ROTATE_180,), 4: (Image.Transpose.FLIP_TOP_BOTTOM,),
        5: (Image.Transpose.TRANSPOSE,), 6: (Image.Transpose.ROTATE_270,), 7: (Image.Transpose.TRANSVERSE,),
        8: (Image.Transpose.ROTATE_90,),
    }  # fmt: skip
    for turn in turns.get(orientation, ()):
        image = image.transpose(turn)
    return image
