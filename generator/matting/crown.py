"""A head that the picture's upper edge cuts off gets a crown: a nod must not show a flat cut.

The canvas is higher than the picture there (`align`). The crown is the cap of an ellipse that goes on as the head's
sides do at the cut. Its colours are those of the cut, drawn up and together toward the top as hair is; a little of what
lies below the cut is mirrored into them.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.moving.measures import CanvasFace
from generator.tools import colours

Matte = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]

ROOM: Final = 0.72
"""Room that a head wants above the top of the face outline, in face heights: the canvas is made as high."""
TOP: Final = 0.42
"""Where the hair of a usual head ends, above the face outline, in face heights."""
ROUND: Final = 0.6
"""A crown is at least so high, in halves of the cut's width."""
NARROWEST: Final = 0.35
"""A head that touches the edge along less than this part of the face's width is not cut off."""
MIRRORED: Final = 0.5
"""How fast the colours below the cut are gone through, going up: slower they become stripes, faster a mirror image."""
LOWEST, DEEPEST = 0.7, 0.9
"""How far down they are followed and up again, in parts of how far down there is hair hereabouts, and in a column."""
GATHERED: Final = 0.6
"""How strongly the strands run together at the top: 0 straight up, 1 into one point."""
BARE: Final = 0.3
UNLIKE, SMOOTH = 9.0, 2.0
"""Nearer to the face outline than `BARE` face heights, so many Lab units from the colours at its ends, and so smooth, a
cut runs through the forehead and not through hair or hat."""
RIM_PX: Final = 12
"""Where a forehead meets the hair it is not smooth: the cut is bare as far again to both sides, at most."""
SHADED: Final = 0.25
"""How much darker the crown's rim is than the cut."""


@dataclass(frozen=True, slots=True)
class Cut:
    """The part of the picture's upper edge that runs through the head, columns left..right, and the crown on it.

    tall_px: height of the crown. sunk: how far below the cut the middle of its ellipse lies, in half heights, 0..1.
    """

    left_px: int
    right_px: int
    tall_px: float
    sunk: float

    @property
    def middle_px(self) -> float:
        """The column in the middle."""
        return (self.left_px + self.right_px) / 2.0

    @property
    def half_px(self) -> float:
        """Half the width."""
        return (self.right_px - self.left_px + 1) / 2.0

    def up(self, above_px: npt.NDArray[np.floating], /) -> npt.NDArray[np.float64]:
        """Height above the ellipse's middle, 1 at its top, of what lies so far above the cut."""
        return np.asarray(self.sunk + above_px / self.tall_px * (1.0 - self.sunk), np.float64)

    @property
    def at_cut(self) -> float:
        """Half width of the ellipse at the cut, in its greatest one."""
        return float(np.sqrt(1.0 - self.sunk**2))


def find(subject: Matte, edge_px: Rows, face: CanvasFace, /) -> Cut | None:
    """Where the head is cut off, if it is.

    subject: (H, W), 0..1. edge_px: (W,), the first row of the picture in each column of the canvas.
    """
    height, width = subject.shape
    touching = (subject[np.minimum(edge_px + 2, height - 1), np.arange(width)] > 0.5) & (edge_px > 0)
    middle = int(np.clip(face.centre_x_px, 0, width - 1))
    left, right = _run(touching, middle)
    if not touching[middle] or right - left < NARROWEST * 2.0 * face.half_width_px:
        return None
    edge = float(edge_px[left : right + 1].mean())
    expected = edge - (face.oval_px[:, 1].min() - TOP * face.height_px)
    half = (right - left + 1) / 2.0
    inward = max(_slope(subject, edge, left, right, round(down * face.height_px)) for down in (0.04, 0.12))
    least = ROUND * half * min(1.0, half / face.half_width_px)  # of a head that just touches the edge little is missing
    tall = min(max(expected, least), edge - 2.0, 0.45 * half / max(inward, 1e-6))
    steep = inward * tall / half
    return Cut(left, right, max(tall, 1.0), steep / (1.0 - steep))


