"""What every part of the face is built from: the canvas, the mattes, the landmarks, and how any point moves."""

from dataclasses import dataclass, replace
from typing import Final, Literal

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.hair import brow_ends, gloss, hair, over_eyes, strands
from generator.hair.hair import Hair
from generator.hair.strands import Strands
from generator.matting.mattes import Mattes
from generator.moving import motion
from generator.moving.fields import Field
from generator.moving.measures import CanvasFace
from generator.tools.curves import smoothstep
from generator.tools.repaint import Picture, blur, grow, polygon

Floats = npt.NDArray[np.float32]
Surface = Literal["face", "upper_lip", "lower_lip"]

EYE_CORRECTIVES: Final = tuple(
    (f"eyeBlink{side}", f"{other}{side}")
    for side in ("Left", "Right")
    for other in ("eyeWide", "eyeLookUp", "eyeLookDown")
)
CORRECTIVES: Final = motion.CORRECTIVES + EYE_CORRECTIVES
"""All products of shapes, in the order of the avatar's extra rows."""
ROWS: Final = 52 + len(CORRECTIVES)
STEEPEST: Final = 0.75
"""Greatest slope of the depth outward from the middle of the face, pixel per pixel."""


@dataclass(frozen=True, eq=False)
class Scene:
    """colour: float32 (H, W, 3), 0..255: the aligned portrait, untouched.

    moves_px: float32 (52 + C, 478, 2), how the landmarks move. depth_map: float32 (H, W), depth of the head's surface;
    smooth_depth_map: the same without its features. strands: how the hair swings.
    """

    colour: Picture
    mattes: Mattes
    face: CanvasFace
    moves_px: Floats
    depth_map: Floats
    smooth_depth_map: Floats
    hair: Hair
    strands: Strands
    _fields: dict[str, Field]

    @property
    def shape(self) -> tuple[int, int]:
        """(height, width) of the canvas."""
        return self.colour.shape[0], self.colour.shape[1]

    @property
    def unit_px(self) -> float:
        """The inter-iris distance."""
        return self.face.iod_px

    def moves(self, points_px: Floats, /, surface: Surface = "face") -> Floats:
        """Displacement of canvas points with the skin: float32 (52 + C, Q, 2).

        surface: which side of the mouth the points lie on; the lips part between "upper_lip" and "lower_lip".
        """
        return self._fields[surface].at(points_px, self.moves_px)

    def still(self, count: int, /) -> Floats:
        """No displacement at all: float32 (52 + C, count, 2)."""
        return np.zeros((ROWS, count, 2), np.float32)

    def depth(self, points_px: Floats, /) -> Floats:
        """Depth of the head's surface at canvas points, float32 (Q,)."""
        return sample(self.depth_map, points_px)

    def cover_depth(self, points_px: Floats, /) -> Floats:
        """Depth of what lies over the head without following its features (hair): smooth, float32 (Q,)."""
        return sample(self.smooth_depth_map, points_px)

    def follow(self, points_px: Floats, /, *, least: float = 0.0, reach: float = 0.45) -> Floats:
        """How much a point turns with the head: 1 down to the chin, falling to `least` over `reach` face heights.

        At the lower edge of the canvas nothing moves, so that no gap opens below the avatar.
        """
        below = (points_px[:, 1] - self.face.chin_y_px) / self.face.height_px
        turn = 1.0 - (1.0 - least) * smoothstep(below, 0.0, reach)
        bottom = self.shape[0]
        anchored = smoothstep(points_px[:, 1], bottom, max(bottom - 0.5 * self.face.height_px, self.face.chin_y_px))
        return np.asarray(turn * anchored, np.float32)


