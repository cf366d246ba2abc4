"""The `opencv` engine: MediaPipe's networks, run by OpenCV alone, for machines without a mediapipe package.

MediaPipe's own pipeline: the detector looks only while there is no face; then each picture is cut where the last
landmarks were, 478 points are found in it, filtered, and 146 of them become 52 scores.
"""

from pathlib import Path
from typing import Final

import cv2
import numpy as np

from assets import arkit
from drivers.tracking import facepose
from drivers.tracking.detector import Detector
from drivers.tracking.engines import Sight
from drivers.tracking.nets import Network, members
from drivers.tracking.roi import Square
from drivers.tracking.shots import Picture
from drivers.tracking.steady import Steady

_FACE_PX: Final = 256
_POINTS, _PRESENCE, _SCORES = "Identity", "Identity_1", "StatefulPartitionedCall:0"
_PRESENCE_LOGIT: Final = 0.0
"""The network's own "there is a face", before the sigmoid: MediaPipe's threshold of one half."""
_THREADS: Final = 2
"""More gain nothing at this size, and the show needs the rest."""

_SCORED: Final = np.array((
    0, 1, 4, 5, 6, 7, 8, 10, 13, 14, 17, 21, 33, 37, 39, 40, 46, 52, 53, 54, 55, 58, 61, 63, 65, 66, 67, 70, 78, 80,
    81, 82, 84, 87, 88, 91, 93, 95, 103, 105, 107, 109, 127, 132, 133, 136, 144, 145, 146, 148, 149, 150, 152, 153,
    154, 155, 157, 158, 159, 160, 161, 162, 163, 168, 172, 173, 176, 178, 181, 185, 191, 195, 197, 234, 246, 249,
    251, 263, 267, 269, 270, 276, 282, 283, 284, 285, 288, 291, 293, 295, 296, 297, 300, 308, 310, 311, 312, 314,
    317, 318, 321, 323, 324, 332, 334, 336, 338, 356, 361, 362, 365, 373, 374, 375, 377, 378, 379, 380, 381, 382,
    384, 385, 386, 387, 388, 389, 390, 397, 398, 400, 402, 405, 409, 415, 454, 466, 468, 469, 470, 471, 472, 473,
    474, 475, 476, 477,
))  # fmt: skip
"""The landmarks that the score network was trained to see, in its order (MediaPipe's face_blendshapes_graph)."""
_SCORE_NAMES: Final = (
    "_neutral", "browDownLeft", "browDownRight", "browInnerUp", "browOuterUpLeft", "browOuterUpRight", "cheekPuff",
    "cheekSquintLeft", "cheekSquintRight", "eyeBlinkLeft", "eyeBlinkRight", "eyeLookDownLeft", "eyeLookDownRight",
    "eyeLookInLeft", "eyeLookInRight", "eyeLookOutLeft", "eyeLookOutRight", "eyeLookUpLeft", "eyeLookUpRight",
    "eyeSquintLeft", "eyeSquintRight", "eyeWideLeft", "eyeWideRight", "jawForward", "jawLeft", "jawOpen", "jawRight",
    "mouthClose", "mouthDimpleLeft", "mouthDimpleRight", "mouthFrownLeft", "mouthFrownRight", "mouthFunnel",
    "mouthLeft", "mouthLowerDownLeft", "mouthLowerDownRight", "mouthPressLeft", "mouthPressRight", "mouthPucker",
    "mouthRight", "mouthRollLower", "mouthRollUpper", "mouthShrugLower", "mouthShrugUpper", "mouthSmileLeft",
    "mouthSmileRight", "mouthStretchLeft", "mouthStretchRight", "mouthUpperUpLeft", "mouthUpperUpRight",
    "noseSneerLeft", "noseSneerRight",
)  # fmt: skip
"""What its answers are, in its order: alphabetical, with the neutral face first and no tongue."""
_SCORE_ROWS: Final = np.array([_SCORE_NAMES.index(name) for name in arkit.NAMES if name in _SCORE_NAMES])
_ARKIT_ROWS: Final = np.array([row for row, name in enumerate(arkit.NAMES) if name in _SCORE_NAMES])


class OpencvEngine:
    """See `engines.Engine`."""

    name = "opencv"

    def __init__(self, task: Path) -> None:
        """task: MediaPipe's face_landmarker.task. Raises UnusableError."""
        detector, points, scores = members(
            task, "face_detector.tflite", "face_landmarks_detector.tflite", "face_blendshapes.tflite"
        )
        cv2.setNumThreads(_THREADS)
        self._detector = Detector(Network(detector, low=-1.0))
        self._points = Network(points)
        self._scores = Network(scores)
        self._steady = Steady()
        self._square: Square | None = None

    def __call__(self, picture: Picture, source_s: float, /) -> Sight | None:
        """The face in one picture; a face lost is looked for again at once."""
        followed = self._square
        sight = None if followed is None else self._in(picture, followed, source_s)
        if sight is None:
            self._square = None
            self._steady.forget()
            found = self._detector(picture)
            sight = None if found is None else self._in(picture, found, source_s)
        return sight

    def _in(self, picture: Picture, square: Square, source_s: float) -> Sight | None:
        points, presence = self._points(square.cut(picture, _FACE_PX), _POINTS, _PRESENCE)
        if float(presence.ravel()[0]) < _PRESENCE_LOGIT:
            return None
        points_px = square.to_picture(points.reshape(-1, 3) / _FACE_PX)
        points_px[:, 2] *= -1.0  # the network's z grows away from the viewer
        self._square = Square.of_face(points_px)
        points_px = self._steady(points_px, self._square.side_px, source_s)
        (answers,) = self._scores.run(points_px[None, _SCORED, :2].astype(np.float32), _SCORES)
        scores = np.zeros(arkit.COUNT, np.float32)
        scores[_ARKIT_ROWS] = answers.ravel()[_SCORE_ROWS]
        height, width = picture.shape[:2]
        return Sight(points_px, facepose.camera_from_head(points_px, width, height), scores)
