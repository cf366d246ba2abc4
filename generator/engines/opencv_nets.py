"""The `opencv` engine: the networks carried by the mediapipe 0.10.21 wheel, run by OpenCV alone.

Detector -> turned square around the face -> 468 points -> the same again on the square that they give -> one square
per eye for lids and irises: MediaPipe's pipeline of 2020. The wheel has no network for hair: `hair_model` tells it by
colour and place, helped by MediaPipe's hair segmenter where that is at hand, which OpenCV runs as well.
"""

import dataclasses
import functools
from pathlib import Path
from typing import Final, Self

import cv2
import numpy as np
import numpy.typing as npt

from generator.engines import (
    LANDMARK_COUNT,
    FaceLandmarks,
    Image,
    Mask,
    anchors,
    hair_model,
    iris,
    pose,
    roi,
    search,
    views,
)
from generator.engines.tflite import Network

MAX_FACES: Final = 5
_CONFIDENCE: Final = 0.5
_LENIENT_CONFIDENCE: Final = 0.25
_FACE_LOGIT_FLOOR: Final = -2.0
"""The face network's own "there is a face", before the sigmoid. Photographs score about 20 to 30, anime down to -1."""
_FACE_PX: Final = 192
_BUST_VIEW: Final = 3.1
_HAIR_VIEW: Final = 2.2
"""Sides, in face boxes, of the squares in which the person and hair networks see the head once more."""


class OpencvEngine:
    """`Engine` on OpenCV's dnn module."""

    name = "opencv"

    def __init__(self, detector: Path, face: Path, eye: Path, selfie: Path, *, hair: Path | None = None) -> None:
        self._detector = Network(detector, anchors.INPUT_PX, low=-1.0)
        self._face = Network(face, _FACE_PX)
        self._eye = Network(eye, iris.INPUT_PX)
        self._selfie = Network(selfie, 256)
        self._hair = None if hair is None else Network(hair, 512, extra_channels=1)
        self._mirror = pose.mirror()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        pass

    def landmarks(self, image: Image, /) -> tuple[FaceLandmarks, ...]:
        """All faces found, largest first. A picture that shows none is searched again in parts, more leniently."""
        return search.find(
            image,
            strict=functools.partial(self._detect, confidence=_CONFIDENCE),
            lenient=functools.partial(self._detect, confidence=_LENIENT_CONFIDENCE),
        )

    def person(self, image: Image, /) -> Mask:
        """Probability that a pixel belongs to a person, the size of `image`."""
        faces = search.first_sight(image, functools.partial(self._detect, confidence=_CONFIDENCE))
        return self._person_around(image, faces[0] if faces else None)

    def hair(self, image: Image, face: FaceLandmarks, /) -> Mask:
        """Probability that a pixel is hair, the size of `image`."""
        mask = None
        if self._hair is not None:
            view = views.head_view(face, size=_HAIR_VIEW)
            mask = view.blend(self._hair_in(image, self._hair), self._hair_in(view.cut(image), self._hair))
        return hair_model.hair_mask(image, face, self._person_around(image, face), mask)

    def _person_around(self, image: Image, face: FaceLandmarks | None) -> Mask:
        if face is None:
            return self._person_in(image)
        return views.agreed(image, views.head_view(face, size=_BUST_VIEW), self._person_in)

    def _detect(self, image: Image, *, confidence: float) -> list[FaceLandmarks]:
        view = views.whole(image)
        square = roi.Roi(view.left_px + view.side_px / 2, view.top_px + view.side_px / 2, view.side_px)
        offsets, logits = self._detector(square.cut(image, anchors.INPUT_PX), "regressors", "classificators")
        found = anchors.decode(offsets[0], logits[0, :, 0], score_floor=confidence)
        faces = (self._fit(image, square, detection) for detection in found[:MAX_FACES])
        return [face for face in faces if face is not None]

    def _fit(self, image: Image, seen: roi.Roi, detection: anchors.Detection) -> FaceLandmarks | None:
        """The points of one detected face, or None when the face network sees none there."""
        eyes_px = seen.to_picture(detection.keypoints[[anchors.RIGHT_EYE, anchors.LEFT_EYE]])
        low_px, high_px = seen.to_picture(detection.box.reshape(2, 2))
        level = roi.around(eyes_px, *eyes_px, margin=1.0)
        side_px = roi.FACE_MARGIN * float((high_px - low_px).max())
        x_px, y_px = (low_px + high_px) / 2
        square = roi.Roi(float(x_px), float(y_px), max(1.0, side_px), level.angle_rad)
        points, flag = self._face(square.cut(image, _FACE_PX), "conv2d_21", "conv2d_31")
        if float(flag.ravel()[0]) < _FACE_LOGIT_FLOOR:
            return None
        points_px = square.to_picture(points.reshape(-1, 3) / _FACE_PX)
        points_px = self._points(image, _face_roi(points_px))
        points_px[:, 2] *= -1.0  # the networks' z grows away from the viewer
        points_px = np.concatenate([points_px, np.zeros((LANDMARK_COUNT - len(points_px), 3), np.float32)])
        for eye in iris.eye_rois(points_px):
            cut = eye.cut(image, iris.INPUT_PX)
            lids, rings = self._eye(cut, "output_eyes_contours_and_brows", "output_iris")
            points_px = iris.refine(points_px, eye, lids.reshape(-1, 3), rings.reshape(-1, 3), self._mirror)
        return FaceLandmarks(points_px, *pose.head_angles(points_px), {})

    def _points(self, image: Image, square: roi.Roi) -> roi.Floats:
        """Face points (468, 3) in a square, the mean of what it shows as it is and in a mirror."""
        answers = []
        for flipped in (False, True):
            seen = dataclasses.replace(square, flipped=flipped)
            (points,) = self._face(seen.cut(image, _FACE_PX), "conv2d_21")
            points_px = seen.to_picture(points.reshape(-1, 3) / _FACE_PX)
            answers.append(points_px[self._mirror[: len(points_px)]] if flipped else points_px)
        return np.asarray(np.mean(answers, axis=0), np.float32)

    def _person_in(self, image: Image) -> Mask:
        side_px = self._selfie.side_px
        small = cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA)
        (mask,) = self._selfie(np.asarray(small, np.uint8), "activation_10")
        full = cv2.resize(mask.reshape(side_px, side_px), (image.shape[1], image.shape[0]))
        return np.clip(np.asarray(full, np.float32), 0.0, 1.0)

    def _hair_in(self, image: Image, network: Network) -> Mask:
        """MediaPipe's hair segmenter; its fourth channel, the mask of the frame before, is left empty."""
        small = cv2.resize(image, (network.side_px, network.side_px), interpolation=cv2.INTER_AREA)
        (logits,) = network(np.asarray(small, np.uint8), "conv2d_transpose_4")
        mask = 1.0 / (1.0 + np.exp(np.clip(logits[0, 0] - logits[0, 1], -50.0, 50.0)))
        return np.asarray(cv2.resize(mask, (image.shape[1], image.shape[0])), np.float32)


def _face_roi(points_px: npt.NDArray[np.float32]) -> roi.Roi:
    """The square that the face network wants around its own points."""
    outer_right, outer_left = iris.RIGHT_CORNERS[0], iris.LEFT_CORNERS[1]
    return roi.around(points_px, points_px[outer_right], points_px[outer_left], margin=roi.FACE_MARGIN)
