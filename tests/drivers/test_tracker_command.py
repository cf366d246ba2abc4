"""Which words mean a camera, and what the tracker is started with."""

from pathlib import Path

import pytest

from assets.errors import DriverError
from drivers import _tracker
from drivers._tracker import camera_memory, is_camera, tracker_command


@pytest.mark.parametrize("words", ["0", "12", "auto", "Great Cam", "HD Pro Webcam C920", "usb-Maker-video-index0"])
def test_words_for_cameras(words: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert is_camera(words)


@pytest.mark.parametrize("words", ["film.mp4", "FILM.MOV", "a/b", "a\\b", "picture.png", "", " ", "http://host/film"])
def test_words_for_files(words: str) -> None:
    assert not is_camera(words)


def test_a_file_that_is_there_is_no_camera(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film").touch()
    assert not is_camera("film")


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "face_landmarker.task"
    monkeypatch.setattr(_tracker.weights, "locate", lambda file, *, folder: path)
    return path


def test_a_camera_is_remembered_unless_it_only_records(model: Path) -> None:
    live = tracker_command("Great Cam", models_dir=None, every_frame=False)
    assert live[-6:] == ["--model", str(model), "--camera", "Great Cam", "--remember", str(camera_memory())]
    once = tracker_command("Great Cam", models_dir=None, every_frame=True, engine="opencv", remember=False)
    assert once[-7:] == ["--model", str(model), "--engine", "opencv", "--camera", "Great Cam", "--every-frame"]


def test_a_file_is_named_in_full(model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "film.mp4").touch()
    command = tracker_command("film.mp4", models_dir=None, every_frame=False)
    assert command[-2:] == ["--file", str((tmp_path / "film.mp4").resolve())]


def test_what_is_neither(model: Path) -> None:
    with pytest.raises(DriverError, match=r"^no such camera, video or picture .*: missing\.mp4$"):
        tracker_command("missing.mp4", models_dir=None, every_frame=False)
