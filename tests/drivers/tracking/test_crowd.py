"""Nobody for long, five faces at once, a face at the edge (in full in tests/soak): the opencv engine, time by hand."""

from pathlib import Path

import pytest
from PIL import Image

from drivers.tracking.opencv_engine import OpencvEngine
from tests.soak.crowds import Room, nobody_for, one_of_five, out_by_the_edge


@pytest.fixture
def room(portrait: Image.Image, models_dir: Path) -> Room:
    return Room(portrait, OpencvEngine(models_dir / "face_landmarker.task"))


@pytest.mark.models
def test_nobody_is_there_for_a_while(room: Room) -> None:
    nobody_for(room, 20)


@pytest.mark.models
def test_the_first_of_five_is_kept(room: Room) -> None:
    one_of_five(room, 8)


@pytest.mark.models
def test_a_face_goes_out_by_the_edge_and_returns(room: Room) -> None:
    out_by_the_edge(room, 7)
