"""Expressions at the press of a key: what a preset adds to the face that is shown, and the rules by which it does so.

A preset is a set of weights and of overlays (`runtime.overlays`: blush, tears ...), faded in and out. Where presets add
to a shape, the face and all of them are joined like light on a screen: 1 - (1 - face) * (1 - share * weight) * ... So
the order doesn't matter, nothing leaves 0..1, and what the person does stays visible on top of the preset. The rest:

* A closed eye wins: a blink takes back what is wide or squinting, and a preset never opens a lid.
* Opposites yield: a smile takes back the person's frown, raised brows the lowered ones; two presets that want
  opposites weaken each other.
* Speech stays readable: a preset opens the jaw on top of the speaker, never instead; lips that the speaker closes stay
  closed, and a preset's smile makes room for a rounded mouth.

`blend` is pure. `Expressions` adds the time, as a pure function of the moments at which presets were switched: the same
switches at the same times give the same face at any frame rate, and a preset switched back half-way turns without a
jump.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.avatar import NAME_PATTERN
from assets.errors import UsageError
from assets.face import FaceFrame

Floats = npt.NDArray[np.float64]

MAX_FADE_S: Final = 10.0
MAX_HOLD_S: Final = 3600.0
MAX_PRESETS: Final = 64


@dataclass(frozen=True, slots=True)
class Preset:
    """One expression. Raises UsageError for what can't be: an unknown shape, a number out of range.

    weights: ARKit name -> 0..1. overlays: name of an overlay -> its opacity, 0..1; unknown ones are simply not shown.
    fade_s: how long it takes to come, and to go, 0..10. hold_s: after coming, it stays so long; None: until it is
    switched off. key: the key that switches it, as SDL spells it; "" for none.
    """

    name: str
    weights: Mapping[str, float] = field(default_factory=dict)
    overlays: Mapping[str, float] = field(default_factory=dict)
    fade_s: float = 0.25
    hold_s: float | None = None
    key: str = ""

    def __post_init__(self) -> None:
        if not NAME_PATTERN.fullmatch(self.name):
            raise UsageError(f"expression: {self.name!r} is not a plain name (letters, digits, '-', '_', '.')")
        for shape in self.weights:
            if shape not in arkit.INDEX:
                raise UsageError(f"expression {self.name}: there is no shape {shape!r}; see the 52 ARKit names")
        for kind, numbers in (("weight", self.weights), ("overlay", self.overlays)):
            for name, value in numbers.items():
                self._need(_number(value, 0.0, 1.0), f"{kind} {name} must be a number in 0..1, got {value!r}")
        self._need(_number(self.fade_s, 0.0, MAX_FADE_S), f"fade_s must be in 0..{MAX_FADE_S:g}, got {self.fade_s!r}")
        self._need(self.hold_s is None or _number(self.hold_s, 0.0, MAX_HOLD_S),
                   f"hold_s must be in 0..{MAX_HOLD_S:g} or none, got {self.hold_s!r}")  # fmt: skip
        self._need(isinstance(self.key, str), f"key must be the name of a key, got {self.key!r}")
        object.__setattr__(self, "weights", MappingProxyType({k: float(v) for k, v in self.weights.items()}))
        object.__setattr__(self, "overlays", MappingProxyType({k: float(v) for k, v in self.overlays.items()}))

    def _need(self, condition: bool, message: str) -> None:
        if not condition:
            raise UsageError(f"expression {self.name}: {message}")

    def as_json(self) -> dict[str, Any]:
        """As `expression.set` takes it and settings keep it."""
        told: dict[str, Any] = {"name": self.name, "weights": dict(self.weights), "overlays": dict(self.overlays)}
        return told | {"fade_s": self.fade_s, "hold_s": self.hold_s, "key": self.key}


def _number(value: object, low: float, high: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and low <= value <= high


def _both(name: str, weight: float) -> dict[str, float]:
    return {f"{name}Left": weight, f"{name}Right": weight}


PRESETS: Final[tuple[Preset, ...]] = (
    Preset("joy", {**_both("mouthSmile", 0.85), **_both("cheekSquint", 0.7), **_both("eyeSquint", 0.35),
                   **_both("mouthDimple", 0.2), **_both("mouthUpperUp", 0.15), **_both("browOuterUp", 0.2),
                   "browInnerUp": 0.15, "jawOpen": 0.12}, {"blush": 0.35}, key="1"),
    Preset("angry", {**_both("browDown", 0.95), **_both("noseSneer", 0.4), **_both("eyeSquint", 0.3),
                     **_both("mouthFrown", 0.45), **_both("mouthPress", 0.3), "mouthShrugLower": 0.2},
           {"anger": 1.0}, key="2"),
    Preset("sad", {"browInnerUp": 0.95, **_both("mouthFrown", 0.7), "mouthShrugLower": 0.35, "mouthPucker": 0.1,
                   **_both("eyeSquint", 0.15)}, fade_s=0.45, key="3"),
    Preset("surprised", {"browInnerUp": 0.8, **_both("browOuterUp", 0.9), **_both("eyeWide", 0.85), "jawOpen": 0.3,
                         "mouthFunnel": 0.25}, fade_s=0.12, hold_s=1.8, key="4"),
    Preset("wink", {"eyeBlinkLeft": 1.0, "cheekSquintLeft": 0.6, "mouthSmileLeft": 0.6, "mouthSmileRight": 0.25,
                    "browOuterUpRight": 0.3}, fade_s=0.1, hold_s=0.6, key="5"),
    Preset("tongue", {"tongueOut": 1.0, "jawOpen": 0.35, **_both("mouthSmile", 0.25)}, fade_s=0.18, key="6"),
    Preset("blush", {**_both("mouthSmile", 0.15), "browInnerUp": 0.2}, {"blush": 1.0}, fade_s=0.6, key="7"),
    Preset("tears", {"browInnerUp": 0.85, **_both("mouthFrown", 0.45), **_both("eyeSquint", 0.25),
                     "mouthShrugLower": 0.3}, {"tears": 1.0, "blush": 0.25}, fade_s=0.5, key="8"),
    Preset("sweat", {"browInnerUp": 0.35, **_both("mouthStretch", 0.15)}, {"sweat": 1.0}, fade_s=0.3, key="9"),
    Preset("shock", {**_both("eyeWide", 1.0), "browInnerUp": 0.7, **_both("browOuterUp", 0.5), "jawOpen": 0.2,
                     **_both("mouthStretch", 0.35)}, {"shock": 1.0}, fade_s=0.12, hold_s=2.0, key="0"),
    Preset("love", {**_both("mouthSmile", 0.7), **_both("cheekSquint", 0.3), **_both("eyeWide", 0.3),
                    "browInnerUp": 0.35, "jawOpen": 0.1}, {"hearts": 1.0, "blush": 0.7}),
    Preset("dazzled", {**_both("mouthSmile", 0.7), **_both("eyeWide", 0.6), **_both("browOuterUp", 0.5),
                       "jawOpen": 0.25}, {"stars": 1.0, "blush": 0.3}),
)  # fmt: skip
"""What every show begins with, ten of them on the keys 1 to 0."""


def _rows(*stems: str) -> npt.NDArray[np.intp]:
    """Rows of shapes; a stem without side and in pairs means its left and right."""
    names = [name for stem in stems for name in ([stem] if stem in arkit.INDEX else [stem + "Left", stem + "Right"])]
    return np.array([arkit.INDEX[name] for name in names], np.intp)


_BLINK, _WIDE, _SQUINT = _rows("eyeBlink"), _rows("eyeWide"), _rows("eyeSquint")
_SMILE, _ROUND = _rows("mouthSmile", "mouthDimple", "mouthStretch"), _rows("mouthFunnel", "mouthPucker")
_SHUT: Final = _rows("mouthPress", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper")
_JAW, _CLOSE, _TONGUE = (arkit.INDEX[name] for name in ("jawOpen", "mouthClose", "tongueOut"))
_OPPOSED: Final = tuple(
    (_rows(*one), _rows(*other))
    for one, other in (
        (("mouthSmile",), ("mouthFrown",)),
        (("browDown",), ("browOuterUp",)),
        (("browDown",), ("browInnerUp", "browInnerUp")),
        (("eyeWide",), ("eyeSquint",)),
    )
)
"""Shapes, left and right, that can't both be; a shape without sides stands twice."""
_ROOM: Final = 0.7
"""How much of a preset's smile a wholly rounded mouth takes back."""
_YIELD: Final = 0.5
"""How much of itself a preset gives up to another that wants the opposite."""
_BARELY_OPEN: Final = 0.05
"""A jaw open by less says little about how closed the lips are meant to be."""


