"""Is what was found a human face, is it where its points say, and can its mouth be seen? Doubts in words.

The points of a false find are no help: networks of MediaPipe's family always answer with a human-shaped face (ratios,
symmetry and fit to the mean face of a dog and of a child's drawing lie among those of portraits). The picture itself
and a second look do tell. All limits were measured with both engines on 25 pictures of people (photographs, paintings,
cartoons, 3D, anime) and 31 video frames, against one dog and one child's drawing, each with some variants (brighter,
darker, grey, turned, mirrored, other sizes). So few counter-examples make a safeguard, not a judge; the user can
overrule it.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from generator import topology
from generator.engines import FaceLandmarks, Image, Landmarker, pose, roi
from generator.tools import colours

NOSE_DARK, NOSE_DIM = 0.65, 0.80
"""`nose_lightness`: people 0.91 to 2.1, the dog 0.37 and 0.40 (its variants 0.24 to 0.59)."""
MISPLACED_IOD: Final = 0.05
"""`disagreement_iod`: photographs and cartoons up to 0.009; anime up to 0.032 from afar, 0.058 from near, 0.024 in the
better of both looks, which is what must exceed the limit to refuse. The drawing isn't found again from afar; of its
11 variants that were found at all, 10 are off by 0.057 or more in both looks."""
MOUTH_UPRIGHT: Final = 1.5
"""`mouth_uprightness`: people 0.20 to 0.84, laughing wide open up to 1.02, fingers over the mouth 2.2 to 2.3."""
STONE, COLOURED = 6.0, 12.0
"""`face_colour`: photographs, paintings and anime 10.3 to 42; a face below the first number in a picture that is
coloured elsewhere (nine tenths of it below the second number is not) may be of stone."""

_NEAR, _FAR = 2.4, 3.2
"""Sides of the second looks in face boxes."""
_LOOK_PX: Final = 512
_SPOT_IOD, _CHEEK_IOD, _SKIN_SPOT_IOD = 0.085, 0.125, 0.06
_NOSE: Final = 4
"""The front of the nose. Its tip (1) often lies in the nose's own shadow."""
_CHEEKS: Final = ((50, 101, 205), (280, 330, 425))
_UPPER_LIP, _LOWER_LIP = 0, 17
_MOUTH_PX: Final = 192
"""A square of two inter-ocular distances."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """text: what speaks against the face. grave: enough to refuse it unless the user insists."""

    text: str
    grave: bool


def doubts(image: Image, face: FaceLandmarks, /, *, look: Landmarker | None = None) -> tuple[Doubt, ...]:
    """What speaks against a face found in a picture; nothing for a good portrait.

    look: who found it, for a second look; without it, whether the points are well placed isn't asked.
    """
    found: list[Doubt] = []
    nose = nose_lightness(image, face)
    if nose < NOSE_DIM:
        text = f"this may be no human face: its nose has {nose:.2f} of the lightness of its cheeks"
        found.append(Doubt(text, nose < NOSE_DARK))
    if look is not None and (placing := _misplaced(image, face, look)) is not None:
        found.append(placing)
    if face_colour(image, face) < STONE and picture_colour(image) > COLOURED:
        text = "this may be a statue or a mask: the face has no colour of skin, though the picture has colours"
        found.append(Doubt(text, False))
    if mouth_uprightness(image, face) > MOUTH_UPRIGHT:
        found.append(Doubt("the mouth may be covered, by a hand perhaps: the avatar's mouth will look wrong", False))
    return tuple(found)


def nose_lightness(image: Image, face: FaceLandmarks, /) -> float:
    """Luminance of the front of the nose over that of the darker cheek (side light), 0 or more.

    A human nose is skin, and stands out into the light; most furry animals have a black one.
    """
    points = face.points_px[:, :2]
    unit = face.inter_ocular_px
    cheeks = [_luminance(image, points[list(cheek)].mean(axis=0), _CHEEK_IOD * unit) for cheek in _CHEEKS]
    return (_luminance(image, points[_NOSE], _SPOT_IOD * unit) + 1.0) / (min(cheeks) + 1.0)


def face_colour(image: Image, face: FaceLandmarks, /) -> float:
    """How coloured cheeks, chin and forehead are: the median of their Lab chromas."""
    radius = _SKIN_SPOT_IOD * face.inter_ocular_px
    spots = [_disc(image, face.points_px[index, :2], radius) for index in (*_CHEEKS[0], *_CHEEKS[1], 151, 199)]
    return float(np.median([np.hypot(*np.median(colours.lab(spot[None])[0], axis=0)[1:]) for spot in spots]))


def picture_colour(image: Image, /) -> float:
    """The Lab chroma that a tenth of the picture exceeds."""
    small = cv2.resize(image, (96, 96), interpolation=cv2.INTER_AREA)
    lab = colours.lab(np.asarray(small, np.uint8))
    return float(np.percentile(np.hypot(lab[..., 1], lab[..., 2]), 90))


def mouth_uprightness(image: Image, face: FaceLandmarks, /) -> float:
    """How much the mouth changes along its width over how much it does across: lips lie, fingers stand."""
    points = face.points_px[:, :2]
    corners = points[list(topology.MOUTH_CORNERS)]
    width = float(np.linalg.norm(corners[1] - corners[0]))
    unit = face.inter_ocular_px
    level = roi.around(corners, corners[0], corners[1], margin=2.0 * unit / max(width, 1e-3))
    grey = cv2.cvtColor(level.cut(image, _MOUTH_PX), cv2.COLOR_RGB2GRAY).astype(np.float32)
    down, along = np.gradient(cv2.GaussianBlur(grey, (0, 0), 2.0))
    half = round(0.4 * width / unit * _MOUTH_PX / 2)
    lips = level.from_picture(points[[_UPPER_LIP, _LOWER_LIP]])[:, 1] * _MOUTH_PX
    top, bottom = max(0, round(float(lips[0])) - 6), round(float(lips[1])) + 8
    part = np.s_[top:bottom, max(0, _MOUTH_PX // 2 - half) : _MOUTH_PX // 2 + half]
    return float((np.abs(along[part]).sum() + 1.0) / (np.abs(down[part]).sum() + 1.0))


def second_view(face: FaceLandmarks, size: float, /) -> roi.Roi:
    """The square around a face, `size` times its box, seen in a mirror."""
    x0, y0, x1, y1 = face.box_px
    return roi.Roi((x0 + x1) / 2, (y0 + y1) / 2, size * max(x1 - x0, y1 - y0, 1.0), flipped=True)


def disagreement_iod(face: FaceLandmarks, seen: tuple[FaceLandmarks, ...], view: roi.Roi, /) -> float:
    """Mean distance of the 468 points from those of the nearest face of a second look, in inter-ocular distances.

    seen: faces found in `view` of the picture, cut `_LOOK_PX` wide. Infinite when there is none.
    """
    own = face.points_px[:468, :2]
    distances = [np.inf]
    for other in seen:
        points = view.to_picture(other.points_px[:, :2] / _LOOK_PX)
        if view.flipped:
            points = points[pose.mirror()]
        distances.append(float(np.linalg.norm(points[:468] - own, axis=1).mean()) / face.inter_ocular_px)
    return min(distances)


def _misplaced(image: Image, face: FaceLandmarks, look: Landmarker) -> Doubt | None:
    """From afar first; only what fails there is looked at from near. Grave when both disagree."""
    offs = []
    for size in (_FAR, _NEAR):
        view = second_view(face, size)
        offs.append(disagreement_iod(face, look.landmarks(view.cut(image, _LOOK_PX)), view))
        if offs[-1] <= MISPLACED_IOD:
            break
    if offs[0] <= MISPLACED_IOD:
        return None
    if len(offs) == 2 and offs[1] > MISPLACED_IOD:
        return Doubt("this may be no face: looked at again, in a mirror, it isn't found in the same place", True)
    return Doubt("the face may be misplaced: a second look puts it elsewhere (--report shows where)", False)


def _luminance(image: Image, centre: roi.Floats, radius_px: float) -> float:
    """Median of a disc (0..255); what lies outside of the picture counts as its border."""
    return float(np.median(_disc(image, centre, radius_px) @ np.array([0.299, 0.587, 0.114], np.float32)))


def _disc(image: Image, centre: roi.Floats, radius_px: float) -> roi.Floats:
    """The pixels of a disc, float32 (N, 3)."""
    reach = max(1, round(radius_px))
    y, x = np.mgrid[-reach : reach + 1, -reach : reach + 1]
    inside = x * x + y * y <= reach * reach
    rows = np.clip(y[inside] + round(float(centre[1])), 0, image.shape[0] - 1)
    columns = np.clip(x[inside] + round(float(centre[0])), 0, image.shape[1] - 1)
    return np.asarray(image[rows, columns], np.float32)
