"""Which pixels are hair: the net's word, completed by colour, kept off brows, features and beard."""

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.matting import bangs
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]


def completed(lab: Floats, hair: Matte, subject: Matte, oval: Mask, face: CanvasFace, /, *, seed: int) -> Matte:
    """Pieces beside the face that have the colours of the hair and touch it: what the net missed in drawn hair."""
    sure = repaint.grow((hair > 0.62) & (subject > 0.95), -0.02 * face.iod_px) | (hair > 0.9)
    if sure.sum() < 500:
        return hair
    rng = np.random.default_rng(seed)
    inner = repaint.grow(oval, -0.1 * face.iod_px) & (hair < 0.1)
    rows = np.arange(hair.shape[0])[:, None]
    close = repaint.grow(sure, 0.8 * face.iod_px)
    clothes = (rows > face.chin_y_px) & (subject > 0.9) & (hair < 0.1) & ~close
    own, *others = (colours.distance(lab, colours.palette(lab[mask], rng)) for mask in (sure, inner, clothes))
    above = rows < float(face.points_px[topology.NOSE_BASE, 1])
    near = np.where(above, own < 13.0**2, (own < 4.0**2) & close)
    alike = near & (own < np.minimum(*others)) & (subject > 0.8) & ~oval
    joined = repaint.closed(alike | sure, 1.5)
    _, labels = cv2.connectedComponents(joined.astype(np.uint8), connectivity=4)
    more = np.where(alike & np.isin(labels, np.unique(labels[sure])) & joined, 1.0, hair).astype(np.float32)
    return bangs.completed(lab, more, oval, face, seed=seed)


def may_be_hair(hair: Matte, face: CanvasFace) -> Matte:
    """0 on nose, mouth and chin, 1 elsewhere, soft between: a beard is no hair of ours, it moves with the jaw.

    Where no hair hangs below the chin, whatever runs down the cheeks is a beard, too.
    """
    shape, iod = hair.shape, face.iod_px
    width = 0.88 if hangs_below(hair, face) else 1.03
    outline = face.curve(topology.JAW) * [width, 1.0] + [(1.0 - width) * face.centre_x_px, 0.0]
    lower = repaint.polygon(cv2.convexHull(outline.astype(np.float32))[:, 0], shape)
    rows = np.arange(shape[0], dtype=np.float64)[:, None]
    nose = float(face.points_px[topology.NOSE_BASE, 1])
    lower = lower & (rows > nose - 0.25 * iod)
    soft = repaint.blur(lower.astype(np.float32), 0.05 * iod)
    return np.asarray(1.0 - smoothstep(soft, 0.2, 0.8), np.float32)


def hangs_below(hair: Matte, face: CanvasFace, /) -> bool:
    """Whether there is hair below the chin, more than a beard's tip."""
    below = hair[int(np.clip(face.chin_y_px, 0, len(hair))) :]
    return bool((below > 0.5).sum() > 0.15 * face.iod_px**2)


def without_brows(hair: Matte, face: CanvasFace) -> Matte:
    """Brows and lashes are hair only where hair comes down to them from above without a gap, straight or slanting.

    Where a strand crosses a brow it may spread along it only as fast as it goes down.
    """
    zones = feature_zones(hair.shape, face)
    result = np.where(_islands(hair, zones, face.iod_px), 0.0, hair).astype(np.float32)
    for zone in zones:
        x, y, width, height = cv2.boundingRect(zone.astype(np.uint8))
        box = (slice(max(0, y - 2), y + height), slice(x, x + width))
        inside, seen = zone[box], result[box]
        first = inside & (np.cumsum(inside, axis=0) == 1)
        result[box] = np.where(inside, bangs.hangs_from(seen * inside, first), seen)
    return result


def _islands(hair: Matte, zones: list[Mask], unit_px: float) -> Mask:
    """Pieces that lie on a brow or an eye, or just above it where the landmarks are low, and hang on no other hair."""
    _, labels, facts, _ = cv2.connectedComponentsWithStats((hair > 0.3).astype(np.uint8), connectivity=8)
    around = repaint.grow(np.logical_or.reduce(zones), 0.12 * unit_px)
    alone = np.setdiff1d(labels[around], labels[~around])
    wide = np.flatnonzero(facts[:, cv2.CC_STAT_WIDTH] > 0.3 * unit_px)  # else it is the tip of a strand
    return repaint.grow(np.isin(labels, np.intersect1d(alone, wide)) & (labels > 0), 0.04 * unit_px) & around


def feature_zones(shape: tuple[int, int], face: CanvasFace, /) -> list[Mask]:
    """Both brows, then both eyes with their lashes, each with some skin around it."""
    curves = [(face.curve(eye.brow), 0.09) for eye in topology.EYES]
    curves += [(face.curve(eye.upper + eye.lower), 0.15) for eye in topology.EYES]
    return [
        repaint.grow(repaint.polygon(cv2.convexHull(curve)[:, 0], shape), margin * face.iod_px)
        for curve, margin in curves
    ]


def apart(rest: Matte, face: CanvasFace, oval: Mask) -> Mask:
    """Pieces beside the hair that do not hang together with the face: hair that the net took for something else."""
    _, labels = cv2.connectedComponents((rest > 0.3).astype(np.uint8), connectivity=4)
    own = np.unique(labels[repaint.grow(oval, 0.05 * face.iod_px)])
    return np.asarray((labels > 0) & ~np.isin(labels, own))


def splinters(
    rest: Matte, subject: Matte, hair: Matte, face: CanvasFace, lab: Floats, /
) -> Mask:  # fmt: skip
    """Thin pieces between hair and background: as clothes they would stay behind when hair swings away.

    As thick as fingers they must have the hair's colours, too.
    """
    sure = lab[hair > 0.9]
    foreign = np.linalg.norm(lab - np.median(sure, axis=0), axis=-1) > 35.0 if len(sure) else np.zeros(rest.shape, bool)
    solid = np.zeros(rest.shape, np.bool_)
    for shrink, regrow, pieces in ((0.09, 0.12, rest > 0.4), (0.035, 0.075, (rest > 0.4) & foreign)):
        solid |= repaint.grow(repaint.grow(pieces, -shrink * face.iod_px), regrow * face.iod_px)
    outside = repaint.grow(subject < 0.3, 0.25 * face.iod_px)
    return np.asarray((rest > 0.0) & ~solid & outside & repaint.grow(hair > 0.5, 0.25 * face.iod_px))
