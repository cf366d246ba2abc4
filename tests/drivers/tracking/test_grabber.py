"""Real capture times, odd pictures, and a tracker slower than its camera."""

import threading

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from drivers.tracking.grabber import Grabber, Stamps
from drivers.tracking.shots import LostError


def test_the_cameras_own_time_is_believed_where_it_can_be_true() -> None:
    stamps = Stamps()
    assert stamps(99_950.0, 100.0) == 99.95
    assert stamps(0.0, 100.1) == 100.1  # none
    assert stamps(3_600_000.0, 100.2) == 100.2  # another clock
    assert stamps(100_900.0, 100.3) == 100.3  # the future
    assert stamps(99_000.0, 100.4) == 100.4  # long ago


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(-1e9, 1e9) | st.just(float("nan")), st.floats(0.0, 0.1)), max_size=60))
def test_times_always_rise(readings: list[tuple[float, float]]) -> None:
    """Equal, backward, negative and senseless stamps of a camera."""
    stamps, now_s, last_s = Stamps(), 50.0, float("-inf")
    for camera_ms, step_s in readings:
        now_s += step_s
        taken_s = stamps(camera_ms, now_s)
        assert last_s < taken_s <= now_s + 1e-4 * len(readings)
        last_s = taken_s


class Camera:
    """Plays pictures one after another, then fails."""

    def __init__(self, *pictures: np.ndarray) -> None:
        self.pictures = list(pictures)
        self.played = threading.Event()

    def read(self) -> tuple[bool, np.ndarray | None]:
        if not self.pictures:
            self.played.set()
            return False, None
        return True, self.pictures.pop(0)

    def get(self, what: int) -> float:
        assert what == cv2.CAP_PROP_POS_MSEC
        return 0.0


def noise(number: int, *size: int) -> np.ndarray:
    return np.random.default_rng(number).integers(0, 256, (*size, 3), dtype=np.uint8)


@pytest.mark.parametrize("odd", [
    noise(1, 1, 1), noise(1, 20, 64), noise(1, 48, 64)[..., 0], noise(1, 48, 64)[..., :2],
    noise(1, 48, 64).astype(np.float32), noise(1, 48, 64).astype(np.uint16), np.zeros((0, 0, 3), np.uint8),
], ids=["one pixel", "flat", "grey", "two channels", "float", "16 bits", "empty"])  # fmt: skip
def test_what_is_no_picture_is_passed_over(odd: np.ndarray) -> None:
    camera = Camera(odd)
    grabber = Grabber(camera, "camera 3", first_s=30.0)
    with pytest.raises(LostError, match="gives no more pictures"):
        list(grabber.shots())


def test_a_large_picture_is_shrunk() -> None:
    camera = Camera(noise(1, 2160, 3840))
    shot = next(Grabber(camera, "camera 3", first_s=30.0).shots())
    assert shot.picture.shape == (720, 1280, 3)


def test_a_slow_tracker_sees_the_newest_and_nothing_queues() -> None:
    pictures = [noise(number, 48, 64) for number in range(20)]
    camera = Camera(*pictures)
    grabber = Grabber(camera, "camera 3", first_s=30.0)
    camera.played.wait(30.0)
    shot = next(grabber.shots())
    np.testing.assert_array_equal(shot.picture, pictures[-1])
