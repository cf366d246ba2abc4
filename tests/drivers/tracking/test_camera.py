"""What a camera is asked for, and what is said when it can't be had."""

from typing import Any

import cv2
import numpy as np
import pytest

from drivers.tracking.camera import open_camera
from drivers.tracking.cameras import Camera
from drivers.tracking.shots import LostError

CAM, OTHER = Camera(9990, "Great Cam", "k", cv2.CAP_V4L2), Camera(1, "Built-in", "b")


class Fake:
    """A capture that notes what it is asked. It sends one picture and no more, so that its reader ends."""

    def __init__(self, *, opened: bool = True, fastest: float = 30.0) -> None:
        self.opened, self.fastest = opened, fastest
        self.asked: list[tuple[int, float]] = []
        self.rate = 15.0
        self.pictures = [np.zeros((48, 64, 3), np.uint8)]

    def isOpened(self) -> bool:
        return self.opened

    def set(self, what: int, value: float) -> bool:
        self.asked.append((what, value))
        if what == cv2.CAP_PROP_FPS:
            self.rate = min(value, self.fastest)
        return True

    def get(self, what: int) -> float:
        return self.rate if what == cv2.CAP_PROP_FPS else 0.0

    def read(self) -> tuple[bool, Any]:
        return (True, self.pictures.pop()) if self.pictures else (False, None)


@pytest.mark.parametrize(("fastest", "rates"), [(60.0, [60]), (120.0, [60]), (30.0, [60, 30]), (15.0, [60, 30])])
def test_small_compressed_pictures_and_a_high_rate_are_asked_for(fastest: float, rates: list[int]) -> None:
    fake = Fake(fastest=fastest)
    source = open_camera(CAM, (CAM, OTHER), opener=lambda number, backend: fake)
    asked = [(what, value) for what, value in fake.asked if what != cv2.CAP_PROP_BUFFERSIZE]
    assert asked == [
        (cv2.CAP_PROP_FOURCC, cv2.VideoWriter.fourcc(*"MJPG")),
        (cv2.CAP_PROP_FRAME_WIDTH, 640),
        (cv2.CAP_PROP_FRAME_HEIGHT, 480),
        *((cv2.CAP_PROP_FPS, rate) for rate in rates),
    ]
    assert fake.asked[-1] == (cv2.CAP_PROP_BUFFERSIZE, 1)
    assert next(iter(source.shots)).picture.shape == (48, 64, 3)


def test_the_camera_is_opened_with_its_own_interface() -> None:
    opened: list[tuple[int, int]] = []

    def opener(number: int, backend: int) -> Fake:
        opened.append((number, backend))
        return Fake()

    open_camera(CAM, opener=opener)
    assert opened == [(9990, cv2.CAP_V4L2)]


def test_it_is_known_by_words_that_find_it_again() -> None:
    def words(*others: Camera) -> str:
        return open_camera(CAM, others, opener=lambda number, backend: Fake()).words

    assert words(CAM, OTHER) == "Great Cam"
    assert words(CAM, Camera(3, "Great Cam", "twin")) == "k"
    assert open_camera(Camera(5, "", ""), opener=lambda number, backend: Fake()).words == "5"


def test_what_cannot_be_opened_is_said_in_one_line_with_the_others() -> None:
    with pytest.raises(LostError, match=r'^camera 9990 "Great Cam" can\'t be opened: .*; other cameras: 1 "Built-in"$'):
        open_camera(CAM, (CAM, OTHER), opener=lambda number, backend: Fake(opened=False))