def _slope(subject: Matte, edge: float, left: int, right: int, down: int) -> float:
    """How fast the head narrows toward the cut, pixels inward for one up, the mean of both sides; at least 0."""
    row = min(round(edge) + 2 + down, len(subject) - 1)
    lower_left, lower_right = _run(subject[row] > 0.5, (left + right) // 2)
    return max(0.0, ((left - lower_left) + (lower_right - right)) / 2.0 / down)


def _run(inside: npt.NDArray[np.bool_], middle: int) -> tuple[int, int]:
    """First and last column of what is inside about the middle one, which is taken to be."""
    gaps = np.flatnonzero(~inside)
    return int(gaps[gaps < middle].max(initial=-1)) + 1, int(gaps[gaps > middle].min(initial=len(inside))) - 1


def rounded(subject: Matte, edge_px: Rows, cut: Cut | None, /) -> Matte:
    """The subject with its crown; nothing else above the picture."""
    rows, columns = np.mgrid[0 : subject.shape[0], 0 : subject.shape[1]]
    above = rows < edge_px[None]
    if cut is None:
        return np.where(above, 0.0, subject).astype(np.float32)
    reach = np.hypot((columns - cut.middle_px) / cut.half_px * cut.at_cut, cut.up(edge_px[None] - rows))
    crown = np.clip((1.0 - reach) * min(cut.half_px, cut.tall_px) / 1.5 + 0.5, 0.0, 1.0)
    return np.where(above, crown, subject).astype(np.float32)


def painted(
    canvas: Picture, edge_px: Rows, cut: Cut | None, face: CanvasFace, /, *, hair: Matte | None = None
) -> Picture:
    """The canvas, uint8 (H, W, C), with colours for the crown. hair: (H, W), 0..1: into hair only hair is mirrored."""
    if cut is None:
        return canvas
    rows, columns = np.mgrid[0 : canvas.shape[0], 0 : canvas.shape[1]].astype(np.float32)
    up = np.maximum(edge_px[None] - rows, 0.0)
    narrow = (np.sqrt(np.clip(1.0 - cut.up(up) ** 2, 0.05, 1.0)) / cut.at_cut) ** GATHERED
    source_x = np.clip(cut.middle_px + (columns - cut.middle_px) / narrow, cut.left_px + 2, cut.right_px - 2)
    source_x = _beside_the_brow(canvas, edge_px, cut, face)[source_x.astype(int)]
    edge = edge_px[source_x.astype(int)]
    clear = _clear_px(edge_px, face)
    if hair is not None:
        clear = np.minimum(clear, hair_px(hair, edge_px))
    nearby = cv2.GaussianBlur(clear[None], (0, 0), 0.1 * face.iod_px)[0]
    lowest = np.maximum(np.minimum(LOWEST * nearby, DEEPEST * clear), 0.5)[source_x.astype(int)]
    depth = lowest - np.abs(lowest - np.mod(MIRRORED * up, 2.0 * lowest))
    drawn = cv2.remap(canvas, source_x.astype(np.float32), (edge + 2 + depth).astype(np.float32), cv2.INTER_LINEAR)
    shade = 1.0 - SHADED * np.clip(up / cut.tall_px, 0.0, 1.0)[..., None]
    if canvas.shape[2] == 4:
        shade = np.concatenate([np.repeat(shade, 3, axis=2), np.ones_like(shade)], axis=2)
    # The first row of a picture is often another one's: part of a border, or of what it was cut out of.
    first = (rows == edge_px[None]) & (columns >= cut.left_px) & (columns <= cut.right_px)
    return np.where(((up > 0) | first)[..., None], drawn * shade, canvas).astype(np.uint8)


def continued(hair: Matte, edge_px: Rows, /) -> Matte:
    """Hair, above the picture as at its edge."""
    rows = np.arange(len(hair))[:, None]
    at_edge = hair[np.minimum(edge_px + 2, len(hair) - 1), np.arange(hair.shape[1])]
    return np.where(rows < edge_px[None], at_edge[None], hair).astype(np.float32)


def _beside_the_brow(canvas: Picture, edge_px: Rows, cut: Cut, face: CanvasFace) -> npt.NDArray[np.float64]:
    """(W,): the column whose colours continue each one: where the cut runs through the forehead, what is beside it."""
    columns = np.arange(len(edge_px), dtype=np.float64)
    lab = colours.lab(canvas[: int(edge_px.max()) + 20, :, :3])  # farther down nothing reaches what is measured
    below = np.minimum(edge_px + 3, len(lab) - 1), columns.astype(int)
    rough = cv2.blur(np.abs(lab - cv2.GaussianBlur(lab, (0, 0), 2.0)).sum(axis=-1), (9, 9))[below]
    ends = [np.median(lab[below][x : x + 9], axis=0) for x in (cut.left_px + 2, max(cut.right_px - 11, 0))]
    unlike = np.minimum.reduce([((lab[below] - colour) ** 2).sum(axis=1) for colour in ends]) > UNLIKE**2
    bare = unlike & (rough < SMOOTH) & (_clear_px(edge_px, face) < BARE * face.height_px)
    bare &= np.abs(columns - face.centre_x_px) < 0.7 * face.half_width_px
    if not bare.any():
        return columns
    inner = np.flatnonzero(bare)
    first, last = _run(unlike | bare, int(inner[len(inner) // 2]))  # its rim is not smooth
    first, last = max(first, inner[0] - RIM_PX) - 3.0, min(last, inner[-1] + RIM_PX) + 3.0
    room = min(first - cut.left_px, cut.right_px - last) - 2.0
    if len(inner) < 0.5 * (last - first) or room < 4.0:  # only specks of it, or no hair beside it
        return columns
    into = np.minimum(columns - first, last - columns)
    beyond = 1.0 + room * (1.0 - np.exp(-into / room))  # mirrored, and never past the other end of the cut
    beside = np.where(columns - first < last - columns, first - beyond, last + beyond)
    return np.where((columns >= first) & (columns <= last), beside, columns)


def hair_px(hair: Matte, edge_px: Rows, /) -> npt.NDArray[np.float32]:
    """How far down from the edge there is hair, column by column; no limit where there is none at the edge."""
    rows = np.arange(len(hair))[:, None]
    ends = (hair < 0.6) & (rows > edge_px[None] + 2)
    run = np.where(ends.any(axis=0), ends.argmax(axis=0), len(hair)) - edge_px - 2
    return np.where(run > 1, run, np.inf).astype(np.float32)


def _clear_px(edge_px: Rows, face: CanvasFace) -> npt.NDArray[np.float32]:
    """How far below the edge the face begins, column by column: no skin is mirrored into a crown."""
    outline = face.oval_px[face.oval_px[:, 1] < face.brows_y_px]
    order = np.argsort(outline[:, 0])
    top = np.interp(np.arange(len(edge_px)), outline[order, 0], outline[order, 1])
    return np.asarray(np.maximum(top - edge_px, 0.0), np.float32)
