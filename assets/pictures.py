"""PNG textures: straight RGBA8 arrays to bytes and back, exactly, colours under alpha 0 included.

A PNG of unknown origin is measured from its header before anything is decoded, and only its picture chunks ever reach
the decoder: texts, profiles, animation and whatever else a file may carry are dropped unread.
"""

import io
import struct
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image

from assets.avatar import MAX_TEXTURE_SIDE_PX

Texture = npt.NDArray[np.uint8]

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_RGBA: Final = 6
_MAX_CHUNKS: Final = 100_000


def png_from_rgba(texture: Texture, /, *, compress_level: int = 4) -> bytes:
    """`texture` (H, W, 4) as PNG."""
    buffer = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(texture)).save(buffer, "PNG", compress_level=compress_level)
    return buffer.getvalue()


def png_size_px(data: bytes, /) -> tuple[int, int]:
    """(width, height) of an 8-bit RGBA PNG, from its header alone. Raises ValueError for anything else."""
    if not data.startswith(_SIGNATURE) or len(data) < 33:
        raise ValueError("is not a PNG")
    length, kind, width, height, depth, colour, packing, filtering, interlace, _ = struct.unpack_from(
        ">I4sIIBBBBBI", data, 8
    )
    if length != 13 or kind != b"IHDR" or packing != 0 or filtering != 0 or interlace > 1:
        raise ValueError("is a damaged PNG: its header makes no sense")
    if (depth, colour) != (8, _RGBA):
        raise ValueError(f"must be an 8-bit RGBA PNG, got bit depth {depth} and colour type {colour}")
    if not (1 <= width <= MAX_TEXTURE_SIDE_PX and 1 <= height <= MAX_TEXTURE_SIDE_PX):
        raise ValueError(f"sides must be in 1..{MAX_TEXTURE_SIDE_PX} px, got {width}x{height}")
    return width, height


def rgba_from_png(data: bytes, /) -> Texture:
    """The picture as uint8 (H, W, 4). Raises ValueError when it isn't an undamaged 8-bit RGBA PNG within the limits."""
    width, height = png_size_px(data)
    try:
        with Image.open(io.BytesIO(_bare(data)), formats=("PNG",)) as image:
            image.load()
            texture = np.array(image, np.uint8)
    except (OSError, SyntaxError, ValueError, struct.error, EOFError, IndexError, OverflowError) as error:
        raise ValueError(f"is a damaged PNG: {' '.join(str(error).split())}") from error
    if texture.shape != (height, width, 4):
        raise ValueError(f"is a damaged PNG: expected {width}x{height} RGBA, decoded {texture.shape}")
    return texture


def _bare(data: bytes) -> bytes:
    """The PNG reduced to its IHDR, IDAT and IEND chunks."""
    kept = [_SIGNATURE]
    position = len(_SIGNATURE)
    for _ in range(_MAX_CHUNKS):
        if position + 12 > len(data):
            raise ValueError("cut off")
        length, kind = struct.unpack_from(">I4s", data, position)
        end = position + 12 + length
        if end > len(data):
            raise ValueError("cut off")
        if kind in (b"IDAT", b"IEND") or position == len(_SIGNATURE):
            kept.append(data[position:end])
        elif kind != b"PLTE" and not kind[0] & 0x20:  # a capital marks a chunk that no reader may skip
            raise ValueError("a second header or an unknown critical chunk")
        if kind == b"IEND":
            return b"".join(kept)
        position = end
    raise ValueError(f"more than {_MAX_CHUNKS} chunks")
