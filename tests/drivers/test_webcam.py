"""The webcam driver's side of the bargain, with real child processes that misbehave on purpose."""

import os
import signal
import sys
import textwrap
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assets.errors import CartoonAliveError, DriverError
from assets.face import FaceFrame
from drivers import _recording, _tracker
from drivers.protocols.child import CHANNELS
from drivers.webcam import Options, Patience, WebcamDriver, create, track

PROLOGUE = """
import os, sys, time, threading
from assets.face import FaceFrame, HeadPose
from drivers.protocols.child import CHANNELS, End, Face, Fatal, News, Opened, encode

def say(record):
    sys.stdout.buffer.write(encode(record))
    sys.stdout.buffer.flush()

def face(jaw=0.5, seen=True, **head):
    frame = FaceFrame.from_mapping({"jawOpen": jaw}, head=HeadPose(**head), time_s=time.perf_counter(),
                                   channels=CHANNELS, face_seen=seen)
    say(Face(frame, 0.0))

def hang():
    threading.Event().wait()
"""

HASTY = Patience(opening_s=30.0, first_s=30.0, flowing_s=0.3, retry_first_s=0.01, retry_last_s=0.05)
"""Waits as long for the first picture as any machine needs, and not at all between tries."""


def program(script: str, *arguments: str) -> list[str]:
    """The command of a child that says what `script` says."""
    return [sys.executable, "-c", PROLOGUE + textwrap.dedent(script), *arguments]


def driver_of(script: str, *arguments: str, source: str = "0", patience: Patience = HASTY) -> WebcamDriver:
    return WebcamDriver(Options(source), patience=patience, child_command=program(script, *arguments))


def until(condition: Callable[[], bool], what: str) -> None:
    """Waits for another process; gives up after a minute, far beyond what any machine needs."""
    end_s = time.monotonic() + 60.0
    while not condition():
        if time.monotonic() > end_s:
            pytest.fail(f"a minute has passed without this: {what}")
        threading.Event().wait(0.005)


def first_face(driver: WebcamDriver) -> FaceFrame:
    until(lambda: driver.latest() is not None, "a face")
    frame = driver.latest()
    assert frame is not None
    return frame


@pytest.fixture(autouse=True)
def _no_thread_is_left() -> Iterator[None]:
    before = threading.active_count()
    yield
    assert threading.active_count() == before


def runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_faces_come_through() -> None:
    with driver_of("say(Opened(30.0, 0)); face(0.25); hang()") as driver:
        frame = first_face(driver)
        assert frame.weight("jawOpen") == 0.25
        assert frame.channels == CHANNELS == driver.channels
        assert driver.status() == "webcam 0: face seen"


def test_positions_count_from_the_first_face_seen() -> None:
    script = """
    say(Opened(30.0, 0))
    face(seen=False)
    face(x_m=0.5, y_m=0.25, z_m=-0.5, yaw_rad=0.125)
    face(0.75, x_m=0.625, y_m=0.0, z_m=-0.25, yaw_rad=0.25)
    hang()
    """
    with driver_of(script) as driver:
        until(lambda: (frame := driver.latest()) is not None and frame.weight("jawOpen") == 0.75, "the last face")
        frame = driver.latest()
        assert frame is not None
        assert (frame.head.x_m, frame.head.y_m, frame.head.z_m) == (0.125, -0.25, 0.25)
        assert frame.head.yaw_rad == 0.25


