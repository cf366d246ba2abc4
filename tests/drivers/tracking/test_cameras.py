"""Which cameras there are, in made-up systems, and which one is meant."""

import contextlib
from pathlib import Path

import cv2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.tracking import cameras
from drivers.tracking.cameras import Camera, choose
from drivers.tracking.shots import LostError, UnusableError


def plug(root: Path, number: int, name: str, *, index: int = 0, by_id: str = "") -> None:
    """A device file with its entries in the kernel's tables."""
    folder = root / f"sys/class/video4linux/video{number}"
    folder.mkdir(parents=True)
    (folder / "name").write_text(name + "\n")
    (folder / "index").write_text(f"{index}\n")
    (root / "dev").mkdir(exist_ok=True)
    (root / f"dev/video{number}").touch()
    if by_id:
        (root / "dev/v4l/by-id").mkdir(parents=True, exist_ok=True)
        (root / "dev/v4l/by-id" / by_id).symlink_to(f"../../video{number}")


def test_the_kernel_tells_names_and_lasting_paths(tmp_path: Path) -> None:
    """Of each webcam the first device gives pictures; a virtual one has no path of its own."""
    plug(tmp_path, 10, "Virtual Camera")
    plug(tmp_path, 2, "Great Cam", by_id="usb-Maker_Great_Cam_1234-video-index0")
    plug(tmp_path, 3, "Great Cam", index=1, by_id="usb-Maker_Great_Cam_1234-video-index1")
    assert cameras.on_linux(tmp_path) == (
        Camera(2, "Great Cam", "usb-Maker_Great_Cam_1234-video-index0", cv2.CAP_V4L2),
        Camera(10, "Virtual Camera", "Virtual Camera", cv2.CAP_V4L2),
    )


def test_no_camera_at_all(tmp_path: Path) -> None:
    assert cameras.on_linux(tmp_path) == ()


def test_a_camera_that_moved_to_another_number_keeps_its_key(tmp_path: Path) -> None:
    plug(tmp_path / "before", 0, "Cam", by_id="usb-Cam-index0")
    plug(tmp_path / "after", 4, "Cam", by_id="usb-Cam-index0")
    (before,), (after,) = cameras.on_linux(tmp_path / "before"), cameras.on_linux(tmp_path / "after")
    assert (before.number, after.number, before.key) == (0, 4, after.key)


BUILT_IN, GREAT, TWIN = Camera(0, "Built-in", "a"), Camera(2, "Great Cam", "b"), Camera(4, "Great Cam", "c")


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        ("0", BUILT_IN),
        ("2", GREAT),
        ("great cam", GREAT),
        ("Built", BUILT_IN),
        ("b", GREAT),
        ("c", TWIN),
        ("auto", BUILT_IN),
    ],
)
def test_words_for_a_camera(words: str, meant: Camera) -> None:
    assert choose(words, (BUILT_IN, GREAT, TWIN)) == meant


def test_auto_is_the_camera_used_last_while_it_is_there() -> None:
    assert choose("auto", (BUILT_IN, GREAT), remembered="b") == GREAT
    assert choose("auto", (BUILT_IN,), remembered="b") == BUILT_IN
    with pytest.raises(LostError, match=r"^there is no camera here$"):
        choose("auto", ())


def test_a_number_is_tried_even_where_no_list_knows_it() -> None:
    assert choose("7", ()).number == 7


def test_a_camera_that_is_away_is_lost_for_now_and_the_others_are_named() -> None:
    with pytest.raises(LostError, match=r"^camera 'Red' is not there; here are: 0 \"Built-in\", 2 \"Great Cam\"$"):
        choose("Red", (BUILT_IN, GREAT))
    with pytest.raises(LostError, match=r"^camera 'Red' is not there; there is no camera here$"):
        choose("Red", ())


def test_words_that_fit_several_are_refused() -> None:
    with pytest.raises(UnusableError, match=r"^several cameras are called 'cam': 1 \"Cam one\", 2 \"Cam two\"$"):
        choose("cam", (Camera(1, "Cam one", "x"), Camera(2, "Cam two", "y")))


@settings(max_examples=30, deadline=None)
@given(st.text(max_size=20))
def test_no_words_break_it(words: str) -> None:
    with contextlib.suppress(LostError, UnusableError):
        assert choose(words, (BUILT_IN, GREAT)).number >= 0
