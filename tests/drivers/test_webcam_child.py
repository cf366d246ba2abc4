"""The real tracker in its real process: signs, sides, places, and how it ends."""

import math
import os
import re
import select
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from PIL import Image

from assets.errors import DriverError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from assets.takes import Take
from drivers.webcam import Options, cameras, create, track

pytestmark = pytest.mark.models

SCENES = ("rest", "roll", "left", "up", "near", "nobody")
"""As in the film of conftest, ten pictures each."""


@pytest.fixture(scope="session")
def take(film: Path, models_dir: Path) -> Take:
    return track(film, models_dir=models_dir)


@pytest.fixture(scope="session")
def scenes(take: Take) -> dict[str, FaceFrame]:
    """The last picture of each scene, when the tracker's smoothing has settled."""
    return {name: take.frames[10 * number + 9] for number, name in enumerate(SCENES)}


def test_every_picture_of_a_film_is_tracked(take: Take) -> None:
    assert len(take.frames) == 60
    assert take.fps == 25.0
    assert [frame.time_s for frame in take.frames] == pytest.approx([n / 25.0 for n in range(60)])
    seen = [frame.face_seen for frame in take.frames]
    assert sum(seen[:50]) >= 46  # where it leaps away, it counts as back with the third picture
    assert not any(seen[50:])
    assert take.frames[0].channels == ALL_CHANNELS - {"tongueOut"} | {HEAD}


def test_a_face_at_rest(scenes: dict[str, FaceFrame]) -> None:
    rest = scenes["rest"]
    assert math.degrees(rest.head.yaw_rad) == pytest.approx(0.0, abs=2.0)
    assert math.degrees(rest.head.roll_rad) == pytest.approx(0.0, abs=2.0)
    for name in ("eyeBlinkLeft", "eyeBlinkRight", "jawOpen"):
        assert rest.weight(name) < 0.2


def test_a_crown_tilted_to_the_pictures_right_is_a_roll_to_the_subjects_left(scenes: dict[str, FaceFrame]) -> None:
    assert math.degrees(scenes["roll"].head.roll_rad) == pytest.approx(15.0, abs=3.0)


def test_the_pictures_right_is_the_subjects_left(scenes: dict[str, FaceFrame]) -> None:
    moved = scenes["left"].head.x_m - scenes["rest"].head.x_m
    assert 0.02 < moved < 0.10
    assert abs(scenes["left"].head.y_m - scenes["rest"].head.y_m) < 0.01


def test_up_is_up(scenes: dict[str, FaceFrame]) -> None:
    assert 0.02 < scenes["up"].head.y_m - scenes["rest"].head.y_m < 0.10


def test_larger_is_nearer(scenes: dict[str, FaceFrame]) -> None:
    assert 0.03 < scenes["near"].head.z_m - scenes["rest"].head.z_m < 0.20


def test_positions_count_from_the_first_face(take: Take) -> None:
    head = take.frames[0].head
    assert (head.x_m, head.y_m, head.z_m) == (0.0, 0.0, 0.0)


def test_the_eye_on_the_pictures_right_is_the_left_one(winks: dict[str, Path], models_dir: Path) -> None:
    right, left = (track(winks[side], models_dir=models_dir).frames[0] for side in ("picture right", "picture left"))
    assert right.weight("eyeBlinkLeft") > 0.15 > 0.1 > right.weight("eyeBlinkRight")
    assert left.weight("eyeBlinkRight") > 0.15 > 0.1 > left.weight("eyeBlinkLeft")


def test_the_eyes_of_a_mirrored_picture_change_sides(winks: dict[str, Path], models_dir: Path, tmp_path: Path) -> None:
    with Image.open(winks["picture right"]) as picture:
        picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "mirrored.png")
    mirrored = track(tmp_path / "mirrored.png", models_dir=models_dir).frames[0]
    assert mirrored.weight("eyeBlinkRight") > 0.15 > 0.1 > mirrored.weight("eyeBlinkLeft")


def test_a_picture_is_a_take_of_one_frame(winks: dict[str, Path], models_dir: Path) -> None:
    seen: list[tuple[int, int]] = []
    take = track(winks["picture left"], models_dir=models_dir, progress=lambda done, of: seen.append((done, of)))
    assert (len(take.frames), take.frames[0].time_s, seen) == (1, 0.0, [(1, 1)])


def test_the_second_engine_sees_the_same(
    winks: dict[str, Path], scenes: dict[str, FaceFrame], film: Path, models_dir: Path
) -> None:
    frames = track(film, models_dir=models_dir, engine="opencv").frames
    for number, name in enumerate(SCENES[:5]):
        mine, other = frames[10 * number + 9], scenes[name]
        assert mine.face_seen
        assert math.degrees(abs(mine.head.yaw_rad - other.head.yaw_rad)) < 4.0
        assert math.degrees(abs(mine.head.roll_rad - other.head.roll_rad)) < 3.0
        assert abs(mine.head.x_m - other.head.x_m) < 0.02
    right = track(winks["picture right"], models_dir=models_dir, engine="opencv").frames[0]
    assert right.weight("eyeBlinkLeft") > right.weight("eyeBlinkRight") + 0.05


def test_the_cameras_of_this_machine_are_listed() -> None:
    for camera in cameras():
        assert camera.number >= 0
        assert camera.name


