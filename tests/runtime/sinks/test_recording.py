"""runtime.sinks.recording: films of a show, decoded by OpenCV, Pillow and ffprobe."""

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from assets.errors import CartoonAliveError, UsageError
from runtime.sinks import mp4, recording
from runtime.sinks.recording import Recording

SIZE = (64, 48)


def made(values: dict[str, Any], folder: Path, show_fps: float = 60.0) -> Recording:
    return recording.create(values, show_fps=show_fps, folder=folder, stamp="now")


def scene(step: int, size: tuple[int, int] = SIZE) -> np.ndarray:
    """Transparent, with a red square that walks and a half transparent one that stays."""
    picture = np.zeros((size[1], size[0], 4), np.uint8)
    picture[4:12, 40:60] = (0, 0, 255, 128)
    picture[16:32, 2 * step : 2 * step + 16] = (220, 40, 30, 255)
    return picture


def shoot(film: Recording, times_s: list[float]) -> dict[str, Any]:
    film.open(SIZE, times_s[0])
    for step, time_s in enumerate(times_s):
        assert film.write(scene(step), time_s) is None
    return film.close(None)


def decoded(path: Path) -> tuple[list[np.ndarray], float]:
    capture = cv2.VideoCapture(str(path))
    frames = []
    while (got := capture.read())[0]:
        frames.append(got[1][:, :, ::-1])
    fps = capture.get(cv2.CAP_PROP_FPS)
    capture.release()
    return frames, fps


def probed(path: Path) -> dict[str, Any]:
    """What ffprobe says, its streams by type."""
    if shutil.which("ffprobe") is None:
        pytest.skip("ffprobe is not installed")
    done = subprocess.run(
        ["ffprobe", "-v", "error", "-show_streams", "-show_format", "-of", "json", str(path)],
        capture_output=True, check=True,
    )  # fmt: skip
    told = json.loads(done.stdout)
    return {stream["codec_type"]: stream for stream in told["streams"]} | {"format": told["format"]}


def test_a_film_is_as_long_as_the_show_whatever_was_dropped(tmp_path: Path) -> None:
    """Pictures come at 60 a second, then a hole of half a second, then at 20 a second: the film has 30, evenly."""
    times_s = [7.0 + step / 60.0 for step in range(10)]
    times_s += [times_s[-1] + 0.5 + step / 20.0 for step in range(6)]
    left = shoot(made({"path": str(tmp_path / "f.mp4")}, tmp_path), times_s)
    seconds = times_s[-1] - times_s[0]
    assert left["seconds"] == pytest.approx(seconds + 1 / 30, abs=1 / 30)
    frames, fps = decoded(tmp_path / "f.mp4")
    assert fps == pytest.approx(30.0, abs=0.01)
    assert len(frames) == round(left["seconds"] * 30)
    # Where the square is tells which picture is shown: at 0.3 s still the last one before the hole.
    row = frames[9][24].astype(int)
    assert np.flatnonzero(row[:, 0] - row[:, 2] > 80).mean() == pytest.approx(2 * 9 + 7.5, abs=2.0)
    assert [path.name for path in tmp_path.iterdir()] == ["f.mp4"]


def test_mp4_lies_on_a_background_and_gif_too(tmp_path: Path) -> None:
    for name, values in (("f.mp4", {"background": "white"}), ("f.gif", {"background": "white"}), ("g.mp4", {})):
        shoot(made({"path": str(tmp_path / name), **values}, tmp_path), [0.0, 0.05, 0.1])
    frames, _ = decoded(tmp_path / "f.mp4")
    assert np.abs(frames[0][40:, 40:].astype(int) - 255).max() < 8
    assert np.abs(frames[0][6:10, 44:56].astype(int) - (127, 127, 255)).max() < 16
    grey, _ = decoded(tmp_path / "g.mp4")
    assert np.abs(grey[0][40:, 40:].astype(int) - 224).max() < 8
    with Image.open(tmp_path / "f.gif") as image:
        assert np.abs(np.asarray(image.convert("RGBA"))[44, 44].astype(int) - 255).max() < 3


def test_a_picture_may_be_the_background(tmp_path: Path) -> None:
    Image.new("RGB", (640, 200), (20, 160, 60)).save(tmp_path / "wall.png")
    shoot(made({"path": str(tmp_path / "f.mp4"), "background": str(tmp_path / "wall.png")}, tmp_path), [0.0, 0.1])
    frames, _ = decoded(tmp_path / "f.mp4")
    assert np.abs(frames[0][40:, 40:].astype(int) - (20, 160, 60)).max() < 12


