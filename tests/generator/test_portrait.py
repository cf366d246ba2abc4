"""Every kind of picture that people have, made here by Pillow."""

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.errors import PortraitError
from generator import portrait

# Four quarters, so that any turn, flip or swap of channels is seen.
RED, GREEN, BLUE, WHITE = (220, 30, 20), (20, 200, 40), (30, 40, 210), (250, 250, 250)
QUARTERS = np.array([[RED, GREEN], [BLUE, WHITE]], np.uint8)


def picture(width: int = 100, height: int = 80) -> Image.Image:
    """Red and green above blue and white."""
    return Image.fromarray(QUARTERS).resize((width, height), Image.Resampling.NEAREST)


def quarters(rgba: np.ndarray) -> np.ndarray:
    """The colours in the middles of the quarters, (2, 2, 3)."""
    height, width = rgba.shape[:2]
    return rgba[height // 4 :: height // 2, width // 4 :: width // 2, :3][:2, :2].astype(int)


def refusal(path: Path) -> str:
    with pytest.raises(PortraitError) as caught:
        portrait.load(path)
    message = str(caught.value)
    assert "\n" not in message
    assert message.startswith("portrait: ")
    assert message.endswith(str(path))
    assert message.count(str(path)) == 1
    return message


# ---- what is read -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "options", "tolerance"),
    [
        ("a.png", {}, 0), ("a.bmp", {}, 0), ("a.tiff", {}, 0), ("a.webp", {"lossless": True}, 0),
        ("a.jpg", {"quality": 95}, 8), ("a.jpg", {"progressive": True, "quality": 95}, 8), ("a.gif", {}, 6),
        ("a.tif", {"compression": "tiff_lzw"}, 0),
    ],
)  # fmt: skip
def test_formats(tmp_path: Path, name: str, options: dict[str, object], tolerance: int) -> None:
    picture().save(tmp_path / name, **options)
    loaded = portrait.load(tmp_path / name)
    assert loaded.rgba.shape == (80, 100, 4)
    assert loaded.rgba.dtype == np.uint8
    assert loaded.size_px == (100, 80)
    assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= tolerance
    assert (loaded.rgba[..., 3] == 255).all()
    assert not loaded.cut_out
    assert loaded.notes == ()


def test_the_name_s_ending_does_not_matter(tmp_path: Path) -> None:
    picture().save(tmp_path / "portrait.jpeg", format="PNG")
    assert np.array_equal(quarters(portrait.load(tmp_path / "portrait.jpeg").rgba), QUARTERS)


# What must be done to `picture()` so that the tag makes it upright again.
UNDO = {
    2: [Image.Transpose.FLIP_LEFT_RIGHT], 3: [Image.Transpose.ROTATE_180], 4: [Image.Transpose.FLIP_TOP_BOTTOM],
    5: [Image.Transpose.TRANSPOSE], 6: [Image.Transpose.ROTATE_90], 7: [Image.Transpose.TRANSVERSE],
    8: [Image.Transpose.ROTATE_270],
}  # fmt: skip