def test_nobody_there(models_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "grey.png"
    Image.new("RGB", (320, 240), (128, 128, 128)).save(path)
    with pytest.raises(DriverError, match=r"^no face was found in the picture; .*: .*grey\.png$"):
        track(path, models_dir=models_dir)


@pytest.mark.parametrize(
    "content",
    [b"", b"not a film", b"\x89PNG\r\n\x1a\n damaged", b"GIF89a", b"\0" * 5000,
     b"#EXTM3U\n#EXT-X-TARGETDURATION:5\n#EXTINF:5,\nhttp://127.0.0.1:9/film.ts\n#EXT-X-ENDLIST\n"],
    ids=["empty", "text", "png", "gif", "zeros", "playlist"],
)  # fmt: skip
def test_what_is_neither_picture_nor_film(content: bytes, models_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "bräkén film.mp4"
    path.write_bytes(content)
    with pytest.raises(DriverError) as caught:
        track(path, models_dir=models_dir)
    assert re.fullmatch(
        r"(neither a picture nor a video that OpenCV can read|the picture is damaged): .*film\.mp4", str(caught.value)
    )


def test_a_film_that_cannot_be_read_is_an_error_at_the_start(models_dir: Path, tmp_path: Path) -> None:
    (tmp_path / "film.mp4").write_bytes(b"not a film")
    driver = create(Options(str(tmp_path / "film.mp4"), models_dir=models_dir))
    with pytest.raises(DriverError, match=r"^neither a picture nor a video"):
        driver.__enter__()
    assert driver.latest() is None


def test_names_in_any_language_are_opened(winks: dict[str, Path], models_dir: Path, tmp_path: Path) -> None:
    path = tmp_path / "портрет 顔.png"
    shutil.copy(winks["picture left"], path)
    assert track(path, models_dir=models_dir).frames[0].face_seen


def test_a_camera_that_is_not_there(models_dir: Path) -> None:
    with pytest.raises(DriverError, match=r"camera 9997 can't be opened: .*not there"):
        track("9997", models_dir=models_dir, seconds=1.0)


# ---- live -----------------------------------------------------------------------------------------------------------


def wait(ready: threading.Event, condition: object) -> None:
    assert callable(condition)
    for _ in range(12000):
        if condition():
            return
        ready.wait(0.005)
    pytest.fail("a minute has passed")


def test_a_film_plays_at_its_own_pace(film: Path, models_dir: Path) -> None:
    with create(Options(str(film), models_dir=models_dir)) as driver:
        times_s: list[float] = []

        def over() -> bool:
            frame = driver.latest()
            if frame is not None and (not times_s or times_s[-1] != frame.time_s):
                times_s.append(frame.time_s)
            return "at its end" in driver.status()

        wait(threading.Event(), over)
    assert times_s == sorted(times_s)
    assert times_s[-1] - times_s[0] > 2.0  # 60 pictures at 25 a second, however fast the machine is


def test_a_still_picture_goes_on_for_ever(winks: dict[str, Path], models_dir: Path) -> None:
    with create(Options(str(winks["picture left"]), models_dir=models_dir)) as driver:
        times_s: set[float] = set()

        def enough() -> bool:
            if (frame := driver.latest()) is not None:
                times_s.add(frame.time_s)
            return len(times_s) >= 10

        wait(threading.Event(), enough)
        frame = driver.latest()
        assert frame is not None
        assert frame.weight("eyeBlinkRight") > 0.15


PARENT = """
import sys, threading
from pathlib import Path
from drivers.webcam import Options, create

with create(Options(sys.argv[1], models_dir=Path(sys.argv[2]))) as driver:
    while driver.latest() is None:
        threading.Event().wait(0.01)
    print(driver.child_pid, flush=True)
    threading.Event().wait()
"""


@pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="waits for a process that isn't ours: Linux only")
@pytest.mark.parametrize("how", ["SIGKILL", "SIGINT"])
def test_the_tracker_never_outlives_its_parent(how: str, winks: dict[str, Path], models_dir: Path) -> None:
    command = [sys.executable, "-c", PARENT, str(winks["picture left"]), str(models_dir)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as parent:
        assert parent.stdout is not None
        tracker = os.pidfd_open(int(parent.stdout.readline()))
        try:
            parent.send_signal(getattr(signal, how))
            parent.wait()
            ended, _, _ = select.select([tracker], [], [], 10.0)
            assert ended, "the tracker still runs"
        finally:
            os.close(tracker)


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace isn't installed")
@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
def test_the_tracker_opens_no_connection(film: Path, models_dir: Path, tmp_path: Path) -> None:
    """A whole run of parent and child under strace: no internet socket is connected or written to."""
    log = tmp_path / "strace.log"
    script = (
        "import sys; from pathlib import Path; from drivers.webcam import track; "
        "track(sys.argv[1], models_dir=Path(sys.argv[2]))"
    )
    watched = "trace=execve,socket,connect,sendto,sendmsg,sendmmsg,bind"
    subprocess.run(
        [
            "strace",
            "-f",
            "-qq",
            "-e",
            watched,
            "-o",
            str(log),
            sys.executable,
            "-c",
            script,
            str(film),
            str(models_dir),
        ],
        check=True,
    )
    lines = log.read_text().splitlines()
    assert any("execve" in line and "drivers.webcam_child" in line for line in lines)  # it did follow the child
    assert [line for line in lines if "AF_INET" in line or "AF_NETLINK" in line or "port=53" in line] == []