@pytest.mark.parametrize("kind", ["webp", "folder"])
def test_transparent_formats_stay_transparent(kind: str, tmp_path: Path) -> None:
    left = shoot(made({"format": kind}, tmp_path), [0.0, 0.04, 0.08])
    path = Path(left["path"])
    assert path.name == "CartoonAlive now" + {"webp": ".webp", "folder": ""}[kind]
    with Image.open(path / "000000.png" if kind == "folder" else path) as image:
        alpha = np.asarray(image.convert("RGBA"))[..., 3]
    assert alpha[40, 40] == 0
    assert alpha[8, 50] == 128
    assert alpha[24, 8] == 255


def test_webm_keeps_alpha(tmp_path: Path) -> None:
    if mp4._ffmpeg(b"libvpx-vp9") is None:
        pytest.skip("no ffmpeg with VP9 here")
    shoot(made({"path": str(tmp_path / "f.webm")}, tmp_path), [step / 30 for step in range(6)])
    told = probed(tmp_path / "f.webm")
    assert told["video"]["codec_name"] == "vp9"
    assert told["video"]["color_space"] == "smpte170m"
    assert float(told["format"]["duration"]) == pytest.approx(0.2, abs=0.02)
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-c:v", "libvpx-vp9", "-i", str(tmp_path / "f.webm"), "-pix_fmt", "rgba",
         "-f", "rawvideo", "-"], capture_output=True, check=True,
    ).stdout  # fmt: skip
    frames = np.frombuffer(raw, np.uint8).reshape(-1, SIZE[1], SIZE[0], 4)
    assert len(frames) == 6
    assert frames[0, 40:, 40:, 3].max() <= 4
    assert np.abs(frames[0, 6:10, 44:56, 3].astype(int) - 128).max() <= 12
    assert frames[0, 18:30, 2:14, 3].min() >= 250


def with_sound(film: Recording) -> None:
    """Two seconds; a tone begins after one second."""
    film.open(SIZE, 10.0)
    for step in range(60):
        at_s = 10.0 + step / 30.0
        film.write(scene(step % 20), at_s)
        piece = (np.arange(1600) / 48_000 + step / 30.0) * 2 * np.pi * 440.0
        film.hear((0.5 * np.sin(piece) if step >= 30 else np.zeros(1600)).astype(np.float32), 48_000, at_s + 1 / 30)
    film.close(None)


