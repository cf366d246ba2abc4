"""The `mediapipe` engine: Google's FaceLandmarker and ImageSegmenter tasks, on single pictures.

Model files: see `assets.weights`. The landmarker gives 478 points and blendshape scores; the hair
segmenter works at 512 x 512, the selfie segmenter at 256 x 256. Each looks at the whole picture and at the head.
`hair_model` completes what the hair segmenter misses, which on drawings is much.
"""

import functools
import os
import weakref
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final, Self

import cv2
import numpy as np

from assets import arkit
from generator.engines import LANDMARK_COUNT, FaceLandmarks, Image, Mask, hair_model, native, pose, search, views

os.environ.setdefault("GLOG_minloglevel", "2")  # read once, when the native library is loaded
with native.quiet(), native.without_matplotlib():
    import mediapipe as mp
    from mediapipe.tasks.python import BaseOptions, vision

MAX_FACES: Final = 5
_CONFIDENCE: Final = 0.5
_LENIENT_CONFIDENCE: Final = 0.25
"""For the search that starts when nothing was found: drawn faces score lower than photographed ones."""
_HEAD_VIEW: Final = 2.2
"""Side of the head's own view in face boxes: all of the hair, and little else."""
_BUST_VIEW: Final = 3.1
"""The same for the person mask, which needs to see shoulders."""
_HAIR_CLASS: Final = 1


class MediapipeEngine:
    """`Engine` on mediapipe tasks. Tasks are created when first used and closed with the engine."""

    name = "mediapipe"

    def __init__(self, landmarker: Path, hair: Path, selfie: Path) -> None:
        self._files = {"landmarker": landmarker, "hair": hair, "selfie": selfie}
        self._tasks: dict[str, Any] = {}
        self._stack = ExitStack()
        # Closing at exit, while modules still live: the tasks' own __del__ would complain.
        self._finalizer = weakref.finalize(self, self._stack.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._finalizer()
        self._tasks.clear()

    def landmarks(self, image: Image, /) -> tuple[FaceLandmarks, ...]:
        """All faces found, largest first. A picture that shows none is searched again in parts, more leniently."""
        return search.find(
            image,
            strict=functools.partial(self._detect, "strict"),
            lenient=functools.partial(self._detect, "lenient"),
        )

    def person(self, image: Image, /) -> Mask:
        """Probability that a pixel belongs to a person, the size of `image`."""
        faces = search.first_sight(image, functools.partial(self._detect, "strict"))
        return self._person_around(image, faces[0] if faces else None)

    def hair(self, image: Image, face: FaceLandmarks, /) -> Mask:
        """Probability that a pixel is hair, the size of `image`: the segmenter's, completed by colour."""
        mask = self._segment("hair", image, _HAIR_CLASS)
        view = views.head_view(face, size=_HEAD_VIEW)
        mask = view.blend(mask, self._segment("hair", view.cut(image), _HAIR_CLASS))
        return hair_model.hair_mask(image, face, self._person_around(image, face), mask)

    def _person_around(self, image: Image, face: FaceLandmarks | None) -> Mask:
        look = functools.partial(self._segment, "selfie", channel=0)
        if face is None:
            return look(image)
        return views.agreed(image, views.head_view(face, size=_BUST_VIEW), look)

    def _detect(self, kind: str, image: Image) -> list[FaceLandmarks]:
        task = self._tasks.get(kind)
        if task is None:
            confidence = _CONFIDENCE if kind == "strict" else _LENIENT_CONFIDENCE
            options = vision.FaceLandmarkerOptions(
                base_options=BaseOptions(model_asset_path=str(self._files["landmarker"])),
                num_faces=MAX_FACES,
                min_face_detection_confidence=confidence,
                min_face_presence_confidence=confidence,
                output_face_blendshapes=True,
            )
            task = self._keep(kind, vision.FaceLandmarker, options)
        result = task.detect(_mp_image(image))
        height, width = image.shape[:2]
        return [
            _face(points, scores, width, height)
            for points, scores in zip(result.face_landmarks, result.face_blendshapes, strict=True)
        ]

    def _segment(self, kind: str, image: Image, /, channel: int) -> Mask:
        task = self._tasks.get(kind)
        if task is None:
            options = vision.ImageSegmenterOptions(
                base_options=BaseOptions(model_asset_path=str(self._files[kind])),
                output_confidence_masks=True,
            )
            task = self._keep(kind, vision.ImageSegmenter, options)
        mask = np.array(task.segment(_mp_image(image)).confidence_masks[channel].numpy_view(), np.float32)
        mask = mask.reshape(mask.shape[:2])
        if mask.shape != image.shape[:2]:
            mask = np.asarray(cv2.resize(mask, (image.shape[1], image.shape[0])), np.float32)
        return np.clip(mask, 0.0, 1.0)

    def _keep(self, kind: str, task_class: Any, options: Any) -> Any:
        with native.quiet():
            task = task_class.create_from_options(options)
            self._stack.callback(task.close)
            self._tasks[kind] = task
            # A first run on a grey square: threads report their delegates only now.
            first = _mp_image(np.full((64, 64, 3), 128, np.uint8))
            if hasattr(task, "detect"):
                task.detect(first)
            else:
                task.segment(first)
        return task


def _mp_image(image: Image) -> Any:
    return mp.Image(image_format=mp.ImageFormat.SRGB, data=np.ascontiguousarray(image))


def _face(points: Any, scores: Any, width: int, height: int) -> FaceLandmarks:
    """mediapipe's z has the scale of x and grows away from the viewer; ours is in pixels and grows toward it."""
    scale = np.array([width, height, -width], np.float32)
    points_px = np.array([(p.x, p.y, p.z) for p in points], np.float32) * scale
    assert points_px.shape == (LANDMARK_COUNT, 3)
    yaw_rad, pitch_rad, roll_rad = pose.head_angles(points_px)
    shapes = {score.category_name: float(score.score) for score in scores if score.category_name in arkit.INDEX}
    return FaceLandmarks(points_px, yaw_rad, pitch_rad, roll_rad, shapes)