def blend(face: FaceFrame, shares: Iterable[tuple[Preset, float]], /) -> FaceFrame:
    """The face with presets in it, each with its share 0..1. The rules are those of the module; sides are treated
    alike, so a mirrored face with mirrored presets is the mirrored result. Nothing to add: the face as it is."""
    left = np.ones(arkit.COUNT)  # what the presets leave to the face
    for preset, share in shares:
        for name, weight in preset.weights.items():
            left[arkit.INDEX[name]] *= 1.0 - min(max(share, 0.0), 1.0) * weight
    added = 1.0 - left
    if not added.any():
        return face
    own, added = _yielding(face.weights.astype(np.float64), added)
    added[_SMILE] *= 1.0 - _ROOM * own[_ROUND].max()
    added[_SHUT] *= 1.0 - own[_JAW]
    blink = 1.0 - (1.0 - own[_BLINK]) * (1.0 - added[_BLINK])
    added[_WIDE] *= (1.0 - blink) ** 2
    own[_WIDE] *= 1.0 - added[_BLINK]
    own[_SQUINT] *= 1.0 - added[_BLINK]
    own[_CLOSE] = _closed_lips(own, added)
    shown = 1.0 - (1.0 - own) * (1.0 - added)
    shown[_SQUINT] = np.minimum(shown[_SQUINT], np.maximum(1.0 - blink, own[_SQUINT]))
    shown[_CLOSE] = min(shown[_CLOSE], max(shown[_JAW], own[_CLOSE]))
    return replace(face, weights=shown.astype(np.float32))


