"""Each shape from the better of two sources: the network's scores, or what the landmarks show. Pure.

Which is which, and why, is in docs/tracking.md; what isn't named in `OWN` is the network's.
"""

from typing import Final

import numpy as np
import numpy.typing as npt

from assets import arkit
from drivers.tracking import headframe, mouth
from drivers.tracking.cheeks import Cheeks
from drivers.tracking.gaze import Eyes
from drivers.tracking.lids import Lids
from drivers.tracking.sideways import Sideways

Weights = npt.NDArray[np.float32]

OWN: Final = frozenset((
    "eyeBlinkLeft", "eyeBlinkRight",
    "eyeLookInLeft", "eyeLookOutLeft", "eyeLookInRight", "eyeLookOutRight",
    "eyeLookUpLeft", "eyeLookDownLeft", "eyeLookUpRight", "eyeLookDownRight",
    "eyeWideLeft", "eyeWideRight",
    "mouthLeft", "mouthRight", "jawLeft", "jawRight", "mouthClose", "cheekPuff",
))  # fmt: skip
"""The shapes that the solver sets."""
_FORGET_S: Final = 3.0
"""Without a face for so long, the next one may be somebody else's."""
_BACK: Final = 0.05
"""...or a picture that is older by more than this is another film."""


class Solver:
    """The shapes of one user at a time, whose own open eyes, closed eyes and middles are learnt while looking."""

    def __init__(self) -> None:
        self._last_s = float("-inf")
        self.forget()

    def forget(self) -> None:
        """The next face is somebody else's."""
        self._lids, self._eyes = Lids(), Eyes()
        self._sideways, self._cheeks = Sideways(), Cheeks()

    def __call__(
        self,
        points_px: npt.NDArray[np.floating],
        rotation: headframe.Points,
        scores: Weights,
        /,
        *,
        time_s: float,
    ) -> Weights:
        """Weights (52,) in ARKit order.

        points_px (478, 3), rotation (3, 3): as in `headframe.to_head`. scores: the network's (52,), ARKit order.
        time_s: of the picture, rising while the same face is watched.
        """
        if not -_BACK <= time_s - self._last_s <= _FORGET_S:
            self.forget()
        self._last_s = time_s
        head = headframe.to_head(points_px, rotation)
        yaw_sine, turn_sine = float(rotation[0, 2]), float(np.hypot(rotation[0, 2], rotation[1, 2]))
        weights = np.array(scores, np.float32)

        def given(*names: str) -> float:
            return sum(float(scores[arkit.INDEX[name]]) for name in names) / len(names)

        def put(name: str, value: float) -> None:
            weights[arkit.INDEX[name]] = value

        blinks = (given("eyeBlinkLeft"), given("eyeBlinkRight"))
        lids = self._lids(head, given=blinks, yaw_sine=yaw_sine, time_s=time_s)
        up = given("eyeLookUpLeft", "eyeLookUpRight") - given("eyeLookDownLeft", "eyeLookDownRight")
        gaze = self._eyes(head, up=up, blink=lids.blink, time_s=time_s)
        for side, outward, blink, wide in (
            ("Left", gaze.to_left, lids.blink[headframe.LEFT], lids.wide[headframe.LEFT]),
            ("Right", -gaze.to_left, lids.blink[headframe.RIGHT], lids.wide[headframe.RIGHT]),
        ):
            put(f"eyeBlink{side}", blink)
            put(f"eyeWide{side}", max(wide, given(f"eyeWide{side}")) * (1.0 - blink))
            put(f"eyeLookOut{side}", max(outward, 0.0))
            put(f"eyeLookIn{side}", max(-outward, 0.0))
            put(f"eyeLookUp{side}", max(gaze.up, 0.0))
            put(f"eyeLookDown{side}", max(-gaze.up, 0.0))
        jaw_open, gap = given("jawOpen"), mouth.lip_gap(head)
        sides = self._sideways(head, turn_sine=turn_sine, jaw_open=jaw_open, time_s=time_s)
        for name, to_left in (("mouth", sides.mouth), ("jaw", sides.jaw)):
            put(f"{name}Left", max(to_left, 0.0))
            put(f"{name}Right", max(-to_left, 0.0))
        put("mouthClose", mouth.mouth_close(gap, jaw_open))
        smile = given("mouthSmileLeft", "mouthSmileRight")
        put("cheekPuff", self._cheeks(
            head, gap=gap, smile=smile, jaw_open=jaw_open, turn_sine=turn_sine, time_s=time_s))  # fmt: skip
        return weights
