"""What no face can do, put right on the face that is shown: shapes that exclude one another, an eye out of sight.

Pure, and continuous: a small change of the face is a small change of the correction.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from assets.face import FaceFrame
from runtime.faces.signals import vector, with_vector

HIDDEN_FROM_RAD: Final = 0.5
HIDDEN_BY_RAD: Final = 0.65
"""From here on the far eye follows the near one, wholly from there on: trackers guess what they can't see."""

_BLINKS, _WIDES, _SQUINTS = (
    [arkit.INDEX[f"{shape}Left"], arkit.INDEX[f"{shape}Right"]] for shape in ("eyeBlink", "eyeWide", "eyeSquint")
)
_ROLLS: Final = [arkit.INDEX["mouthRollLower"], arkit.INDEX["mouthRollUpper"]]
_JAW_OPEN: Final = arkit.INDEX["jawOpen"]
_MOUTH_CLOSE: Final = arkit.INDEX["mouthClose"]


def correct(frame: FaceFrame, *, link_eyes: float = 0.0) -> FaceFrame:
    """The frame with its contradictions resolved.

    link_eyes: 0 lets each lid go its own way, 1 gives both the closure between the two.

    * `mouthClose` only undoes `jawOpen`, so it is never larger; rolled-in lips need a mouth that isn't open.
    * A closing eye is neither wide nor squinting.
    * Turned far away, the far eye does what the near one does.
    """
    values = vector(frame)
    lids = values[_BLINKS]
    lids += link_eyes * (lids.mean() - lids)
    values[_BLINKS] = _seen_lids(lids, frame.head.yaw_rad)
    values[_WIDES] *= 1.0 - values[_BLINKS]
    values[_SQUINTS] = np.minimum(values[_SQUINTS], 1.0 - values[_BLINKS])
    values[_MOUTH_CLOSE] = min(values[_MOUTH_CLOSE], values[_JAW_OPEN])
    values[_ROLLS] *= 1.0 - (values[_JAW_OPEN] - values[_MOUTH_CLOSE])
    return with_vector(frame, values)


def _seen_lids(lids: npt.NDArray[np.float64], yaw_rad: float) -> npt.NDArray[np.float64]:
    """Left and right closure; turned to the own left, the left eye is the far one."""
    hidden = min(max((abs(yaw_rad) - HIDDEN_FROM_RAD) / (HIDDEN_BY_RAD - HIDDEN_FROM_RAD), 0.0), 1.0)
    far = 0 if yaw_rad > 0.0 else 1
    lids[far] += hidden * (lids[1 - far] - lids[far])
    return lids
