"""runtime.backdrop"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from PIL import Image

from assets.errors import UsageError
from runtime import backdrop


def test_words_and_colours() -> None:
    nothing = backdrop.parse("transparent")
    assert (nothing.colour, nothing.opaque) == ((0.0, 0.0, 0.0, 0.0), False)
    assert nothing.covering((9, 9)).tolist() == [[[0, 0, 0, 0]]]
    grey = backdrop.parse(" #e0e0e0 ")
    assert (grey.opaque, grey.covering((9, 9)).tolist()) == (True, [[[224, 224, 224, 255]]])
    assert backdrop.parse("red").colour == (1.0, 0.0, 0.0, 1.0)


@settings(max_examples=60)
@example((7, 1), (25, 1))  # 25 * (7 / 25) is more than 7
@given(st.tuples(st.integers(1, 40), st.integers(1, 40)), st.tuples(st.integers(1, 40), st.integers(1, 40)))
def test_covering_fills_every_pixel(picture_px: tuple[int, int], size_px: tuple[int, int]) -> None:
    picture = np.full((picture_px[1], picture_px[0], 4), (10, 200, 30, 255), np.uint8)
    got = backdrop.cover(picture, size_px)
    assert got.shape == (size_px[1], size_px[0], 4)
    assert (got == (10, 200, 30, 255)).all()


def test_covering_keeps_the_middle_and_the_shape(tmp_path: Path) -> None:
    picture = np.zeros((30, 60, 4), np.uint8)
    picture[..., 3] = 255
    picture[:, 15:45, 0] = 255  # the middle square is red
    Image.fromarray(picture).save(tmp_path / "b.png")
    got = backdrop.parse(str(tmp_path / "b.png")).covering((90, 90))
    assert (got[:, 3:-3, 0] > 250).all()
    assert (backdrop.cover(picture, (60, 30)) == picture).all()


def test_a_picture_is_opaque_and_upright(tmp_path: Path) -> None:
    clear = np.zeros((4, 6, 4), np.uint8)
    Image.fromarray(clear).save(tmp_path / "clear.png")
    made = backdrop.parse(str(tmp_path / "clear.png"))
    assert made.opaque
    assert made.picture is not None
    assert (made.picture == 255).all()
    turned = Image.new("RGB", (8, 4), (255, 255, 255))
    turned.paste((255, 0, 0), (0, 0, 8, 1))
    exif = Image.Exif()
    exif[0x0112] = 6
    turned.save(tmp_path / "turned.jpg", exif=exif, quality=100, subsampling=0)
    upright = backdrop.load(str(tmp_path / "turned.jpg"))
    assert upright.shape == (8, 4, 4)
    assert upright[:, -1, 1].mean() < 90 < upright[:, 0, 1].mean()


def test_refusals_are_one_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "words.png").write_text("no picture")
    monkeypatch.setattr(backdrop, "MAX_PIXELS", 1_000_000)
    Image.new("RGB", (1001, 1000)).save(tmp_path / "huge.png")
    for text, words in (
        ("blurple", "expected transparent, a colour such as white or #e0e0e0, or a picture's path, got 'blurple'"),
        ("", "got ''"),
        (str(tmp_path), "is a folder"),
        (str(tmp_path / "words.png"), "is no PNG, JPEG, WebP or BMP picture"),
        (str(tmp_path / "huge.png"), "has 1001x1000 px, at most 1 million"),
    ):
        with pytest.raises(UsageError) as refused:
            backdrop.parse(text)
        assert words in str(refused.value)
        assert "\n" not in str(refused.value)
