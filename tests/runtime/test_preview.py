"""runtime.preview: small pictures, only while somebody asks."""

import io

import numpy as np
import pytest
from PIL import Image

from runtime.clock import ManualClock
from runtime.preview import ASKED_S, BUSY_EVERY_S, EVERY_S, Preview, encode


def opened(data: bytes | None) -> Image.Image:
    assert data is not None
    return Image.open(io.BytesIO(data))


@pytest.fixture
def picture() -> np.ndarray:
    made = np.full((100, 200, 4), 255, np.uint8)
    made[:, :100, :3] = (200, 40, 40)
    return made


def test_nothing_is_wanted_before_somebody_asks_nor_long_after() -> None:
    clock = ManualClock(50.0)
    preview = Preview(clock.now_s)
    assert not preview.wanted()
    assert preview.encoded(64) is None
    assert preview.wanted()
    clock.advance(ASKED_S + 0.01)
    assert not preview.wanted()


def test_no_more_pictures_than_needed(picture: np.ndarray) -> None:
    clock = ManualClock(50.0)
    preview = Preview(clock.now_s)
    preview.encoded(64)
    preview.put(picture)
    assert not preview.wanted()
    clock.advance(EVERY_S)
    assert preview.wanted()
    assert not preview.wanted(busy=True)
    clock.advance(BUSY_EVERY_S - EVERY_S + 0.001)
    assert preview.wanted(busy=True)


def test_a_picture_is_scaled_to_fit_and_encoded_once(picture: np.ndarray) -> None:
    clock = ManualClock(50.0)
    preview = Preview(clock.now_s)
    preview.encoded(64)
    preview.put(picture)
    picture[:] = 0  # it may be overwritten
    first = preview.encoded(64)
    with opened(first) as image:
        assert (image.format, image.size) == ("JPEG", (64, 32))
        red, green, blue = image.convert("RGB").getpixel((10, 10))  # type: ignore[misc]
        assert red > 180
        assert green < 70
        assert blue < 70
    assert preview.encoded(64) is first
    preview.put(picture)
    assert preview.encoded(64) != first


def test_what_shines_through_comes_as_png(picture: np.ndarray) -> None:
    picture[:50, :, 3] = 0
    with opened(encode(picture, 100)) as image:
        assert (image.format, image.mode, image.size) == ("PNG", "RGBA", (100, 50))
        assert image.getpixel((5, 5))[3] == 0  # type: ignore[index]
        assert image.getpixel((5, 45)) == (200, 40, 40, 255)


def test_who_comes_back_sees_no_old_picture(picture: np.ndarray) -> None:
    clock = ManualClock(50.0)
    preview = Preview(clock.now_s)
    preview.encoded(64)
    preview.put(picture)
    clock.advance(60.0)
    assert preview.encoded(64) is None
