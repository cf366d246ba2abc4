"""A picture that ends within the forehead: the rest of the forehead, a hairline and hair above it are painted in.

`crown` carries on the colours of the cut, which is right for hair and wrong for a forehead. Here the skin goes on up
to an arch over the bare part of the cut, and the hair seen at both its ends meets above: each strand follows the
arch, and its colours are those down the lock that it continues. Who shows no hair at the cut gets a bald head.
"""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.matting.crown import Cut, Picture, Rows
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep

Matte = npt.NDArray[np.float32]

WIDE: Final = 0.55
"""The bare part of such a cut, in halves of the face's width; less is a parting or a lock, and left to `crown`."""
ALIKE: Final = 20.0
"""Lab units from the face's tones within which a cut may be bare; a hat is neither skin nor hair."""
ARCH: Final = 0.16
"""Least height of the hairline's arch, in widths of the bare part."""
PARTED_RAD: Final = 0.5
"""About the middle, over this angle to each side, the hair of both sides blends."""
NARROW_IOD: Final = 0.10
"""A strip of hair at one end of the cut narrower than this is not drawn from: the other's stands for both."""
SHADED: Final = 0.25
"""How much darker the outline is than the cut."""


@dataclass(frozen=True, slots=True)
class Forehead:
    """The bare part of the cut, columns left..right; arch_px: how far above the cut the hairline reaches.

    hairy: whether there is hair to draw from.
    """

    cut: Cut
    left_px: int
    right_px: int
    arch_px: float
    hairy: bool


def find(rgb: Picture, hair: Matte, edge_px: Rows, cut: Cut, face: CanvasFace, /) -> Forehead | None:
    """Whether the cut runs through the forehead. The crown then is a skull's: widest at the brows."""
    edge = round(float(edge_px[cut.left_px : cut.right_px + 1].mean()))
    row = np.s_[edge + 3 : edge + 3 + max(3, round(0.05 * face.iod_px)), cut.left_px : cut.right_px + 1]
    lab = colours.lab(np.ascontiguousarray(rgb))
    seen = np.arange(len(hair))[:, None] > edge_px[None] + 1
    inner = repaint.grow(repaint.polygon(face.oval_px, hair.shape), -0.15 * face.iod_px) & seen & (hair < 0.2)
    rng = np.random.default_rng(0)
    skin = colours.distance(lab[row], colours.palette(lab[inner], rng))
    sure = (hair > 0.85) & seen
    strands = colours.distance(lab[row], colours.palette(lab[sure], rng))
    matte, tone, lock = hair[row].mean(axis=0), np.median(skin, axis=0), np.median(strands, axis=0)
    bare = (tone < ALIKE**2) & (((tone < lock) & (matte < 0.7)) | (matte < 0.15))
    bare = cv2.medianBlur(bare.astype(np.uint8)[None], 5)[0] > 0
    near = np.abs(np.arange(cut.left_px, cut.right_px + 1) - face.centre_x_px) < 1.1 * face.half_width_px
    runs = np.flatnonzero(np.diff(np.concatenate([[False], bare & near, [False]]).astype(int)))
    if not len(runs):
        return None
    first, last = max(zip(runs[::2], runs[1::2], strict=True), key=lambda run: int(run[1] - run[0]))
    if last - first < WIDE * face.half_width_px:
        return None
    below = max(0.0, face.brows_y_px - edge)
    dome = replace(cut, sunk=float(np.clip(below / (cut.tall_px + below), 0.0, 0.6)))
    arch = max(edge - float(face.oval_px[:, 1].min()), ARCH * float(last - first))
    hairy = bool(sure.sum() > 500) and last - first < 0.97 * len(bare)
    return Forehead(dome, cut.left_px + int(first), cut.left_px + int(last) - 1, min(arch, 0.6 * cut.tall_px), hairy)


def skin(edge_px: Rows, shape: tuple[int, int], brow: Forehead, unit_px: float, /) -> Matte:
    """(H, W), of what lies above the picture's edge: 1 on the forehead, 0 on the hair over it, soft between."""
    if not brow.hairy:
        return np.ones(shape, np.float32)
    rows, columns = np.mgrid[0 : shape[0], 0 : shape[1]].astype(np.float32)
    up = np.maximum(edge_px[None] - rows, 0.0)
    half, middle = (brow.right_px - brow.left_px) / 2.0, (brow.right_px + brow.left_px) / 2.0
    inside = np.hypot((columns - middle) / half, up / brow.arch_px)
    soft = (1.0 - inside) * min(half, brow.arch_px) / (0.06 * unit_px) + 0.5
    return np.asarray(np.clip(soft, 0.0, 1.0), np.float32)


