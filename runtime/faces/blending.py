"""The rules by which expressions join a face. Pure.

Where presets add to a shape, the face and all of them are joined like light on a screen:
1 - (1 - face) * (1 - share * weight) * ... So the order doesn't matter, nothing leaves 0..1, and what the person does
stays visible on top of the preset. The rest:

* A closed eye wins: a blink takes back what is wide or squinting, and a preset never opens a lid.
* Opposites yield: a smile takes back the person's frown, raised brows the lowered ones; two presets that want
  opposites weaken each other.
* Speech stays readable: a preset opens the jaw on top of the speaker, never instead; lips that the speaker closes stay
  closed, and a preset's smile makes room for a rounded mouth.
"""

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import FaceFrame
from runtime.faces.presets import Preset

Floats = npt.NDArray[np.float64]


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
