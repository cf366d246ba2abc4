"""The guided round: says what to do, listens for a moment, and makes a calibration of what was seen.

Each step is a line to say, a time to get ready, and a moment of frames for a function of `calibration_measures`. What
didn't work is said and left as it was, except the rest, without which nothing else means anything.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

from assets.errors import DriverError
from assets.face import FaceFrame
from drivers.base import Driver
from runtime.calibrating import calibration_measures as measures
from runtime.calibrating.calibration import Calibration
from runtime.clock import Clock

Say = Callable[[str], None]

POLL_S: Final = 1.0 / 120.0
TRIES: Final = 3
PATIENCE_S: Final = 30.0
"""How long to wait for the first face."""
LONGER: Final = 3.0
"""A slow source gets this many times the usual moment to show enough pictures."""
BELL: Final = "\a"


@dataclass(frozen=True, slots=True)
class Pace:
    """ready_s: from what is said to the first frame that counts. hold_s: for how long the person keeps it up."""

    ready_s: float = 2.0
    hold_s: float = 1.0


@dataclass(frozen=True, slots=True)
class Guide:
    """Leads one person through the steps before one driver, which must be entered already."""

    driver: Driver
    clock: Clock
    say: Say
    pace: Pace = Pace()

    def rest(self, before: Calibration) -> Calibration:
        """Only the rest. Raises DriverError when no face comes, or it couldn't be seen at rest in three tries."""
        self._await_face()
        self.say("Look straight ahead, at ease: mouth closed, eyes open.")
        for _ in range(TRIES):
            try:
                return measures.at_rest(before, self._watch())
            except ValueError as error:
                trouble = str(error)
                self.say(f"  {trouble}.")
        raise DriverError(f"{self.driver.name}: the face was never seen at rest: {trouble}")

    def whole_round(self, before: Calibration) -> tuple[Calibration, Mapping[str, str]]:
        """All steps: the calibration, and the name of each step with "done" or what went wrong. Raises DriverError."""
        made = self.rest(before)
        told = {"rest": "done"}

        def step(name: str, action: Callable[[Calibration], Calibration]) -> None:
            nonlocal made
            try:
                made = action(made)
                told[name] = "done"
            except ValueError as error:
                told[name] = str(error)
                self.say(f"  {error}: left as it was.")

        step("lids", self._lids)
        step("shapes", partial(self._two_sides, "swap_shapes", "Wink with your {} eye."))
        step("head", partial(self._two_sides, "flip_head", "Turn your head to your {}, the eyes with it."))
        step("gaze", partial(self._two_sides, "flip_gaze", "Head still: look to your {} with the eyes only."))
        step("most", self._most)
        self.say("Thank you. That was all.")
        return made, told

    def _lids(self, before: Calibration) -> Calibration:
        self.say("Close both eyes, gently, until the bell or for three seconds.")
        frames = self._watch()
        self.say(f"And open.{BELL}")
        return measures.eyes_closed(before, frames)

    def _two_sides(self, switch: str, words: str, before: Calibration) -> Calibration:
        seen = []
        for way in ("LEFT", "RIGHT"):
            self.say(words.format(way))
            seen.append(self._watch())
        return measures.side(before, switch, seen[0], seen[1])

    def _most(self, before: Calibration) -> Calibration:
        self.say("Make faces: mouth wide open, smile, pout, frown, cheeks puffed, brows up, nose wrinkled.")
        return measures.at_most(before, self._watch(times=6.0))

    def _await_face(self) -> None:
        until_s = self.clock.now_s() + PATIENCE_S
        while (frame := self.driver.latest()) is None or not frame.face_seen:
            if self.clock.now_s() >= until_s:
                raise DriverError(f"no face came in {PATIENCE_S:g} s: {self.driver.status()}")
            self.clock.wait_until(self.clock.now_s() + POLL_S)

    def _watch(self, *, times: float = 1.0) -> list[FaceFrame]:
        """The faces of the next moment, after the time to get ready."""
        self.clock.wait_until(self.clock.now_s() + self.pace.ready_s)
        start_s = self.clock.now_s()
        frames: list[FaceFrame] = []
        last = self.driver.latest()
        while True:
            passed_s = self.clock.now_s() - start_s
            long_enough = passed_s >= times * self.pace.hold_s and len(frames) >= measures.MIN_FRAMES
            if long_enough or passed_s >= LONGER * times * self.pace.hold_s:
                return frames
            self.clock.wait_until(start_s + passed_s + POLL_S)
            frame = self.driver.latest()
            if frame is not None and frame.face_seen and (last is None or frame.time_s != last.time_s):
                frames.append(frame)
            last = frame
