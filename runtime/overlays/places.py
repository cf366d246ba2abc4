"""Where on a face the overlays lie, in patches: grids of points on the canvas, from the avatar's own landmarks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]

LANDMARKS: Final = 478
TEAR_STEPS: Final = 9
SWEAT_STEPS: Final = 8
SKIN: Final = ("face",)
"""The layer that moves as skin does. (The lids' own ribbons hold still at their outer edge.)"""

# Numbers of the 478-point face topology; for the subject's right and left side.
_EYES: Final = {"right": (33, 133, 159, 145), "left": (263, 362, 386, 374)}  # outer, inner, upper, lower
_LOWER_LIDS: Final = {
    "right": (33, 7, 163, 144, 145, 153, 154, 155, 133),
    "left": (362, 382, 381, 380, 374, 373, 390, 249, 263),
}
_NOSE_WING: Final = {"right": 129, "left": 358}
_CONTOUR: Final = {"right": 234, "left": 454}
_MOUTH_CORNER: Final = {"right": 61, "left": 291}
_JAW: Final = {"right": 214, "left": 434}
_TEMPLE: Final = {"right": 21, "left": 251}
_BROW_OUTER: Final = {"right": 70, "left": 300}
_BROWS_TOP: Final = {"right": 105, "left": 334}
_FOREHEAD: Final = 10


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """A grid of points (rows, columns, 2) that a picture is stretched over, its top left at [0, 0].

    on: the layers that it rides on, see `riding.ride`. rigid: all of it moves as its middle does.
    """

    grid_px: Doubles
    on: tuple[str, ...]
    rigid: bool = False

    @property
    def ridden_px(self) -> Doubles:
        """The spots that its points move with: one for each, (rows * columns, 2), or one for all, (1, 2)."""
        points = self.grid_px.reshape(-1, 2)
        return points.mean(axis=0, keepdims=True) if self.rigid else points


class Face:
    """A face on its canvas.

    points: its landmarks (478, 2). unit_px: between the middles of the eyes. across: unit vector from the right eye
    to the left, to the right in the picture; down: from brow to chin.
    """

    def __init__(self, points: Doubles) -> None:
        self.points = points
        apart = self.eye("left") - self.eye("right")
        self.unit_px = float(np.linalg.norm(apart))
        self.across = apart / max(self.unit_px, 1e-6)
        self.down = np.array([-self.across[1], self.across[0]])

    def eye(self, side: str) -> Doubles:
        """The middle between an eye's corners."""
        outer, inner, *_ = _EYES[side]
        return np.asarray((self.points[outer] + self.points[inner]) / 2.0)

    def outward(self, side: str) -> Doubles:
        """Unit vector away from the nose."""
        return self.across if side == "left" else -self.across


def face_of(facts: Mapping[str, Any], reach_px: float, /) -> Face | None:
    """The landmarks that the generator left in an avatar; None where there are none, or they say nothing: not a face,
    or one that lies farther than `reach_px` from the canvas' corner."""
    try:
        points = np.array(facts.get("landmarks_px"), np.float64)
    except (TypeError, ValueError):
        return None
    if points.shape != (LANDMARKS, 2) or not np.isfinite(points).all() or np.abs(points).max() > reach_px:
        return None
    face = Face(points)
    return face if face.unit_px >= 4.0 else None


def size_px(patch: Patch, scale: float = 1.0, /) -> tuple[int, int]:
    """(width, height) of a picture for a patch, at `scale` pixels per canvas pixel; at most 1024 a side."""
    along, across = np.diff(patch.grid_px, axis=1), np.diff(patch.grid_px, axis=0)
    width = float(np.linalg.norm(along, axis=2).sum(axis=1).max())
    height = float(np.linalg.norm(across, axis=2).sum(axis=0).max())
    return min(max(round(width * scale), 4), 1024), min(max(round(height * scale), 4), 1024)


def _box(
    centre: Doubles, half_across: Doubles, half_down: Doubles, cells: tuple[int, int], on: tuple[str, ...], /, *,
    rigid: bool = False,
) -> Patch:  # fmt: skip
    """A parallelogram about `centre`."""
    u, v = (np.linspace(-1.0, 1.0, count + 1) for count in cells)
    grid = centre + u[None, :, None] * half_across + v[:, None, None] * half_down
    return Patch(grid, on, rigid)


def blush(face: Face, side: str) -> Patch:
    """Over the cheek, between eye and mouth, from the nose to the face's edge."""
    wing, edge = face.points[_NOSE_WING[side]], face.points[_CONTOUR[side]]
    width = float((edge - wing) @ face.outward(side))
    lid, corner = face.points[_EYES[side][3]], face.points[_MOUTH_CORNER[side]]
    drop = float((corner - lid) @ face.down)
    along = float((wing - lid) @ face.across) + 0.47 * width * (1.0 if side == "left" else -1.0)
    centre = lid + along * face.across + 0.40 * drop * face.down
    half = max(0.50 * width, 0.17 * face.unit_px)
    tilt = -0.12 * face.down if side == "left" else 0.12 * face.down  # rises outward
    return _box(centre, half * (face.across + tilt), 0.36 * drop * face.down, (6, 4), SKIN)


def pool(face: Face, side: str) -> Patch:
    """Along the lower lid."""
    lid = face.points[list(_LOWER_LIDS[side])]
    outer, inner, upper, lower = (face.points[number] for number in _EYES[side])
    height = max(0.26 * float((lower - upper) @ face.down), 0.10 * float(np.linalg.norm(outer - inner)))
    rows = [lid - share * height * face.down for share in (1.0, 0.5, 0.0)]
    return Patch(np.stack(rows), (f"eye_{side}_mask_lower", *SKIN))


def _trail(face: Face, side: str) -> Doubles:
    """(K, 2): the way of a tear, from the lid down the cheek."""
    outer, inner, _, lower = (face.points[number] for number in _EYES[side])
    start = lower + 0.06 * (outer - inner)
    end = 0.55 * face.points[_JAW[side]] + 0.45 * face.points[_MOUTH_CORNER[side]]
    t = np.linspace(0.0, 1.0, 11)[:, None]
    bow = 0.07 * face.unit_px * face.outward(side)
    return np.asarray(start + t * (end - start) + np.sin(np.pi * t) * bow)


def _width_px(face: Face, side: str) -> float:
    outer, inner, *_ = _EYES[side]
    return 0.27 * float(np.linalg.norm(face.points[outer] - face.points[inner]))


def stream(face: Face, side: str) -> Patch:
    """A ribbon along the way of a tear."""
    way = _trail(face, side)
    half = _width_px(face, side) / 2.0 * face.across
    return Patch(np.stack([way - half, way, way + half], axis=1), SKIN)


def tear(face: Face, side: str, step: int) -> Patch:
    """The drop at one of `TEAR_STEPS` places on its way."""
    way = _trail(face, side)
    at = (0.15 + 0.85 * step / (TEAR_STEPS - 1)) * (len(way) - 1)
    before = min(int(at), len(way) - 2)
    centre = way[before] + (at - before) * (way[before + 1] - way[before])
    half = 0.62 * _width_px(face, side)
    return _box(centre, half * face.across, 1.35 * half * face.down, (1, 1), SKIN, rigid=True)


def sweat(face: Face, step: int) -> Patch:
    """The drop at one of `SWEAT_STEPS` places beside the left brow."""
    temple, brow = face.points[_TEMPLE["left"]], face.points[_BROW_OUTER["left"]]
    centre = 0.55 * temple + 0.45 * brow - 0.02 * face.unit_px * face.down
    centre = centre + (0.18 * step / (SWEAT_STEPS - 1)) * face.unit_px * face.down
    half = 0.125 * face.unit_px
    return _box(centre, half * face.across, 1.5 * half * face.down, (1, 1), SKIN, rigid=True)


def gloom(face: Face) -> Patch:
    """From the hair to under the eyes, temple to temple."""
    return _brow_to(face, top=-0.9, bottom=1.45, margin=0.3, cells=(8, 6))


def lines(face: Face) -> Patch:
    """Over forehead and brows."""
    return _brow_to(face, top=-0.2, bottom=0.86, margin=-0.02, cells=(8, 4))


def _brow_to(face: Face, *, top: float, bottom: float, margin: float, cells: tuple[int, int]) -> Patch:
    """A box as wide as the face; top, bottom: 0 at the top of the forehead, 1 at the eyes. margin: in eye distances."""
    eyes = (face.eye("left") + face.eye("right")) / 2.0
    height = float((eyes - face.points[_FOREHEAD]) @ face.down)
    left, right = (float((face.points[_TEMPLE[side]] - eyes) @ face.across) for side in ("left", "right"))
    left, right = left + margin * face.unit_px, right - margin * face.unit_px
    centre = eyes + (left + right) / 2.0 * face.across + ((top + bottom) / 2.0 - 1.0) * height * face.down
    half = (bottom - top) / 2.0 * height
    return _box(centre, (left - right) / 2.0 * face.across, half * face.down, cells, SKIN)


def anger(face: Face) -> Patch:
    """Above the right brow's outer end."""
    brow, temple = face.points[_BROWS_TOP["right"]], face.points[_TEMPLE["right"]]
    height = float((brow - face.points[_FOREHEAD]) @ face.down)
    centre = 0.5 * brow + 0.5 * temple - 0.35 * height * face.down
    half = 0.19 * face.unit_px
    return _box(centre, half * face.across, half * face.down, (1, 1), SKIN, rigid=True)


def eye(face: Face, side: str, size: float = 1.2) -> Patch:
    """Over a whole eye, `size` times as wide as it is."""
    outer, inner, *_ = (face.points[number] for number in _EYES[side])
    half = 0.5 * size * float(np.linalg.norm(outer - inner))
    return _box(face.eye(side), half * face.across, half * face.down, (1, 1), SKIN, rigid=True)
