"""runtime.sources.cast: sources that come, go and change places while the show runs."""

import threading
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from assets.errors import DriverError, UsageError
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from runtime.calibrating import calibration_store
from runtime.calibrating.calibration import Calibration
from runtime.clock import ManualClock
from runtime.faces.mixer import EVERYTHING, channels_of
from runtime.loop import Loop
from runtime.metrics import Metrics
from runtime.show import Show
from runtime.sources.cast import Cast
from runtime.sources.choosing import Choice


class Blank:
    """A stage that shows nothing."""

    def draw(self, frame: FaceFrame, *_: Any) -> None: ...
    def present(self) -> None: ...
    def read_rgba(self) -> Any: ...
    def open(self) -> bool:
        return True


class Told:
    """A driver with one jaw; entering waits for `gate`, and may fail."""

    channels = ALL_CHANNELS | {HEAD}

    def __init__(self, name: str, jaw: float, clock: ManualClock, *, fails: str = "", gate: bool = True) -> None:
        self.name, self.jaw, self._clock, self._fails = name, jaw, clock, fails
        self.gate = threading.Event()
        if gate:
            self.gate.set()
        self.entered = self.left = 0

    def __enter__(self) -> "Told":
        assert self.gate.wait(10.0)
        if self._fails:
            raise DriverError(self._fails)
        self.entered += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.left += 1

    def latest(self) -> FaceFrame:
        return FaceFrame.from_mapping({"jawOpen": self.jaw, "browInnerUp": self.jaw}, time_s=self._clock.now_s())

    def status(self) -> str:
        return f"{self.name}: fine"


class Theatre:
    def __init__(self) -> None:
        self.clock = ManualClock(10.0)
        self.show = Show(now_s=self.clock.now_s)
        metrics = Metrics(self.clock, warm_up=0)
        self.loop = Loop([], Blank(), clock=self.clock, metrics=metrics, before=[self.show.drain])
        self.cast = Cast(self.loop, self.show, calibrate=False)

    def driver(self, name: str, jaw: float, **options: Any) -> Told:
        return Told(name, jaw, self.clock, **options)

    def add(self, driver: Told, *, allowed: frozenset[str] = EVERYTHING, front: bool = False) -> Any:
        return self.cast.add(Choice(driver.name, driver, allowed, driver.name), front=front)

    def settle(self, done: Any) -> Any:
        while not done.done():
            self.show.drain()
        return done.exception()

    def jaw(self, seconds: float = 0.5) -> float:
        """After any cross-fade."""
        for _ in range(int(seconds * 50)):
            self.clock.advance(0.02)
            face = self.loop.frame()
        return round(float(face.weights[17]), 3)

    def brow(self) -> float:
        assert self.loop.shown is not None
        return round(float(self.loop.shown.face.weights[43]), 3)


def test_what_is_kept_of_a_source_is_applied_and_said() -> None:
    calibration_store.save(Calibration(flip_head=True), calibration_store.path_of("stub"))
    theatre, said = Theatre(), []
    for calibrate, flipped in ((True, True), (False, False)):
        cast = Cast(theatre.loop, theatre.show, calibrate=calibrate, notice=lambda line, **_: said.append(line))
        cast.take(Choice("stub", theatre.driver("stub", 0.5), EVERYTHING, "stub"))
        (member,) = cast.members
        assert member.source is not None
        assert member.source.calibration.flip_head is flipped
        assert member.path == (calibration_store.path_of("stub") if calibrate else None)
    assert said == ["stub: calibrated; --no-calibration leaves that out"]


@pytest.fixture
def theatre() -> Theatre:
    return Theatre()


@pytest.fixture
def until() -> Callable[[Callable[[], bool]], None]:
    def wait(true: Callable[[], bool]) -> None:
        while not true():
            pass

    return wait


def test_the_picture_goes_on_while_a_driver_starts(theatre: Theatre) -> None:
    slow = theatre.driver("slow", 0.8, gate=False)
    done = theatre.add(slow)
    assert theatre.jaw() == 0.0
    assert [entry["state"] for entry in theatre.cast.tell()] == ["starting"]
    slow.gate.set()
    assert theatre.settle(done) is None
    assert theatre.jaw() == 0.8
    assert theatre.cast.tell()[0]["state"] == "on"
    assert theatre.cast.drivers()["mouth"] == "slow"
    assert theatre.cast.live(theatre.clock.now_s())["slow"]["status"] == "slow: fine"