@pytest.mark.parametrize("orientation", UNDO)
@pytest.mark.parametrize("name", ["a.jpg", "a.png"])
def test_exif_orientation_is_honoured(tmp_path: Path, orientation: int, name: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    stored = picture()
    for step in UNDO[orientation]:
        stored = stored.transpose(step)
    stored.save(tmp_path / name, exif=exif, **({"quality": 95} if name == "a.jpg" else {}))
    loaded = portrait.load(tmp_path / name)
    assert loaded.rgba.shape == (80, 100, 4)
    assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= 8


def test_broken_exif_is_no_matter(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\x7f", quality=95)
    assert np.abs(quarters(portrait.load(tmp_path / "a.jpg").rgba) - QUARTERS).max() <= 8


def test_a_palette_with_transparency_is_cut_out(tmp_path: Path) -> None:
    image = picture().quantize(4)
    image.info["transparency"] = image.getpixel((75, 60))  # white
    image.save(tmp_path / "a.png", transparency=image.info["transparency"])
    loaded = portrait.load(tmp_path / "a.png")
    assert loaded.cut_out
    assert (loaded.rgba[40:, 50:, 3] == 0).all()
    assert (loaded.rgba[:40, :, 3] == 255).all()
    assert np.array_equal(quarters(loaded.rgba)[:, 0], QUARTERS[:, 0])
    assert (loaded.rgb[45:, 55:] == 127).all()
    assert np.array_equal(loaded.rgb[:40], loaded.rgba[:40, :, :3])


def test_straight_alpha_is_kept_with_its_colours(tmp_path: Path) -> None:
    image = picture().convert("RGBA")
    image.putalpha(Image.linear_gradient("L").resize((100, 80)))
    image.save(tmp_path / "a.png")
    loaded = portrait.load(tmp_path / "a.png")
    assert np.array_equal(loaded.rgba, np.asarray(image))
    assert loaded.cut_out
    alpha = loaded.rgba[..., 3:].astype(float) / 255.0
    assert np.abs(loaded.rgb - (loaded.rgba[..., :3] * alpha + 127.0 * (1.0 - alpha))).max() <= 0.51


def test_an_alpha_that_hides_nothing_is_no_cut_out(tmp_path: Path) -> None:
    image = picture().convert("RGBA")
    image.putpixel((0, 0), (0, 0, 0, 0))
    image.save(tmp_path / "a.png")
    assert not portrait.load(tmp_path / "a.png").cut_out


@pytest.mark.parametrize("mode", ["L", "LA", "1", "P", "CMYK", "YCbCr"])
def test_other_modes_become_colour(tmp_path: Path, mode: str) -> None:
    name = {"CMYK": "a.jpg", "YCbCr": "a.tif"}.get(mode, "a.png")
    picture().convert(mode).save(tmp_path / name)
    loaded = portrait.load(tmp_path / name)
    assert loaded.rgba.shape == (80, 100, 4)
    light = quarters(loaded.rgba).mean(axis=-1)
    assert light[1, 1] > 230
    assert mode == "1" or light[1, 1] > light[0, 0]
    if mode in ("L", "LA", "1"):
        assert np.ptp(loaded.rgba[..., :3], axis=-1).max() == 0
    elif mode != "P":
        assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= 40


def test_sixteen_bit_grey_keeps_its_shades(tmp_path: Path) -> None:
    ramp = np.linspace(1000, 60000, 100 * 80).reshape(80, 100).astype(np.uint16)
    Image.fromarray(ramp).save(tmp_path / "a.png")
    grey = portrait.load(tmp_path / "a.png").rgba[..., 0].astype(int)
    assert len(np.unique(grey)) > 200  # clipped to eight bits there would be one
    assert (np.diff(grey.ravel()) >= 0).all()
    assert grey.max() - grey.min() > 150


@pytest.mark.parametrize("value", [0, 30000, 65535])
def test_sixteen_bit_grey_of_one_shade(tmp_path: Path, value: int) -> None:
    Image.fromarray(np.full((80, 100), value, np.uint16)).save(tmp_path / "a.png")
    loaded = portrait.load(tmp_path / "a.png")
    assert len(np.unique(loaded.rgba[..., :3])) == 1


@pytest.mark.parametrize(("name", "options"), [("a.gif", {}), ("a.webp", {"lossless": True}), ("a.png", {})])
def test_of_an_animation_the_first_frame(tmp_path: Path, name: str, options: dict[str, object]) -> None:
    more = [Image.new("RGB", (100, 80), colour) for colour in ("black", "yellow")]
    picture().save(tmp_path / name, save_all=True, append_images=more, duration=80, **options)
    loaded = portrait.load(tmp_path / name)
    assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= 6
    (note,) = loaded.notes
    assert "first frame" in note


def test_a_photograph_with_a_second_picture_in_it_is_not_called_animated(tmp_path: Path) -> None:
    """Telephones store depth or brightness maps behind the JPEG (MPO)."""
    picture().save(tmp_path / "a.jpg", format="MPO", save_all=True, append_images=[picture()], quality=95)
    loaded = portrait.load(tmp_path / "a.jpg")
    assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= 8
    assert loaded.notes == ()


@pytest.mark.parametrize("odd", [np.nan, np.inf, -np.inf])
def test_a_float_picture_with_a_number_that_is_none(tmp_path: Path, odd: float) -> None:
    grey = np.linspace(0.0, 1.0, 100 * 80, dtype=np.float32).reshape(80, 100)
    grey[3, 4] = odd
    Image.fromarray(grey).save(tmp_path / "a.tif")
    assert np.ptp(portrait.load(tmp_path / "a.tif").rgba[20:, 20:, 0]) > 100


def test_a_41_megapixel_picture_is_scaled_down(tmp_path: Path) -> None:
    picture().quantize(4).resize((7400, 5550)).save(tmp_path / "a.png")
    loaded = portrait.load(tmp_path / "a.png")
    assert loaded.size_px == (7400, 5550)
    assert loaded.rgba.shape == (1800, 2400, 4)
    (note,) = loaded.notes
    assert "7400x5550" in note
    assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= 3


def test_a_large_jpeg_is_scaled_down_and_upright(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    picture().transpose(Image.Transpose.ROTATE_90).resize((3600, 4500)).save(tmp_path / "a.jpg", exif=exif)
    loaded = portrait.load(tmp_path / "a.jpg")
    assert loaded.rgba.shape == (1920, 2400, 4)
    assert np.abs(quarters(loaded.rgba) - QUARTERS).max() <= 8
    assert len(loaded.notes) == 1


@pytest.mark.parametrize("size", [(64, 64), (2400, 64)])
def test_smallest_and_longest_that_is_left_alone(tmp_path: Path, size: tuple[int, int]) -> None:
    picture(*size).save(tmp_path / "a.png")
    loaded = portrait.load(tmp_path / "a.png")
    assert loaded.rgba.shape == (size[1], size[0], 4)
    assert loaded.notes == ()


# ---- what is refused --------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(1, 1), (63, 400), (400, 63)])
def test_too_small(tmp_path: Path, size: tuple[int, int]) -> None:
    picture(*size).save(tmp_path / "a.png")
    message = refusal(tmp_path / "a.png")
    assert f"{size[0]}x{size[1]}" in message
    assert "64" in message


@pytest.mark.parametrize("name", ["a.jpg", "a.png", "a.webp", "a.gif", "a.bmp", "a.tif"])
@pytest.mark.parametrize("share", [0.02, 0.5])
def test_truncated(tmp_path: Path, name: str, share: float) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (80, 100, 3), dtype=np.uint8)
    Image.fromarray(noise).save(tmp_path / name)
    data = (tmp_path / name).read_bytes()
    (tmp_path / name).write_bytes(data[: int(len(data) * share)])
    assert "could not decode" in refusal(tmp_path / name)


def test_no_picture_at_all(tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("Dear diary,\nno picture today.\n", encoding="utf-8")
    (tmp_path / "empty.png").write_bytes(b"")
    (tmp_path / "folder.png").mkdir()
    assert "PNG, JPEG" in refusal(tmp_path / "text.png")
    assert "PNG, JPEG" in refusal(tmp_path / "empty.png")
    assert "there is none" in refusal(tmp_path / "folder.png")
    assert "there is none" in refusal(tmp_path / "missing.png")


def test_formats_that_run_programs_are_not_opened(tmp_path: Path) -> None:
    """EPS would start Ghostscript."""
    picture().save(tmp_path / "a.eps")
    assert "could not decode" in refusal(tmp_path / "a.eps")


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@pytest.mark.parametrize("size", [(60_000, 60_000), (2**31 - 1, 2**31 - 1), (20_000, 9_000), (0, 0)])
def test_a_decompression_bomb_is_refused_by_its_header(tmp_path: Path, size: tuple[int, int]) -> None:
    header = struct.pack(">IIBBBBB", *size, 8, 2, 0, 0, 0)
    data = b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(bytes(1000)))
    (tmp_path / "a.png").write_bytes(data + _chunk(b"IEND", b""))
    message = refusal(tmp_path / "a.png")
    if all(size):
        assert f"{size[0]}x{size[1]}" in message or "decode" in message


def test_a_bomb_in_a_text_chunk(tmp_path: Path) -> None:
    picture().save(tmp_path / "a.png")
    data = (tmp_path / "a.png").read_bytes()
    bomb = _chunk(b"zTXt", b"note\0\0" + zlib.compress(bytes(80_000_000), 9))
    (tmp_path / "a.png").write_bytes(data[:33] + bomb + data[33:])
    assert "decode" in refusal(tmp_path / "a.png")


@given(st.integers(0, 10_000), st.integers(1, 255), st.sampled_from(["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"]))
@settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_byte_gives_a_picture_or_one_clear_line(tmp_path: Path, place: int, flip: int, kind: str) -> None:
    buffer = io.BytesIO()
    picture(70, 66).save(buffer, kind)
    data = bytearray(buffer.getvalue())
    data[place % len(data)] ^= flip
    path = tmp_path / "damaged"
    path.write_bytes(data)
    try:
        loaded = portrait.load(path)
    except PortraitError as error:
        message = str(error)
        assert "\n" not in message
        assert message.endswith(str(path))
    else:
        assert loaded.rgba.ndim == 3
        assert loaded.rgba.shape[2] == 4