def painted(canvas: Picture, hair: Matte, edge_px: Rows, brow: Forehead, face: CanvasFace, /) -> Picture:
    """The canvas, uint8 (H, W, C), with forehead and hair above the picture's edge."""
    rows = np.arange(len(canvas))[:, None]
    above = rows < edge_px[None] + 2
    colour = canvas[..., :3].astype(np.float32)
    bare = skin(edge_px, hair.shape, brow, face.iod_px)
    columns = np.arange(canvas.shape[1])[None, :]
    between = (columns >= brow.left_px + 2) & (columns <= brow.right_px - 2)
    lower = ~above & between & (hair < 0.3)
    result = repaint.fill(colour, lower)
    if brow.hairy:
        drawn = _strands(colour, hair, edge_px, brow, bare, face)
        result = drawn + (result - drawn) * bare[..., None]
    up = np.maximum(edge_px[None] - rows, 0.0) / brow.cut.tall_px
    result *= (1.0 - SHADED * np.clip(up, 0.0, 1.0))[..., None]
    done = canvas.copy()
    done[above, :3] = np.clip(result + 0.5, 0, 255).astype(np.uint8)[above]
    return done


def _strands(
    colour: npt.NDArray[np.float32], hair: Matte, edge_px: Rows, brow: Forehead, bare: Matte, face: CanvasFace
) -> npt.NDArray[np.float32]:
    """Hair that arches over the forehead from one end of the cut to the other."""
    cut = brow.cut
    edge = float(edge_px[cut.left_px : cut.right_px + 1].mean())
    rows, columns = np.mgrid[0 : len(hair), 0 : hair.shape[1]].astype(np.float32)
    up = np.maximum(edge - rows, 0.0)
    outline = np.hypot((columns - cut.middle_px) / cut.half_px * cut.at_cut, cut.up(up)) > 1.0
    lower = rows >= edge
    from_skin = cv2.distanceTransform(((bare < 0.5) | lower).astype(np.uint8), cv2.DIST_L2, 5)
    from_rim = cv2.distanceTransform((~outline | lower).astype(np.uint8), cv2.DIST_L2, 5)
    out = from_skin / np.maximum(from_skin + from_rim, 1.0)  # 0 at the hairline, 1 at the outline
    turn = np.arctan2(up / cut.tall_px, (columns - cut.middle_px) / cut.half_px)  # pi at the left end, 0 at the right
    along = (cut.half_px + cut.tall_px) / 2.0
    only_hair = repaint.fill(colour, (hair > 0.8) & (rows > edge + 2))
    sides = []
    strips = (brow.left_px - cut.left_px, cut.right_px - brow.right_px)
    least = NARROW_IOD * face.iod_px
    for side, angle in ((0, np.pi - turn), (1, turn)):
        own = side if strips[side] >= least or strips[side] >= strips[1 - side] else 1 - side
        start, way = (brow.left_px, -1.0) if own == 0 else (brow.right_px, 1.0)
        source_x = start + way * (0.08 + 0.84 * out) * strips[own]
        down = _there_and_back(angle * along, max(8.0, 0.9 * (face.lobes_y_px - edge)))
        taken = cv2.remap(
            only_hair, source_x.astype(np.float32), (edge + 3 + down).astype(np.float32), cv2.INTER_LINEAR
        )
        sides.append(taken)
    left = smoothstep(turn, np.pi / 2 - PARTED_RAD, np.pi / 2 + PARTED_RAD)[..., None]
    return np.asarray(sides[1] + (sides[0] - sides[1]) * left, np.float32)


def _there_and_back(way_px: npt.NDArray[np.floating], length_px: float) -> npt.NDArray[np.floating]:
    """How far down a lock the colours are taken, for a way along the arch: to its end and back again."""
    return np.asarray(length_px - np.abs(length_px - np.mod(way_px, 2.0 * length_px)))
