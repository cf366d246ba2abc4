"""Brows and eyes under hair: mirrored from the other side of the face, and where that is covered too, brows are drawn.

What is mirrored is not colour but how a feature differs from the skin it lies on, so that it fits the light here.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.engines import pose
from generator.hair import brow_ends
from generator.moving.fields import Field
from generator.moving.measures import CanvasFace
from generator.tools import repaint
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

RAMP_IOD: Final = 0.08
"""Over which a feature's surroundings become plain skin."""
BROW_HIGH_IOD, DRAWN_BROW_HIGH_IOD = 0.11, 0.045
"""Thickness of a brow that nobody sees; drawn brows are lines."""
DARKER: Final = 0.72
"""Brows are darker than the hair."""


def zones(shape: tuple[int, int], face: CanvasFace, /) -> dict[str, Mask]:
    """ "Right" and "Left": brow and eye with their surroundings."""
    found = {}
    for eye in topology.EYES:
        brow = repaint.polygon(cv2.convexHull(_long_brow(face, eye))[:, 0], shape)
        lids = repaint.polygon(cv2.convexHull(face.curve(eye.upper + eye.lower))[:, 0], shape)
        found[eye.side] = repaint.grow(brow, 0.07 * face.iod_px) | repaint.grow(lids, 0.20 * face.iod_px)
    return found


