"""runtime.outputs: the set of outputs as the show uses it, with real recordings, pipes and sockets."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image

from assets.errors import UsageError
from assets.face import FaceFrame
from drivers.microphone import MicrophoneDriver, Options
from drivers.speech import latency
from drivers.speech.sources import Block
from drivers.stub import Options as StubOptions
from drivers.stub import StubDriver
from runtime import outputs
from runtime.clock import ManualClock
from runtime.outputs import Outputs
from runtime.sinks import recording
from runtime.sinks.tape import Tape

SIZE = (64, 48)


def picture(step: int = 0) -> np.ndarray:
    made = np.zeros((48, 64, 4), np.uint8)
    made[8:40, 8:40] = (10 * step % 256, 100, 200, 255)
    made[:8, :8] = (255, 0, 0, 77)
    return made


class Show:
    """A show of 60 pictures a second without a renderer."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock(5.0)
        self.outputs = Outputs(self.clock, fps=60.0, folder=folder, stamp=lambda: "now")

    def play(self, count: int) -> None:
        for step in range(count):
            self.outputs.write(picture(step), self.clock.now_s())
            self.settle()
            self.clock.advance(1.0 / 60.0)

    def settle(self) -> None:
        """Until every output has taken what it was given."""
        for worker in self.outputs._workers.values():
            handover = worker._handover
            with handover._changed:
                while (handover._waiting or handover._out) and not worker.finished:
                    handover._changed.wait(0.002)


@pytest.fixture
def show(tmp_path: Path) -> Iterator[Show]:
    made = Show(tmp_path)
    yield made
    made.outputs.close()


def frames_in(path: Path) -> int:
    film = cv2.VideoCapture(str(path))
    count = 0
    while film.read()[0]:
        count += 1
    film.release()
    return count


def test_nobody_wants_pictures_until_somebody_does(show: Show, tmp_path: Path) -> None:
    assert not show.outputs.wanted
    show.outputs.turn_on("recording", {"path": str(tmp_path / "f.mp4")}, SIZE)
    assert show.outputs.wanted
    show.play(12)
    told = show.outputs.turn_off("recording")
    assert told["state"] in ("finishing", "done")
    assert not show.outputs.wanted
    show.outputs.close()
    health = show.outputs.health()["recording"]
    assert (health["state"], health["pictures"], health["dropped"], health["failures"]) == ("done", 12, 0, 0)
    assert health["path"] == str(tmp_path / "f.mp4")
    assert frames_in(tmp_path / "f.mp4") == 6
    assert show.outputs.notices() == [(f"recording: saved 0.2 s: {tmp_path / 'f.mp4'}", "info")]
    assert show.outputs.notices() == []
    json.dumps(show.outputs.health())


def test_recordings_follow_one_another_without_meeting(show: Show, tmp_path: Path) -> None:
    for _ in range(3):  # started at once, while the last one is still being finished
        show.outputs.turn_on("recording", {}, SIZE)
        with pytest.raises(UsageError, match="a recording is running already; stop it first"):
            show.outputs.turn_on("recording", {}, SIZE)
        show.play(8)
        show.outputs.turn_off("recording")
    show.outputs.close()
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["CartoonAlive now (2).mp4", "CartoonAlive now (3).mp4", "CartoonAlive now.mp4"]
    assert all(frames_in(tmp_path / name) >= 4 for name in names)


def test_a_snapshot_is_the_next_picture_with_its_alpha(show: Show, tmp_path: Path) -> None:
    place = show.outputs.snapshot()
    assert place == tmp_path / "CartoonAlive now.png"
    assert show.outputs.wanted
    other = show.outputs.snapshot(tmp_path / "mine.PNG")
    show.play(2)
    assert not show.outputs.wanted
    show.outputs.close()
    for path in (place, other):
        with Image.open(path) as image:
            assert np.array_equal(np.asarray(image), picture(0))
    assert show.outputs.health()["snapshot"]["state"] == "done"
    assert sorted(show.outputs.notices()) == sorted((f"snapshot saved: {path}", "info") for path in (place, other))


