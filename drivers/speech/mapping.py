"""From what is heard of a mouth to ARKit shapes: attack and release first, then a formula; both pure.

Four things can be heard reliably: how far the mouth is open, how wide, how round, and that the lips meet. The tongue
and a rolled lower lip can't, so they stay at rest. The amounts were chosen by eye on rendered mouths.
"""

import math
import operator
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets import arkit

Floats = npt.NDArray[np.float32]

HOP_S: Final = 0.01
OPEN, WIDE, ROUND, CLOSE = range(4)
TRACKS: Final = 4

MOUTH: Final = frozenset(
    {
        "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthStretchLeft", "mouthStretchRight",
        "mouthSmileLeft", "mouthSmileRight", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft",
        "mouthUpperUpRight",
    }
)  # fmt: skip
"""The shapes that speech moves."""
BROWS: Final = frozenset({"browInnerUp", "browOuterUpLeft", "browOuterUpRight"})
"""And those that an accent moves, where that is asked for."""

ATTACK_S: Final = (0.012, 0.020, 0.020, 0.000)
RELEASE_S: Final = (0.028, 0.040, 0.040, 0.020)
"""Time constants of open, wide, round, close. Lips meet at once and part quickly, so that a closure of 50 ms shows."""

TIMID: Final = ((0.02, 0.88), (0.05, 0.90), (0.06, 0.66), (0.12, 0.50))
"""What of open, wide, round, close is nothing yet, and what is all of it: the net, in doubt, keeps to the middle."""
JAW: Final = 0.70
JAW_LIFT: Final = 0.7
"""How much of the jaw a closure takes back; the lips bridge the rest."""
FUNNEL: Final = 0.80
FUNNEL_FROM: Final = 0.4
PUCKER: Final = 1.0
STRETCH: Final = 0.35
SMILE: Final = 0.25
LOWER_OPEN: Final = 0.30
LOWER_WIDE: Final = 0.20
UPPER_OPEN: Final = 0.20
UPPER_WIDE: Final = 0.20
ASYMMETRY: Final = 0.25
BROW_INNER: Final = 0.35
BROW_OUTER: Final = 0.20


@dataclass(frozen=True, slots=True)
class Manner:
    """How the mouth speaks. openness: times the jaw, 1 as heard. smoothing: times attack and release, 0 for none.

    expression: 0..1, a little asymmetry, and brows that rise on stressed syllables.
    """

    openness: float = 1.0
    smoothing: float = 1.0
    expression: float = 0.0


PLAIN: Final = Manner()


class Follower:
    """Attack and release of the four tracks, in steps of 10 ms: two equal low-passes, so it starts without a jerk."""

    def __init__(self, smoothing: float = 1.0) -> None:
        self._rates = list(zip(_shares(ATTACK_S, smoothing), _shares(RELEASE_S, smoothing), strict=True))
        self.reset()

    def reset(self) -> None:
        """A closed mouth."""
        self._firsts, self._seconds = [0.0] * TRACKS, [0.0] * TRACKS

    def push(self, heard: Floats, /) -> Floats:
        """The tracks (n, 4) after each of n hops (n, 4)."""
        return np.array(self.follow(heard.tolist()), np.float32).reshape(-1, TRACKS)

    def follow(self, heard: Iterable[Sequence[float]], /) -> list[list[float]]:
        """The same in plain numbers, of hops (open, wide, round, close, ...): for one or two hops at a time they take a
        fifth of the time of arrays.
        """
        made = []
        firsts, seconds, rates = self._firsts, self._seconds, self._rates
        for hop in heard:
            for track, (attack, release) in enumerate(rates):
                target, first, second = hop[track], firsts[track], seconds[track]
                firsts[track] = first = first + (attack if target > first else release) * (target - first)
                seconds[track] = second + (attack if first > second else release) * (first - second)
            made.append(seconds.copy())
        return made

    def at_rest(self) -> bool:
        """Whether all that is left of what was heard is too little to be seen."""
        return all(map(operator.lt, self._seconds, _LEASTS))


def _shares(seconds: tuple[float, ...], smoothing: float) -> list[float]:
    """How much of the way is gone in one hop."""
    return [1.0 - math.exp(-HOP_S / (each * smoothing)) if each * smoothing > 1e-4 else 1.0 for each in seconds]


class Stress:
    """Which syllables are stressed: those louder than this voice has been lately."""

    USUAL_S: Final = 2.0
    LOUDER_B: Final = 0.2
    FULL_B: Final = 0.7
    RISE_S: Final = 0.10
    FALL_S: Final = 0.30

    def __init__(self) -> None:
        self._usual_b: float | None = None
        self._accent = 0.0

    def step(self, level_b: float, speech: float, duration_s: float) -> float:
        """The accent, 0..1, after `duration_s` of sound of `level_b` (bel) that is speech as far as `speech` says."""
        louder_b = 0.0
        if speech > 0.5:
            if self._usual_b is None:
                self._usual_b = level_b
            louder_b = level_b - self._usual_b
            self._usual_b += (1.0 - math.exp(-duration_s / self.USUAL_S)) * louder_b
        wanted = min(max((louder_b - self.LOUDER_B) / (self.FULL_B - self.LOUDER_B), 0.0), 1.0)
        time_s = self.RISE_S if wanted > self._accent else self.FALL_S
        self._accent += (1.0 - math.exp(-duration_s / time_s)) * (wanted - self._accent)
        return self._accent


