"""Which face, and whether it can become an avatar: clear refusals, honest warnings."""

import math
from pathlib import Path
from typing import Final

import numpy as np

from assets.errors import PortraitError
from generator.engines import FaceLandmarks, Landmarker
from generator.finding import plausible
from generator.portrait import Portrait

MIN_EYES_PX: Final = 40.0
"""Least distance of the outer eye corners."""
MAX_YAW_DEG: Final = 25.0
WARN_YAW_DEG: Final = 15.0
MIN_EYE_RATIO: Final = 0.12
"""Lid opening over eye width below which an eye counts as closed."""


def choose(
    faces: tuple[FaceLandmarks, ...],
    portrait: Portrait,
    wanted: int | None,
    path: Path,
    /,
    *,
    look: Landmarker | None = None,
    by_hand: bool = False,
) -> tuple[FaceLandmarks, tuple[str, ...]]:
    """The face to use and the warnings, or PortraitError.

    wanted: 1 for the largest face, 2 for the next, None for the largest with a note when there are several.
    Asking for a face overrules the doubts whether it is one. look: who found the faces, for a second look.
    by_hand: the face was pointed out by the user, and there are no doubts about it.
    """
    notes = list(portrait.notes)
    if not faces:
        raise PortraitError(
            "portrait: expected a face, found none; use a picture that shows one face from the front, eyes open, or "
            f"set its points by hand (cartoonalive points): {path}"
        )
    if wanted is not None and not 1 <= wanted <= len(faces):
        raise PortraitError(f"portrait: --face {wanted} was asked for, there are {len(faces)}: {path}")
    if wanted is None and len(faces) > 1:
        notes.append(f"{len(faces)} faces found: the largest is used (--face 1 to {len(faces)} chooses another)")
    face = faces[(wanted or 1) - 1]
    points = face.points_px
    eyes_px = float(np.linalg.norm(points[33, :2] - points[263, :2]))
    if eyes_px < MIN_EYES_PX:
        raise PortraitError(
            f"portrait: the face is too small: {eyes_px:.0f} px between the outer eye corners, at least "
            f"{MIN_EYES_PX:.0f} are needed; use a larger picture or crop it less: {path}"
        )
    _whole(face, portrait, path)
    yaw_deg = math.degrees(face.yaw_rad)
    if abs(yaw_deg) > MAX_YAW_DEG:
        raise PortraitError(
            f"portrait: the head is turned by {abs(yaw_deg):.0f} degrees, at most {MAX_YAW_DEG:.0f} can be used; "
            f"use a picture that looks into the camera: {path}"
        )
    if abs(yaw_deg) > WARN_YAW_DEG:
        turned = f"the head is turned by {abs(yaw_deg):.0f} degrees"
        notes.append(f"{turned}: a picture from the front gives a better avatar")
    for doubt in () if by_hand else plausible.doubts(portrait.rgb, face, look=look):
        if doubt.grave and wanted is None:
            raise PortraitError(
                f"portrait: {doubt.text}; use a picture that shows a person from the front, or --face 1 to use it "
                f"all the same: {path}"
            )
        notes.append(doubt.text)
    return face, (*notes, *_expression_notes(face))


def _whole(face: FaceLandmarks, portrait: Portrait, path: Path) -> None:
    """Both eyes, the nose and the mouth must lie within the picture: landmarks are guessed beyond its edge, too."""
    height, width = portrait.rgba.shape[:2]
    features = face.points_px[[33, 133, 362, 263, 468, 473, 1, 61, 291], :2]
    if (features < 0).any() or (features >= (width, height)).any():
        raise PortraitError(
            f"portrait: the face is cut off by the picture's edge; use a picture that shows all of it: {path}"
        )


def _expression_notes(face: FaceLandmarks) -> list[str]:
    points = face.points_px[:, :2]
    notes = []
    for name, corners, lids in (("right", (33, 133), (159, 145)), ("left", (362, 263), (386, 374))):
        width = float(np.linalg.norm(points[corners[0]] - points[corners[1]]))
        if float(np.linalg.norm(points[lids[0]] - points[lids[1]])) < MIN_EYE_RATIO * width:
            notes.append(f"the {name} eye is nearly closed: its iris can't be seen well")
    if float(np.linalg.norm(points[13] - points[14])) > 0.15 * face.inter_ocular_px:
        notes.append("the mouth stands open: a closed or softly smiling mouth gives a better avatar")
    return notes
