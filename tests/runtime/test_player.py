"""runtime.player and runtime.sources.injected."""

from pathlib import Path

import pytest

from assets import arkit, takes
from assets.errors import CartoonAliveError, UsageError
from assets.face import HEAD, FaceFrame
from runtime.clock import ManualClock
from runtime.player import MOST_S, TakeRecorder
from runtime.sources.injected import Injected


def faces(count: int) -> list[FaceFrame]:
    return [FaceFrame.from_mapping({"jawOpen": number / count}, time_s=1000.0 + number) for number in range(count)]


def test_what_was_put_is_what_is_played(tmp_path: Path) -> None:
    recorder = TakeRecorder(tmp_path / "takes", stamp=lambda: "now")
    path = recorder.begin(None)
    assert path == tmp_path / "takes" / "take now.jsonl"
    for number, face in enumerate(faces(10)):
        assert recorder.put(face, 50.0 + number / 25.0)
    told = recorder.finish()()
    assert told == {"path": str(path), "frames": 10, "seconds": 0.4}
    take = takes.load(path)
    assert take.fps == 25.0
    assert take.at(0.2).weights[arkit.INDEX["jawOpen"]] == pytest.approx(0.5)
    assert recorder.path is None
    assert recorder.recent() == [str(path)]
    assert recorder.begin(None).name == "take now 2.jsonl"


def test_too_long_is_told_once_it_is(tmp_path: Path) -> None:
    recorder = TakeRecorder(tmp_path)
    assert recorder.put(FaceFrame(), 0.0), "nothing is recorded, nothing is too long"
    recorder.begin(tmp_path / "a.csv")
    assert recorder.put(FaceFrame(), 0.0)
    assert not recorder.put(FaceFrame(), MOST_S)


def test_what_cannot_be_is_said(tmp_path: Path) -> None:
    recorder = TakeRecorder(tmp_path / "nowhere")
    assert recorder.recent() == []
    with pytest.raises(UsageError, match="no take is being recorded"):
        recorder.finish()
    (tmp_path / "old.jsonl").write_text("mine")
    with pytest.raises(UsageError, match="already; choose another"):
        recorder.begin(tmp_path / "old.jsonl")
    wrong = ((tmp_path / "a.mp4", "is a .jsonl or .csv"), (tmp_path / "no" / "a.jsonl", "create it first"))
    for path, message in wrong:
        with pytest.raises(UsageError, match=message):
            recorder.begin(path)
    recorder.begin(tmp_path / "a.jsonl")
    with pytest.raises(UsageError, match="already"):
        recorder.begin(tmp_path / "b.jsonl")
    with pytest.raises(CartoonAliveError, match="empty"):
        recorder.finish()()


def test_what_a_plugin_says_holds_each_for_its_own_time() -> None:
    clock = ManualClock(5.0)
    said = Injected(clock.now_s)
    assert said.latest() is None
    said.say({"jawOpen": 0.5}, None, 1.0)
    clock.advance(0.6)
    said.say({"cheekPuff": 1.0}, {"yaw_deg": 90.0, "x_m": 0.1}, 1.0)
    face = said.latest()
    assert face is not None
    assert face.channels == {"jawOpen", "cheekPuff", HEAD}
    assert (face.time_s, face.head.x_m) == (clock.now_s(), 0.1)
    assert face.head.yaw_rad == pytest.approx(1.5708, abs=1e-4)
    clock.advance(0.6)
    face = said.latest()
    assert face is not None
    assert face.channels == {"cheekPuff", HEAD}
    clock.advance(5.0)
    late = said.latest()
    assert late is face, "the last one, growing old"
    assert said.status() == "plugin: 2 messages"
