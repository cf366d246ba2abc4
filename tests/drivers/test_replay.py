"""Replay: the take's own pace by an injected clock, looped or not."""

from pathlib import Path

import pytest

from assets import takes
from assets.errors import DriverError, TakeError
from assets.face import FaceFrame
from assets.takes import Take
from drivers.replay import Options, ReplayDriver, create

TAKE = Take(tuple(FaceFrame.from_mapping({"jawOpen": n / 10}, time_s=n / 10) for n in range(11)), 10.0)
"""jawOpen follows the time for one second; 1.1 s long with its last frame."""


class ByHand:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


@pytest.fixture
def clock() -> ByHand:
    return ByHand()


def played(driver: ReplayDriver) -> tuple[float, float]:
    frame = driver.latest()
    assert frame is not None
    return frame.weight("jawOpen"), frame.time_s


def test_it_plays_at_its_own_pace(clock: ByHand) -> None:
    with ReplayDriver(Options(), take=TAKE, clock=clock) as driver:
        for elapsed_s in (0.0, 0.05, 0.1, 0.55, 1.0):
            clock.now_s = 1000.0 + elapsed_s
            assert played(driver) == pytest.approx((elapsed_s, 1000.0 + elapsed_s), abs=1e-6)


def test_it_begins_anew(clock: ByHand) -> None:
    with ReplayDriver(Options(), take=TAKE, clock=clock) as driver:
        clock.now_s = 1000.0 + 2 * 1.1 + 0.2
        assert played(driver) == pytest.approx((0.2, clock.now_s), abs=1e-6)
        assert driver.status() == "replay: a take, 0.2 of 1.1 s, looped"


def test_without_loop_the_end_grows_old(clock: ByHand) -> None:
    with ReplayDriver(Options(loop=False), take=TAKE, clock=clock) as driver:
        clock.now_s = 1005.0
        assert played(driver) == pytest.approx((1.0, 1001.1))
        clock.now_s = 1009.0
        assert played(driver) == pytest.approx((1.0, 1001.1))
        assert driver.status() == "replay: a take, 1.1 of 1.1 s"


def test_a_take_of_one_frame_is_shown_for_ever(clock: ByHand) -> None:
    with ReplayDriver(Options(), take=Take((FaceFrame.from_mapping({"jawOpen": 0.5}),), 30.0), clock=clock) as driver:
        for clock.now_s in (1000.0, 1000.5, 9999.0):
            assert played(driver) == (0.5, clock.now_s)


def test_entering_again_starts_again(clock: ByHand) -> None:
    driver = ReplayDriver(Options(), take=TAKE, clock=clock)
    with driver:
        clock.now_s = 1000.5
    assert driver.latest() is None
    with driver:
        assert played(driver)[0] == 0.0


def test_a_take_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "wave.jsonl"
    takes.save(TAKE, path)
    with create(Options(take=path)) as driver:
        assert driver.latest() is not None
        assert driver.status().startswith("replay: wave.jsonl, ")


def test_what_cannot_be_played(tmp_path: Path) -> None:
    with pytest.raises(DriverError, match=r"^replay has nothing to play: give it a take"):
        create(Options()).__enter__()
    with pytest.raises(TakeError):
        create(Options(take=tmp_path / "missing.jsonl")).__enter__()
