"""From a few points set by hand to all 478: the mean face turned, scaled and bent onto them.

The mean face is first placed by a similarity transform with a yaw that explains the nose best, then stretched in width
and height (drawn faces are often shorter), then bent by a thin-plate spline (Duchon 1977, Bookstein 1989) that meets
every given point exactly; the outline, where it isn't given, is a soft anchor, so that nothing runs away beyond the
points. Lids, lips and irises are set on top, curve by curve: a spline over points so close together would fold.
"""

import math
from collections.abc import Mapping
from typing import Final

import numpy as np
import numpy.typing as npt

from assets.errors import PortraitError
from assets.points import FacePoints, Point
from generator import topology
from generator.engines import FaceLandmarks, pose
from generator.finding import reshape

Doubles = npt.NDArray[np.float64]

PLACES: Final[Mapping[str, tuple[int, ...]]] = {
    "right_eye": (33, 133, 159, 145), "left_eye": (362, 263, 386, 374), "nose_tip": (1,),
    "mouth_right": (61,), "mouth_left": (291,), "chin": (152,),
    "right_eye_outer": (33,), "right_eye_inner": (133,), "left_eye_inner": (362,), "left_eye_outer": (263,),
    "right_eye_top": (159,), "right_eye_bottom": (145,), "left_eye_top": (386,), "left_eye_bottom": (374,),
    "right_iris": (468,), "right_iris_edge": (469,), "left_iris": (473,), "left_iris_edge": (474,),
    "right_brow_outer": (70, 46), "right_brow_middle": (105, 52), "right_brow_inner": (107, 55),
    "left_brow_inner": (336, 285), "left_brow_middle": (334, 282), "left_brow_outer": (300, 276),
    "nose_bridge": (168,), "nose_right": (64,), "nose_left": (294,),
    "lip_upper_top": (0,), "lip_upper_bottom": (13,), "lip_lower_top": (14,), "lip_lower_bottom": (17,),
    "forehead": (10,), "temple_right": (21,), "temple_left": (251,), "cheek_right": (234,), "cheek_left": (454,),
    "jaw_right": (172,), "jaw_left": (397,),
}  # fmt: skip
"""Landmarks whose middle a named point is."""
_OUTLINE: Final = ("forehead", "temple_right", "temple_left", "cheek_right", "cheek_left", "jaw_right", "jaw_left")
_BY_CURVE: Final = frozenset(
    name for name in PLACES if name.endswith(("_top", "_bottom", "_iris", "_iris_edge"))
)  # set after the spline
_STEADY: Final = frozenset(
    name for name in PLACES if name not in _BY_CURVE and "brow" not in name and name not in _OUTLINE
)
"""What tells where the head is and how it is turned."""
_MAX_YAW_DEG: Final = 30
_CLICK_IOD, _YAW_DEG = 0.03, 12.0
"""How exactly people click, and how far portraits are usually turned: the spread of both priors."""
_STRETCH: Final = (0.6, 1.5)
"""Height over width of a face, against the mean face's."""
_SOFT: Final = 0.15
"""Give of an anchor in the spline's own units (inter-ocular distances squared times their logarithm)."""
_ROUNDS: Final = 4
_SPOKES: Final = np.array([(0, 0), (1, 0), (0, -1), (-1, 0), (0, 1)], np.float64)
"""An iris' five landmarks: its centre, then its rim on the right, top, left and bottom as seen."""


def fit(points: FacePoints, scale: float = 1.0, /) -> FaceLandmarks:
    """All landmarks of the face whose points are given; `scale` is the working picture's pixels per given pixel.

    Raises PortraitError when the points can't be a face seen upright and not in a mirror.
    """
    target = {name: np.array(place, np.float64) * scale for name, place in points.points_px.items()}
    for eye in ("right_eye", "left_eye"):
        if f"{eye}_outer" in target and f"{eye}_inner" in target:
            target.pop(eye, None)  # its corners say more
    _check(target)
    mean, _ = pose.mean_face()
    face = mean * (1.0, -1.0, 1.0)
    yaw_rad, similarity = _pose(face, target)
    turned = face @ _turn(yaw_rad)
    unit_px = abs(similarity)
    upright = turned * unit_px
    back = {name: _times(place, np.conj(similarity) / unit_px) for name, place in target.items()}
    placed = _stretched(upright, back)
    bent = _bent(placed, back, unit_px)
    bent = _curves(bent, back)
    result = np.concatenate([_times(bent, similarity / unit_px), upright[:, 2:]], axis=1)
    return FaceLandmarks(result.astype(np.float32), yaw_rad, 0.0, float(np.angle(similarity)), {})


def check_size(points: FacePoints, picture_px: tuple[int, int], /) -> None:
    """Raises PortraitError when the points were set on a picture of another size."""
    if points.picture_px is not None and points.picture_px != picture_px:
        told, got = (f"{width}x{height}" for width, height in (points.picture_px, picture_px))
        raise PortraitError(f"points: they were set on a picture of {told}, this one is {got}; set them on this one")


