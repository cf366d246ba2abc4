"""When a tracker that holds too much memory starts anew."""

from drivers.tracking.appetite import Appetite, resident_bytes

MIB = 1 << 20


def asked(held: dict[float, int], *, until_s: float, seen: bool = False) -> list[float]:
    """The times, in steps of 10 s, at which it wants to start anew, with memory held from each time on."""
    now = 0.0
    appetite = Appetite(0.0, measure=lambda: next(held[start] for start in sorted(held, reverse=True) if start <= now))
    times = []
    while now <= until_s:
        if appetite(now, face_seen=seen):
            times.append(now)
        now += 10.0
    return times


def test_little_memory_is_never_a_reason() -> None:
    assert asked({0.0: 300 * MIB}, until_s=20_000.0) == []


def test_too_much_is_one_but_not_in_the_first_hour_and_not_before_a_face() -> None:
    assert asked({0.0: 601 * MIB}, until_s=3_700.0)[0] == 3600.0
    assert asked({0.0: 601 * MIB}, until_s=20_000.0, seen=True) == []


def test_steady_growth_is_one() -> None:
    leak = {0.0: 250 * MIB, 3_000.0: 300 * MIB, 6_000.0: 420 * MIB}
    assert asked(leak, until_s=7_000.0)[0] == 6_000.0


def test_this_process_holds_memory() -> None:
    import sys

    held = resident_bytes()
    assert (10 * MIB < held < 20_000 * MIB) if sys.platform == "linux" else held == 0
