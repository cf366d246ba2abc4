"""Irises that wander, and what is held while they are hidden."""

from typing import Any

import numpy as np
import pytest

from drivers.tracking.gaze import Eyes, Gaze, iris_offsets
from drivers.tracking.headframe import IRIS, Points, to_head

OPEN = (0.0, 0.0)


def looking(head: Any, to_left: float, *, only: int | None = None) -> Points:
    """The head with its irises moved by so many eye widths toward the subject's left."""
    points = head.moved()
    for side, iris in enumerate(IRIS):
        if only in (None, side):
            corners = ((362, 263), (133, 33))[side]
            points[iris, 0] += to_left * np.linalg.norm(points[corners[0]] - points[corners[1]])
    return to_head(points * (1.0, -1.0, 1.0), np.eye(3))


def seen(head: Any, to_left: float, up: float = 0.0, blink: tuple[float, float] = OPEN) -> Gaze:
    """The gaze after a second of looking straight."""
    eyes = Eyes()
    for number in range(10):
        eyes(looking(head, 0.0), up=0.0, blink=OPEN, time_s=number / 10)
    return eyes(looking(head, to_left), up=up, blink=blink, time_s=1.1)


def test_the_mean_face_looks_straight(head: Any) -> None:
    assert iris_offsets(looking(head, 0.0)) == pytest.approx((0.0, 0.0), abs=0.03)


def test_left_is_the_subjects_own_and_even_to_both_sides(head: Any) -> None:
    left, right = seen(head, 0.17).to_left, seen(head, -0.17).to_left
    assert left == pytest.approx(0.5, abs=0.05)
    assert right == pytest.approx(-0.5, abs=0.05)
    assert seen(head, 0.6).to_left == 1.0


def test_up_is_the_networks(head: Any) -> None:
    assert seen(head, 0.0, up=0.5).up == 0.5
    assert seen(head, 0.0, up=-2.0).up == -1.0


def test_both_eyes_look_together(head: Any) -> None:
    eyes = Eyes()
    one = eyes(looking(head, 0.2, only=0), up=0.0, blink=OPEN, time_s=0.0).to_left
    assert one == pytest.approx(Eyes()(looking(head, 0.1), up=0.0, blink=OPEN, time_s=0.0).to_left, abs=1e-9)


def test_a_blink_holds_the_gaze(head: Any) -> None:
    eyes = Eyes()
    before = eyes(looking(head, 0.1), up=0.2, blink=OPEN, time_s=0.0)
    assert eyes(looking(head, -0.3), up=-1.0, blink=(0.9, 0.9), time_s=0.03) == before


@pytest.mark.parametrize(("closed", "blink"), [(0, (0.9, 0.0)), (1, (0.0, 0.9))])
def test_in_a_wink_the_open_eye_leads(head: Any, closed: int, blink: tuple[float, float]) -> None:
    alone = Eyes()(looking(head, 0.2, only=1 - closed), up=0.0, blink=blink, time_s=0.0)
    assert alone.to_left == pytest.approx(Eyes()(looking(head, 0.2), up=0.0, blink=OPEN, time_s=0.0).to_left, abs=0.1)


def test_a_camera_beside_the_screen_is_learnt_within_limits(head: Any) -> None:
    eyes = Eyes()
    for number in range(100):
        last = eyes(looking(head, 0.05), up=-0.2, blink=OPEN, time_s=number / 10)
    assert last.to_left == pytest.approx(0.0, abs=0.1)
    assert last.up == pytest.approx(0.0, abs=1e-9)
    for number in range(100, 400):
        last = eyes(looking(head, 0.34), up=-0.9, blink=OPEN, time_s=number / 10)
    assert last.to_left > 0.75  # somebody who looks aside for a minute still looks aside
    assert last.up < -0.6