def features(
    picture: Picture, tone: Picture, covered: Mask, solid: Picture, face: CanvasFace,
    brows_over: frozenset[str] = frozenset(), /,
) -> Picture:  # fmt: skip
    """By what factor brows and eyes differ from `tone`, the plain skin, float32 (H, W, 3): 1 where there is only skin.

    covered: where hair hides the face. solid: the colour of the hair, everywhere. brows_over: sides without a brow.
    """
    ratio = np.clip(picture / np.maximum(tone, 4.0), 0.0, 4.0).astype(np.float32)
    result = np.ones_like(ratio)
    around = zones(covered.shape, face)
    bare = 1.0 - repaint.blur(repaint.grow(covered, 0.02 * face.iod_px).astype(np.float32), 0.015 * face.iod_px)
    for eye, other in zip(topology.EYES, topology.EYES[::-1], strict=True):
        zone = repaint.soft_mask(repaint.grow(around[eye.side], -RAMP_IOD * face.iod_px), RAMP_IOD * face.iod_px)
        if eye.side in brows_over:
            eye_only = repaint.polygon(cv2.convexHull(face.curve(eye.upper + eye.lower))[:, 0], covered.shape)
            zone = zone * repaint.soft_mask(repaint.grow(eye_only, 0.05 * face.iod_px), RAMP_IOD * face.iod_px)
        if not ((zone > 0.0) & covered).any():
            continue
        x, y, width, height = cv2.boundingRect((zone > 0.0).astype(np.uint8))
        box = (slice(y, y + height), slice(x, x + width))
        place = _other_side(box, face)
        seen = cv2.remap(bare, *place, cv2.INTER_LINEAR, borderValue=0.0)[..., None]
        mirrored = cv2.remap(ratio, *place, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        there = mirrored * seen
        if (seen[covered[box]] < 0.99).any():
            there += _drawn_brow(picture, tone, solid, covered, face, eye, other, box) * (1.0 - seen)
        else:
            there += 1.0 - seen
        result[box] = 1.0 + (there - 1.0) * zone[box][..., None]
    return result


def _other_side(box: tuple[slice, slice], face: CanvasFace) -> tuple[Floats, Floats]:
    """Where on the other side of the face the pixels of a box lie: by a mirror, bent so that landmarks meet."""
    points = face.points_px.astype(np.float64)
    goal = points[pose.mirror()]
    around = np.concatenate([points, np.ones((len(points), 1))], axis=1)
    affine, *_ = np.linalg.lstsq(around, goal, rcond=None)
    y, x = np.mgrid[box].astype(np.float64)
    query = np.stack([x.ravel(), y.ravel()], axis=1)
    used = {i for eye in topology.EYES for i in eye.upper + eye.lower + eye.brow + topology.EYE_REGION[eye.side]}
    bend = Field(face.points_px, used, length_px=0.6 * face.iod_px, noise=0.05)
    coarse = query.reshape(*y.shape, 2)[::4, ::4].reshape(-1, 2)
    bent = bend.at(coarse.astype(np.float32), (goal - around @ affine)[None])[0]
    small = bent.reshape(len(range(0, y.shape[0], 4)), -1, 2)
    grid = cv2.warpAffine(small, np.array([[4.0, 0, 0], [0, 4.0, 0]]), y.shape[::-1], borderMode=cv2.BORDER_REPLICATE)
    straight = np.concatenate([query, np.ones((len(query), 1))], axis=1) @ affine
    found = (straight.reshape(*y.shape, 2) + grid).astype(np.float32)
    return np.ascontiguousarray(found[..., 0]), np.ascontiguousarray(found[..., 1])


def _drawn_brow(
    picture: Picture, tone: Picture, solid: Picture, covered: Mask, face: CanvasFace, eye: topology.Eye,
    other: topology.Eye, box: tuple[slice, slice],
) -> Picture:  # fmt: skip
    """A brow along the tracked curve, as a factor of the skin's colour: its own colour where some of it is seen.

    Of the canvas, only the box.
    """
    unit, shape = face.iod_px, covered.shape
    outer_first = face.brow_line(eye)
    if abs(outer_first[0, 0] - face.centre_x_px) < abs(outer_first[-1, 0] - face.centre_x_px):
        outer_first = outer_first[::-1]
    t = np.linspace(0.0, 1.0, 41)
    path = np.stack([np.interp(t, np.linspace(0, 1, 5), outer_first[:, axis]) for axis in (0, 1)], axis=1)
    end = brow_ends.at_hair(picture, tone, covered, path, unit)
    if end is not None and not end.seen:
        return np.ones((*covered[box].shape, 3), np.float32)
    colour = None
    for each in (eye, other):
        hull = repaint.polygon(cv2.convexHull(face.curve(each.brow))[:, 0], shape) & ~repaint.grow(covered, 0.04 * unit)
        inside = picture[hull]
        dark = inside[inside.sum(axis=-1) < (0.9 if face.drawn else 0.75) * tone[hull].sum(axis=-1)]
        if len(dark) > 0.003 * unit * unit:
            colour = np.median(dark, axis=0)
            break
    if colour is None:
        x, y = np.clip(outer_first.mean(axis=0).astype(int), 0, np.array(shape[::-1]) - 1)
        colour = DARKER * solid[y, x]
    high = (DRAWN_BROW_HIGH_IOD if face.drawn else BROW_HIGH_IOD) * unit
    if end is not None:  # it goes on from where it is seen
        path[:, 1] += end.shift_px
        high = min(high, 2.0 * end.half_px)
    half = 0.5 * high * np.minimum(np.sqrt(t / 0.55), np.sqrt(np.clip((1.02 - t) / 0.12, 0.0, 1.0))).clip(0.12, 1.0)
    outline = np.concatenate([path - np.stack([0 * t, half], 1), (path + np.stack([0 * t, half], 1))[::-1]])
    share = repaint.blur(repaint.polygon(outline, shape).astype(np.float32), (0.008 if face.drawn else 0.02) * unit)
    share *= 0.9 if face.drawn else 0.75
    factor = np.minimum(colour / np.maximum(tone[box], 4.0), 1.0)
    return np.asarray(1.0 + (factor - 1.0) * share[box][..., None], np.float32)


def _long_brow(face: CanvasFace, eye: topology.Eye) -> Floats:
    """The brow's landmarks, with the tail that they leave out."""
    brow = face.curve(eye.brow)
    end = brow[np.argmax(np.abs(brow[:, 0] - face.centre_x_px))]
    tail = end + np.array([0.14 if eye.side == "Left" else -0.14, 0.05]) * face.iod_px
    return np.concatenate([brow, tail[None]]).astype(np.float32)