def shapes(tracks: Floats, manner: Manner = PLAIN, *, accent: Floats | None = None) -> Floats:
    """Weights (n, 52) from tracks (n, 4) of open, wide, round, close, each 0..1.

    accent: (n,), how much a syllable is stressed, 0..1; moves the brows as far as `manner.expression` says.
    """
    columns = [
        np.clip((column - least) * scale, 0.0, 1.0)
        for column, least, scale in zip(tracks.T, _LEASTS, _SCALES, strict=True)
    ]
    stressed = np.zeros(len(tracks), np.float32) if accent is None else accent
    moves = np.stack(_moves(columns, stressed, manner, np.minimum), axis=1)
    made: Floats = np.clip(moves @ _amounts(manner.expression), 0.0, 1.0, dtype=np.float32)
    return made


class Shaper:
    """`shapes` for one moment at a time, eight times as fast, as it is wanted live."""

    def __init__(self, manner: Manner = PLAIN) -> None:
        self._manner, self._amounts = manner, _amounts(manner.expression)
        self._moves = np.zeros(len(self._amounts), np.float32)
        self._room = self._moves.data
        self._pack = struct.Struct(f"{len(self._amounts)}f").pack_into
        # Only a jaw that opens wider than usual can take a weight beyond 1.
        self._held = manner.openness > 1.0

    def shape(self, track: Sequence[float], accent: float = 0.0) -> Floats:
        """Weights (52,) of open, wide, round, close; its own array, or a read-only one where the mouth is shut."""
        values = [
            0.0 if value <= least else (value - least) * scale if value < most else 1.0
            for value, least, most, scale in zip(track, _LEASTS, _MOSTS, _SCALES, strict=True)
        ]
        if not (accent or any(values)):
            return SHUT
        self._pack(self._room, 0, *_moves(values, accent, self._manner, min))
        made: Floats = self._moves.dot(self._amounts)
        return np.minimum(made, 1.0, out=made) if self._held else made


SHUT: Final = np.zeros(arkit.COUNT, np.float32)
SHUT.setflags(write=False)


_LEASTS: Final = tuple(least for least, _ in TIMID)
_MOSTS: Final = tuple(most for _, most in TIMID)
_SCALES: Final = tuple(1.0 / (most - least) for least, most in TIMID)


def _moves(tracks: Sequence[Any], accent: Any, manner: Manner, least: Callable[[Any, Any], Any]) -> list[Any]:
    """What `_amounts` has a row for, of numbers (least: `min`) or of arrays (`numpy.minimum`)."""
    opened, wide, rounded, closed = tracks
    apart = 1.0 - closed
    # Lips that meet take what the jaw has opened: mouthClose undoes jawOpen, and nothing else pulls them apart.
    jaw = opened * (1.0 - JAW_LIFT * closed) * manner.openness
    # A rounded mouth is a pucker while it is small and a funnel once it is open.
    funnel = least(opened * (1.0 / FUNNEL_FROM), 1.0)
    bared = apart * (1.0 - 0.8 * rounded) * manner.openness
    return [
        jaw, closed * least(jaw, 1.0 / JAW), rounded * funnel * apart, rounded * (1.0 - 0.4 * funnel),
        wide * (1.0 - rounded), opened * bared, wide * bared, accent * manner.expression,
    ]  # fmt: skip


@lru_cache(maxsize=8)
def _amounts(expression: float) -> Floats:
    """(8, 52): how much of each shape goes with each of `_moves`."""
    more, less = 1.0 + ASYMMETRY * expression, 1.0 - ASYMMETRY * expression
    rows: tuple[dict[str, float], ...] = (
        {"jawOpen": JAW},
        {"mouthClose": JAW},
        {"mouthFunnel": FUNNEL},
        {"mouthPucker": PUCKER},
        {"mouthStretchLeft": STRETCH, "mouthStretchRight": STRETCH, "mouthSmileLeft": SMILE * more,
         "mouthSmileRight": SMILE * less},
        {"mouthLowerDownLeft": LOWER_OPEN * more, "mouthLowerDownRight": LOWER_OPEN * less,
         "mouthUpperUpLeft": UPPER_OPEN, "mouthUpperUpRight": UPPER_OPEN},
        {"mouthLowerDownLeft": LOWER_WIDE * more, "mouthLowerDownRight": LOWER_WIDE * less,
         "mouthUpperUpLeft": UPPER_WIDE, "mouthUpperUpRight": UPPER_WIDE},
        {"browInnerUp": BROW_INNER, "browOuterUpLeft": BROW_OUTER * more, "browOuterUpRight": BROW_OUTER * less},
    )  # fmt: skip
    amounts = np.zeros((len(rows), arkit.COUNT), np.float32)
    for row, shares in zip(amounts, rows, strict=True):
        for name, share in shares.items():
            row[arkit.INDEX[name]] = share
    return amounts
