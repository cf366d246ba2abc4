"""Several sources, one face: per channel, the first source in order that is fresh wins, and a silent one eases out.

Every source has a *share* of each channel that it speaks for. A fresh source takes all of what the sources before it
left over; one that has been silent for longer than `HOLD_S` takes less and less, until at `GONE_S` it takes nothing.
What nobody takes is neutral. So a lost camera melts into the idle motion behind it, or into the resting face, and
never freezes, unless that is asked for (`Rules.hold`).

A source that listens (`FaceFrame.speech`) has no place in the order: it moves the mouth as far as it hears speech,
and what only the eye can tell (a smile, the tongue, the jaw to one side) stays with whoever sees.

`mix` is pure: the same inputs and time give the same face. `Mixer` adds the cross-fade: when a source comes back or
another set of channels takes over, the difference to what was shown last melts away within `FADE_S`, while the new
source's own motion shows in full from its first frame on. (This is how games go from one motion to the next:
D. Bollo, "Inertialization", GDC 2018.)
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import ALL_CHANNELS, HEAD, FaceFrame
from runtime.faces.signals import COUNT, Bools, Floats, rows, vector, with_vector

HOLD_S: Final = 0.25
"""A source silent for this long still counts in full (reliability N6)."""
GONE_S: Final = 1.0
"""A source silent for this long counts no more."""
FADE_S: Final = 0.12
"""A change of who moves a channel takes this long."""
EVERYTHING: Final = ALL_CHANNELS | {HEAD}

SPOKEN: Final = frozenset({
    "jawOpen", "mouthClose", "mouthFunnel", "mouthPucker", "mouthStretchLeft", "mouthStretchRight",
    "mouthLowerDownLeft", "mouthLowerDownRight", "mouthUpperUpLeft", "mouthUpperUpRight",
})  # fmt: skip
"""What a voice moves although somebody sees the mouth; its other channels only where nobody sees them."""

_JAW_OPEN: Final = arkit.INDEX["jawOpen"]
_COLUMNS: Final = np.arange(COUNT)


@dataclass(frozen=True, slots=True)
class Input:
    """What one source said last, and which channels it is allowed to speak for.

    frame: the newest frame in which it saw a face; None when it never did.
    allowed: shape names and "head"; it still speaks only for those in `frame.channels`.
    values: the numbers (58,) to show, where they aren't those of `frame` but lie between it and the one before.
    """

    frame: FaceFrame | None
    allowed: frozenset[str] = EVERYTHING
    values: Floats | None = None


@dataclass(frozen=True, slots=True)
class Rules:
    """What is a matter of taste.

    hold: a source that fell silent keeps its last face for ever, instead of easing out.
    voice: how much of a mouth that is also seen a voice may take while it speaks, 0..1.
    voice_mode: "blend" goes from the seen mouth to the heard one; "max" takes the jaw that is wider open, no more.
    """

    hold: bool = False
    voice: float = 1.0
    voice_mode: Literal["blend", "max"] = "blend"


DEFAULT: Final = Rules()


def channels_of(regions: Iterable[str], /) -> frozenset[str]:
    """The channels of regions named as in `arkit.REGIONS`, or "head". Raises KeyError for an unknown name."""
    names = [(HEAD,) if region == HEAD else arkit.REGIONS[region] for region in regions]
    return frozenset(name for group in names for name in group)


def freshness(age_s: float, /) -> float:
    """How much a source counts whose newest frame is `age_s` old: 1 until `HOLD_S`, then smoothly to 0 at `GONE_S`."""
    return 1.0 - _smooth((age_s - HOLD_S) / (GONE_S - HOLD_S))


def _smooth(share: float) -> float:
    late = min(max(share, 0.0), 1.0)
    return late * late * (3.0 - 2.0 * late)


Order = npt.NDArray[np.intp]
"""(sources, 58): which source comes first, second ... for each row."""


def order_of(names: Sequence[str], wishes: Mapping[str, Sequence[str]], /) -> Order | None:
    """The order of sources for each row: by the wish for its region, else by that for "all"; who isn't wished for comes
    after, as listed. None where every row has the listed order."""
    order = np.tile(np.arange(len(names))[:, None], (1, COUNT))
    for region, wish in sorted(wishes.items(), key=lambda item: item[0] != "all"):
        first = [names.index(name) for name in dict.fromkeys(wish) if name in names]
        column = [*first, *(index for index in range(len(names)) if index not in first)]
        order[:, slice(None) if region == "all" else rows(channels_of([region]))] = np.array(column)[:, None]
    return order if (order != np.arange(len(names))[:, None]).any() else None


def mix(inputs: Sequence[Input], now_s: float, rules: Rules = DEFAULT) -> FaceFrame:
    """The face to show at `now_s` from inputs in order of priority.

    The result's channels are those that somebody speaks for, its time is that of the first input which counts, and
    `face_seen` is False when none does. Weights and pose lie within the range of the inputs and neutral.
    """
    return shared(inputs, now_s, rules)[0]


def shared(
    inputs: Sequence[Input], now_s: float, rules: Rules = DEFAULT, order: Order | None = None
) -> tuple[FaceFrame, Floats]:
    """As `mix`, with an order of its own for every row, and the share (sources, 58) that each source has of it."""
    values, grips, shares = np.zeros((3, len(inputs), COUNT))
    counting: list[FaceFrame] = []
    voices = []
    spoken: frozenset[str] = frozenset()
    for index, source in enumerate(inputs):
        frame = source.frame
        if frame is None or not frame.face_seen:
            continue
        fresh = 1.0 if rules.hold else freshness(now_s - frame.time_s)
        channels = frame.channels & source.allowed
        if fresh == 0.0 or not channels:
            continue
        grips[index] = rows(channels) * np.float64(fresh)
        values[index] = vector(frame) if source.values is None else source.values
        counting.append(frame)
        spoken |= channels
        if frame.speech is not None:
            voices.append((index, frame.speech))
    heard, grips[[index for index, _ in voices]] = grips.copy(), 0.0
    left = np.ones(COUNT)  # what nobody has taken
    for place in range(len(inputs)):
        if order is None:
            shares[place] = left * grips[place]
            left = left * (1.0 - grips[place])
        else:
            cells = order[place], _COLUMNS
            shares[cells] = left * grips[cells]
            left = left * (1.0 - grips[cells])
    face: Floats = (shares * values).sum(axis=0)
    for index, speech in voices:
        over = np.zeros(COUNT) if rules.voice_mode == "max" else speech * rules.voice * rows(SPOKEN)
        face = _with_voice(face, left, heard[index], values[index], speech * rules.voice, rules)
        shares *= 1.0 - heard[index] * over
        shares[index] = heard[index] * (left + (1.0 - left) * over)
        left = left * (1.0 - heard[index])
    counting.sort(key=lambda frame: frame.speech is not None)
    whole = FaceFrame(time_s=counting[0].time_s if counting else now_s, channels=spoken, face_seen=bool(counting))
    return with_vector(whole, face), shares


def _with_voice(face: Floats, left: Floats, grip: Floats, voice: Floats, share: float, rules: Rules) -> Floats:
    """The face, `left` of which nobody has taken, when a voice takes `share` of what it may take from others."""
    over = share * rows(SPOKEN)
    if rules.voice_mode == "max":
        jaw_open = max(face[_JAW_OPEN], grip[_JAW_OPEN] * (left[_JAW_OPEN] + (1.0 - left[_JAW_OPEN]) * share)
                       * voice[_JAW_OPEN])  # fmt: skip
        over = np.zeros(COUNT)
    mixed: Floats = face * (1.0 - grip * over) + grip * (left + (1.0 - left) * over) * voice
    if rules.voice_mode == "max":
        mixed[_JAW_OPEN] = jaw_open
    return mixed


@dataclass(slots=True)
class _Past:
    """What a source was like at the last step."""

    channels: frozenset[str] = frozenset()
    time_s: float = -np.inf
    restarts: bool = True
    speech: float = 0.0


class Mixer:
    """`mix` over time, without jumps. Give it the same sources in the same order at every step, or say `recast`.

    rules: may be changed at any time. order: see `order_of`; set it with `reorder`.
    shares: who drove what in the last step, (sources, 58).
    """

    def __init__(self, rules: Rules = DEFAULT) -> None:
        self.rules = rules
        self.shares: Floats = np.zeros((0, COUNT))
        self._order: Order | None = None
        self._melts = False
        self._past: list[_Past] = []
        self._shown: FaceFrame | None = None
        self._shown_s = 0.0
        self._rest = np.zeros(COUNT)
        self._rest_since_s = np.full(COUNT, -np.inf)

    def step(self, inputs: Sequence[Input], now_s: float) -> FaceFrame:
        """The face to show at `now_s`; times must not run backwards."""
        self._past += [_Past() for _ in range(len(inputs) - len(self._past))]
        changed = np.full(COUNT, self._melts)
        self._melts = False
        faded = []
        for source, past in zip(inputs, self._past, strict=True):
            changed |= self._changes(source, past)
            faded.append(self._faded(source, past, now_s))
        face, self.shares = shared(faded, now_s, self.rules, self._order)
        if self._shown is not None and changed.any():
            self._rest[changed] = (vector(self._shown) - vector(face))[changed]
            self._rest_since_s[changed] = self._shown_s
        self._shown = self._softened(face, now_s)
        self._shown_s = now_s
        return self._shown

    def soften(self) -> None:
        """Cross-fade at the next step: what the sources say is about to change its meaning."""
        for past in self._past:
            past.restarts = True

    def recast(self, kept: Sequence[int | None], order: Order | None) -> None:
        """Other sources from the next step on: for each, its old place, None for a new one. Cross-fades."""
        self._past = [_Past() if place is None or place >= len(self._past) else self._past[place] for place in kept]
        self._order = order
        self._melts = True

    def _changes(self, source: Input, past: _Past) -> Bools:
        """The rows that another hand takes now: the source came back, or speaks for other channels than before."""
        frame = source.frame
        channels = frame.channels & source.allowed if frame is not None and frame.face_seen else past.channels
        changed = rows(channels) ^ rows(past.channels)
        if frame is not None and (past.restarts or frame.time_s - past.time_s > HOLD_S):
            changed = changed | rows(channels)
            past.restarts = False
        past.channels = channels
        past.time_s = past.time_s if frame is None else frame.time_s
        return changed

    def _faded(self, source: Input, past: _Past, now_s: float) -> Input:
        """A voice comes and goes within `FADE_S` at the fastest."""
        frame = source.frame
        if frame is None or frame.speech is None:
            return source
        most = (now_s - self._shown_s) / FADE_S if self._shown is not None else 1.0
        past.speech += min(max(frame.speech - past.speech, -most), most)
        return replace(source, frame=replace(frame, speech=past.speech))

    def _softened(self, face: FaceFrame, now_s: float) -> FaceFrame:
        share = np.clip((now_s - self._rest_since_s) / FADE_S, 0.0, 1.0)
        if share.min() == 1.0:
            return face
        return with_vector(face, vector(face) + self._rest * (1.0 - share * share * (3.0 - 2.0 * share)))
