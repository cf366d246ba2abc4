"""runtime.commands.demo"""

import json
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PIL import Image

from assets import samples, takes
from assets.errors import WeightsError
from assets.takes import Take
from renderer.surface import Event, OffscreenSurface, Quit
from runtime import app
from runtime.commands import demo
from runtime.films.showreel import Reel

pytestmark = pytest.mark.gl


@pytest.fixture(autouse=True)
def _small_samples(
    tiny_path: Path, tmp_path: Path, make_take: Callable[..., Take], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tiny avatar and short takes instead of the samples; no model files, and none to be had; no display."""
    for name, count in (("SHOWCASE", 12), ("SPEECH", 8)):
        path = tmp_path / f"{name}.jsonl"
        takes.save(make_take(count), path)
        monkeypatch.setattr(samples, name, path)
    monkeypatch.setattr(samples, "AVATAR", tiny_path)
    really = demo._generate

    def offline(portrait: Path, out: Path, models_dir: Path | None, limit_s: float) -> None:
        """As the real one, but nothing is ever fetched in a test."""
        if not demo._models_here(models_dir):
            raise WeightsError("the avatar could not be made: model files can't be fetched")
        really(portrait, out, models_dir, limit_s)

    monkeypatch.setattr(demo, "_generate", offline)
    monkeypatch.delenv("CARTOONALIVE_MODELS", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    monkeypatch.delenv("WAYLAND_DISPLAY", raising=False)


def check_pictures(folder: Path) -> None:
    with Image.open(folder / "demo.gif") as image:
        assert image.size == (64, 64)
        assert getattr(image, "n_frames", 1) == 9  # 20 frames at 30 a second, shown at 12.5
    with Image.open(folder / "contact-sheet.png") as image:
        assert image.size[0] > 1000


def test_pictures_where_they_are_wanted(call: Callable, tmp_path: Path) -> None:
    out = tmp_path / "show"
    called = call("demo", "--out", out, "--size", "64", "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)
    assert (told["generated"], told["window"], told["frames"]) == (False, False, 9)
    assert (told["gif"], told["contact_sheet"]) == (str(out / "demo.gif"), str(out / "contact-sheet.png"))
    assert set(told["seconds"]) == {"avatar", "first frame", "contact sheet", "film"}
    assert called.err.startswith("no model files here: fetching them")
    assert "can't be fetched; taking the ready-made sample avatar" in called.err
    check_pictures(out)


def test_without_a_display_it_says_so_and_writes_pictures(
    call: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    called = call("demo", "--size", "64")
    assert called.code == 0, called.err
    assert "writing pictures instead of opening a window\n" in called.err
    assert "cartoonalive-demo/demo.gif" in called.out
    check_pictures(tmp_path / "cartoonalive-demo")


def test_an_avatar_that_cannot_be_made_is_replaced(
    call: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing(command: list[str], **_: object) -> "subprocess.CompletedProcess[str]":
        assert command[1:5] == ["-P", "-m", "runtime", "generate"]
        return subprocess.CompletedProcess(command, 2, "", "cartoonalive: no engine can be opened\n")

    monkeypatch.setattr(demo, "_models_here", lambda folder: True)
    monkeypatch.setattr(demo.subprocess, "run", failing)
    called = call("demo", "--out", tmp_path / "show", "--size", "64", "--json")
    assert called.code == 0
    assert "no engine can be opened; taking the ready-made sample avatar" in called.err
    assert json.loads(called.out)["generated"] is False


def test_neither_made_nor_ready_made_is_an_error(call: Callable, tmp_path: Path, tiny_path: Path) -> None:
    tiny_path.unlink()
    called = call("demo", "--out", tmp_path / "show", "--size", "64")
    assert (called.code, called.out) == (2, "")
    assert called.err.endswith("cartoonalive: the avatar could not be made: model files can't be fetched\n")


def test_in_a_window_the_takes_play_until_it_is_closed(
    call: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A surface in memory that closes after 40 frames stands in for the window."""

    class Closing(OffscreenSurface):
        left = 40

        def events(self) -> Iterator[Event]:
            self.left -= 1
            return iter(() if self.left >= 0 else (Quit(),))

    monkeypatch.setattr(app, "surface", lambda size_px, *, title: Closing((32, 32)))
    called = call("demo", "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)
    assert (told["window"], told["frames"]) == (True, 40)
    assert set(told["seconds"]) == {"avatar"}
    assert told["latency_ms"]["replay"]["count"] > 0
    assert "H in the avatar's window lists its keys" in called.err


def test_the_first_picture_does_not_wait_for_a_slow_machine(
    call: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "_models_here", lambda folder: True)
    monkeypatch.setattr(demo, "MAKING_S", 0.01)
    called = call("demo", "--out", tmp_path / "show", "--size", "64")
    assert called.code == 0
    assert "making the avatar took longer than 0.01 s; taking the ready-made sample avatar" in called.err


@pytest.mark.models
def test_with_model_files_the_portrait_becomes_an_avatar(
    call: Callable, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "MAKING_S", demo.MAKING_PATIENT_S)
    called = call("demo", "--out", tmp_path / "show", "--size", "64", "--models", models_dir, "--json")
    assert called.code == 0, called.err
    assert json.loads(called.out)["generated"] is True
    assert (tmp_path / "show" / "sample.avatar").is_file()
    assert Reel([takes.load(samples.SHOWCASE)]).duration_s > 0.0
