"""Numbers within bounds, late packets, and positions from the first one."""

import math

import pytest

from assets.face import HeadPose
from drivers.protocols.intake import Order, Origin, bounded


@pytest.mark.parametrize(("value", "number"), [(1, 1.0), (0.5, 0.5), (-10.0, -10.0), (10, 10.0)])
def test_a_number_within_bounds(value: object, number: float) -> None:
    assert bounded(value, limit=10.0) == number


@pytest.mark.parametrize("value", [10.5, -11, math.nan, math.inf, True, "1", None, [1], 10**400])
def test_everything_else_is_no_number(value: object) -> None:
    assert bounded(value, limit=10.0) is None


def late(order: Order, number: float, time_s: float = 0.0) -> bool:
    """As readers use it: what isn't late is the newest."""
    if order.is_late(number, time_s):
        return True
    order.take(number, time_s)
    return False


def test_a_late_packet_is_told_from_a_clock_set_back() -> None:
    order = Order(window=30.0)
    heard = [5, 6, 6, 4, 7, 1, 36, 6, 5, 1000, 7]
    assert [late(order, number) for number in heard] == [
        False, False, False, True, False, True, False, True, False, False, False,
    ]  # fmt: skip
    # 6 after 36 is 30 lower, the last that counts as late; 5 is a clock set back


def test_nothing_is_late_for_longer_than_a_second() -> None:
    order = Order(window=30.0)
    assert not late(order, 20, 100.0)
    assert late(order, 10, 100.9)
    assert not late(order, 11, 101.1)
    assert late(order, 10, 101.2)


def test_positions_count_from_the_first() -> None:
    origin = Origin()
    assert origin.place((0.1, 0.2, 0.3), None) == HeadPose(0.1, 0.2, 0.3)
    assert origin.place((0.0, 0.0, 0.0), (1.0, 2.0, -0.5)) == HeadPose()
    assert origin.place((0.0, 0.0, 0.0), (1.5, 1.0, 0.0)) == HeadPose(0.0, 0.0, 0.0, 0.5, -1.0, 0.5)
    assert origin.place((0.1, 0.0, 0.0), None) == HeadPose(0.1)
