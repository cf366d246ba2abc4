"""runtime.calibrating.calibration_guide: someone does what is said, before an honest and before a mirrored source."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from assets.errors import DriverError
from assets.face import FaceFrame, HeadPose
from assets.takes import Take
from drivers.replay import Options, ReplayDriver
from runtime.calibrating.calibration import Calibration, Calibrator
from runtime.calibrating.calibration_guide import BELL, TRIES, Guide, Pace
from runtime.clock import ManualClock

Shown = Callable[[], FaceFrame | None]

REST = {"eyeBlinkLeft": 0.2, "eyeBlinkRight": 0.15, "mouthSmileLeft": 0.05, "eyeLookDownLeft": 0.1}
HEAD = HeadPose.from_degrees(yaw_deg=2.0, pitch_deg=-8.0)
ANSWERS: dict[str, tuple[dict[str, float], HeadPose]] = {
    "Look straight ahead": ({}, HeadPose()),
    "Close both eyes": ({"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.55}, HeadPose()),
    "Wink with your LEFT": ({"eyeBlinkLeft": 0.6, "eyeBlinkRight": 0.25}, HeadPose()),
    "Wink with your RIGHT": ({"eyeBlinkLeft": 0.3, "eyeBlinkRight": 0.55}, HeadPose()),
    "Turn your head to your LEFT": ({}, HeadPose.from_degrees(yaw_deg=25.0)),
    "Turn your head to your RIGHT": ({}, HeadPose.from_degrees(yaw_deg=-25.0)),
    "Head still: look to your LEFT": ({"eyeLookOutLeft": 0.5, "eyeLookInRight": 0.5}, HeadPose()),
    "Head still: look to your RIGHT": ({"eyeLookInLeft": 0.5, "eyeLookOutRight": 0.5}, HeadPose()),
    "Make faces": ({"jawOpen": 0.7, "mouthSmileLeft": 0.6, "mouthSmileRight": 0.6}, HeadPose()),
}
"""What is said -> what a willing person does."""


def acted(words: str) -> FaceFrame:
    """The face of somebody who does as told, as an honest tracker tells it."""
    shapes, turn = next((answer for start, answer in ANSWERS.items() if words.startswith(start)), ({}, HeadPose()))
    head = replace(turn, yaw_rad=turn.yaw_rad + HEAD.yaw_rad, pitch_rad=turn.pitch_rad + HEAD.pitch_rad)
    return FaceFrame.from_mapping({**REST, **shapes}, head=head)


class Person:
    """A driver: a person who listens to the guide, seen at 30 frames a second by a source that may be mirrored."""

    name = "webcam"

    def __init__(
        self, clock: ManualClock, mirrored: bool = False, act: Callable[[str], FaceFrame | None] = acted
    ) -> None:
        self._clock, self._mirrored, self._act = clock, mirrored, act
        self.heard: list[str] = []

    def listen(self, words: str) -> None:
        if not words.startswith(("And open", "Thank", " ")):
            self.heard.append(words)

    def latest(self) -> FaceFrame | None:
        captured_s = int(self._clock.now_s() * 30.0) / 30.0
        frame = self._act(self.heard[-1] if self.heard else "")
        if frame is None:
            return None
        frame = replace(frame, time_s=captured_s)
        return frame.mirrored() if self._mirrored else frame

    def status(self) -> str:
        return "webcam: dark"


def guide(person: Person, clock: ManualClock, said: list[str]) -> Guide:
    def say(words: str) -> None:
        said.append(words)
        person.listen(words)

    return Guide(person, clock, say, Pace(1.0, 1.0))  # type: ignore[arg-type]


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_whole_round_before_an_honest_and_a_mirrored_source(mirrored: bool) -> None:
    clock, said = ManualClock(), list[str]()
    person = Person(clock, mirrored)
    made, told = guide(person, clock, said).whole_round(Calibration())
    assert set(told.values()) == {"done"}
    assert list(told) == ["rest", "lids", "shapes", "head", "gaze", "most"]
    assert made.switches == (mirrored,) * 3
    assert clock.now_s() < 30.0
    assert sum(BELL in words for words in said) == 1

    def seen(words: str) -> FaceFrame:
        frame = acted(words)
        return Calibrator(made).read(frame.mirrored() if mirrored else frame)

    at_rest = seen("Look straight ahead")
    assert at_rest.weights.max() <= 0.01
    assert abs(at_rest.head.pitch_rad) + abs(at_rest.head.yaw_rad) < 1e-6
    wink = seen("Wink with your LEFT")
    assert wink.weight("eyeBlinkLeft") >= 0.99
    assert wink.weight("eyeBlinkRight") <= 0.3
    assert seen("Turn your head to your LEFT").head.yaw_rad > 0.35
    assert seen("Head still: look to your LEFT").weight("eyeLookOutLeft") >= 0.45
    assert seen("Make faces").weight("jawOpen") >= 0.99


def test_what_was_not_seen_is_said_and_left() -> None:
    clock, said = ManualClock(), list[str]()

    def lazy(words: str) -> FaceFrame:
        return acted("") if words.startswith(("Wink", "Close")) else acted(words)

    made, told = guide(Person(clock, True, lazy), clock, said).whole_round(Calibration())
    assert told["lids"].startswith("the eyes were not seen to close")
    assert told["shapes"] == "left and right looked the same"
    assert made.switches == (False, True, True)
    assert "  left and right looked the same: left as it was." in said


def test_only_the_rest_keeps_everything_else() -> None:
    clock, said = ManualClock(), list[str]()
    made = guide(Person(clock), clock, said).rest(Calibration(flip_gaze=True))
    assert made.switches == (False, False, True)
    assert made.head.pitch_rad == pytest.approx(HEAD.pitch_rad)
    assert len(said) == 1


def test_who_moves_is_asked_again_and_given_up_on_after_three_times() -> None:
    clock, said = ManualClock(), list[str]()

    def restless(words: str) -> FaceFrame:
        return FaceFrame(head=HeadPose.from_degrees(yaw_deg=20.0 * (clock.now_s() % 1.0)))

    with pytest.raises(DriverError, match="webcam: the face was never seen at rest: the head moved by"):
        guide(Person(clock, act=restless), clock, said).rest(Calibration())
    assert sum("the head moved" in words for words in said) == TRIES


@pytest.mark.parametrize("blind", [None, FaceFrame(face_seen=False)])
def test_nobody_there(blind: FaceFrame | None) -> None:
    clock, said = ManualClock(), list[str]()
    with pytest.raises(DriverError, match="no face came in 30 s: webcam: dark"):
        guide(Person(clock, act=lambda _: blind), clock, said).rest(Calibration())
    assert clock.now_s() == pytest.approx(30.0, abs=0.1)


def test_a_recording_can_sit_as_well() -> None:
    clock, said = ManualClock(), list[str]()
    take = Take(tuple(replace(acted("Look"), time_s=i / 30.0) for i in range(90)), 30.0)
    options: Any = Options(loop=True)
    with ReplayDriver(options, take=take, clock=clock.now_s) as driver:
        made = Guide(driver, clock, said.append).rest(Calibration())
    assert made.head.pitch_rad == pytest.approx(HEAD.pitch_rad, abs=1e-6)
