"""For all tests: no display, no graphics card, no silent arithmetic, the same random numbers every time."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

# Before anything imports pygame or OpenGL: the software rasteriser, off-screen, on the calling thread, checked.
os.environ.update(
    SDL_VIDEODRIVER="offscreen",
    PYOPENGL_PLATFORM="egl",
    LIBGL_ALWAYS_SOFTWARE="1",
    LP_NUM_THREADS="0",
    PYGAME_HIDE_SUPPORT_PROMPT="1",
    CARTOONALIVE_GL_CHECK="1",
    # Several test processes share the cores: their thread pools would wait for one another.
    OPENBLAS_NUM_THREADS="1",
    OMP_NUM_THREADS="1",
    OPENCV_FOR_THREADS_NUM="1",
)

import numpy as np
import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--regenerate-golden", action="store_true", help="write the golden pictures anew instead of comparing"
    )


@pytest.fixture(autouse=True)
def _strict_arithmetic() -> Iterator[None]:
    """Overflow, division by zero and NaN are failures, not warnings; a product that fades to zero is none."""
    with np.errstate(over="raise", divide="raise", invalid="raise"):
        yield


@pytest.fixture
def rng() -> np.random.Generator:
    """The same random numbers in every run."""
    return np.random.default_rng(20240613)


@pytest.fixture(scope="session")
def models_dir() -> Path:
    """Folder of third-party model files, from CARTOONALIVE_MODELS; tests that need it are skipped without."""
    folder = os.environ.get("CARTOONALIVE_MODELS")
    if not folder:
        pytest.skip("CARTOONALIVE_MODELS is not set: no third-party model files to test with")
    if not Path(folder).is_dir():
        pytest.skip(f"CARTOONALIVE_MODELS is not a folder: {folder}")
    return Path(folder)


@pytest.fixture(scope="session")
def needs_engine(models_dir: Path) -> Callable[[str], None]:
    """Call it with an engine's name: its model files are there, or fetched as for a user; else the test is skipped."""
    from assets import weights
    from assets.errors import WeightsError
    from generator.engines import engine_files

    def need(name: str) -> None:
        if name == "mediapipe" and importlib.util.find_spec("mediapipe") is None:
            pytest.skip("mediapipe is not installed")
        try:
            for file in engine_files(name):
                weights.locate(file, folder=models_dir)
        except WeightsError as error:
            pytest.skip(f"model files of the engine {name} can't be had here: {error}")

    return need


@pytest.fixture(scope="module")
def display() -> Iterator[str]:
    """An X server without a screen, of the module's own."""
    if shutil.which("Xvfb") is None:
        pytest.skip("Xvfb is not installed: no window can be opened here")
    told, tell = os.pipe()
    command = ["Xvfb", "-displayfd", str(tell), "-screen", "0", "800x600x24", "-nolisten", "tcp"]
    server = subprocess.Popen(command, pass_fds=(tell,), stderr=subprocess.DEVNULL)
    os.close(tell)
    try:
        with os.fdopen(told) as answer:
            number = answer.readline().strip()
        assert number, "the X server did not start"
        yield f":{number}"
    finally:
        server.terminate()
        server.wait()