def test_the_show_stays_with_the_camera_that_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever was meant by `auto`, after a mishap the same camera is asked for, by its name."""
    asked: list[str] = []
    lives = [
        program("say(Opened(30.0, 0, 'Great Cam')); face(0.25)"),
        program("say(Opened(30.0, 0, 'Great Cam')); face(); hang()"),
    ]

    def command(source: str, **how: object) -> list[str]:
        asked.append(source)
        return lives[min(len(asked) - 2, 1)] if len(asked) > 1 else lives[0]

    monkeypatch.setattr("drivers.webcam.tracker_command", command)
    with WebcamDriver(Options(), patience=HASTY) as driver:
        until(lambda: (frame := driver.latest()) is not None and frame.weight("jawOpen") == 0.5, "the second life")
        assert driver.status().startswith("webcam Great Cam: ")
    assert asked[:3] == ["auto", "auto", "Great Cam"]  # checked at entering, first life, second life


def test_no_face_is_said() -> None:
    with driver_of("say(Opened(30.0, 0)); face(seen=False); hang()") as driver:
        assert not first_face(driver).face_seen
        assert driver.status() == "webcam 0: no face"


def test_garbage_between_the_records_is_no_harm() -> None:
    script = """
    sys.stdout.buffer.write(b"CAk1 hello\\n" * 50); say(Opened(30.0, 0))
    sys.stdout.buffer.write(encode(End())[:100]); face(0.25); face(0.5); face(0.75); hang()
    """
    with driver_of(script) as driver:
        until(lambda: (frame := driver.latest()) is not None and frame.weight("jawOpen") == 0.75, "the last face")


COUNTING = """
import pathlib
counter = pathlib.Path(sys.argv[1])
life = len(counter.read_text()) if counter.exists() else 0
counter.write_text("x" * (life + 1))
say(Opened(30.0, 0))
face((life + 1) / 4)
"""
"""Each child of the same driver opens the jaw a quarter farther."""


def reaches(driver: WebcamDriver, jaw: float) -> None:
    until(lambda: (frame := driver.latest()) is not None and frame.weight("jawOpen") == jaw, f"jawOpen = {jaw}")


@pytest.mark.parametrize("end", ["sys.exit(0)", "sys.exit(3)", "os.abort()", "raise MemoryError"])
def test_a_child_that_ends_is_replaced(end: str, tmp_path: Path) -> None:
    with driver_of(f"{COUNTING}\nif life < 2: {end}\nhang()", str(tmp_path / "lives")) as driver:
        reaches(driver, 0.75)
        assert driver.status().startswith("webcam 0: ")


def test_a_child_that_hangs_is_replaced(tmp_path: Path) -> None:
    """The third one keeps talking, so it is left alone."""
    script = f"{COUNTING}\nif life < 2: hang()\nwhile True: time.sleep(0.02); face(0.75)"
    with driver_of(script, str(tmp_path / "lives")) as driver:
        reaches(driver, 0.75)
        until(lambda: "pictures a second, face seen" in driver.status(), "a running status")


@pytest.mark.skipif(sys.platform == "win32", reason="no signals")
def test_a_killed_child_is_replaced() -> None:
    with driver_of("say(Opened(30.0, 0)); face(); hang()", patience=Patience(retry_first_s=0.01)) as driver:
        first = first_face(driver)
        pid = driver.child_pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        until(lambda: driver.latest() is not first, "a face from the next child")
        assert driver.child_pid != pid
        assert not runs(pid)


def test_the_reason_is_said() -> None:
    script = "say(News('camera 0 is not there')); sys.exit(0)"
    with driver_of(script) as driver:
        until(lambda: "(failed 3 times)" in driver.status(), "a third try")
        assert driver.status().startswith("webcam 0: camera 0 is not there; trying again (failed ")
        assert driver.latest() is None


def test_a_crash_is_explained_by_its_last_words() -> None:
    script = """
    print("INFO: Created TensorFlow Lite XNNPACK delegate for CPU.", file=sys.stderr)
    print("RuntimeError: the lens is foggy", file=sys.stderr)
    print("W0000 00:00:17.5 inference_feedback_manager.cc:114] Feedback manager", file=sys.stderr)
    sys.exit(1)
    """
    with driver_of(script) as driver:
        until(lambda: "RuntimeError: the lens is foggy; trying again" in driver.status(), "the reason")


def test_a_camera_that_does_not_open_is_tried_again() -> None:
    with driver_of("hang()", patience=Patience(opening_s=0.05, retry_first_s=0.01)) as driver:
        until(lambda: "the camera doesn't open; trying again" in driver.status(), "the reason")


def test_what_cannot_heal_is_not_tried_again(tmp_path: Path) -> None:
    script = f"{COUNTING}\nsay(Fatal('the model is broken')); sys.exit(0)"
    with driver_of(script, str(tmp_path / "lives")) as driver:
        until(lambda: driver.status() == "webcam 0: the model is broken", "the reason")
        until(lambda: driver.child_pid is None, "the child's end")
        assert (tmp_path / "lives").read_text() == "x"


def test_a_file_that_cannot_be_read_is_an_error_at_once(tmp_path: Path) -> None:
    driver = driver_of("say(Fatal('not a video: x.mp4'))", source=str(tmp_path / "x.mp4"))
    with pytest.raises(DriverError, match=r"^not a video: x\.mp4$"):
        driver.__enter__()
    assert driver.child_pid is None


def test_the_end_of_a_video_is_no_failure(tmp_path: Path) -> None:
    with driver_of(f"{COUNTING}\nsay(End())", str(tmp_path / "lives"), source="film.mp4") as driver:
        until(lambda: driver.status() == "webcam film.mp4: the source is at its end", "the end")
        assert first_face(driver).weight("jawOpen") == 0.25
        assert (tmp_path / "lives").read_text() == "x"


@pytest.mark.skipif(sys.platform == "win32", reason="asks for a process by its number")
def test_leaving_ends_everything() -> None:
    driver = driver_of("say(Opened(30.0, 0)); face(); hang()", patience=Patience())
    with driver:
        first_face(driver)
        pid = driver.child_pid
        assert pid is not None
        assert runs(pid)
    assert not runs(pid)
    assert driver.latest() is None
    assert driver.status() == "webcam 0: stopped"
    with driver:  # and again
        first_face(driver)


def test_a_child_that_cannot_be_started_is_explained() -> None:
    hasty = Patience(opening_s=0.5, retry_first_s=0.01)
    driver = WebcamDriver(Options("film.mp4"), child_command=["/no/such/program"], patience=hasty)
    with pytest.raises(DriverError, match=r"^the tracker can't be started: No such file or directory; trying again"):
        driver.__enter__()


# ---- recording ------------------------------------------------------------------------------------------------------

RECORDING = """
say(Opened(0.0, 0))
for number in range(200):
    frame = FaceFrame.from_mapping({"jawOpen": number / 200}, head=HeadPose(x_m=0.5 + number / 256), channels=CHANNELS)
    say(Face(frame, 2.0 + number / 50))
