"""Cameras that come and go, and trackers that die, many times over: each time the faces come back."""

import gc
import os
import sys
import threading
import time
from pathlib import Path

import pytest

from drivers.webcam import Options, Patience, WebcamDriver

pytestmark = pytest.mark.soak

CHILD = """
import os, pathlib, signal, sys, time
from assets.face import FaceFrame
from drivers.protocols.child import CHANNELS, Face, News, Opened, encode

def say(record):
    sys.stdout.buffer.write(encode(record))
    sys.stdout.buffer.flush()

counter = pathlib.Path(sys.argv[1])
life = len(counter.read_bytes()) if counter.exists() else 0
counter.write_bytes(b"x" * (life + 1))
say(Opened(30.0, 0, "Great Cam"))
frame = FaceFrame.from_mapping({"jawOpen": (life % 2 + 1) / 4}, time_s=time.perf_counter(), channels=CHANNELS)
say(Face(frame, 0.0))
time.sleep(0.01)
ENDING
"""

ENDINGS = {
    "unplugged": "say(News('camera Great Cam gives no more pictures'))",
    "killed": "os.kill(os.getpid(), signal.SIGKILL)",
    "crashed": "os.abort()",
    "out of memory": "raise MemoryError",
    "left": "sys.exit(0)",
}
TIMES = 50


def open_files() -> int:
    gc.collect()
    return len(os.listdir("/proc/self/fd")) if sys.platform == "linux" else 0


@pytest.mark.skipif(sys.platform == "win32", reason="signals and abort")
@pytest.mark.parametrize("ending", ENDINGS)
def test_faces_come_back_every_time(ending: str, tmp_path: Path) -> None:
    counter = tmp_path / "lives"
    command = [sys.executable, "-c", CHILD.replace("ENDING", ENDINGS[ending]), str(counter)]
    hasty = Patience(retry_first_s=0.001, retry_last_s=0.001)
    files, threads = open_files(), threading.active_count()
    with WebcamDriver(Options("0"), patience=hasty, child_command=command) as driver:
        faces: set[float] = set()
        end_s = time.monotonic() + 300.0
        while len(faces) < TIMES:
            assert time.monotonic() < end_s, f"{len(faces)} of {TIMES} lives in five minutes: {driver.status()}"
            if (frame := driver.latest()) is not None:
                faces.add(frame.time_s)
            threading.Event().wait(0.002)
    assert len(counter.read_bytes()) >= TIMES
    assert threading.active_count() == threads
    assert open_files() == files