def test_snapshots_that_cannot_be_are_told(show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for path, words in ((tmp_path / "x.jpg", "ends with .png"), (tmp_path / "no" / "x.png", "create it first")):
        with pytest.raises(UsageError, match=words):
            show.outputs.snapshot(path)
    (tmp_path / "folder.png").mkdir()
    with pytest.raises(UsageError, match="it is a folder"):
        show.outputs.snapshot(tmp_path / "folder.png")
    assert not show.outputs.wanted

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    show.outputs.snapshot(tmp_path / "x.png")
    monkeypatch.setattr(Image.Image, "save", full)
    show.play(1)
    show.outputs.close()
    assert show.outputs.health()["snapshot"]["state"] == "failed"
    assert len(notices := show.outputs.notices()) == 1
    assert "No space left on device; make room on the disk" in notices[0].text
    assert notices[0].level == "warning"
    assert not (tmp_path / "x.png").exists()


def test_one_that_fails_stops_no_other(show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The recording breaks, the camera is not there, the pipe's reader hangs, VMC is refused: WebP goes on."""
    os.mkfifo(tmp_path / "p")
    hanging = os.open(tmp_path / "p", os.O_RDONLY | os.O_NONBLOCK)
    show.outputs.turn_on("pipe", {"path": str(tmp_path / "p")}, SIZE)
    monkeypatch.setattr(outputs, "KINDS", (*outputs.KINDS, "broken"))
    broken = Show(tmp_path).outputs._outlet("recording", {"path": str(tmp_path / "b.mp4")})

    def breaks(rgba: np.ndarray, time_s: float) -> None:
        raise RuntimeError("a defect")

    broken.write = breaks  # type: ignore[method-assign, assignment]
    make = show.outputs._outlet
    monkeypatch.setattr(show.outputs, "_outlet", lambda name, asked: broken if name == "broken" else make(name, asked))
    show.outputs.turn_on("broken", {}, SIZE)
    show.outputs.turn_on("vmc", {"address": "nonsense"}, SIZE)
    show.outputs.turn_on("recording", {"path": str(tmp_path / "f.webp")}, SIZE)
    for step in range(40):
        show.outputs.write(picture(step), show.clock.now_s())  # never waits, although the pipe is full
        recording_worker = show.outputs._workers["recording"]
        with recording_worker._handover._changed:
            while recording_worker._handover._waiting or recording_worker._handover._out:
                recording_worker._handover._changed.wait(0.002)
        show.clock.advance(1.0 / 60.0)
    show.outputs.close()
    os.close(hanging)
    states = {name: health["state"] for name, health in show.outputs.health().items()}
    assert states == {"pipe": "done", "broken": "failed", "vmc": "failed", "recording": "done"}
    with Image.open(tmp_path / "f.webp") as film:
        assert getattr(film, "n_frames", 1) == 17
    told = show.outputs.notices()
    assert len(told) == 3
    assert ("broken: RuntimeError: a defect", "warning") in told
    assert not (tmp_path / "b.mp4").exists()


def test_a_slow_output_costs_the_show_a_copy_and_no_wait(show: Show, tmp_path: Path) -> None:
    gate = threading.Event()
    outlet = recording.create({"path": str(tmp_path / "f")}, show_fps=60.0, folder=tmp_path, stamp="now")
    write = outlet.write

    def slow(rgba: np.ndarray, time_s: float) -> str | None:
        assert gate.wait(30.0)
        return write(rgba, time_s)

    outlet.write = slow  # type: ignore[method-assign]
    show.outputs._outlet = lambda name, values: outlet  # type: ignore[method-assign, assignment]
    show.outputs.turn_on("recording", {}, SIZE)
    for step in range(100):  # all of them before the first is written
        show.outputs.write(picture(step), show.clock.now_s())
        show.clock.advance(1.0 / 60.0)
    health = show.outputs.health()["recording"]
    assert health["dropped"] >= 100 - outlet.depth - 1
    gate.set()
    show.outputs.close()
    assert len(list((tmp_path / "f").iterdir())) == 50  # the film is as long as the show


def test_the_time_the_computer_slept_is_not_in_the_film(show: Show, tmp_path: Path) -> None:
    show.outputs.turn_on("recording", {"path": str(tmp_path / "f")}, SIZE)
    show.play(6)
    show.clock.advance(3600.0)
    show.outputs.hear(np.zeros(100, np.float32), 48_000, show.clock.now_s())
    show.play(6)
    show.outputs.close()
    assert 6 <= len(list((tmp_path / "f").iterdir())) <= 7


def test_faces_go_to_those_who_want_them(show: Show) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.settimeout(5.0)
        show.outputs.turn_on("vmc", {"address": f"127.0.0.1:{listener.getsockname()[1]}"}, SIZE)
        show.outputs._faces["vmc"].join(5.0)
        show.outputs.send(FaceFrame(), 1.0)
        assert listener.recv(2048).startswith(b"#bundle")
    assert not show.outputs.wanted
    assert show.outputs.turn_off("vmc")["state"] == "done"


def test_turning_on_again_takes_the_new_options(show: Show, tmp_path: Path) -> None:
    for name in ("a", "b"):
        show.outputs.turn_on("pipe", {"path": str(tmp_path / name)}, SIZE)
        show.play(1)
        assert (tmp_path / name).exists()
    show.outputs.close()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "values", "size", "words"),
    [
        ("record", {}, SIZE, "there is no output 'record'; choose one of recording, camera, pipe, vmc, vts"),
        ("recording", {"format": "avi"}, SIZE, "format must be one of"),
        ("recording", {}, (0, 0), "the window is minimised"),
    ],
)
def test_nonsense_is_refused(show: Show, name: str, values: dict[str, Any], size: tuple[int, int], words: str) -> None:
    with pytest.raises(UsageError, match=words):
        show.outputs.turn_on(name, values, size)
    assert show.outputs.health() == {}


