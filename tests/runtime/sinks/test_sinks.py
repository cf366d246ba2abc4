"""runtime.sinks and runtime.sinks.base"""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from assets.errors import CartoonAliveError, UsageError
from runtime import sinks
from runtime.clock import ManualClock
from runtime.sinks.base import LIGHT_GREY, TRANSPARENT, Recorder


@pytest.mark.parametrize(
    ("out", "kind"),
    [("a", "folder"), ("a/", "folder"), ("a.b/", "folder"), ("x/a.png", "png"), ("A.GIF", "gif"), ("a.webp", "webp"),
     ("a.mp4", "mp4"), ("a.webm", "webm")],
)  # fmt: skip
def test_the_name_tells_the_kind(out: str, kind: str) -> None:
    assert sinks.kind_of(out) == kind


def test_an_existing_folder_is_one_whatever_its_name(tmp_path: Path) -> None:
    folder = tmp_path / "take.mp4"
    folder.mkdir()
    assert sinks.kind_of(str(folder)) == "folder"


def test_unknown_endings_are_refused_with_the_known_ones() -> None:
    known = r"can't write \.avi files; choose \.mp4, \.webm, \.gif, \.webp, \.png or a folder"
    with pytest.raises(UsageError, match=known):
        sinks.kind_of("film.avi")


def test_backgrounds() -> None:
    red = (1.0, 0.0, 0.0, 1.0)
    for kind in ("folder", "png", "webp"):
        assert sinks.background_for(kind, None) == TRANSPARENT
    for kind in ("mp4", "gif"):
        assert sinks.background_for(kind, None) == LIGHT_GREY
    for kind in sinks.KINDS.values():
        assert sinks.background_for(kind, red) == red
    assert sinks.background_for("gif", TRANSPARENT) == TRANSPARENT
    with pytest.raises(UsageError, match="MP4 can't be transparent"):
        sinks.background_for("mp4", TRANSPARENT)


class Fragile:
    """A sink that breaks at its third picture."""

    name = "fragile"

    def __init__(self) -> None:
        self.taken: list[tuple[int, ...]] = []
        self.left_with: type[BaseException] | None = None

    def __enter__(self) -> "Fragile":
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self.left_with = kind

    def write(self, rgba: np.ndarray) -> None:
        if len(self.taken) == 2:
            raise OSError("disk full")
        self.taken.append(rgba.shape)


def test_a_recorder_breaks_once_then_keeps_quiet_and_says_so_at_the_end() -> None:
    fragile = Fragile()
    picture = np.zeros((4, 6, 4), np.uint8)

    def show() -> None:
        spec = sinks.Spec(Path("x"), "folder", (6, 4), 30.0)
        with Recorder(fragile, spec, ManualClock()) as recorder:  # type: ignore[arg-type]
            recorder.write(picture)
            recorder.write(picture)
            with pytest.raises(OSError, match="disk full"):
                recorder.write(picture)
            recorder.write(picture)

    with pytest.raises(CartoonAliveError, match="the recording failed and was removed: disk full"):
        show()
    assert fragile.taken == [(4, 6, 4)] * 2
    assert fragile.left_with is OSError


def test_a_recorder_scales_when_the_window_was_resized(tmp_path: Path, pictures: list[np.ndarray]) -> None:
    out = tmp_path / "seq"
    spec = sinks.Spec(out, "folder", (32, 24), 30.0)
    with Recorder(sinks.create(spec), spec, ManualClock()) as recorder:
        recorder.write(pictures[0])
        recorder.write(np.full((50, 70, 4), 255, np.uint8))
    with Image.open(out / "000001.png") as image:
        assert image.size == (32, 24)


class Counting(Fragile):
    """A sink that counts."""

    def write(self, rgba: np.ndarray) -> None:
        self.taken.append(rgba.shape)


@pytest.mark.parametrize(
    ("steps_s", "count"),
    [
        ([0.1] * 9, 10),
        ([0.2] * 9, 19),  # half as fast as wanted: every picture twice
        ([0.05] * 9, 10),  # too fast: none is dropped
        ([0.1, 0.1, 0.55, 0.1], 9),
        ([0.1, 3600.0, 0.1], 4),  # the computer slept
    ],
)
def test_a_film_is_as_long_as_the_show(steps_s: list[float], count: int) -> None:
    clock, counting = ManualClock(7.0), Counting()
    picture = np.zeros((4, 6, 4), np.uint8)
    with Recorder(counting, sinks.Spec(Path("x"), "folder", (6, 4), 10.0), clock) as recorder:  # type: ignore[arg-type]
        recorder.write(picture)
        for step_s in steps_s:
            clock.advance(step_s + 1e-6)
            recorder.write(picture)
    assert len(counting.taken) == count