def loudness(path: Path, tmp_path: Path) -> np.ndarray:
    """Of the film's sound, in pieces of 50 ms."""
    raw = subprocess.run(
        ["ffmpeg", "-v", "error", "-i", str(path), "-ac", "1", "-ar", "16000", "-f", "f32le", "-"],
        capture_output=True, check=True,
    ).stdout  # fmt: skip
    sound = np.frombuffer(raw, "<f4")
    return np.abs(sound[: len(sound) // 800 * 800]).reshape(-1, 800).max(axis=1)


@pytest.mark.parametrize("how", ["ffmpeg", "opencv", "webm"])
def test_the_microphone_is_in_the_film_and_in_step(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    if shutil.which("ffmpeg") is None:
        pytest.skip("ffmpeg is not installed: nothing to hear the film with")
    if how == "opencv":
        monkeypatch.setattr(mp4, "_ffmpeg", lambda _: None)
    path = tmp_path / ("f.webm" if how == "webm" else "f.mp4")
    with_sound(made({"path": str(path)}, tmp_path))
    told = probed(path)
    assert told["audio"]["codec_name"] == {"ffmpeg": "aac", "opencv": "mp3", "webm": "opus"}[how]
    assert float(told["format"]["duration"]) == pytest.approx(2.0, abs=0.08)
    loud = loudness(path, tmp_path)
    assert loud[:18].max() < 0.02
    assert loud[22:38].min() > 0.4
    assert [entry.name for entry in tmp_path.iterdir()] == [path.name]


def test_without_a_sound_there_is_no_sound_track(tmp_path: Path) -> None:
    shoot(made({"path": str(tmp_path / "f.mp4")}, tmp_path), [0.0, 0.1])
    assert "audio" not in probed(tmp_path / "f.mp4")


def test_it_is_finished_before_the_disk_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    free = iter([10 << 30, 10 << 30, 100 << 20])
    monkeypatch.setattr(recording, "free_bytes", lambda folder: next(free))
    film = made({"path": str(tmp_path / "f.mp4")}, tmp_path)
    film.open(SIZE, 0.0)
    ends = [film.write(scene(0), step * 0.5) for step in range(5)]
    assert ends == [None, None, None, None, "stopped: only 100 MB are free on the disk"]
    film.close(None)
    assert len(decoded(tmp_path / "f.mp4")[0]) == 61


def test_a_gif_ends_by_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recording, "LONGEST_S", {"gif": 0.5})
    film = made({"path": str(tmp_path / "f.gif")}, tmp_path)
    film.open(SIZE, 0.0)
    ends = [film.write(scene(step), step / 20) for step in range(10)]
    assert ends == [None] * 9 + ["a GIF of 0.5 s is long enough"]
    film.close(None)
    with Image.open(tmp_path / "f.gif") as image:
        assert getattr(image, "n_frames", 1) == 10


def test_an_encoder_that_dies_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dying = [sys.executable, "-c", "import sys; sys.stdin.buffer.read(10); sys.exit('disk full')"]
    monkeypatch.setattr(mp4, "command", lambda *_, **__: dying)
    film = made({"path": str(tmp_path / "f.mp4")}, tmp_path)
    film.open((640, 480), 0.0)
    film.hear(np.zeros(4800, np.float32), 48_000, 0.1)
    large = np.zeros((480, 640, 4), np.uint8)
    with pytest.raises(CartoonAliveError, match=r"can't write f\.mp4: the MP4 encoder stopped: disk full") as failed:
        film.write(large, 10.0)  # 301 pictures: more than a pipe holds
    film.close(failed.value)
    assert list(tmp_path.iterdir()) == []


def test_a_window_of_another_size_is_fitted(tmp_path: Path) -> None:
    film = made({"path": str(tmp_path / "f")}, tmp_path)
    film.open(SIZE, 0.0)
    film.write(scene(0), 0.0)
    tall = np.full((96, 64, 4), 255, np.uint8)
    tall[:4, :4] = 0
    film.write(tall, 0.1)
    film.close(None)
    names = sorted(path.name for path in (tmp_path / "f").iterdir())
    with Image.open(tmp_path / "f" / names[-1]) as image:
        alpha = np.asarray(image)[..., 3]
    assert alpha.shape == (48, 64)
    assert (alpha[4:, 16:48] == 255).all()
    assert not alpha[:, :15].any()


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"format": "avi"}, "format must be one of mp4, webm, gif, webp, folder, got 'avi'"),
        ({"path": "x.png"}, "a snapshot is one picture"),
        ({"path": "x.avi"}, "can't write .avi files"),
        ({"path": "x.mp4", "format": "gif"}, "the path says mp4, the format gif"),
        ({"path": "/no/such/folder/x.mp4"}, "there is no such folder; create it first: /no/such/folder"),
        ({"fps": 0.5}, "fps must be in 1..120 for mp4, got 0.5"),
        ({"format": "gif", "fps": 60}, "fps must be in 1..50 for gif, got 60"),
        ({"background": "transparent"}, "mp4 can't be transparent"),
        ({"colour": "red"}, "there is no option 'colour'"),
    ],
)
def test_what_cannot_succeed_is_refused_at_once(values: dict[str, Any], words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as refused:
        made(values, tmp_path)
    assert words in str(refused.value)
    assert "\n" not in str(refused.value)


def test_names_are_never_used_twice(tmp_path: Path) -> None:
    (tmp_path / "CartoonAlive now.mp4").touch()
    first = recording.unused(tmp_path, "now", ".mp4")
    assert first.name == "CartoonAlive now (2).mp4"
    assert recording.unused(tmp_path, "now", ".mp4", {first}).name == "CartoonAlive now (3).mp4"


def test_rates(tmp_path: Path) -> None:
    rates = {kind: made({"format": kind}, tmp_path)._fps for kind in recording.FORMATS}
    assert rates == {"mp4": 30.0, "webm": 30.0, "gif": 20.0, "webp": 25.0, "folder": 30.0}
    assert made({"fps": 60}, tmp_path)._fps == 60.0
    assert made({}, tmp_path, show_fps=24.0)._fps == 24.0
