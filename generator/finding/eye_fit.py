"""Eyes larger than life: the tracker's eye landmarks moved to where a drawing has its irises and lids.

The tracker puts eyes of human size into the big ones of anime: lids inside the iris, corners beside it. Where both
irises show clearly as discs larger than the tracker's, lids and irises are fitted to the picture (`drawn_eyes`) and the
landmarks around them follow. Photographs and drawings with eyes of human size are left exactly as they are.
"""

import dataclasses
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.points import FacePoints
from generator import topology
from generator.engines import FaceLandmarks, Image, roi
from generator.finding import drawn_eyes, reshape
from generator.finding.drawn_eyes import DrawnIris, DrawnLids

Doubles = npt.NDArray[np.float64]

CLEAR: Final = 16.0
"""Least mean score of two irises that are believed, each within a tenth of it. Four anime portraits: 18.1 to 30.8; what
is found large and low on 20 photographs, paintings and 3D portraits (brows, cheeks, hair): 14.3 at most."""
_ASIDE: Final = 0.42
"""How far from the middle an iris may lie."""
_LARGER: Final = 1.6
"""How much larger than the tracker's ring an iris must be. Anime, both engines: 1.75 to 2.5; drawn eyes of human size
up to 1.5."""
_OVER: Final = 0.15
"""How far an iris must reach below the tracker's lower lid, in eye widths."""


def fit(image: Image, face: FaceLandmarks, by_hand: FacePoints | None = None, /) -> FaceLandmarks:
    """The face with its eyes fitted to the picture, or the face itself where they are of human size.

    by_hand: what was set by hand; eyes of which more than the middle was set stay as they are.
    """
    if by_hand is not None and any("_eye_" in name or "_iris" in name for name in by_hand.points_px):
        return face
    looks = _looks(image, face)
    irises = drawn_eyes.find_irises((looks[0].light, looks[1].light))
    large = all(oversized(iris, look.lower_lid) for iris, look in zip(irises, looks, strict=True))
    large &= all(iris.rx >= _LARGER * look.ring for iris, look in zip(irises, looks, strict=True))
    if not large or irises[0].score + irises[1].score < 2.0 * CLEAR:
        return face
    points = face.points_px.astype(np.float64)
    for eye, look, iris in zip(topology.EYES, looks, irises, strict=True):
        points = _moved(points, eye, look.square, iris, drawn_eyes.find_lids(look.light, iris))
    return dataclasses.replace(face, points_px=points.astype(np.float32))


def oversized(iris: DrawnIris, lower_lid: float, /) -> bool:
    """Whether an iris was seen clearly, is large, and reaches well below the tracker's lower lid (all in `drawn_eyes`'
    units): then that lid lies inside of it."""
    low = iris.y + iris.ry >= lower_lid + _OVER
    return bool(low and iris.rx >= drawn_eyes.LARGE and abs(iris.x) <= _ASIDE and iris.score >= 0.9 * CLEAR)


@dataclasses.dataclass(frozen=True)
class _Look:
    """Patch of an eye; where the tracker has the lower lid, and the radius of its iris, in `drawn_eyes`' units."""

    square: roi.Roi
    light: drawn_eyes.Floats
    lower_lid: float
    ring: float


def _looks(image: Image, face: FaceLandmarks) -> tuple[_Look, _Look]:
    """The patches of the right and the left eye."""
    right, left = (_look(image, face, eye) for eye in topology.EYES)
    return right, left


def _look(image: Image, face: FaceLandmarks, eye: topology.Eye) -> _Look:
    square = eye_square(face.points_px, eye)
    light = drawn_eyes.lightness(square.cut(image, drawn_eyes.SIDE_PX))
    lower = _to_eye(square, face.points_px[list(eye.lower[3:6]), :2].astype(np.float64))[:, 1].max()
    ring = _to_eye(square, face.points_px[list(eye.iris), :2].astype(np.float64))
    radius = np.linalg.norm(ring[1:] - ring[0], axis=1).mean()
    return _Look(square, light, float(lower), float(radius))


def eye_square(points_px: npt.NDArray[np.float32], eye: topology.Eye, /) -> roi.Roi:
    """The square of `drawn_eyes` around an eye: level with both eyes, a left eye in a mirror."""
    points = points_px[:, :2]
    right, left = (points[list(one.upper + one.lower)].mean(axis=0) for one in topology.EYES)
    tilt = roi.around(np.stack([right, left]), right, left, margin=1.0).angle_rad
    corners = points[[eye.upper[0], eye.upper[-1]]]
    middle = points[list(eye.upper + eye.lower)].mean(axis=0)
    width = max(1.0, float(np.linalg.norm(corners[1] - corners[0])))
    return roi.Roi(
        float(middle[0]), float(middle[1]), 2.0 * drawn_eyes.REACH * width, tilt, flipped=eye.side == "Left"
    )


def _moved(points: Doubles, eye: topology.Eye, square: roi.Roi, iris: DrawnIris, lids: DrawnLids) -> Doubles:
    """The landmarks with this eye's lids, what is around them, and its iris in place."""
    rings = reshape.eye_rings(eye.side)
    # Lid columns run from the outer corner to the inner one on both sides; their spacing is kept.
    own = _to_eye(square, points[rings[0], :2])
    t = np.clip((own[:, 0] - own[0, 0]) / (own[8, 0] - own[0, 0]), 0.0, 1.0)
    goal = np.zeros((reshape.COLUMNS, 2))
    goal[reshape.LOWER], goal[reshape.UPPER] = lids.lower(t[reshape.LOWER]), lids.upper(t[reshape.UPPER])
    result = reshape.move_lids(points, eye, _to_picture(square, goal) - points[rings[0], :2])
    spokes = np.array([(0, 0), (iris.rx, 0), (0, -iris.ry), (-iris.rx, 0), (0, iris.ry)])
    if square.flipped:
        spokes[:, 0] *= -1.0  # landmarks go by the picture's sides
    result[list(eye.iris), :2] = _to_picture(square, spokes + np.array([iris.x, iris.y]))
    return result


def _to_eye(square: roi.Roi, points_px: Doubles) -> Doubles:
    return np.asarray((square.from_picture(points_px).astype(np.float64) - 0.5) * (2.0 * drawn_eyes.REACH))


def _to_picture(square: roi.Roi, places: Doubles) -> Doubles:
    return np.asarray(square.to_picture(places / (2.0 * drawn_eyes.REACH) + 0.5), np.float64)
