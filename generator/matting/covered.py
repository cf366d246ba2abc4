"""What hair covers: the skull, and neck and clothes behind the locks that hang before them."""

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

SLOPE, SLOPES = 0.6, (0.3, 0.8)
"""How fast a shoulder rises toward the neck where hair hides it, and the least and most that it is taken to."""


def skull(hair: Matte, subject: Matte, face: CanvasFace) -> Mask:
    """The ellipse of a bald head, as far as hair covers it."""
    points = face.points_px
    middle = (points[topology.FOREHEAD] + points[topology.CHIN]) / 2.0 - [0.0, 0.06 * face.height_px]
    axes = (0.54 * 2.0 * face.half_width_px, 0.62 * face.height_px)
    t = np.linspace(0.0, 2.0 * np.pi, 90, endpoint=False)
    ellipse = np.stack([middle[0] + axes[0] * np.cos(t), middle[1] + axes[1] * np.sin(t)], axis=1)
    return repaint.polygon(ellipse, hair.shape) & repaint.grow(subject > 0.9, -0.07 * face.iod_px) & (hair > 0.02)


def torso(rest: Matte, hair: Matte, head: Mask, face: CanvasFace) -> Matte:
    """Neck and clothes, also behind the locks that hang between them, and a piece of neck behind the chin."""
    seen = np.where(head, 0.0, rest)
    closed = repaint.closed(seen > 0.5, 0.12 * face.iod_px)
    torso = np.maximum(seen, closed & ~head & (hair > 0.02))
    rows = np.arange(rest.shape[0])[:, None]
    top = np.where((torso > 0.5).any(axis=0), (torso > 0.5).argmax(axis=0), rest.shape[0])
    head_end = np.where(head.any(axis=0), rest.shape[0] - head[::-1].argmax(axis=0), 0)
    aside = np.abs(np.arange(rest.shape[1]) - face.centre_x_px) / (0.95 * face.half_width_px)
    touches = (aside < 1.0) & (top <= head_end + 0.06 * face.iod_px)
    behind_px = 0.3 * face.height_px * np.clip(1.0 - aside**2, 0.0, 1.0)
    own = np.flatnonzero(touches)
    if len(own):  # down to nothing at both sides of this very neck
        columns = np.arange(rest.shape[1])
        inward = np.minimum(columns - own[0], own[-1] - columns) / (0.12 * max(own[-1] - own[0], 1))
        behind_px = behind_px * np.sqrt(np.clip(inward, 0.0, 1.0))
    behind = touches[None, :] & (rows < top[None, :] + 2) & (rows > (top - behind_px)[None, :])
    shoulders = np.abs(np.arange(rest.shape[1]) - face.centre_x_px) > 0.85 * face.half_width_px
    broad = repaint.opened(torso > 0.5, 0.2 * face.iod_px)  # no fingers
    start = np.where(broad.any(axis=0), broad.argmax(axis=0), top)
    start = np.where(start > top + 0.3 * face.iod_px, start, top)
    reach_px = 0.5 * face.iod_px * _rising(_meet(hair, start, face), face)
    near = (rows < start[None, :] + 2) & (rows > (start - reach_px)[None, :])
    near &= rows > _shoulder_line(_meet(hair, start, face), start, face)[None, :]
    covered = (hair > 0.5) & shoulders[None, :] & near & ~head
    _, labels = cv2.connectedComponents(((torso > 0.5) | covered).astype(np.uint8), connectivity=4)
    sizes = np.bincount(labels[broad], minlength=int(labels.max()) + 1)
    covered &= np.isin(labels, np.flatnonzero(sizes > 0.3 * face.iod_px**2))  # of the body, not of a stray piece
    whole = (torso > 0.5) | covered
    whole = repaint.closed(whole, 0.04 * face.iod_px) & ~head & (hair > 0.3)
    return np.asarray(np.maximum(torso, behind | covered | whole), np.float32)


def _meet(hair: Matte, start: npt.NDArray[np.intp], face: CanvasFace) -> npt.NDArray[np.bool_]:
    """Columns in which hair hangs down to the clothes, whose first rows are `start`, with no wall in between."""
    above = np.clip(start - max(2, round(0.04 * face.iod_px)), 0, hair.shape[0] - 1)
    return np.asarray(hair[above, np.arange(hair.shape[1])] > 0.3)


def _rising(meet: npt.NDArray[np.bool_], face: CanvasFace) -> npt.NDArray[np.float64]:
    """0..1 for each column: from nothing where hair and clothes meet farthest out, in a round, to all. A lifted head
    must not show a spike of cloth where its hair was."""
    columns = np.arange(len(meet))
    right = columns > face.centre_x_px
    outward = np.where(right, columns[::-1], columns)
    rise = np.zeros(len(meet))
    for side in (right, ~right):
        if (meet & side).any():
            rise[side] = outward[side] - outward[meet & side].min() + 1
    inward = np.clip(rise / (0.5 * face.iod_px), 0.0, 1.0)
    return np.asarray(np.where(meet, np.sqrt(1.0 - (1.0 - inward) ** 2), 0.0))


def _shoulder_line(
    meet: npt.NDArray[np.bool_], start: npt.NDArray[np.intp], face: CanvasFace
) -> npt.NDArray[np.float64]:
    """For each column the row down from which a shoulder may lie under hair: as it is seen outside of the outermost
    place where hair meets it, it goes on inward."""
    columns = np.arange(len(meet))
    right = columns > face.centre_x_px
    line = np.full(len(meet), -np.inf)
    far = round(0.6 * face.iod_px)
    for side, inward in ((right, -1), (~right, 1)):
        met = np.flatnonzero(meet & side)
        if not len(met):
            continue
        first = int(met.max() if inward < 0 else met.min())
        outside = np.clip(first - inward * np.arange(1, far + 1), 0, len(meet) - 1)
        seen = outside[start[outside] < start.max()]
        slope = SLOPE
        if len(seen) > 0.15 * face.iod_px:
            slope = float(np.clip(np.median((start[seen] - start[first]) / np.abs(seen - first)), *SLOPES))
        line[side] = start[first] - slope * inward * (columns[side] - first)
    return line
