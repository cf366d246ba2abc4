"""runtime.sinks.animation: what was written is decoded again."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from runtime import sinks
from runtime.sinks.animation import durations_ms


@given(st.integers(1, 3000), st.floats(1.0, 50.0), st.sampled_from([1, 10]))
def test_durations_add_up(count: int, fps: float, step_ms: int) -> None:
    durations = durations_ms(count, fps, step_ms=step_ms)
    assert len(durations) == count
    assert all(duration % step_ms == 0 and duration >= step_ms for duration in durations)
    assert abs(sum(durations) - count * 1000.0 / fps) <= step_ms / 2 + 1e-6


def write(out: Path, pictures: list[np.ndarray], fps: float) -> list[tuple[Image.Image, int]]:
    height, width = pictures[0].shape[:2]
    with sinks.create(sinks.Spec(out, out.suffix[1:], (width, height), fps)) as sink:
        for picture in pictures:
            sink.write(picture)
        assert not out.exists()
    frames = []
    with Image.open(out) as image:
        assert image.info["loop"] == 0
        for index in range(getattr(image, "n_frames", 1)):
            image.seek(index)
            frames.append((image.convert("RGBA"), image.info["duration"]))
    assert [path.name for path in out.parent.iterdir()] == [out.name]
    return frames


@pytest.mark.parametrize(("ending", "error"), [("gif", 12.0), ("webp", 12.0)])
def test_pictures_size_and_duration(ending: str, error: float, tmp_path: Path, pictures: list[np.ndarray]) -> None:
    frames = write(tmp_path / f"a.{ending}", pictures, 30.0)
    assert len(frames) == 5
    assert sum(duration for _, duration in frames) == (170 if ending == "gif" else 167)
    for (image, _), picture in zip(frames, pictures, strict=True):
        assert image.size == (32, 24)
        assert np.abs(np.asarray(image)[:, :, :3].astype(int) - picture[:, :, :3]).mean() < error
        assert (np.asarray(image)[:, :, 3] == 255).all()


def test_webp_keeps_half_transparency(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    for step, picture in enumerate(pictures):
        picture[:, :16, 3] = 40 * step
    frames = write(tmp_path / "a.webp", pictures, 20.0)
    for (image, _), picture in zip(frames, pictures, strict=True):
        assert (np.asarray(image)[:, :, 3] == picture[:, :, 3]).all()


def test_gif_is_clear_or_opaque_in_every_frame(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    """Also where a pixel was opaque in the picture before: nothing of it shines through."""
    for step, picture in enumerate(pictures):
        picture[:, :, 3] = 255
        picture[:, 4 * step : 4 * step + 8, 3] = 100
    frames = write(tmp_path / "a.gif", pictures, 20.0)
    assert len(frames) == 5
    for (image, _), picture in zip(frames, pictures, strict=True):
        assert (np.asarray(image)[:, :, 3] == np.where(picture[:, :, 3] >= 128, 255, 0)).all()


def test_one_picture_is_an_animation_too(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    out = tmp_path / "a.gif"
    with sinks.create(sinks.Spec(out, "gif", (32, 24), 10.0)) as sink:
        sink.write(pictures[0])
    with Image.open(out) as image:
        assert image.size == (32, 24)


def test_a_gif_that_is_all_clear(tmp_path: Path) -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    out = tmp_path / "a.gif"
    with sinks.create(sinks.Spec(out, "gif", (4, 4), 10.0)) as sink:
        sink.write(clear)
    with Image.open(out) as image:
        assert not np.asarray(image.convert("RGBA"))[:, :, 3].any()
