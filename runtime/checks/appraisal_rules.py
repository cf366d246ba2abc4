"""The 40 rules for expressions: what a camera must see when a shape is at weight 1, told from re-detected landmarks.

A rule draws the avatar with its weights, asks the tracker for the landmarks and measures one thing against the neutral
drawing. Lengths are in inter-iris distances of the neutral face (IOD), lid openings and mouth widths as parts of the
neutral ones. "Left" is the subject's own left: to the picture's right.

Thresholds: blink, jaw, smile, brows, sideways gaze and pucker are a third to a half of what real people's full
expressions measure (blink 4-10 % left, lip gap 0.36-0.52, chin 0.3, smile corner up 0.10-0.20, pucker to 59-64 %,
browDown 0.07-0.11, browInnerUp 0.13, gaze 0.15-0.29). The others ask for what is just above the tracker's own noise
(0.005 to 0.01 IOD; 5 % of a lid opening), for they are small on real faces, too.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

Points = npt.NDArray[np.float64]
"""(478, 2), in IOD; those of an expression laid on the neutral ones."""
Measure = Callable[[Points, Points], float]
"""`measure(neutral, expression)`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """name: unique, for tables. weights: what is drawn. sense: whether the measure must be at least or at most `limit`.

    miss: what the avatar isn't seen to do when the rule is broken, in words: "smile with the left corner ...".
    """

    name: str
    weights: Mapping[str, float]
    measure: Measure
    sense: Literal["at least", "at most"]
    limit: float
    miss: str

    def met(self, value: float | None, /) -> bool:
        """Whether a measured value keeps the rule; no value, no face found, keeps none."""
        if value is None or not np.isfinite(value):
            return False
        return value >= self.limit if self.sense == "at least" else value <= self.limit


LIDS: Final = {"Right": ((159, 145), (158, 153), (160, 144)), "Left": ((386, 374), (385, 380), (387, 373))}
"""Pairs of landmarks, upper lid over lower lid, in the middle of each eye."""
IRIS: Final = {"Right": 468, "Left": 473}
CORNER: Final = {"Right": 61, "Left": 291}
BROW_INNER: Final = {"Right": (66, 107), "Left": (296, 336)}
BROW_OUTER: Final = {"Right": (70, 63, 105), "Left": (300, 293, 334)}
LIP_ABOVE: Final = {"Right": (37, 39), "Left": (267, 269)}
LIP_BELOW: Final = {"Right": (84, 181), "Left": (314, 405)}
SIDES: Final = ("Left", "Right")


def opening(points: Points, side: str, /) -> float:
    """Mean lid opening of an eye."""
    return float(np.mean([np.linalg.norm(points[upper] - points[lower]) for upper, lower in LIDS[side]]))


def opening_left(side: str) -> Measure:
    """Part of the neutral lid opening that is left."""
    return lambda neutral, seen: opening(seen, side) / max(opening(neutral, side), 1e-6)


def winking(side: str, other: str) -> Measure:
    """How much farther the other eye stands open than this one, in parts of their neutral openings.

    The tracker ties a face's two eyes together, so a closed one reads about a third open beside an open one.
    """
    return lambda neutral, seen: opening_left(other)(neutral, seen) - opening_left(side)(neutral, seen)


def travel(points: int | tuple[int, ...], axis: Literal["right", "left", "up", "down"]) -> Measure:
    """How far landmarks moved on average, to the picture's right or left, up or down."""
    column, sign = {"right": (0, 1.0), "left": (0, -1.0), "up": (1, -1.0), "down": (1, 1.0)}[axis]
    chosen = [points] if isinstance(points, int) else list(points)
    return lambda neutral, seen: float(sign * (seen[chosen, column] - neutral[chosen, column]).mean())


def distance(one: int, other: int) -> Measure:
    """Distance of two landmarks in the expression."""
    return lambda neutral, seen: float(np.linalg.norm(seen[one] - seen[other]))


def widening(neutral: Points, seen: Points) -> float:
    """Mouth width as part of the neutral one."""
    before = float(np.linalg.norm(neutral[61] - neutral[291]))
    return float(np.linalg.norm(seen[61] - seen[291])) / max(before, 1e-6)


def both(stem: str) -> dict[str, float]:
    """The left and right shape of a name at 1."""
    return {f"{stem}{side}": 1.0 for side in SIDES}