def test_one_that_cannot_start_is_a_notice(theatre: Theatre) -> None:
    error = theatre.settle(theatre.add(theatre.driver("webcam", 0.5, fails="webcam: the lens cap is on")))
    assert isinstance(error, DriverError)
    assert theatre.cast.tell()[0]["error"] == "webcam: the lens cap is on"
    assert [notice["text"] for notice in theatre.show.state()["notices"]] == ["webcam: the lens cap is on"]
    assert theatre.jaw() == 0.0


def test_order_by_region_and_nobody_jumps(theatre: Theatre) -> None:
    theatre.settle(theatre.add(theatre.driver("a", 0.2)))
    theatre.settle(theatre.add(theatre.driver("b", 0.9)))
    assert (theatre.jaw(), theatre.brow()) == (0.2, 0.2)
    theatre.cast.reorder({"mouth": ["b"]})
    theatre.clock.advance(0.02)
    face = theatre.loop.frame()
    assert face.weights[17] == pytest.approx(0.2, abs=0.15), "it cross-fades"
    assert (theatre.jaw(), theatre.brow()) == (0.9, 0.2)
    assert (theatre.cast.drivers()["mouth"], theatre.cast.drivers()["brows"]) == ("b", "a")
    theatre.cast.reorder({"all": ["b", "a"], "mouth": ["a"]})
    assert (theatre.jaw(), theatre.brow()) == (0.2, 0.9)


def test_who_is_in_front_stays_there_whatever_the_order(theatre: Theatre) -> None:
    theatre.settle(theatre.add(theatre.driver("a", 0.2)))
    theatre.settle(theatre.add(theatre.driver("take", 0.7), front=True))
    theatre.cast.reorder({"all": ["a"]})
    assert theatre.jaw() == 0.7
    assert [entry["name"] for entry in theatre.cast.tell()] == ["take", "a"]


def test_a_second_of_the_same_name_replaces_the_first_after_closing_it(theatre: Theatre) -> None:
    first, second = theatre.driver("a", 0.2), theatre.driver("a", 0.6)
    theatre.settle(theatre.add(first))
    theatre.settle(theatre.add(second))
    assert (first.entered, first.left, second.entered, second.left) == (1, 1, 1, 0)
    assert theatre.jaw() == 0.6
    assert len(theatre.cast.tell()) == 1


def test_removed_it_is_closed_and_eased_out(
    theatre: Theatre, until: Callable[[Callable[[], bool]], None]
) -> None:
    driver = theatre.driver("a", 0.8)
    theatre.settle(theatre.add(driver))
    theatre.jaw()
    theatre.cast.remove("a")
    theatre.clock.advance(0.02)
    assert 0.3 < theatre.loop.frame().weights[17] <= 0.8
    assert theatre.jaw() == 0.0
    until(lambda: driver.left == 1)
    with pytest.raises(UsageError, match="there is no source 'a'"):
        theatre.cast.remove("a")


def test_removed_before_it_has_started_it_never_speaks(
    theatre: Theatre, until: Callable[[Callable[[], bool]], None]
) -> None:
    slow = theatre.driver("slow", 0.8, gate=False)
    done = theatre.add(slow)
    theatre.cast.remove("slow")
    slow.gate.set()
    assert "taken away" in str(theatre.settle(done))
    until(lambda: slow.left == 1)
    assert theatre.jaw() == 0.0


def test_only_some_regions_and_calm(theatre: Theatre) -> None:
    theatre.settle(theatre.add(theatre.driver("mic", 0.8), allowed=channels_of(["mouth"])))
    assert (theatre.jaw(), theatre.brow()) == (0.8, 0.0)
    driven = theatre.cast.driven()
    assert driven[17]
    assert not driven[43]
    theatre.cast.soothe({"all": 4.0, "mouth": 0.25})
    cutoffs = theatre.loop.sources[0]._filter._filter.min_cutoff_hz
    assert np.allclose(cutoffs[[17, 43]], [1.6 / 0.25, 1.0 / 4.0])


def test_leaving_closes_everybody(theatre: Theatre) -> None:
    drivers = [theatre.driver(name, 0.5) for name in "abc"]
    for driver in drivers:
        theatre.settle(theatre.add(driver))
    theatre.cast.leave()
    assert [driver.left for driver in drivers] == [1, 1, 1]
