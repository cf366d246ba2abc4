"""Which side is left? Two moments, one to the left and one to the right, tell what a source has the wrong way round."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from assets.errors import CartoonAliveError, UsageError
from assets.face import FaceFrame
from runtime.calibrating import calibration_measures, calibration_store
from runtime.faces.mixer import Mixer
from runtime.sources.cast import Member

WATCH_S: Final = 1.2
_WORDS: Final = {"swap_shapes": "left and right of the face", "flip_head": "the head's turn", "flip_gaze": "the eyes"}


class Sides:
    """Call it with the time after every frame. step: the step it is at; "" while nobody asked."""

    def __init__(self, members: Callable[[], Sequence[Member]], mixer: Mixer) -> None:
        self._members, self._mixer = members, mixer
        self.step = ""
        self._until_s: float | None = None
        self._seen: dict[str, dict[Member, list[FaceFrame]]] = {}

    def begin(self, step: str, now_s: float) -> dict[str, Any]:
        """start, left, right, finish or cancel; the result is for people. Raises UsageError out of turn."""
        match step:
            case "start" | "cancel":
                self.step, self._seen, self._until_s = ("start" if step == "start" else ""), {}, None
                return {"step": self.step}
            case "left" | "right":
                if not self.step:
                    raise UsageError("source.sides: begin with the step 'start'")
                self.step, self._until_s = step, now_s + WATCH_S
                self._seen[step] = {}
                return {"step": step, "wait_s": WATCH_S}
        if {"left", "right"} - self._seen.keys():
            raise UsageError("source.sides: the steps 'left' and 'right' come before 'finish'")
        seen, self.step, self._seen, self._until_s = self._seen, "", {}, None
        return self._finished(seen)

    def __call__(self, now_s: float) -> None:
        """Look at what every source says now."""
        if self._until_s is None:
            return
        if now_s >= self._until_s:
            self._until_s = None
            return
        for member in self._members():
            face = None if member.source is None else member.source.seen
            frames = self._seen[self.step].setdefault(member, [])
            if face is not None and face.speech is None and face not in frames[-1:]:
                frames.append(face)

    def _finished(self, seen: Mapping[str, Mapping[Member, list[FaceFrame]]]) -> dict[str, Any]:
        lines = []
        for member in self._members():
            left, right = seen["left"].get(member, []), seen["right"].get(member, [])
            if member.source is not None and min(len(left), len(right)) >= calibration_measures.MIN_FRAMES:
                lines += self._set(member, left, right)
        if not lines:
            raise UsageError("no source saw your face in both moments; look into the camera and try again")
        return {"words": "; ".join(lines)}

    def _set(self, member: Member, left: list[FaceFrame], right: list[FaceFrame]) -> list[str]:
        assert member.source is not None
        before = made = member.source.calibration
        lines = []
        told = False
        for switch, what in _WORDS.items():
            try:
                made = calibration_measures.side(made, switch, left, right)
            except ValueError:
                continue  # they didn't do that: it stays as it was
            told = True
            if getattr(made, switch) != getattr(before, switch):
                lines.append(f"{member.name}: {what} {'was' if what != 'the eyes' else 'were'} the wrong way round")
        if not told:
            return [f"{member.name}: left and right looked the same; turn farther, close one eye only"]
        if made is not before:
            self._mixer.soften()
            member.source.calibration = made
        if member.path is not None:
            try:
                calibration_store.save(made, member.path)
            except CartoonAliveError as error:
                lines.append(f"{member.name}: this time only: {error}")
        return lines or [f"{member.name}: left and right are as they should be"]
