"""runtime.commands.render: exact, deterministic, all or nothing."""

import json
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
import soundfile
from PIL import Image

from assets import store, takes
from assets.avatar import AvatarModel
from assets.takes import Take
from drivers.speech import offline
from drivers.speech.mapping import Manner
from drivers.speech.training.evaluation.probes import tube
from runtime import app
from runtime.commands import render
from runtime.films.talking import TalkingHead

pytestmark = pytest.mark.gl


def picture(path: Path) -> np.ndarray:
    with Image.open(path) as image:
        return np.asarray(image)


def test_every_frame_is_what_the_renderer_draws(
    call: Callable, tiny: AvatarModel, tiny_path: Path, take_path: Path, tmp_path: Path
) -> None:
    """No smoothing, no idle motion, no mirror."""
    out = tmp_path / "frames"
    called = call(render.__name__.rpartition(".")[2], tiny_path, "--take", take_path, "-o", out)
    assert (called.code, called.err) == (0, "")
    take = takes.load(take_path)
    assert sorted(path.name for path in out.iterdir()) == [f"{index:06d}.png" for index in range(6)]
    with app.drawing(tiny) as draw:
        for index, frame in enumerate(take.frames):
            wanted = draw(frame, (48, 48), (0.0, 0.0, 0.0, 0.0))
            assert (picture(out / f"{index:06d}.png") == wanted).all()


@pytest.mark.parametrize("out", ["frames", "one.png", "a.gif", "a.webp"])
def test_the_same_bytes_every_time(out: str, call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path) -> None:
    runs = []
    for folder in (tmp_path / "first", tmp_path / "second"):
        folder.mkdir()
        assert call("render", tiny_path, "--take", take_path, "-o", folder / out).code == 0
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        runs.append([(path.name, path.read_bytes()) for path in files])
    assert runs[0] == runs[1]
    assert len(runs[0]) == (6 if out == "frames" else 1)


def test_one_png_is_the_first_frame(call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path) -> None:
    called = call("render", tiny_path, "--take", take_path, "-o", tmp_path / "one.png", "--json")
    assert json.loads(called.out)["frames"] == 1
    call("render", tiny_path, "--take", take_path, "-o", tmp_path / "frames")
    assert (tmp_path / "one.png").read_bytes()[:8] == b"\x89PNG\r\n\x1a\n"
    assert (picture(tmp_path / "one.png") == picture(tmp_path / "frames" / "000000.png")).all()


