"""runtime.sinks.pngs, and what all sinks share: nothing appears before the end, nothing stays after an error."""

import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.errors import CartoonAliveError
from runtime import sinks
from runtime.sinks import pngs

SIZE = (32, 24)


def spec(out: Path, kind: str) -> sinks.Spec:
    return sinks.Spec(out, kind, SIZE, 30.0)


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_folder_of_exact_pictures(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    out = tmp_path / "seq"
    buffer = np.zeros_like(pictures[0])
    with sinks.create(spec(out, "folder")) as sink:
        for picture in pictures:
            buffer[:] = picture  # the renderer hands out one buffer again and again
            sink.write(buffer)
        assert not out.exists()
    assert names(out) == [f"{index:06d}.png" for index in range(5)]
    for index, picture in enumerate(pictures):
        with Image.open(out / f"{index:06d}.png") as image:
            assert image.mode == "RGBA"
            assert (np.asarray(image) == picture).all()
    assert names(tmp_path) == ["seq"]


def test_transparent_pixels_keep_their_values(tmp_path: Path) -> None:
    picture = np.array([[[0, 0, 0, 0], [10, 20, 30, 1], [255, 0, 0, 128]]], np.uint8)
    out = tmp_path / "a.png"
    with sinks.create(sinks.Spec(out, "png", (3, 1), 30.0)) as sink:
        sink.write(picture)
    with Image.open(out) as image:
        assert (np.asarray(image) == picture).all()


def test_one_png_is_the_first_picture(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    out = tmp_path / "one.png"
    with sinks.create(spec(out, "png")) as sink:
        for picture in pictures:
            sink.write(picture)
    with Image.open(out) as image:
        assert (np.asarray(image) == pictures[0]).all()


def test_an_empty_folder_is_taken_a_full_one_is_joined(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    out = tmp_path / "seq"
    out.mkdir()
    for count in (5, 2):
        with sinks.create(spec(out, "folder")) as sink:
            for picture in pictures[:count]:
                sink.write(picture)
        (out / "notes.txt").write_text("mine")
    assert names(out) == ["000000.png", "000001.png", "notes.txt"]
    assert names(tmp_path) == ["seq"]


@pytest.mark.parametrize("interruption", [RuntimeError("boom"), KeyboardInterrupt()])
@pytest.mark.parametrize("kind", ["folder", "png", "gif", "webp", "mp4"])
def test_an_error_leaves_nothing_behind(
    kind: str, interruption: BaseException, tmp_path: Path, pictures: list[np.ndarray]
) -> None:
    out = tmp_path / ("seq" if kind == "folder" else f"film.{kind}")

    def film() -> None:
        with sinks.create(spec(out, kind)) as sink:
            for picture in pictures:
                sink.write(picture)
            raise interruption

    with pytest.raises(type(interruption)):
        film()
    assert names(tmp_path) == []
    if kind != "folder":
        out.write_bytes(b"the old one")
        with pytest.raises(type(interruption)):
            film()
        assert out.read_bytes() == b"the old one"
        assert names(tmp_path) == [out.name]


def test_a_full_disk_is_one_clear_error(
    tmp_path: Path, pictures: list[np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(rgba: np.ndarray, target: Path) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(pngs, "_save", full)

    def film() -> None:
        with sinks.create(spec(tmp_path / "seq", "folder")) as sink:
            for _ in range(20):
                sink.write(pictures[0])

    with pytest.raises(CartoonAliveError, match="No space left on device; make room"):
        film()
    assert names(tmp_path) == []


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    with pytest.raises(CartoonAliveError, match="can't make the folder"), sinks.create(
        spec(tmp_path / "missing" / "seq", "folder")
    ):
        pass


def test_what_a_killed_process_left_long_ago_goes(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    old, young, other = (tmp_path / name for name in (".seq.tmp-0123", ".seq.tmp-4567", ".sequel.tmp-0123"))
    for folder in (old, young, other):
        folder.mkdir()
    for folder in (old, other):
        os.utime(folder, (1e9, 1e9))
    with sinks.create(spec(tmp_path / "seq", "folder")) as sink:
        sink.write(pictures[0])
    assert names(tmp_path) == [".seq.tmp-4567", ".sequel.tmp-0123", "seq"]
