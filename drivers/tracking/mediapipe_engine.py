"""The `mediapipe` engine: Google's face landmarker, in VIDEO mode with one face, where it smooths its landmarks by the
true times. The only module of `drivers` that imports mediapipe.
"""

import sys
import types
from pathlib import Path
from typing import Final

import cv2
import numpy as np

from assets import arkit
from drivers.tracking.engines import Sight
from drivers.tracking.shots import Picture, UnusableError

# MediaPipe imports matplotlib for drawings that we never make: 1.4 of its 1.9 seconds.
_pyplot: Final = types.ModuleType("matplotlib.pyplot")
_matplotlib: Final = types.ModuleType("matplotlib")
_matplotlib.pyplot = _pyplot  # type: ignore[attr-defined]
sys.modules.setdefault("matplotlib", _matplotlib)
sys.modules.setdefault("matplotlib.pyplot", _pyplot)

import mediapipe  # noqa: E402
from mediapipe.tasks.python import vision  # noqa: E402
from mediapipe.tasks.python.core.base_options import BaseOptions  # noqa: E402

_CM: Final = 0.01


class MediapipeEngine:
    """See `engines.Engine`."""

    name = "mediapipe"

    def __init__(self, task: Path) -> None:
        """task: MediaPipe's face_landmarker.task. Raises UnusableError."""
        try:
            options = vision.FaceLandmarkerOptions(
                # As bytes: paths with letters outside ASCII fail on Windows.
                base_options=BaseOptions(model_asset_buffer=task.read_bytes()),
                running_mode=vision.RunningMode.VIDEO,
                num_faces=1,
                output_face_blendshapes=True,
                output_facial_transformation_matrixes=True,
            )
            self._landmarker = vision.FaceLandmarker.create_from_options(options)
        except (OSError, ValueError, RuntimeError) as error:
            raise UnusableError(
                f"MediaPipe can't load its face landmarker ({error}); delete the file: {task}"
            ) from error
        self._last_ms = -1

    def __call__(self, picture: Picture, source_s: float, /) -> Sight | None:
        """The face in one picture."""
        # The landmarker demands strictly rising times; a clock that jumps back costs its smoothing, nothing else.
        self._last_ms = max(self._last_ms + 1, round(source_s * 1000.0))
        rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        image = mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=rgb)
        result = self._landmarker.detect_for_video(image, self._last_ms)
        if not (result.face_blendshapes and result.facial_transformation_matrixes):
            return None
        height, width = picture.shape[:2]
        scores = np.zeros(arkit.COUNT, np.float32)
        for category in result.face_blendshapes[0]:
            # MediaPipe's sides are the subject's own, as ours (checked against the eyelids of real recordings).
            if (index := arkit.INDEX.get(category.category_name)) is not None:  # all but `_neutral`
                scores[index] = category.score
        points = np.array([(point.x, point.y, point.z) for point in result.face_landmarks[0]])
        pose = np.array(result.facial_transformation_matrixes[0], np.float64)
        pose[:3, 3] *= _CM
        return Sight(points * (width, height, -width), pose, scores)