def _yielding(own: Floats, added: Floats) -> tuple[Floats, Floats]:
    """What is left of the face's shapes and the presets' where presets want the opposite."""
    kept, weaker = own.copy(), added.copy()
    for pair in _OPPOSED:
        for these, those in (pair, pair[::-1]):
            for one, other in zip(these, those, strict=True):
                # a shape without sides has two opposites: half of its pull belongs to each
                half = 0.5 if len({*map(int, these)}) < len(these) else 1.0
                kept[one] *= 1.0 - half * added[other]
                weaker[one] *= 1.0 - half * _YIELD * added[other]
    return kept, weaker


def _closed_lips(own: Floats, added: Floats) -> float:
    """mouthClose: lips as closed under the wider jaw as they were, except where a tongue is between them."""
    together = min(own[_CLOSE] / max(own[_JAW], _BARELY_OPEN), 1.0)
    wider = (1.0 - own[_JAW]) * added[_JAW]
    return float((own[_CLOSE] + together * wider) * (1.0 - added[_TONGUE]))


@dataclass(slots=True)
class _Running:
    """A preset that is on, coming or going: where it was when it was switched last, and when that was."""

    preset: Preset
    on: bool
    since_s: float
    from_progress: float = 0.0

    def progress(self, now_s: float) -> float:
        """0..1, linear in time."""
        gone_s = max(now_s - self.since_s, 0.0)
        if not self.on:
            return self._moved(self.from_progress, -gone_s)
        coming_s = (1.0 - self.from_progress) * self.preset.fade_s
        end_s = math.inf if self.preset.hold_s is None else coming_s + self.preset.hold_s
        if gone_s <= end_s:
            return self._moved(self.from_progress, gone_s)
        return self._moved(1.0, end_s - gone_s)

    def wanted(self, now_s: float) -> bool:
        """Whether it is on: coming or there, not going."""
        hold_s = self.preset.hold_s
        coming_s = (1.0 - self.from_progress) * self.preset.fade_s
        return self.on and (hold_s is None or now_s - self.since_s <= coming_s + hold_s)

    def switch(self, on: bool, now_s: float) -> None:
        self.from_progress, self.on, self.since_s = self.progress(now_s), on, now_s

    def _moved(self, start: float, seconds: float) -> float:
        if self.preset.fade_s <= 0.0:
            return 1.0 if self.on and seconds >= 0.0 else 0.0
        return min(max(start + seconds / self.preset.fade_s, 0.0), 1.0)


