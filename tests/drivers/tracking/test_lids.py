"""Blinks and winks, for eyes of all kinds, in heads that turn."""

import math
from collections.abc import Iterable
from typing import Any

import numpy as np
import pytest

from drivers.tracking import headframe
from drivers.tracking.headframe import to_head
from drivers.tracking.lids import Lid, Lids, apertures

NOTHING = (0.0, 0.0)


def watch(lid: Lid, apertures: Iterable[float], start_s: float = 0.0) -> float:
    """Shows apertures at 30 a second; gives the last openness."""
    openness = 0.0
    for number, aperture in enumerate(apertures):
        openness = lid(aperture, start_s + number / 30.0)
    return openness


@pytest.mark.parametrize(("opened", "closed"), [(0.19, 0.09), (0.26, 0.06), (0.45, 0.03), (0.27, 0.113), (0.30, -0.02)])
def test_every_users_own_open_and_closed_values_are_learnt(opened: float, closed: float) -> None:
    """Narrow eyes, usual ones, wide ones; behind glasses, where a closed eye shows most; lids that overlap."""
    lid = Lid()
    for blink in range(8):
        watch(lid, [opened] * 60 + [(opened + closed) / 2, closed, closed, (opened + closed) / 2], 2.2 * blink)
    assert watch(lid, [opened] * 3, 20.0) == pytest.approx(1.0, abs=0.02)
    assert watch(lid, [closed], 20.2) == pytest.approx(0.0, abs=0.08)
    assert (lid.open_value, lid.closed_value) == pytest.approx((opened, max(closed, 0.0)), abs=0.012)


def test_a_nap_is_not_the_new_open() -> None:
    lid = Lid()
    watch(lid, [0.3] * 120)
    watch(lid, [0.05] * 1800, 4.0)
    assert lid.open_value == pytest.approx(0.3, abs=0.01)
    assert watch(lid, [0.05], 64.1) < 0.1


def test_a_minute_without_a_blink_keeps_what_closed_is() -> None:
    lid = Lid()
    for blink in range(6):
        watch(lid, [0.3] * 40 + [0.1, 0.05, 0.1], 1.5 * blink)
    closed = lid.closed_value
    watch(lid, [0.3] * 1800, 10.0)
    assert lid.closed_value == pytest.approx(closed, abs=1e-3)


def test_a_squint_is_no_closing() -> None:
    lid = Lid()
    watch(lid, [0.3] * 120)
    before = lid.closed_value
    for squint in range(20):
        watch(lid, [0.3] * 10 + [0.2] * 10, 4.0 + squint)
    assert lid.closed_value == before


def test_wide_is_wider_than_usual() -> None:
    lid = Lid()
    watch(lid, [0.3] * 120)
    assert lid.wide == 0.0
    watch(lid, [0.45], 4.1)
    assert lid.wide > 0.95


def test_one_odd_aperture_changes_nothing() -> None:
    lid = Lid()
    watch(lid, [0.3] * 300)
    watch(lid, [5.0], 10.0)
    assert lid.open_value == pytest.approx(0.3, abs=1e-3)


def heads(head: Any, look: Any, weights: dict[str, float], **turn: float) -> headframe.Points:
    sight = look(head.moved(**weights), **turn)
    return to_head(sight.points_px, sight.rotation)


@pytest.mark.parametrize("turn", [
    {"yaw_rad": 0.35}, {"yaw_rad": -0.35}, {"pitch_rad": 0.4}, {"pitch_rad": -0.4}, {"roll_rad": 0.5},
])  # fmt: skip
def test_turning_the_head_closes_no_eye(head: Any, look: Any, turn: dict[str, float]) -> None:
    """The same lids, seen from elsewhere, though in the picture they are up to a fifth nearer to each other."""
    for weights in ({}, {"left": 0.6, "right": 0.6}):
        level = apertures(heads(head, look, weights))
        assert apertures(heads(head, look, weights, **turn)) == pytest.approx(level, rel=1e-6)


def taught(head: Any, look: Any) -> tuple[Lids, float]:
    """Lids that have seen three blinks, and the time."""
    lids, time_s = Lids(), 0.0
    for _ in range(3):
        for weight in [0.0] * 40 + [0.5, 1.0, 1.0, 0.5]:
            shown = heads(head, look, {"left": weight, "right": weight})
            lids(shown, given=NOTHING, yaw_sine=0.0, time_s=time_s)
            time_s += 1.0 / 30.0
    return lids, time_s


def test_a_blink_closes_both_eyes_all_the_way(head: Any, look: Any) -> None:
    lids, time_s = taught(head, look)
    both = heads(head, look, {"left": 1.0, "right": 1.0})
    assert lids(both, given=NOTHING, yaw_sine=0.0, time_s=time_s).blink == pytest.approx((1.0, 1.0), abs=0.02)
    assert lids(heads(head, look, {}), given=NOTHING, yaw_sine=0.0, time_s=time_s + 0.1).blink == (0.0, 0.0)


@pytest.mark.parametrize(("side", "other", "closed"), [("left", "right", 0), ("right", "left", 1)])
def test_a_wink_closes_the_subjects_own_eye_alone(head: Any, look: Any, side: str, other: str, closed: int) -> None:
    """Landmarks tie the eyes together: the winking one is seen half open, its neighbour less than open."""
    lids, time_s = taught(head, look)
    seen = heads(head, look, {side: 0.6, other: 0.2})
    blink = lids(seen, given=NOTHING, yaw_sine=0.0, time_s=time_s).blink
    assert blink[closed] > 0.75
    assert blink[1 - closed] < 0.1


def test_a_little_unevenness_is_evened_out(head: Any, look: Any) -> None:
    lids, time_s = taught(head, look)
    seen = heads(head, look, {"left": 0.55, "right": 0.45})
    left, right = lids(seen, given=NOTHING, yaw_sine=0.0, time_s=time_s).blink
    assert 0.3 < right < left < 0.7
    assert left - right < 0.08


@pytest.mark.parametrize(("yaw_deg", "near"), [(45.0, 1), (-45.0, 0)])
def test_a_far_eye_does_as_the_near_one(head: Any, look: Any, yaw_deg: float, near: int) -> None:
    """Turned to the subject's left, the left eye is the far one, and what is seen of it is not believed."""
    lids, time_s = taught(head, look)
    far = ("left", "right")[1 - near]
    yaw_rad = math.radians(yaw_deg)
    seen = heads(head, look, {far: 1.0}, yaw_rad=yaw_rad)
    blink = lids(seen, given=NOTHING, yaw_sine=math.sin(yaw_rad), time_s=time_s).blink
    assert blink[1 - near] == pytest.approx(blink[near], abs=1e-9)
    assert max(blink) < 0.1


def test_in_the_first_second_the_network_is_believed(head: Any, look: Any) -> None:
    lids = Lids()
    shown = heads(head, look, {})
    assert lids(shown, given=(0.75, 0.25), yaw_sine=0.0, time_s=5.0).blink == (0.75, 0.25)
    assert lids(shown, given=(0.75, 0.25), yaw_sine=0.0, time_s=6.0).blink == (0.0, 0.0)


def test_the_order_of_the_eyes(head: Any) -> None:
    left, right = apertures(to_head(head.moved(left=1.0) * (1.0, -1.0, 1.0), np.eye(3)))
    assert (left, right) == pytest.approx((0.0, apertures(to_head(head.moved() * (1.0, -1.0, 1.0), np.eye(3)))[1]))
