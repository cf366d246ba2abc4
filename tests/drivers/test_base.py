"""The mailbox of one, and the registry that is the folder."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

import drivers
from assets.errors import UsageError
from drivers.base import LatestSlot


def test_an_empty_slot() -> None:
    assert LatestSlot[int]().get() is None


@given(st.lists(st.tuples(st.floats(0, 100), st.integers()), min_size=1))
def test_the_newest_by_time_wins_and_among_equals_the_last(puts: list[tuple[float, int]]) -> None:
    slot = LatestSlot[int]()
    best: tuple[float, int] | None = None
    for time_s, value in puts:
        kept = slot.put(value, time_s=time_s)
        assert kept == (best is None or time_s >= best[0])
        if kept:
            best = (time_s, value)
        assert best is not None
        assert slot.get() == best[1]


def test_a_time_that_is_no_number_never_wins() -> None:
    slot = LatestSlot[int]()
    assert not slot.put(1, time_s=float("nan"))
    assert slot.get() is None


def test_after_clearing_anything_is_new() -> None:
    slot = LatestSlot[int]()
    slot.put(1, time_s=100.0)
    slot.clear()
    assert slot.get() is None
    assert slot.put(2, time_s=1.0)


def test_many_threads_leave_the_newest() -> None:
    slot = LatestSlot[tuple[int, int]]()
    together = threading.Barrier(4)

    def fill(lane: int) -> None:
        together.wait()
        for number in range(lane, 4000, 4):
            slot.put((number, number), time_s=float(number))
            held = slot.get()
            assert held is not None
            assert held[0] == held[1] >= number

    threads = [threading.Thread(target=fill, args=(lane,)) for lane in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert slot.get() == (3999, 3999)


def test_the_folder_is_the_registry() -> None:
    assert {"idle", "osc", "replay", "stub", "webcam"} <= set(drivers.available())
    assert not {"base", "protocols", "webcam_child"} & set(drivers.available())
    assert list(drivers.available()) == sorted(drivers.available())


def test_loading_by_name() -> None:
    module = drivers.load("idle")
    assert module.__name__ == "drivers.idle"


@pytest.mark.parametrize("name", ["", "base", "webcam_child", "protocols", "os", "../idle", "_freeze", "Idle"])
def test_a_name_that_is_no_driver(name: str) -> None:
    with pytest.raises(UsageError, match=r"^there is no driver named .*; the drivers are: .*idle, .*webcam") as caught:
        drivers.load(name)
    assert "\n" not in str(caught.value)