def eased(progress: float, /) -> float:
    """0..1 -> 0..1, without a corner at either end."""
    return progress * progress * (3.0 - 2.0 * progress)


class Expressions:
    """The presets of a show, and which of them are on. One thread."""

    def __init__(self, presets: Iterable[Preset] = PRESETS) -> None:
        self._presets = {preset.name: preset for preset in presets}
        self._running: dict[str, _Running] = {}
        self._leaving: list[_Running] = []

    @property
    def presets(self) -> tuple[Preset, ...]:
        """All that can be triggered, in the order in which they came."""
        return tuple(self._presets.values())

    def set(self, preset: Preset, now_s: float) -> None:
        """Adds a preset, or puts it in the place of the one of that name; one that is on melts over."""
        if preset.name not in self._presets and len(self._presets) >= MAX_PRESETS:
            raise UsageError(f"expression {preset.name}: there are {MAX_PRESETS} already; remove one first")
        self._presets[preset.name] = preset
        was_on = self.wanted(preset.name, now_s)
        self._leave(preset.name, now_s)
        if was_on:
            self._running[preset.name] = _Running(preset, True, now_s)

    def remove(self, name: str, now_s: float) -> None:
        """Takes a preset away; one that is on fades out. Raises UsageError for an unknown name."""
        self._known(name)
        del self._presets[name]
        self._leave(name, now_s)

    def trigger(self, name: str, on: bool | None, now_s: float) -> bool:
        """Switches a preset on, off, or (None) over; returns whether it is on now. On again: its hold begins anew.

        Raises UsageError for an unknown name.
        """
        preset = self._known(name)
        wanted = not self.wanted(name, now_s) if on is None else on
        if name not in self._running:
            if not wanted:
                return False
            self._running[name] = _Running(preset, False, now_s)
        running = self._running[name]
        if wanted or running.wanted(now_s):  # what is already going keeps going
            running.switch(wanted, now_s)
        return wanted

    def clear(self, now_s: float) -> None:
        """Switches all off."""
        for running in self._running.values():
            if running.wanted(now_s):
                running.switch(False, now_s)

    def wanted(self, name: str, now_s: float) -> bool:
        """Whether a preset is on (coming or there)."""
        return name in self._running and self._running[name].wanted(now_s)

    def shares(self, now_s: float) -> dict[str, float]:
        """How much of each preset is shown, 0..1; those of which nothing is are left out."""
        shares = {name: eased(running.progress(now_s)) for name, running in self._running.items()}
        return {name: share for name, share in shares.items() if share > 0.0}

    def step(self, face: FaceFrame, now_s: float) -> tuple[FaceFrame, dict[str, float]]:
        """The face with all presets blended in, and the opacity 0..1 of each overlay that is shown.

        `runtime.overlays.moving` turns overlays into the layers of a moment.
        """
        if not self._running and not self._leaving:
            return face, {}
        parts = [(part.preset, eased(part.progress(now_s))) for part in (*self._running.values(), *self._leaving)]
        self._forget(now_s)
        overlays: dict[str, float] = {}
        for preset, share in parts:
            for name, opacity in preset.overlays.items():
                overlays[name] = 1.0 - (1.0 - overlays.get(name, 0.0)) * (1.0 - share * opacity)
        return blend(face, parts), {name: opacity for name, opacity in overlays.items() if opacity > 0.0}

    def _known(self, name: str) -> Preset:
        if name not in self._presets:
            raise UsageError(f"there is no expression {name!r}; there are: {', '.join(self._presets)}")
        return self._presets[name]

    def _leave(self, name: str, now_s: float) -> None:
        """What runs under that name fades out on its own."""
        running = self._running.pop(name, None)
        if running is not None and running.progress(now_s) > 0.0:
            if running.wanted(now_s):
                running.switch(False, now_s)
            self._leaving = [*self._leaving[-MAX_PRESETS:], running]

    def _forget(self, now_s: float) -> None:
        gone = [name for name, part in self._running.items() if not part.wanted(now_s) and not part.progress(now_s)]
        for name in gone:
            del self._running[name]
        self._leaving = [part for part in self._leaving if part.progress(now_s) > 0.0]
