"""A portrait that laughs, and a person who doesn't: what is shown of a face by an avatar whose mouth is open at rest.

Such an avatar's neutral is its portrait, open mouth and all; a film drawn from a take keeps it so. Live, a closed mouth
shall be seen closed: the mouth opens from closed lips, and from the portrait's own opening on as the jaw does.
"""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from assets import arkit
from assets.face import FaceFrame
from runtime.faces.signals import vector, with_vector

_JAW_OPEN: Final = arkit.INDEX["jawOpen"]
_MOUTH_CLOSE: Final = arkit.INDEX["mouthClose"]
_BARING: Final = [
    arkit.INDEX[name] for name in ("mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight")
]


def jaw_at_rest(facts: Mapping[str, Any], /) -> float:
    """The weight of jawOpen that the portrait already shows, 0..1; 0 where the avatar doesn't say."""
    value = facts.get("jaw_at_rest", 0.0)
    told = isinstance(value, int | float) and not isinstance(value, bool) and np.isfinite(value)
    return float(np.clip(value, 0.0, 1.0)) if told else 0.0


def closed(frame: FaceFrame, jaw_at_rest: float, /) -> FaceFrame:
    """The face as an avatar must be told it so that its lips stand apart as far as the person's do.

    Lips that bare the teeth are left apart. Continuous in every weight.
    """
    if jaw_at_rest <= 0.0:
        return frame
    values = vector(frame)
    opening = max(values[_JAW_OPEN] - values[_MOUTH_CLOSE], 0.0)
    bared = min(float(values[_BARING].mean()) * 2.0, 1.0)
    together = max(1.0 - opening / jaw_at_rest, 0.0) * (1.0 - bared)
    values[_JAW_OPEN] = max(values[_JAW_OPEN] - jaw_at_rest, 0.0)
    values[_MOUTH_CLOSE] = max(min(values[_MOUTH_CLOSE], values[_JAW_OPEN]), together)
    return with_vector(frame, values)