def named(face: FaceLandmarks, scale: float = 1.0, /) -> dict[str, Point]:
    """Every named point of a face that was found, in the pixels of a picture `1 / scale` as large."""
    points = face.points_px[:, :2] / scale
    middle = {name: points[list(places)].mean(axis=0) for name, places in PLACES.items()}
    return {name: (round(float(x), 2), round(float(y), 2)) for name, (x, y) in middle.items()}


def curves(face: FaceLandmarks, scale: float = 1.0, /) -> list[list[Point]]:
    """Outline, brows, lids, lips, nose and irises as polylines, to be drawn over the picture."""
    lines: list[tuple[int, ...]] = [(*topology.OVAL, topology.OVAL[0]), (168, 6, 197, 195, 5, 4, 1, 2)]
    lines += [topology.LIP_UPPER_OUTER, topology.LIP_UPPER_INNER, topology.LIP_LOWER_INNER, topology.LIP_LOWER_OUTER]
    for eye in topology.EYES:
        lines += [eye.upper, eye.lower, (*eye.brow, eye.brow[0])]
    points = face.points_px[:, :2].astype(np.float64) / scale
    drawn = [points[list(line)] for line in lines]
    turn = np.linspace(0.0, 2.0 * math.pi, 37)[:, None]
    for centre, across, up, *_ in (points[list(eye.iris)] for eye in topology.EYES):
        drawn.append(centre + np.cos(turn) * (across - centre) + np.sin(turn) * (up - centre))
    return [[(round(float(x), 2), round(float(y), 2)) for x, y in line] for line in drawn]


def guess(picture: npt.NDArray[np.uint8], /) -> FaceLandmarks:
    """A face to begin with where none was found: the mean face, upright, in the upper half of what isn't transparent.

    picture: uint8 (H, W, 4).
    """
    ys, xs = np.nonzero(picture[..., 3] > 127)
    if len(ys) == 0:
        ys, xs = (np.array([0, side - 1]) for side in picture.shape[:2])
    left, right, top, bottom = (float(edge) for edge in (xs.min(), xs.max(), ys.min(), ys.max()))
    unit = 0.16 * max(8.0, min(right - left, bottom - top))
    mean, _ = pose.mean_face()
    middle = (left + right) / 2, top + 0.42 * min(bottom - top, 1.2 * (right - left)), 0.0
    points = mean * (unit, -unit, unit) + middle
    return FaceLandmarks(points.astype(np.float32), 0.0, 0.0, 0.0, {})


def _check(target: dict[str, Doubles]) -> None:
    right, left = (_eye_middle(target, eye) for eye in ("right_eye", "left_eye"))
    across, down = left - right, target["chin"] - (right + left) / 2.0
    lengths = float(np.hypot(*across)), float(np.hypot(*down))
    sine = float(across[0] * down[1] - across[1] * down[0]) / max(1e-6, lengths[0] * lengths[1])
    if min(lengths) < 4.0:
        raise PortraitError("points: eyes and chin lie on one spot; set them on the face")
    if sine < -0.3:
        raise PortraitError(
            "points: left and right seem to be swapped; they are the subject's own: the right eye lies on the "
            "picture's left"
        )
    if sine < 0.5:
        raise PortraitError("points: the chin doesn't lie below the eyes; look for points that were mixed up")


def _eye_middle(target: dict[str, Doubles], eye: str) -> Doubles:
    if eye in target:
        return target[eye]
    return np.asarray((target[f"{eye}_outer"] + target[f"{eye}_inner"]) / 2.0)


def _source(face: Doubles, name: str) -> Doubles:
    return np.asarray(face[list(PLACES[name]), :2].mean(axis=0))


def _times(points: Doubles, factor: complex) -> Doubles:
    """Points (..., 2) turned and scaled about the origin by a complex factor."""
    result = (points[..., 0] + 1j * points[..., 1]) * factor
    return np.stack([result.real, result.imag], axis=-1)


def _turn(yaw_rad: float) -> Doubles:
    """Right factor that turns row vectors (x, y down, z toward the viewer) to the subject's left."""
    cos, sin = math.cos(yaw_rad), math.sin(yaw_rad)
    return np.array([[cos, 0.0, -sin], [0.0, 1.0, 0.0], [sin, 0.0, cos]])


def _pose(face: Doubles, target: dict[str, Doubles]) -> tuple[float, complex]:
    """The likeliest yaw, and the similarity (a complex factor) that lays the turned mean face on the points."""
    names = [name for name in target if name in _STEADY]
    there = np.array([target[name] for name in names]) @ (1.0, 1j)
    there = there - there.mean()
    sources = np.array([face[list(PLACES[name])].mean(axis=0) for name in names])
    best = (np.inf, 0.0, 1.0 + 0.0j)
    for yaw_deg in range(-_MAX_YAW_DEG, _MAX_YAW_DEG + 1):
        here = (sources @ _turn(math.radians(yaw_deg)))[:, :2] @ (1.0, 1j)
        here = here - here.mean()
        factor = complex((np.conj(here) * there).sum() / (np.abs(here) ** 2).sum())
        off_iod = np.abs(there / factor - here)
        cost = float((off_iod**2).sum()) / _CLICK_IOD**2 + (yaw_deg / _YAW_DEG) ** 2
        if cost < best[0]:
            best = (cost, math.radians(yaw_deg), factor)
    return best[1], best[2]


