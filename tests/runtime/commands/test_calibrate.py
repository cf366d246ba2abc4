"""runtime.commands.calibrate: a round with a recording as the sitter, what is kept of it, and what `run` then does."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from assets import takes
from assets.face import FaceFrame, HeadPose
from assets.takes import Take
from runtime.calibrating import calibration_store

SHORT = ("--ready", "0.02", "--hold", "0.1")


@pytest.fixture
def still_path(tmp_path: Path) -> Path:
    """A take of somebody who sits still, looking down a little."""
    head = HeadPose.from_degrees(pitch_deg=-8.0, yaw_deg=2.0)
    frames = tuple(FaceFrame.from_mapping({"browInnerUp": 0.2}, head=head, time_s=i / 30) for i in range(30))
    path = tmp_path / "still.jsonl"
    takes.save(Take(frames, 30.0), path)
    return path


def test_the_rest_is_kept_shown_and_forgotten(call: Callable, still_path: Path) -> None:
    driver = ("--driver", f"replay:take={still_path}")
    made = call("calibrate", *driver, "--rest-only", *SHORT, "--json")
    assert made.code == 0, made.err
    told = json.loads(made.out)
    assert told["steps"] == {"rest": "done"}
    path = Path(told["file"])
    assert path.is_file()
    kept = calibration_store.load(path)
    assert kept is not None
    assert kept.head.pitch_rad == pytest.approx(-0.1396, abs=1e-4)
    assert "Look straight ahead" in made.err
    shown = call("calibrate", *driver, "--show")
    assert "head at rest: yaw +2.0, pitch -8.0, roll +0.0 degrees" in shown.out
    assert str(path) in shown.out
    assert "forgotten" in call("calibrate", *driver, "--forget").out
    assert not path.exists()
    assert "nothing was kept" in call("calibrate", *driver, "--forget").out
    assert "not calibrated" in call("calibrate", *driver, "--show").out


def test_a_whole_round_with_somebody_who_does_nothing(call: Callable, still_path: Path) -> None:
    made = call("calibrate", "--driver", "replay", "--take", still_path, *SHORT)
    assert made.code == 0, made.err
    for line in ("lids: the eyes were not seen to close", "shapes: left and right looked the same", "kept for run: "):
        assert line in made.out
    assert "mirrored" not in made.out


def test_only_the_rest_leaves_the_switches(call: Callable, still_path: Path) -> None:
    driver = ("--driver", "replay", "--take", still_path)
    told = json.loads(call("calibrate", *driver, "--rest-only", *SHORT, "--json").out)
    data = json.loads(Path(told["file"]).read_text())
    Path(told["file"]).write_text(json.dumps({**data, "flip_head": True}))
    again = json.loads(call("calibrate", *driver, "--rest-only", *SHORT, "--json").out)
    assert (again["flip_head"], again["swap_shapes"], again["file"]) == (True, False, told["file"])
    assert "mirrored at the source, put right here: the head's turn" in call("calibrate", *driver, "--show").out


def test_a_whole_round_finds_out_nothing_about_a_missing_take(call: Callable, tmp_path: Path) -> None:
    called = call("calibrate", "--driver", "replay", "--take", tmp_path / "none.jsonl", *SHORT)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith("cartoonalive: ")
    assert called.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--show", "--forget"], "--show and --forget can't go together"),
        (["--driver", "camera"], "there is no driver named 'camera'"),
        (["--hold", "0"], "argument --hold: seconds must be in 0.001..86400"),
    ],
)
def test_what_cannot_work_is_said_at_once(words: list[str], message: str, call: Callable) -> None:
    called = call("calibrate", *words)
    assert (called.code, called.out) == (2, "")
    assert called.err.startswith(f"cartoonalive: {message}")


@pytest.mark.gl
def test_run_applies_what_is_kept(call: Callable, tiny_path: Path, still_path: Path) -> None:
    driver = ("--driver", "replay", "--take", still_path)
    call("calibrate", *driver, "--rest-only", *SHORT)
    start = ("run", tiny_path, "--headless", "--frames", 6, "--fps", 200, "--json", *driver)
    assert "replay-" in call(*start).err
    assert "calibrated; --no-calibration leaves that out" in call(*start).err
    assert "calibrated" not in call(*start, "--no-calibration").err
    kept = json.loads(call("calibrate", *driver, "--show", "--json").out)
    Path(kept["file"]).write_text("{}")
    broken = call(*start)
    assert broken.code == 0
    assert "the calibration has another format" in broken.err
