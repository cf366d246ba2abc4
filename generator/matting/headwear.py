"""Hats, headbands and pins: what is worn on the head is neither skin nor hair, and doesn't swing.

A net that knows hair says no, above the brows, and either the colours are none of the hair's, or nothing but the
background lies above: there is the seed. What has the seed's colours rather than the hair's and hangs together with it
is worn. Rather none is found than a wrong one: what is missed goes with the hair, as it can.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.hair import unseen
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

NO_HAIR: Final = 0.40
"""The net's word below which something is no hair."""
FOREIGN: Final = 16.0
"""Lab units from the hair that hangs beside the face, lightness counting 0.6; gloss and shade stay nearer."""
UNLIKE_SKIN: Final = (13.0, 6.0)
"""Lab units from the cheeks, near the face and away from it: a band may be as rosy as they are."""
ALIKE: Final = 16.0
"""Lab units from the seed's tones within which its neighbours belong to it."""
THIN_IOD: Final = 0.022
"""Thinner things are partings, outlines and rims of light."""
LEAST_IOD2, SMALL_IOD2 = 0.03, 0.3
"""Area of the smallest pin worth a layer, and of the smallest band; what is smaller must lie in the middle of hair."""
HAT_IOD: Final = 1.2
"""A hat reaches the top of the head along so much of it."""
LOW_IOD, BRIM_IOD = 0.15, 0.8
"""So far below the brows the seed may lie, and a brim or the end of a band reach."""
AMID: Final = 0.6
"""Part of a pin's surroundings that is hair."""
RIM_IOD: Final = 0.06
ENCLOSING, HELD_IOD2 = 0.6, 0.15
"""Hair this sure encloses what is no larger than this."""
_LIGHTNESS: Final = np.array([0.6, 1.0, 1.0], np.float32)


def find(
    rgba: npt.NDArray[np.uint8], net: Matte, hair: Matte, subject: Matte, oval: Mask, face: CanvasFace, /, *, seed: int
) -> Mask:
    """Where something is worn, bool (H, W). net: the engine's hair, 0..1; hair: the matte made of it."""
    unit, shape = face.iod_px, net.shape
    rows = np.arange(shape[0])[:, None]
    rng = np.random.default_rng(seed)
    lab = colours.lab(rgba[..., :3]) * _LIGHTNESS
    beside = (hair > 0.9) & (net > 0.6) & (rows > face.brows_y_px + 0.1 * unit) & (subject > 0.95)
    plain = repaint.grow(oval, -0.1 * unit) & (hair < 0.1)
    plain &= colours.like_skin(rgba[..., :3].astype(np.float32), face, tolerance=22.0)
    skin = _far(lab, lab[plain], rng)
    own = np.full(shape, FOREIGN - 1.0, np.float32)  # where no hair is seen, colours say nothing
    if beside.sum() > 0.05 * unit * unit:
        own = _far(lab, lab[beside], rng)
    bare = skin < np.where(repaint.grow(oval, 0.12 * unit), *UNLIKE_SKIN)
    place = (rows < face.brows_y_px + BRIM_IOD * unit) & (subject > 0.9) & ~bare
    zones = unseen.zones((shape[0], shape[1]), face)
    place &= ~(zones["Right"] | zones["Left"] | (repaint.grow(oval, 0.05 * unit) & (rows > face.brows_y_px)))
    high = place & (rows < face.brows_y_px + LOW_IOD * unit)
    denied = _thick(high & (net < NO_HAIR), unit)
    topmost = _topmost(denied, subject, unit)
    start = _thick(denied & (own > FOREIGN), unit) | topmost
    if start.sum() < 0.3 * LEAST_IOD2 * unit * unit:
        return np.zeros(shape, np.bool_)
    near = _far(lab, lab[start], rng)
    grown = place & ((near < ALIKE) & (near < own) & (near < skin)) | start
    seeded = _kept(grown, start, unit)
    worn = np.zeros_like(seeded)
    _, labels = cv2.connectedComponents(seeded.astype(np.uint8), connectivity=4)
    for number in range(1, int(labels.max()) + 1):
        piece = labels == number
        ring = repaint.grow(piece, 0.05 * unit) & ~repaint.grow(piece, 0.015 * unit)
        small = piece.sum() < SMALL_IOD2 * unit * unit
        amid = ((net > 0.5) & (hair > 0.5) & (own < FOREIGN))[ring].mean()
        gloss = not (topmost & piece).any() and float(np.median(own[piece])) < FOREIGN
        if bare[ring & (subject > 0.5)].mean() < 0.5 and (amid > AMID or not small) and not gloss:
            worn |= piece
    # Its outline and trimmings: what is near it and no hair.
    rim = repaint.grow(worn, RIM_IOD * unit) & (rows < face.brows_y_px + BRIM_IOD * unit) & (net < 0.7)
    worn |= rim & (np.minimum(own, skin) > 0.7 * FOREIGN) & (subject > 0.02)
    worn = _closed(worn, unit)
    edge = repaint.grow(subject < 0.1, RIM_IOD * unit) & repaint.grow(worn, RIM_IOD * unit)
    return np.asarray((worn | edge) & (subject > 0.0))


