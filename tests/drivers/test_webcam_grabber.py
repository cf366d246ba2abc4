"""Cameras that lie, stop and hang, played by objects; in a process of its own, as it imports cv2 and mediapipe."""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

import drivers

pytestmark = pytest.mark.skipif(importlib.util.find_spec("mediapipe") is None, reason="MediaPipe isn't installed")

SCRIPT = """
import json, sys, threading
import numpy as np
from drivers.tracking.grabber import Grabber
from drivers.tracking.shots import LostError

generator = np.random.default_rng(1)

class Camera:
    def __init__(self, *scenes):
        self.scenes = list(scenes)
        self.taken = threading.Semaphore(0)

    def get(self, what):
        return 0.0

    def read(self):
        scene = self.scenes.pop(0) if len(self.scenes) > 1 else self.scenes[0]
        if scene == "hangs":
            threading.Event().wait()
        if scene == "fails":
            return False, None
        if scene == "grey":
            return True, np.zeros((48, 64), np.uint8)
        if scene == "frozen":
            threading.Event().wait(0.02)
            return True, np.tile(np.arange(64, dtype=np.uint8)[:, None], (1, 48, 3)).reshape(64, 48, 3)
        self.taken.acquire()  # one picture for each that the tracker takes
        return True, generator.integers(0, 256, (48, 64, 3), dtype=np.uint8)

def watch(*scenes):
    camera = Camera(*scenes)
    shots = []
    camera.taken.release()
    try:
        for shot in Grabber(camera, "camera 3", first_s=30.0, flowing_s=2.0).shots():
            shots.append(shot)
            camera.taken.release()
    except LostError as error:
        times = [shot.source_s for shot in shots]
        return [len({id(shot) for shot in shots}), times == sorted(times), str(error)]

results = {
    "stops": watch(*["moves"] * 5, "fails"),
    "never starts": watch("fails"),
    "stumbles": watch("moves", "fails", "moves", "fails", "fails", "moves", "fails"),
    "wrong shape": watch("moves", "grey"),
    "hangs": watch("moves", "moves", "hangs"),
    "freezes": watch("moves", "moves", "frozen")[1:],
}
print(json.dumps(results))
"""


@pytest.fixture(scope="module")
def results() -> dict[str, list[object]]:
    folder = Path(drivers.__file__).parent.parent
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], cwd=folder, capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, list[object]] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(
    ("case", "expected"),
    [
        ("stops", [5, True, "camera 3 gives no more pictures"]),
        ("never starts", [0, True, "camera 3 gives no more pictures"]),
        ("stumbles", [3, True, "camera 3 gives no more pictures"]),
        ("wrong shape", [1, True, "camera 3 gives no more pictures"]),
        ("hangs", [2, True, "camera 3 doesn't answer"]),
        ("freezes", [True, "camera 3 repeats one picture: frozen or unplugged"]),
    ],
)
def test_a_bad_camera_is_noticed(results: dict[str, list[object]], case: str, expected: list[object]) -> None:
    assert results[case] == expected
