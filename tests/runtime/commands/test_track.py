"""runtime.commands.track; the tracker itself is tested with its driver."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from assets import samples, takes
from assets.errors import DriverError
from assets.takes import Take
from drivers import webcam
from runtime.commands import track


@pytest.fixture
def tracker(monkeypatch: pytest.MonkeyPatch, make_take: Callable[..., Take]) -> list[dict[str, Any]]:
    """Stands in for the camera: remembers how it was called, returns a take."""
    calls: list[dict[str, Any]] = []

    def stand_in(source: str, *, progress: Callable[[int, int], None], **options: Any) -> Take:
        calls.append({"source": source, **options})
        progress(1, 0)
        progress(3, 6)
        if source.endswith("bad.mp4"):
            raise DriverError("no face was found in any of the 90 pictures: bad.mp4")
        return make_take(6)

    monkeypatch.setattr(webcam, "track", stand_in)
    return calls


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_a_video_becomes_a_take(ending: str, call: Callable, tracker: list[dict[str, Any]], tmp_path: Path) -> None:
    video, out = tmp_path / "me.mp4", tmp_path / f"me.{ending}"
    video.touch()
    called = call("track", video, "-o", out, "--models", tmp_path, "--json")
    assert (called.code, called.err) == (0, "")
    assert json.loads(called.out) == {
        "out": str(out), "frames": 6, "faces": 6, "fps": 30.0, "duration": 0.2,
    }  # fmt: skip
    assert tracker == [{"source": str(video), "models_dir": tmp_path, "seconds": None}]
    assert len(takes.load(out).frames) == 6


def test_a_camera_runs_for_a_while(call: Callable, tracker: list[dict[str, Any]], tmp_path: Path) -> None:
    assert call("track", "0", "-o", tmp_path / "a.jsonl").code == 0
    assert call("track", "1", "-o", tmp_path / "a.jsonl", "--seconds", "2.5").code == 0
    assert [(each["source"], each["seconds"]) for each in tracker] == [("0", track.CAMERA_S), ("1", 2.5)]


@pytest.mark.parametrize(
    ("source", "out", "words", "message"),
    [
        ("missing.mp4", "a.jsonl", [], "there is no such file"),
        ("me.mp4", "a.txt", [], "the output's name must end in .jsonl or .csv"),
        ("me.mp4", "a.jsonl", ["--seconds", "3"], "--seconds is for cameras"),
        ("me.mp4", "a.jsonl", ["--models", "nowhere"], "there is no such folder"),
    ],
)
def test_what_cannot_work_is_said_before_any_work(
    source: str, out: str, words: list[str], message: str, call: Callable, tracker: list[dict[str, Any]], tmp_path: Path
) -> None:
    (tmp_path / "me.mp4").touch()
    called = call("track", tmp_path / source, "-o", tmp_path / out, *words)
    assert (called.code, called.out, tracker) == (2, "", [])
    assert called.err.startswith(f"cartoonalive: {message}")


def test_no_face_no_file(call: Callable, tracker: list[dict[str, Any]], tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").touch()
    called = call("track", tmp_path / "bad.mp4", "-o", tmp_path / "a.jsonl")
    assert called.code == 2
    assert called.err == "cartoonalive: no face was found in any of the 90 pictures: bad.mp4\n"
    assert not (tmp_path / "a.jsonl").exists()


@pytest.mark.models
def test_the_sample_portrait_has_a_face(call: Callable, models_dir: Path, tmp_path: Path) -> None:
    out = tmp_path / "a.jsonl"
    called = call("track", samples.PORTRAIT, "-o", out, "--models", models_dir, "--json")
    assert called.code == 0, called.err
    assert json.loads(called.out)["faces"] == 1
    assert takes.load(out).frames[0].face_seen