def test_json_tells_what_was_made(call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.mp4"
    called = call("render", tiny_path, "--take", take_path, "-o", out, "--size", "64x32", "--fps", "60", "--json")
    assert (called.code, called.err) == (0, "")
    told = json.loads(called.out)
    assert told.pop("seconds") > 0.0
    assert told == {"out": str(out), "kind": "mp4", "frames": 12, "fps": 60.0, "size": [64, 32]}
    film = cv2.VideoCapture(str(out))
    assert int(film.get(cv2.CAP_PROP_FRAME_COUNT)) == 12
    assert film.get(cv2.CAP_PROP_FPS) == pytest.approx(60.0)
    assert (film.get(cv2.CAP_PROP_FRAME_WIDTH), film.get(cv2.CAP_PROP_FRAME_HEIGHT)) == (64.0, 32.0)


@pytest.mark.parametrize(
    ("out", "background", "corner"),
    [
        ("a.png", None, (0, 0, 0, 0)), ("a.png", "transparent", (0, 0, 0, 0)), ("a.png", "#ff8000", (255, 128, 0, 255)),
        ("a.gif", None, (224, 224, 224, 255)), ("a.gif", "transparent", (0, 0, 0, 0)), ("a.webp", None, (0, 0, 0, 0)),
        ("a.gif", "white", (255, 255, 255, 255)),
    ],
)  # fmt: skip
def test_backgrounds(
    out: str, background: str | None, corner: tuple[int, ...], call: Callable, tiny_path: Path, take_path: Path,
    tmp_path: Path,
) -> None:  # fmt: skip
    words = ["--background", background] if background else []
    assert call("render", tiny_path, "--take", take_path, "-o", tmp_path / out, *words).code == 0
    with Image.open(tmp_path / out) as image:
        got = image.convert("RGBA").getpixel((0, 0))
    assert np.abs(np.array(got) - corner).max() <= 2 if corner[3] else got[3] == 0


def test_a_light_grey_lies_behind_an_mp4(call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path) -> None:
    assert call("render", tiny_path, "--take", take_path, "-o", tmp_path / "a.mp4").code == 0
    there, bgr = cv2.VideoCapture(str(tmp_path / "a.mp4")).read()
    assert there
    assert np.abs(bgr[:4, :4].astype(int) - 224).mean() <= 6.0


def test_csv_takes_and_other_rates(
    call: Callable, tiny_path: Path, tmp_path: Path, make_take: Callable[..., Take]
) -> None:
    recording = tmp_path / "take.csv"
    takes.save(make_take(30), recording)
    called = call("render", tiny_path, "--take", recording, "-o", tmp_path / "frames", "--fps", "10", "--json")
    assert json.loads(called.out)["frames"] == 10


def test_a_fast_take_in_a_gif_is_slowed_to_what_gif_can(
    call: Callable, tiny_path: Path, tmp_path: Path, make_take: Callable[..., Take]
) -> None:
    recording, out = tmp_path / "take.jsonl", tmp_path / "a.gif"
    takes.save(make_take(12, fps=60.0), recording)
    called = call("render", tiny_path, "--take", recording, "-o", out, "--json")
    assert json.loads(called.out)["fps"] == 50.0
    assert called.err == "the take has 60 frames a second, a GIF shows at most 50\n"
    with Image.open(out) as image:
        assert image.n_frames == 10
        assert image.info["duration"] == 20


@pytest.mark.parametrize(
    ("out", "words", "message"),
    [
        ("a.avi", [], "can't write .avi files"),
        ("missing/a.mp4", [], "the output's folder does not exist; create it first"),
        ("a.mp4", ["--background", "transparent"], "MP4 can't be transparent; write .webp, .gif or a folder"),
        ("a.gif", ["--fps", "60"], "a GIF shows at most 50 pictures a second, got --fps 60"),
        ("a.png", ["--background", "reddish"], "argument --background: expected a colour"),
        ("take.jsonl/frames", [], "the output's folder does not exist"),
    ],
)
def test_what_cannot_work_is_said_before_any_work(
    out: str, words: list[str], message: str, call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def work(path: Path) -> AvatarModel:
        raise AssertionError("nothing may be loaded")

    monkeypatch.setattr(store, "load", work)
    before = sorted(tmp_path.iterdir())
    called = call("render", tiny_path, "--take", take_path, "-o", tmp_path / out, *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: {message}")
    assert called.err.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_bad_inputs(call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path) -> None:
    out = tmp_path / "frames"
    for avatar, take, message in (
        (tmp_path / "x.avatar", take_path, "there is no such file"),
        (tiny_path, tmp_path / "x.jsonl", "there is no such file"),
        (tmp_path, take_path, "expected a file, got a folder"),
        (take_path, take_path, ""),
        (tiny_path, tiny_path, ""),
    ):
        called = call("render", avatar, "--take", take, "-o", out)
        assert (called.code, called.out) == (2, "")
        assert called.err.startswith(f"cartoonalive: {message}")
        assert called.err.count("\n") == 1
        assert not out.exists()


def test_inputs_are_never_overwritten(call: Callable, tiny_path: Path, take_path: Path, tmp_path: Path) -> None:
    picture_take = tmp_path / "take.png"
    take_path.rename(picture_take)
    before = picture_take.read_bytes()
    called = call("render", tiny_path, "--take", picture_take, "-o", picture_take)
    assert called.code == 2
    assert "the output would overwrite the input" in called.err
    assert picture_take.read_bytes() == before


# ---- talking --------------------------------------------------------------------------------------------------------


@pytest.fixture
def speech(tmp_path: Path) -> Path:
    soundfile.write(tmp_path / "speech.wav", tube([("", 0.1), ("a", 0.2), ("", 0.1)]), 16000)
    return tmp_path / "speech.wav"


@pytest.mark.parametrize("words", [[], ["--still"], ["--openness", "0.5", "--expression", "0", "--fps", "10"]])
def test_the_avatar_says_what_it_is_given(
    words: list[str], call: Callable, tiny: AvatarModel, tiny_path: Path, speech: Path, tmp_path: Path
) -> None:
    out = tmp_path / "frames"
    called = call("render", tiny_path, "--audio", speech, "-o", out, *words)
    assert (called.code, called.err) == (0, "a folder has no sound; write an .mp4 to hear it\n")
    fps, manner = (10.0, Manner(0.5, 1.0, 0.0)) if "--fps" in words else (30.0, Manner(expression=render.EXPRESSION))
    take = offline.take(speech, fps=fps, manner=manner)
    head = take if "--still" in words else TalkingHead(take)
    assert len(list(out.iterdir())) == len(take.frames) == round(0.4 * fps)
    with app.drawing(tiny) as draw:
        for index, frame in enumerate(take.frames):
            wanted = draw(head.at(frame.time_s), (48, 48), (0.0, 0.0, 0.0, 0.0))
            assert (picture(out / f"{index:06d}.png") == wanted).all()


@pytest.mark.parametrize("take", [False, True])
def test_a_talking_mp4_has_sound(
    take: bool, call: Callable, tiny_path: Path, take_path: Path, speech: Path, tmp_path: Path
) -> None:
    """A track of sound beside the one of pictures; with a take, the pictures are the take's."""
    out = tmp_path / "a.mp4"
    called = call("render", tiny_path, "--audio", speech, *(["--take", take_path] if take else []), "-o", out, "--json")
    assert (called.code, called.err) == (0, "")
    assert json.loads(called.out)["frames"] == (6 if take else 12)
    data = out.read_bytes()
    assert (data.count(b"\0vide"), data.count(b"\0soun")) == (1, 1)


def test_neither_a_take_nor_speech_nor_sound(call: Callable, tiny_path: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.wav").write_bytes(b"no sound")
    for words, message in (
        ([], "render needs --take (a recording) or --audio (speech to say)"),
        (["--audio", tmp_path / "none.wav"], "there is no such file"),
        (["--audio", tmp_path / "bad.wav"], "can't read the sound file"),
    ):
        called = call("render", tiny_path, *words, "-o", tmp_path / "a.mp4")
        assert (called.code, called.out) == (2, "")
        assert called.err.startswith(f"cartoonalive: {message}")
        assert called.err.count("\n") == 1
        assert not (tmp_path / "a.mp4").exists()
