"""What an expression is: weights and overlays, how they come and go; and those that every show begins with."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

from assets import arkit
from assets.avatar import NAME_PATTERN
from assets.errors import UsageError

MAX_FADE_S: Final = 10.0
MAX_HOLD_S: Final = 3600.0


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