def test_a_name_that_is_off_or_unknown(show: Show) -> None:
    assert show.outputs.turn_off("camera") == {"state": "done", "words": "off"}
    with pytest.raises(UsageError, match="there is no output 'x'"):
        show.outputs.turn_off("x")


def test_a_folder_that_cannot_be_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "Videos").write_text("a file")
    show = Show(tmp_path / "Videos" / "CartoonAlive")
    for attempt in (lambda: show.outputs.turn_on("recording", {}, SIZE), show.outputs.snapshot):
        with pytest.raises(UsageError, match="can't make the folder for recordings: Not a directory: "):
            attempt()
    assert not show.outputs.wanted


def test_our_own_folder_is_made(tmp_path: Path) -> None:
    show = Show(tmp_path / "Videos" / "CartoonAlive")
    show.outputs.snapshot()
    show.play(1)
    show.outputs.close()
    assert (tmp_path / "Videos" / "CartoonAlive" / "CartoonAlive now.png").is_file()


FULL = """
import numpy as np, sys
from pathlib import Path
from runtime.clock import ManualClock
from runtime.outputs import Outputs
import resource
resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
clock = ManualClock()
outputs = Outputs(clock, fps=60.0, folder=Path(sys.argv[1]), stamp=lambda: "now")
rng = np.random.default_rng(1)
noise = rng.integers(0, 256, (240, 320, 4)).astype(np.uint8)
outputs.turn_on("recording", {}, (320, 240))
for step in range(60):
    outputs.write(np.roll(noise, step * 7, axis=1), clock.now_s())
    clock.advance(1 / 30)
    worker = outputs._workers["recording"]
    with worker._handover._changed:
        while (worker._handover._waiting or worker._handover._out) and not worker.finished:
            worker._handover._changed.wait(0.002)
outputs.close()
health = outputs.health()["recording"]
print(health["state"], "|", *(text for text, _ in outputs.notices()))
"""


def test_a_full_disk_is_one_notice_and_no_half_film(tmp_path: Path) -> None:
    """The system refuses to let any file grow beyond 60 kB, as a full disk or a quota would."""
    pytest.importorskip("resource", reason="this system has no limits on the size of files")
    done = subprocess.run([sys.executable, "-c", FULL, str(tmp_path)], capture_output=True, text=True, timeout=120.0)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("failed | recording: can't write CartoonAlive now.mp4: the MP4 encoder stopped: ")
    assert done.stdout.count("\n") == 1
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_command_line_names_outputs() -> None:
    assert outputs.asked("pipe:path=-,alpha=opaque") == ("pipe", {"path": "-", "alpha": "opaque"})
    assert outputs.asked("vmc:address=127.0.0.1:39540,presets=yes") == (
        "vmc", {"address": "127.0.0.1:39540", "presets": True},
    )  # fmt: skip
    assert outputs.asked("camera") == ("camera", {})
    assert outputs.asked("vts")[0] == "vts"
    with pytest.raises(UsageError, match="there is no output 'tv'"):
        outputs.asked("tv:x=1")