LOOKS: Final[Mapping[str, Mapping[str, float]]] = {
    "left": {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0},
    "right": {"eyeLookOutRight": 1.0, "eyeLookInLeft": 1.0},
    "up": both("eyeLookUp"),
    "down": both("eyeLookDown"),
}


def _sided() -> list[Rule]:
    """The rules that each side has."""
    rules: list[Rule] = []
    for side in SIDES:
        low, other = side.lower(), "Right" if side == "Left" else "Left"
        to_own_side: Literal["right", "left"] = "right" if side == "Left" else "left"
        rules += [
            Rule(f"blink {low}", both("eyeBlink"), opening_left(side), "at most", 0.25, f"close the {low} eye"),
            Rule(f"wink {low}", {f"eyeBlink{side}": 1.0}, winking(side, other), "at least", 0.30,
                 f"wink with the {low} eye"),
            Rule(f"squint {low}", both("eyeSquint"), opening_left(side), "at most", 0.90, f"squint the {low} eye"),
            Rule(f"wide {low}", both("eyeWide"), opening_left(side), "at least", 1.05, f"widen the {low} eye"),
            Rule(f"look left, {low} eye", LOOKS["left"], travel(IRIS[side], "right"), "at least", 0.04,
                 f"look left with the {low} eye"),
            Rule(f"look right, {low} eye", LOOKS["right"], travel(IRIS[side], "left"), "at least", 0.04,
                 f"look right with the {low} eye"),
            Rule(f"look up, {low} eye", LOOKS["up"], travel(IRIS[side], "up"), "at least", 0.02,
                 f"look up with the {low} eye"),
            Rule(f"look down, {low} eye", LOOKS["down"], travel(IRIS[side], "down"), "at least", 0.02,
                 f"look down with the {low} eye"),
            Rule(f"brow inner up {low}", {"browInnerUp": 1.0}, travel(BROW_INNER[side], "up"), "at least", 0.03,
                 f"raise the {low} brow's inner end"),
            Rule(f"brow outer up {low}", both("browOuterUp"), travel(BROW_OUTER[side], "up"), "at least", 0.03,
                 f"raise the {low} brow's outer end"),
            Rule(f"brow down {low}", both("browDown"), travel((*BROW_INNER[side], *BROW_OUTER[side]), "down"),
                 "at least", 0.03, f"lower the {low} brow"),
            Rule(f"smile {low}", {f"mouthSmile{side}": 1.0}, travel(CORNER[side], "up"), "at least", 0.05,
                 f"smile with the {low} corner of the mouth"),
            Rule(f"frown {low}", both("mouthFrown"), travel(CORNER[side], "down"), "at least", 0.03,
                 f"pull down the {low} corner of the mouth"),
            Rule(f"upper lip up {low}", both("mouthUpperUp"), travel(LIP_ABOVE[side], "up"), "at least", 0.02,
                 f"raise the upper lip on the {low}"),
            Rule(f"lower lip down {low}", both("mouthLowerDown"), travel(LIP_BELOW[side], "down"), "at least", 0.02,
                 f"lower the lower lip on the {low}"),
            Rule(f"jaw {low}", {f"jaw{side}": 1.0}, travel(152, to_own_side), "at least", 0.03,
                 f"move the jaw to the {low}"),
            Rule(f"mouth {low}", {f"mouth{side}": 1.0}, travel((13, 14, 61, 291), to_own_side), "at least", 0.04,
                 f"move the mouth to the {low}"),
        ]  # fmt: skip
    return rules


RULES: Final[tuple[Rule, ...]] = (
    *_sided(),
    Rule("jaw opens the lips", {"jawOpen": 1.0}, distance(13, 14), "at least", 0.30, "open the mouth wide"),
    Rule("jaw drops the chin", {"jawOpen": 1.0}, travel(152, "down"), "at least", 0.15, "drop the chin"),
    Rule("smile widens", both("mouthSmile"), widening, "at least", 1.05, "widen the mouth in a smile"),
    Rule("pucker narrows", {"mouthPucker": 1.0}, widening, "at most", 0.80, "pucker the lips"),
    Rule("funnel narrows", {"mouthFunnel": 1.0}, widening, "at most", 0.92, "funnel the lips"),
    Rule("lips close on an open jaw", {"jawOpen": 1.0, "mouthClose": 1.0}, distance(13, 14), "at most", 0.10,
         "keep the lips closed while the jaw opens"),
)  # fmt: skip
"""All 40, in the order of tables."""