def sample(image: npt.NDArray[np.float32], points_px: Floats, /) -> Floats:
    """Bilinear values of an (H, W) image at (Q, 2) points, clamped to its edge."""
    if len(points_px) == 0:
        return np.zeros(0, np.float32)
    x, y = points_px[:, 0].astype(np.float32), points_px[:, 1].astype(np.float32)
    taken = cv2.remap(image, x[None], y[None], cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(taken[0], np.float32)


def build(colour: Picture, mattes: Mattes, face: CanvasFace, /) -> Scene:
    """The scene of an aligned portrait."""
    moves = motion.landmark_deltas(face)
    moves = np.concatenate([moves, np.zeros((len(EYE_CORRECTIVES), topology.COUNT, 2), np.float32)])
    everything = set(range(468))
    lips = topology.LIPS_UPPER | topology.LIPS_LOWER
    inner_corners = {78, 308}
    length = 0.38 * face.iod_px
    fields = {
        "face": Field(face.points_px, everything - lips - inner_corners, length_px=length, noise=0.04),
        "upper_lip": Field(face.points_px, everything - topology.LIPS_LOWER, length_px=length),
        "lower_lip": Field(face.points_px, everything - topology.LIPS_UPPER, length_px=length),
    }
    depth = _depth_map(face, mattes.oval)
    smooth = blur(depth, 0.35 * face.iod_px)
    mattes = replace(mattes, hair=brow_ends.off_hair(gloss.completed(colour, mattes, face), face))
    over = over_eyes.find(colour, mattes, face)
    mattes = replace(mattes, hair=over.hair)
    lifted = hair.lift(colour, mattes, face, over_eyes=over)
    return Scene(colour, mattes, face, moves, depth, smooth, lifted, strands.strands(lifted.alpha, face), fields)


def _depth_map(face: CanvasFace, oval: npt.NDArray[np.bool_]) -> Floats:
    """The person's own depth inside the face, a cylinder outside."""
    half = face.half_width_px
    step = 8
    height, width = oval.shape
    y, x = np.mgrid[0 : height + step : step, 0 : width + step : step].astype(np.float32)
    t = np.clip(np.abs(x - face.centre_x_px) / (1.35 * half), 0.0, 1.0)
    cylinder = half * (0.30 + 0.55 * np.sqrt(1.0 - t * t)) - 0.30 * half
    used = range(0, 468, 3)
    own = Field(face.points_px, used, length_px=0.6 * face.iod_px, noise=0.05)
    inside = own.at(np.stack([x.ravel(), y.ravel()], axis=1), face.depth_px[:, None]).reshape(x.shape)
    weight = blur(grow(oval, -0.08 * half).astype(np.float32), 0.12 * half)
    soft = sample(weight, np.stack([x.ravel(), y.ravel()], axis=1)).reshape(x.shape)
    coarse = cylinder * (1.0 - soft) + inside * soft
    matrix = np.array([[step, 0, 0], [0, step, 0]], np.float32)
    full = cv2.warpAffine(coarse.astype(np.float32), matrix, (width, height), flags=cv2.INTER_LINEAR)
    flat = _no_steeper(_rigid_eyes(full, face), face.centre_x_px)
    return _no_steeper(flat.T, float(face.points_px[topology.NOSE_TIP, 1])).T.copy()


def _no_steeper(depth: Floats, centre_px: float) -> Floats:
    """The depth falls outward by STEEPEST at most, row by row: a steeper side would fold over as it turns away."""
    middle = int(np.clip(centre_px, 1, depth.shape[1] - 1))
    result = depth.copy()
    for half, way in ((slice(middle, None), 1), (slice(None, middle), -1)):
        part = result[:, half][:, ::way]
        fall = STEEPEST * np.arange(part.shape[1], dtype=np.float32)
        result[:, half] = (np.maximum.accumulate(part + fall, axis=1) - fall)[:, ::way]
    return result


def _rigid_eyes(depth: Floats, face: CanvasFace) -> Floats:
    """Each eye region gets a plane of depth, so that a turn keeps eye, lids and iris together."""
    result = depth
    for eye in topology.EYES:
        region = polygon(cv2.convexHull(face.curve(topology.EYE_REGION[eye.side]))[:, 0], depth.shape)
        ys, xs = np.nonzero(region)
        basis = np.stack([np.ones_like(xs), xs, ys], axis=1).astype(np.float64)
        plane, *_ = np.linalg.lstsq(basis, depth[region].astype(np.float64), rcond=None)
        yy, xx = np.mgrid[0 : depth.shape[0], 0 : depth.shape[1]]
        flat = plane[0] + plane[1] * xx + plane[2] * yy
        soft = blur(grow(region, 0.05 * face.iod_px).astype(np.float32), 0.05 * face.iod_px)
        result = result * (1.0 - soft) + flat * soft
    return np.asarray(result, np.float32)