def test_a_microphone_is_heard_in_the_film(
    show: Show, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The driver's own sound, by its own clock, later by as much as the mouth in the picture is late."""

    class Tone:
        latency_s = 0.03
        device = "Tone"
        given = 0

        def start(self, now_s: float) -> None: ...

        def stop(self) -> None: ...

        def status(self) -> str:
            return "a tone"

        def read(self, now_s: float) -> Block | None:
            end = round((now_s - 5.0) * 16_000)
            at, self.given = np.arange(self.given, end) / 16_000, end
            return Block((0.5 * np.sin(2 * np.pi * 300 * at) * (at >= 0.5)).astype(np.float32), 16_000, now_s)

    driver = MicrophoneDriver(Options(calibrated=False), source=Tone(), clock=show.clock.now_s)
    show.outputs.listen_to(driver)
    show.outputs.listen_to(driver)
    show.outputs.listen_to(StubDriver(StubOptions()))
    assert len(driver.taps) == 1
    show.outputs.turn_on("recording", {"path": str(tmp_path / "f.mp4")}, SIZE)
    heard: list[np.ndarray] = []
    write = Tape._write
    monkeypatch.setattr(Tape, "_write", lambda tape, values: (heard.append(values), write(tape, values)))
    with driver:
        for step in range(75):
            show.outputs.write(picture(step), show.clock.now_s())
            show.settle()
            show.clock.advance(1.0 / 60.0)
            driver.latest()
    late_s = latency.total_s(0.03, 1.0) - latency.SHOWING_S
    show.outputs.close()
    sound = np.abs(np.concatenate(heard).astype(int))
    assert len(sound) > 48_000
    assert np.flatnonzero(sound > 3000)[0] / 48_000 == pytest.approx(0.5 + late_s, abs=0.01)


SHOW = """
import os, signal, sys
import numpy as np
from pathlib import Path
from runtime.clock import ManualClock
from runtime.outputs import Outputs
clock = ManualClock()
outputs = Outputs(clock, fps=30.0, folder=Path(sys.argv[1]), stamp=lambda: "now")
def show():
    outputs.write(np.full((48, 64, 4), 200, np.uint8), clock.now_s())
    clock.advance(1 / 30)
    handover = outputs._workers["recording"]._handover
    with handover._changed:
        while handover._waiting or handover._out:
            handover._changed.wait(0.002)
"""
KILLED = SHOW + """
outputs.turn_on("recording", {}, (64, 48))
for step in range(30):
    show()
print(outputs._recording._sink._encoder.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def _ended(process: int) -> bool:
    try:
        return ") Z " in Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return True


def test_the_film_of_a_killed_show_is_found_again(show: Show, tmp_path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", KILLED, str(tmp_path)], capture_output=True, text=True, timeout=60.0)
    assert done.returncode == -9, done.stderr
    left = [path for path in tmp_path.iterdir() if path.suffix == ".mp4"]
    assert [path.name.startswith(".CartoonAlive now.mp4.tmp-") for path in left] == [True]
    encoder = int(done.stdout)
    for _ in range(5000):  # the encoder notices that it is alone, and finishes
        if _ended(encoder):
            break
        threading.Event().wait(0.002)
    assert recording.rescue(tmp_path) == []  # too young: somebody may be writing it
    for path in tmp_path.iterdir():
        os.utime(path, (1.0, 1.0))
    (tmp_path / ".CartoonAlive other.mp4.tmp-1.mp4").touch()
    os.utime(tmp_path / ".CartoonAlive other.mp4.tmp-1.mp4", (1.0, 1.0))
    show.outputs.turn_on("recording", {"format": "gif"}, SIZE)
    rescued = tmp_path / "CartoonAlive now (rescued).mp4"
    assert show.outputs.notices() == [(f"recording: a film of a show that was killed: {rescued}", "info")]
    assert frames_in(rescued) == 30
    assert list(tmp_path.iterdir()) == [rescued]


INTERRUPTED = SHOW + """
try:
    outputs.turn_on("recording", {}, (64, 48))
    for step in range(100_000):
        show()
        if step == 30:
            print("recording", flush=True)
except KeyboardInterrupt:
    outputs.close()
    print(outputs.health()["recording"])
"""


@pytest.mark.skipif(sys.platform == "win32", reason="signals for a whole terminal are of another kind there")
def test_ctrl_c_in_a_terminal_leaves_the_film(tmp_path: Path) -> None:
    """The terminal tells everybody in it, so also an encoder that wouldn't stand apart."""
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED, str(tmp_path)], stdout=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "recording\n"
        os.killpg(process.pid, signal.SIGINT)
        told = process.stdout.read()
    assert "'state': 'done'" in told
    assert frames_in(tmp_path / "CartoonAlive now.mp4") > 30
