"""Losses, leaps, and when a face counts as back."""

from typing import Any

import pytest

from drivers.tracking.presence import Presence, leaps

STEP_S = 1.0 / 30.0


@pytest.fixture
def here(head: Any, look: Any) -> Any:
    return lambda **where: look(head.moved(), **where)


def test_the_first_face_counts_at_once(here: Any) -> None:
    presence = Presence()
    assert not presence(None, 0.0)
    assert presence(here(), STEP_S)


def test_a_face_that_was_lost_counts_with_its_third_picture(here: Any) -> None:
    presence = Presence()
    presence(here(), 0.0)
    assert not presence(None, 1 * STEP_S)
    assert [presence(here(), number * STEP_S) for number in range(2, 6)] == [False, False, True, True]


def test_a_flickering_face_never_counts(here: Any) -> None:
    presence = Presence()
    presence(here(), 0.0)
    shown = [presence(here() if number % 3 else None, number * STEP_S) for number in range(1, 30)]
    assert not any(shown[2:])


@pytest.mark.parametrize(
    "leap", [{"x_px": 620.0}, {"y_px": 60.0}, {"scale": 140.0}, {"yaw_rad": 0.9}, {"roll_rad": -0.9}]
)
def test_a_leap_is_a_loss(here: Any, leap: dict[str, float]) -> None:
    """The face is three times as large as the distance between its irises: 300 px."""
    presence = Presence()
    assert presence(here(), 0.0)
    assert not presence(here(**leap), STEP_S)
    assert presence.leapt
    shown = [presence(here(**leap), number * STEP_S) for number in range(2, 12)]
    assert shown == [False] * 8 + [True] * 2  # 0.3 s
    assert not presence.leapt


@pytest.mark.parametrize("move", [{"x_px": 380.0}, {"scale": 112.0}, {"yaw_rad": 0.3}, {"pitch_rad": -0.3}])
def test_a_quick_head_is_no_leap(here: Any, move: dict[str, float]) -> None:
    """A fifth of a face, or 17 degrees, from one picture to the next is fast; nor do bursts of pictures make a leap."""
    assert not leaps(here(), here(**move), STEP_S)
    assert not leaps(here(), here(**move), 0.001)


def test_after_a_pause_anything_may_have_happened(here: Any) -> None:
    assert leaps(here(), here(x_px=640.0), 0.1 / 3)
    assert not leaps(here(), here(x_px=640.0), 1.0)
    assert not leaps(here(), here(x_px=640.0), -1.0)
