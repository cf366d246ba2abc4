"""Nobody for ten minutes, five faces for one, a face at every edge: both engines, with a clock by hand."""

import resource
import sys
from pathlib import Path

import pytest
from PIL import Image

from drivers.tracking.engines import Engine
from tests.soak.crowds import FPS, Room, nobody_for, one_of_five, out_by_the_edge

pytestmark = [pytest.mark.soak, pytest.mark.models]
PORTRAIT = Path(__file__).resolve().parents[2] / "assets" / "samples" / "portrait.png"


def engine_of(name: str, task: Path) -> Engine:
    if name == "opencv":
        from drivers.tracking.opencv_engine import OpencvEngine

        return OpencvEngine(task)
    from drivers.tracking.mediapipe_engine import MediapipeEngine

    return MediapipeEngine(task)


@pytest.fixture(params=["opencv", "mediapipe"])
def room(request: pytest.FixtureRequest, models_dir: Path) -> Room:
    with Image.open(PORTRAIT) as portrait:
        return Room(portrait.convert("RGB"), engine_of(request.param, models_dir / "face_landmarker.task"))


def test_nobody_is_there_for_ten_minutes(room: Room) -> None:
    nobody_for(room, 300)
    before_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    nobody_for(room, round(600.0 * FPS))
    grown_kb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before_kb
    sys.stdout.write(f"{room.engine.name}: grown by {grown_kb} KB\n")
    assert grown_kb < 16_384


def test_the_first_of_five_is_kept_for_a_minute(room: Room) -> None:
    one_of_five(room, round(30.0 * FPS))


def test_a_face_goes_out_by_every_edge_and_returns(room: Room) -> None:
    out_by_the_edge(room, 45)
