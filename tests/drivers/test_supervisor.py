"""How long to wait between tries. (How children are watched and replaced: test_webcam.)"""

import pytest

from drivers._supervisor import Backoff, Patience


def test_a_camera_that_stays_away_is_tried_for_ever_at_8_seconds() -> None:
    backoff = Backoff(Patience())
    assert [backoff.failed(0.0) for _ in range(7)] == [0.5, 1.0, 2.0, 4.0, 8.0, 8.0, 8.0]
    for _ in range(5000):
        last_s = backoff.failed(0.0)
    assert (last_s, backoff.failures) == (8.0, 5007)


@pytest.mark.parametrize(("tracked_s", "wait_s"), [(9.9, 8.0), (10.0, 0.5)])
def test_a_good_life_starts_it_anew(tracked_s: float, wait_s: float) -> None:
    backoff = Backoff(Patience())
    for _ in range(10):
        backoff.failed(0.0)
    assert backoff.failed(tracked_s) == wait_s
