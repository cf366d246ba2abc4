"""Cheeks that are puffed, and faces that are wide for other reasons."""

from typing import Any

import numpy as np
import pytest

from drivers.tracking.cheeks import Cheeks, lower_width
from drivers.tracking.headframe import Points, to_head

LEFT, RIGHT = (361, 288, 397, 365), (132, 58, 172, 136)
REST: dict[str, float] = {"gap": 0.0, "smile": 0.0, "jaw_open": 0.0, "turn_sine": 0.0}


def puffed(head: Any, width: float) -> Points:
    """The head with its outline wider by so many eye spans."""
    points = head.moved()
    points[list(LEFT), 0] += 1.402 * width / 2
    points[list(RIGHT), 0] -= 1.402 * width / 2
    return to_head(points * (1.0, -1.0, 1.0), np.eye(3))


def seen(head: Any, width: float, **state: float) -> float:
    cheeks = Cheeks()
    for number in range(10):
        cheeks(puffed(head, 0.0), **REST, time_s=number / 10)
    return cheeks(puffed(head, width), **{**REST, **state}, time_s=1.05)


def test_the_width_is_measured_in_eye_spans(head: Any) -> None:
    assert lower_width(puffed(head, 0.1)) - lower_width(puffed(head, 0.0)) == pytest.approx(0.1, abs=1e-3)


def test_wider_is_puffed(head: Any) -> None:
    values = [seen(head, width) for width in (0.0, 0.06, 0.1, 0.14, 0.3)]
    assert values == pytest.approx([0.0, 0.0, 0.467, 1.0, 1.0], abs=0.02)


@pytest.mark.parametrize("state", [{"gap": 0.05}, {"smile": 0.5}, {"jaw_open": 0.3}, {"turn_sine": 0.4}])
def test_whatever_else_widens_a_face_is_no_puff(head: Any, state: dict[str, float]) -> None:
    assert seen(head, 0.14, **state) == 0.0