def held(
    rgba: npt.NDArray[np.uint8], hair: Matte, subject: Matte, oval: Mask, face: CanvasFace, /, *, seed: int
) -> Mask:
    """What hair encloses and is no skin, bool (H, W): parts of a pin that a net takes for half hair. As half skin they
    would stay on the face when the hair moves."""
    unit, lab = face.iod_px, colours.lab(rgba[..., :3]) * _LIGHTNESS
    plain = repaint.grow(oval, -0.1 * unit) & (hair < 0.1)
    plain &= colours.like_skin(rgba[..., :3].astype(np.float32), face, tolerance=14.0)
    foreign = _far(lab, lab[plain], np.random.default_rng(seed)) > FOREIGN
    # Brows and eyes are no pins, even where hair goes all round them.
    curves = [face.curve(part) for eye in topology.EYES for part in (eye.brow, eye.upper + eye.lower)]
    hulls = [repaint.polygon(cv2.convexHull(curve)[:, 0], oval.shape) for curve in curves]
    features = repaint.grow(np.logical_or.reduce(hulls), RIM_IOD * unit)
    count, labels, facts, _ = cv2.connectedComponentsWithStats((hair < ENCLOSING).astype(np.uint8), connectivity=8)
    whole = np.bincount(labels.ravel(), minlength=count)
    own = np.bincount(labels[foreign & ~features & (subject > 0.98)], minlength=count)
    good = [n for n in range(1, count) if facts[n, cv2.CC_STAT_AREA] < HELD_IOD2 * unit**2 and own[n] > 0.5 * whole[n]]
    return np.isin(labels, good) & (labels > 0) if good else np.zeros(oval.shape, np.bool_)


def _far(lab: Floats, samples: Floats, rng: np.random.Generator) -> Floats:
    """Distance of every pixel to the nearest tone of some."""
    return np.asarray(np.sqrt(colours.distance(lab, colours.palette(samples, rng))), np.float32)


def _thick(mask: Mask, unit_px: float) -> Mask:
    return repaint.opened(mask, THIN_IOD * unit_px) & mask


def _topmost(mask: Mask, subject: Matte, unit_px: float) -> Mask:
    """The pieces of a mask that are what lies topmost of the head along `HAT_IOD`."""
    first = np.where((subject > 0.9).any(axis=0), (subject > 0.9).argmax(axis=0), -1)
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=4)
    depth = np.arange(len(mask))[:, None] - first[None, :]
    rim = mask & (depth >= 0) & (depth < 0.12 * unit_px) & (first[None, :] >= 0)
    wide = [n for n in range(1, count) if (rim & (labels == n)).any(axis=0).sum() > HAT_IOD * unit_px]
    return np.isin(labels, wide) & mask if wide else np.zeros_like(mask)


def _closed(mask: Mask, unit_px: float) -> Mask:
    """Without small holes and cracks."""
    closed = repaint.closed(mask, 0.05 * unit_px)
    holes, labels, facts, _ = cv2.connectedComponentsWithStats((~closed).astype(np.uint8), connectivity=4)
    small = [n for n in range(1, holes) if facts[n, cv2.CC_STAT_AREA] < LEAST_IOD2 * unit_px**2]
    return closed | np.isin(labels, small) if small else closed


def _kept(grown: Mask, start: Mask, unit_px: float) -> Mask:
    """The pieces that hang together with the seed, closed and without specks."""
    closed = repaint.closed(grown, 0.03 * unit_px)
    closed = repaint.opened(closed, 0.012 * unit_px)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(closed.astype(np.uint8), connectivity=4)
    seeded = np.bincount(labels[start & closed], minlength=count)
    areas = facts[:, cv2.CC_STAT_AREA]
    good = [n for n in range(1, count) if areas[n] > LEAST_IOD2 * unit_px**2 and seeded[n] > 0.1 * areas[n]]
    return np.isin(labels, good) & closed if good else np.zeros_like(closed)