"""


@pytest.fixture
def camera(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Makes `track` start a child that says what a script says."""

    def plays(script: str) -> None:
        monkeypatch.setattr(_recording._tracker, "tracker_command", lambda source, **how: program(script))

    return plays


def test_a_camera_is_recorded_for_so_many_seconds(camera: Callable[[str], None]) -> None:
    camera(RECORDING + "hang()")
    take = track("0", seconds=1.0)
    assert len(take.frames) == 51
    assert take.fps == pytest.approx(50.0)
    assert [frame.time_s for frame in take.frames] == pytest.approx([n / 50 for n in range(51)])
    assert [frame.head.x_m for frame in take.frames] == [n / 256 for n in range(51)]


def test_ctrl_c_ends_a_recording_and_keeps_it(camera: Callable[[str], None]) -> None:
    camera(RECORDING + "hang()")

    def press(done: int, of: int) -> None:
        if done == 7:
            raise KeyboardInterrupt

    assert len(track("0", progress=press).frames) == 7


def test_ctrl_c_gives_up_a_film(camera: Callable[[str], None], tmp_path: Path) -> None:
    camera(RECORDING + "hang()")

    def press(done: int, of: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        track("film.mp4", progress=press)


def test_a_camera_that_is_unplugged_keeps_what_it_gave(camera: Callable[[str], None]) -> None:
    camera(RECORDING + "say(News('camera 0 gives no more pictures'))")
    assert len(track("0").frames) == 200


def test_a_tracker_that_crashes_on_a_film_gives_no_take(camera: Callable[[str], None]) -> None:
    camera(RECORDING + "raise SystemExit('out of film')")
    with pytest.raises(DriverError, match=r"^the tracker stopped: out of film \(source film\.mp4\)$"):
        track("film.mp4")


def test_a_film_without_any_face(camera: Callable[[str], None]) -> None:
    camera("say(Opened(25.0, 3)); face(seen=False); face(seen=False); face(seen=False); say(End())")
    with pytest.raises(DriverError, match=r"^no face was found in any of the 3 pictures; .*: film\.mp4$"):
        track("film.mp4")


def test_a_source_without_any_picture(camera: Callable[[str], None]) -> None:
    camera("say(Opened(25.0, 3)); say(End())")
    with pytest.raises(DriverError, match=r"^there is not one picture in it: film\.mp4$"):
        track("film.mp4")


# ---- what is wrong before any child starts --------------------------------------------------------------------------


@pytest.mark.parametrize("source", ["missing.mp4", "", " ", "a/folder/film", "http://example.com/film.mp4", "."])
def test_a_source_that_is_nothing(source: str) -> None:
    with pytest.raises(
        DriverError, match=r"^no such camera, video or picture \(a camera is a number, such as 0, or its name\): "
    ) as caught:
        track(source)
    assert str(caught.value).endswith(source)
    with pytest.raises(DriverError):
        create(Options(source)).__enter__()


@pytest.mark.parametrize(
    ("engine", "message"),
    [
        (None, r"^tracking a camera or a video needs OpenCV, which isn't installed"),
        ("sonar", r"^engine: 'sonar' is unknown; known are mediapipe, opencv$"),
    ],
)
def test_without_an_engine(engine: str | None, message: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_tracker.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(DriverError, match=message):
        track("0", engine=engine)


def test_mediapipe_asked_for_where_there_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    real = _tracker.importlib.util.find_spec
    monkeypatch.setattr(_tracker.importlib.util, "find_spec", lambda name: None if name == "mediapipe" else real(name))
    with pytest.raises(DriverError, match=r"^engine mediapipe: the package isn't installed; .* or use engine opencv$"):
        track("0", engine="mediapipe")


def test_without_the_model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing in the folder, nothing in the cache, and no way to fetch it: one line, and no child."""
    monkeypatch.delenv("CARTOONALIVE_MODELS", raising=False)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    with pytest.raises(CartoonAliveError) as caught:
        create(Options("0", models_dir=tmp_path)).__enter__()
    assert "\n" not in str(caught.value)
