"""runtime.commands.demo and runtime.making.sample_avatar"""

import json
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assets import samples, takes
from assets.errors import WeightsError
from assets.takes import Take
from renderer.surface import Event, OffscreenSurface, Quit
from runtime import app
from runtime.acting.works import WorkActions
from runtime.films.showreel import Reel
from runtime.making import sample_avatar
from runtime.making.sample_avatar import Maker

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
    really = Maker._run

    def offline(self: Maker, portrait: Path, limit_s: float) -> None:
        """As the real one, but nothing is ever fetched in a test."""
        if not sample_avatar.models_here(self._models_dir):
            raise WeightsError("the avatar could not be made: model files can't be fetched")
        really(self, portrait, limit_s)

    monkeypatch.setattr(Maker, "_run", offline)
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
    maker = "import sys; sys.stderr.write('cartoonalive: no engine can be opened\\n'); sys.exit(2)"
    monkeypatch.setattr(sample_avatar, "models_here", lambda folder: True)
    monkeypatch.setattr(sample_avatar, "COMMAND", (sys.executable, "-c", maker))
    called = call("demo", "--out", tmp_path / "show", "--size", "64", "--json")
    assert called.code == 0
    assert "the avatar could not be made: no engine can be opened; taking the ready-made sample avatar" in called.err
    assert json.loads(called.out)["generated"] is False


def test_neither_made_nor_ready_made_is_an_error(call: Callable, tmp_path: Path, tiny_path: Path) -> None:
    tiny_path.unlink()
    called = call("demo", "--out", tmp_path / "show", "--size", "64")
    assert (called.code, called.out) == (2, "")
    assert called.err.endswith("cartoonalive: the avatar could not be made: model files can't be fetched\n")


class Closing(OffscreenSurface):
    """A surface in memory that stands in for the window, and closes after some frames, or when it is told to."""

    left = 40
    told = threading.Event()

    def events(self) -> Iterator[Event]:
        self.left -= 1
        return iter((Quit(),) if self.told.is_set() or self.left < 0 else ())


def test_in_a_window_the_takes_play_until_it_is_closed(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "surface", lambda size_px, *, title: Closing((32, 32)))
    called = call("demo", "--json")
    assert called.code == 0, called.err
    told = json.loads(called.out)
    assert (told["window"], told["frames"], told["generated"]) == (True, 40, False)
    assert told["latency_ms"]["replay"]["count"] > 0
    assert "H in the avatar's window lists its keys" in called.err


def test_the_avatar_made_meanwhile_takes_the_stage(
    call: Callable, tiny_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The maker is a child that copies a file; the window closes once the new avatar has been swapped in."""
    closed = threading.Event()

    class Swapped(Closing):
        left = 100_000
        told = closed

    really = WorkActions._swap

    def swap(self: WorkActions, path: Path, *made: Any) -> dict[str, Any]:
        told = really(self, path, *made)
        closed.set()
        return told

    copy = f"import shutil, sys; shutil.copy({str(tiny_path)!r}, sys.argv[sys.argv.index('-o') + 1])"
    monkeypatch.setattr(WorkActions, "_swap", swap)
    monkeypatch.setattr(sample_avatar, "models_here", lambda folder: True)
    monkeypatch.setattr(sample_avatar, "COMMAND", (sys.executable, "-c", copy))
    monkeypatch.setattr(app, "surface", lambda size_px, *, title: Swapped((32, 32)))
    called = call("demo", "--json")
    assert called.code == 0, called.err
    assert "making an avatar from portrait.png" in called.err
    assert json.loads(called.out)["window"] is True


def test_a_window_closed_early_ends_the_maker(call: Callable, monkeypatch: pytest.MonkeyPatch) -> None:
    children = []
    really = subprocess.Popen

    def noted(*words: Any, **options: Any) -> "subprocess.Popen[str]":
        children.append(really(*words, **options))
        return children[-1]

    monkeypatch.setattr(sample_avatar.subprocess, "Popen", noted)
    monkeypatch.setattr(sample_avatar, "models_here", lambda folder: True)
    monkeypatch.setattr(sample_avatar, "COMMAND", (sys.executable, "-c", "import time; time.sleep(600)"))
    monkeypatch.setattr(app, "surface", lambda size_px, *, title: Closing((32, 32)))
    called = call("demo", "--json")
    assert called.code == 0, called.err
    assert json.loads(called.out)["generated"] is False
    assert [child.poll() is not None for child in children] == [True]


def test_the_first_picture_does_not_wait_for_a_slow_machine(
    call: Callable, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_avatar, "models_here", lambda folder: True)
    monkeypatch.setattr(sample_avatar, "MAKING_S", 0.01)
    called = call("demo", "--out", tmp_path / "show", "--size", "64")
    assert called.code == 0
    assert "making the avatar took longer than 0.01 s; taking the ready-made sample avatar" in called.err


@pytest.mark.models
def test_with_model_files_the_portrait_becomes_an_avatar(
    call: Callable, models_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sample_avatar, "MAKING_S", sample_avatar.MAKING_PATIENT_S)
    called = call("demo", "--out", tmp_path / "show", "--size", "64", "--models", models_dir, "--json")
    assert called.code == 0, called.err
    assert json.loads(called.out)["generated"] is True
    assert (tmp_path / "show" / "sample.avatar").is_file()
    assert Reel([takes.load(samples.SHOWCASE)]).duration_s > 0.0
