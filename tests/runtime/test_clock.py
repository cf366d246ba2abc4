"""runtime.clock"""

import time

from runtime.clock import ManualClock, RealClock


def test_manual_clock_moves_only_when_told() -> None:
    clock = ManualClock(5.0)
    assert clock.now_s() == clock.now_s() == 5.0
    clock.advance(0.25)
    assert clock.now_s() == 5.25
    clock.wait_until(7.0)
    assert clock.now_s() == 7.0
    clock.wait_until(1.0)
    assert clock.now_s() == 7.0


def test_real_clock_is_perf_counter_and_waits() -> None:
    clock = RealClock()
    before_s = time.perf_counter()
    assert before_s <= clock.now_s() <= time.perf_counter()
    until_s = clock.now_s() + 0.002
    clock.wait_until(until_s)
    assert clock.now_s() >= until_s
    clock.wait_until(0.0)
