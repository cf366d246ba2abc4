"""runtime.sinks.handover"""

import threading

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runtime.sinks.handover import Handover


def picture(value: int, size: tuple[int, int] = (3, 2)) -> np.ndarray:
    return np.full((size[1], size[0], 4), value, np.uint8)


def test_pictures_arrive_in_order_as_copies() -> None:
    handover = Handover(3)
    mine = picture(1)
    handover.offer(mine, 0.5)
    mine[:] = 9
    handover.offer(picture(2), 0.6)
    taken, time_s = handover.take() or (None, None)
    assert (taken is not None and int(taken[0, 0, 0]), time_s) == (1, 0.5)
    assert handover.dropped == 0


def test_who_is_behind_gets_the_newest() -> None:
    handover = Handover(2)
    for value in range(5):
        handover.offer(picture(value), float(value))
    handover.close()
    got = []
    while (taken := handover.take()) is not None:
        got.append((int(taken[0][0, 0, 0]), taken[1]))
        handover.give_back(taken[0])
    assert got == [(0, 0.0), (4, 4.0)]
    assert handover.dropped == 3


@settings(max_examples=60)
@given(st.integers(2, 5), st.lists(st.sampled_from("otg"), max_size=60))
def test_never_more_than_depth_buffers_and_none_is_overwritten_in_use(depth: int, steps: list[str]) -> None:
    handover = Handover(depth)
    used: list[tuple[np.ndarray, int]] = []
    offered, arrived = 0, [-1.0]
    for step in steps:
        if step == "o":
            handover.offer(picture(offered % 256), float(offered))
            offered += 1
        elif step == "t" and handover._waiting:
            taken = handover.take()
            assert taken is not None
            used.append((taken[0], int(taken[1])))
            arrived.append(taken[1])
        elif step == "g" and used:
            handover.give_back(used.pop(0)[0])
        assert all(int(buffer[0, 0, 0]) == value for buffer, value in used)
        assert len({id(buffer) for buffer, _ in used}) == len(used)
        assert len(used) + len(handover._waiting) <= depth
    assert arrived == sorted(set(arrived))
    assert handover.dropped == offered - len(arrived) + 1 - len(handover._waiting)


def test_everything_in_use_and_nothing_waiting_drops_the_new_one() -> None:
    handover = Handover(2)
    for value in (1, 2):
        handover.offer(picture(value), 0.0)
    first, second = handover.take(), handover.take()
    assert first is not None
    assert second is not None
    handover.offer(picture(3), 1.0)
    assert handover.dropped == 1
    assert [int(first[0][0, 0, 0]), int(second[0][0, 0, 0])] == [1, 2]


def test_buffers_are_used_again_and_another_size_is_taken() -> None:
    handover = Handover(2)
    places = set()
    for value in range(6):
        handover.offer(picture(value), 0.0)
        taken = handover.take()
        assert taken is not None
        places.add(taken[0].ctypes.data)
        handover.give_back(taken[0])
    assert len(places) == 1
    handover.offer(picture(7, (5, 4)), 0.0)
    taken = handover.take()
    assert taken is not None
    assert taken[0].shape == (4, 5, 4)


def test_closing_wakes_who_waits_and_ends_offers() -> None:
    handover = Handover(2)
    got: list[object] = []
    thread = threading.Thread(target=lambda: got.append(handover.take()))
    thread.start()
    handover.close()
    thread.join(5.0)
    handover.offer(picture(1), 0.0)
    assert got == [None]
    assert handover.take() is None


def test_a_depth_that_cannot_work_is_refused() -> None:
    with pytest.raises(ValueError, match="depth must be at least 2, got 1"):
        Handover(1)
