"""PNG textures: exact both ways, and only the picture of a PNG is ever decoded."""

import io
import struct
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image

from assets import pictures

shapes = st.tuples(st.integers(1, 12), st.integers(1, 12), st.just(4))


@settings(deadline=None)
@given(hnp.arrays(np.uint8, shapes))
def test_round_trip(texture: pictures.Texture) -> None:
    data = pictures.png_from_rgba(texture)
    assert pictures.png_size_px(data) == (texture.shape[1], texture.shape[0])
    np.testing.assert_array_equal(pictures.rgba_from_png(data), texture)


def test_views_of_larger_arrays_are_written() -> None:
    view = (np.arange(20 * 20 * 4) % 256).astype(np.uint8).reshape(20, 20, 4)[3:9:2, ::-1]
    np.testing.assert_array_equal(pictures.rgba_from_png(pictures.png_from_rgba(view)), view)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize(
    "chunk",
    [
        _chunk(b"zTXt", b"bomb\0\0" + zlib.compress(b"\0" * 80_000_000)),
        _chunk(b"iCCP", b"bomb\0\0" + zlib.compress(b"\0" * 80_000_000)),
        _chunk(b"acTL", struct.pack(">II", 1000, 0)),
        _chunk(b"PLTE", b"\0\0\0"),
        _chunk(b"eXIf", b"junk"),
        _chunk(b"tEXt", b"\n\x1b\0"),
        _chunk(b"pHYs", b""),
    ],
)
def test_whatever_else_a_png_carries_is_never_read(chunk: bytes) -> None:
    texture = np.arange(5 * 7 * 4, dtype=np.uint8).reshape(5, 7, 4)
    data = pictures.png_from_rgba(texture)
    np.testing.assert_array_equal(pictures.rgba_from_png(data[:33] + chunk + data[33:]), texture)


def test_an_interlaced_png_from_a_painting_program() -> None:
    """Adam7 of a 1x1 picture is one pass of one pixel: the header says interlaced, the data stay the same."""
    header = _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 6, 0, 0, 1))
    pixel = _chunk(b"IDAT", zlib.compress(b"\0\1\2\3\4"))
    data = b"\x89PNG\r\n\x1a\n" + header + pixel + _chunk(b"IEND", b"")
    assert pictures.rgba_from_png(data).tolist() == [[[1, 2, 3, 4]]]


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "I;16"])
def test_other_kinds_of_png_are_refused(mode: str) -> None:
    buffer = io.BytesIO()
    Image.new(mode, (4, 4)).save(buffer, "PNG")
    with pytest.raises(ValueError, match="must be an 8-bit RGBA PNG"):
        pictures.rgba_from_png(buffer.getvalue())
