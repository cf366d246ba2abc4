"""Frozen cameras are noticed; still pictures and closed shutters are left alone."""

import numpy as np

from drivers._freeze import FreezeWatch


def noise(rng: np.random.Generator) -> np.ndarray:
    return rng.integers(0, 256, (48, 64, 3), dtype=np.uint8)


def test_a_picture_that_stops_after_having_moved(rng: np.random.Generator) -> None:
    watch, last = FreezeWatch(), noise(rng)
    assert not any(watch.frozen(noise(rng), n / 30.0) for n in range(30))
    assert [watch.frozen(last, t) for t in (1.0, 1.5, 1.99, 2.0, 3.0)] == [False, False, False, True, True]


def test_a_still_picture_from_the_start_is_no_fault(rng: np.random.Generator) -> None:
    watch, still = FreezeWatch(), noise(rng)
    assert not any(watch.frozen(still, n / 30.0) for n in range(300))


def test_a_closed_shutter_is_no_fault(rng: np.random.Generator) -> None:
    watch = FreezeWatch()
    assert not watch.frozen(noise(rng), 0.0)
    assert not any(watch.frozen(np.full((48, 64, 3), 16, np.uint8), 1.0 + n / 30.0) for n in range(300))


def test_a_slow_camera_is_no_fault(rng: np.random.Generator) -> None:
    watch = FreezeWatch()
    assert not any(watch.frozen(noise(rng), float(second)) for second in range(20))


def test_a_change_of_size_is_a_change(rng: np.random.Generator) -> None:
    watch = FreezeWatch()
    assert not watch.frozen(noise(rng), 0.0)
    assert not watch.frozen(noise(rng)[:40], 5.0)
