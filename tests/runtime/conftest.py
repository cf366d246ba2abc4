"""For the runtime's tests: a tiny avatar, a short take, and the command line called in this process."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from assets import arkit, store, takes
from assets.avatar import AvatarModel, HeadRig, Layer
from assets.face import FaceFrame, HeadPose
from assets.takes import Take
from runtime import cli
from runtime.console import Console

CANVAS_PX = 48


def build_tiny() -> AvatarModel:
    """A square face of 48 px with a mouth that jawOpen moves and an eye that eyeBlinkLeft moves."""
    boxes = {"head": (6, 6, 42, 46), "mouth": (18, 30, 30, 36), "eye": (28, 14, 36, 20)}
    colours = {"head": (230, 180, 150), "mouth": (150, 40, 60), "eye": (30, 60, 160)}
    corner_uv = np.array([[0, 0], [1, 0], [0, 1], [1, 1]], np.float32)
    rest = np.concatenate(
        [corner_uv * (x1 - x0, y1 - y0) + (x0, y0) for x0, y0, x1, y1 in boxes.values()]
    ).astype(np.float32)  # fmt: skip
    quad = np.array([[0, 1, 2], [1, 3, 2]], np.uint32)
    deltas = np.zeros((arkit.COUNT, len(rest), 2), np.float32)
    deltas[arkit.INDEX["jawOpen"], 6:8, 1] = 8.0
    deltas[arkit.INDEX["eyeBlinkLeft"], 8:10, 1] = 5.0
    return AvatarModel(
        canvas_px=(CANVAS_PX, CANVAS_PX),
        rest_px=rest,
        depth_px=np.repeat(np.array([0, 4, 5], np.float32), 4),
        follow=np.ones(len(rest), np.float32),
        uv=np.tile(corner_uv, (3, 1)),
        triangles=np.concatenate([quad + 4 * row for row in range(3)]).astype(np.uint32),
        deltas_px=deltas,
        head=HeadRig((24.0, 44.0), 200.0, px_per_m=50.0),
        layers=tuple(Layer(name, (4 * i, 4 * i + 4), (2 * i, 2 * i + 2), name) for i, name in enumerate(boxes)),
        textures={name: np.full((8, 8, 4), (*colours[name], 255), np.uint8) for name in boxes},
        facts={"engine": "by hand", "warnings": ["a small one"]},
        title="Tiny",
        author="the tests",
        licence="CC0-1.0",
    )


def build_take(count: int, fps: float = 30.0) -> Take:
    """A mouth that opens and closes and a head that sways; no two frames look alike."""
    return Take(
        tuple(
            FaceFrame.from_mapping(
                {"jawOpen": 0.5 - 0.5 * math.cos(0.4 * i), "eyeBlinkLeft": i / count},
                head=HeadPose.from_degrees(yaw_deg=20.0 * math.sin(0.3 * i)),
                time_s=round(i / fps, 5),
            )
            for i in range(count)
        ),
        fps,
    )


@dataclass(frozen=True)
class Called:
    """What a command left behind."""

    code: int
    out: str
    err: str


Call = Callable[..., Called]


@pytest.fixture(autouse=True)
def _own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs, caches and settings go to a folder of the test's own, never to the user's."""
    home = tmp_path_factory.mktemp("home")
    for name in ("XDG_STATE_HOME", "XDG_CACHE_HOME", "XDG_CONFIG_HOME", "HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))


@pytest.fixture(scope="session")
def tiny() -> AvatarModel:
    """The tiny avatar."""
    return build_tiny()


@pytest.fixture
def tiny_path(tiny: AvatarModel, tmp_path: Path) -> Path:
    """The tiny avatar in a file."""
    path = tmp_path / "tiny.avatar"
    store.save(tiny, path)
    return path


@pytest.fixture
def make_take() -> Callable[..., Take]:
    """`build_take`."""
    return build_take


@pytest.fixture
def take_path(tmp_path: Path) -> Path:
    """A take of 6 frames at 30 a second in a file."""
    path = tmp_path / "take.jsonl"
    takes.save(build_take(6), path)
    return path


@pytest.fixture
def call(capfd: pytest.CaptureFixture[str]) -> Call:
    """Calls the command line and returns exit code, standard output and standard error."""

    def run(*words: object) -> Called:
        capfd.readouterr()
        try:
            code = cli.main([str(word) for word in words])
        except SystemExit as leaving:
            code = int(leaving.code or 0)
        got = capfd.readouterr()
        return Called(code, got.out, got.err)

    return run


@pytest.fixture
def console() -> Console:
    """One that says nothing."""
    return Console(quiet=True)


@pytest.fixture
def pictures(rng: np.random.Generator) -> list[np.ndarray]:
    """Five different opaque pictures, 32 wide and 24 high: smooth, as drawn ones are."""
    y, x = np.mgrid[:24, :32]
    made = []
    for step in range(5):
        rgb = np.stack([(x * 8 + 20 * step) % 256, (y * 10) % 256, np.full_like(x, 40 * step)], axis=-1)
        made.append(np.dstack([rgb, np.full_like(x, 255)]).astype(np.uint8))
    return made