def _stretched(face: Doubles, target: dict[str, Doubles]) -> Doubles:
    """The upright face with its own width, height and place: (478, 2), least squares over the steady points."""
    names = [name for name in target if name in _STEADY]
    here = np.array([_source(face, name) for name in names])
    there = np.array([target[name] for name in names])
    spread_here, spread_there = here - here.mean(axis=0), there - there.mean(axis=0)
    factor = (spread_here * spread_there).sum(axis=0) / (spread_here**2).sum(axis=0)
    factor[1] = np.clip(factor[1], _STRETCH[0] * factor[0], _STRETCH[1] * factor[0])
    return np.asarray((face[:, :2] - here.mean(axis=0)) * factor + there.mean(axis=0))


def _bent(placed: Doubles, target: dict[str, Doubles], unit_px: float) -> Doubles:
    """Thin-plate spline from the placed face onto the points: exact at them, soft at an outline that isn't given."""
    hard = [name for name in target if name not in _BY_CURVE]
    soft = [name for name in _OUTLINE if name not in target]
    source = np.array([_source(placed, name) for name in (*hard, *soft)]) / unit_px
    goal = np.concatenate([np.array([target[name] for name in hard]) / unit_px, source[len(hard) :]])
    count = len(source)
    kernel = _plate(source, source) + np.diag([0.0] * len(hard) + [_SOFT] * len(soft))
    flat = np.concatenate([np.ones((count, 1)), source], axis=1)
    system = np.block([[kernel, flat], [flat.T, np.zeros((3, 3))]])
    query = placed / unit_px
    basis = np.concatenate([_plate(query, source), np.ones((len(query), 1)), query], axis=1)
    bent, wanted = query, goal.copy()
    for _ in range(_ROUNDS):  # the middle of bent landmarks is not quite the bent middle
        bent = query + basis @ np.linalg.solve(system, np.concatenate([wanted - source, np.zeros((3, 2))]))
        wanted[: len(hard)] += goal[: len(hard)] - np.array([_source(bent, name) for name in hard])
    return np.asarray(bent * unit_px)


def _plate(a: Doubles, b: Doubles) -> Doubles:
    """r^2 log r between (N, 2) and (M, 2)."""
    square = ((a[:, None] - b[None]) ** 2).sum(axis=-1)
    return np.asarray(0.5 * square * np.log(np.maximum(square, 1e-12)))


def _curves(points: Doubles, target: dict[str, Doubles]) -> Doubles:
    """Lids, lips and irises onto their points, as far as they are given."""
    for eye in topology.EYES:
        prefix = f"{eye.side.lower()}_"
        lids_before = points[reshape.eye_rings(eye.side)[0]].mean(axis=0)
        moves = np.zeros((reshape.COLUMNS, 2))
        for name, columns, weight in (
            ("eye_top", reshape.UPPER, reshape.bow(7)), ("eye_bottom", reshape.LOWER, np.r_[0.0, reshape.bow(7), 0.0])
        ):  # fmt: skip
            if prefix + name in target:
                moves[columns] = weight[:, None] * (target[prefix + name] - _source(points, prefix + name))
        points = reshape.move_lids(points, eye, moves)
        points = _iris(points, eye, target, lids_before)
    for rows, outer, inner in (
        (reshape.LIP_ROWS_UPPER, "lip_upper_top", "lip_upper_bottom"),
        (reshape.LIP_ROWS_LOWER, "lip_lower_bottom", "lip_lower_top"),
    ):
        lips = [target[name] - _source(points, name) for name in (outer, inner) if name in target]
        if lips:  # a lip of which one edge is given keeps its thickness
            points = reshape.move_lip(points, rows, lips[0], lips[-1])
    return points


def _iris(points: Doubles, eye: topology.Eye, target: dict[str, Doubles], lids_before: Doubles) -> Doubles:
    """The iris where it is given; else it moves with the middle of the lids. Its radius from the rim, if given."""
    result = points.copy()
    ring = list(eye.iris)
    prefix = f"{eye.side.lower()}_iris"
    lids_moved = result[reshape.eye_rings(eye.side)[0]].mean(axis=0) - lids_before
    centre = target.get(prefix, result[ring[0]] + lids_moved)
    rim = target.get(f"{prefix}_edge")
    if rim is not None:
        radius = max(1.0, float(np.linalg.norm(rim - centre)))
    else:
        radius = float(np.linalg.norm(result[ring[1:]] - result[ring[0]], axis=1).mean())
    result[ring] = centre + radius * _SPOKES
    return result
