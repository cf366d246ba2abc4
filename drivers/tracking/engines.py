"""Who finds the face in a picture: one protocol, two engines, chosen by what this machine has."""

import importlib.util
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from drivers.tracking.shots import Picture

NAMES: Final = ("mediapipe", "opencv")


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """One face, as an engine sees it.

    points_px: (478, 3), MediaPipe's landmarks: picture x and y (down) in pixels, z in pixels toward the viewer.
    camera_from_head: (4, 4) in metres; axes x to the picture's right, y up, z toward the viewer, camera at the origin.
    scores: (52,), ARKit order, 0..1; the sides are the subject's own.
    """

    points_px: npt.NDArray[np.float64]
    camera_from_head: npt.NDArray[np.float64]
    scores: npt.NDArray[np.float32]

    @property
    def rotation(self) -> npt.NDArray[np.float64]:
        """(3, 3), without scale."""
        turned = self.camera_from_head[:3, :3]
        return np.asarray(turned / np.cbrt(np.linalg.det(turned)), np.float64)


class Engine(Protocol):
    """Follows one face through the pictures of one source."""

    name: str

    def __call__(self, picture: Picture, source_s: float, /) -> Sight | None:
        """The face, or None while there is none. source_s: the picture's place in the source, mostly rising."""
        ...


def best() -> str:
    """The engine for this machine: mediapipe where its package is, else opencv."""
    return NAMES[0] if importlib.util.find_spec("mediapipe") is not None else NAMES[1]
