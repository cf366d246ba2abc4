"""Wall that the net took for the person: pieces of the background's colours that no edge parts from the background.

Where a real silhouette runs there is an edge, however alike clothes and wall may be; where the net was led astray,
its outline crosses an even wall. So a piece counts as wall when the picture is as calm along the net's outline as in
the background itself. Below the chin, where clothes may be of any colour, more is asked than beside head and neck.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Box = tuple[slice, slice]

ALIKE: Final = 12.0
"""Lab units from the background's tones within which a pixel may be background."""
TELLING: Final = 6.0
"""Lab units from the person's own tones up to which a pixel may always be the person's."""
UNLIKE: Final = 22.0
"""Lab units from hair, face and clothes at which a piece can't be theirs."""
CALM, CALM_LEAST = 2.5, 0.5
"""An outline is no edge up to so many times the background's own unrest, and so many Lab units per pixel."""
BESIDE: Final = 0.3
"""A piece of which this share lies above the chin lies beside head and neck."""
COLOURFUL: Final = 25.0
"""Lab chroma of a wall that below the chin can be told from clothes; pale clothes before pale walls are left whole."""
FLAT, FLAT_ALIKE = 0.3, 6.0
"""Unrest of a background that is one flat colour; in it also pieces enclosed by the person are looked for."""
SHUT_IN, AMID_HAIR, DOUBTED, NEARER = 0.15, 0.5, 0.8, 2.0
"""A piece of which no more than this share lies at the outline and at least this part of the rest of its rim at hair,
of which the net isn't surer, and which is so many times nearer to the background's tones than to any of the person's,
is wall between strands wherever it lies."""
LEAST_IOD2: Final = 0.004
"""Pieces smaller than this, in squared inter-iris distances, are left to the finer means."""


def nearer(wall: Floats, own: Floats, /) -> Mask:
    """Pixels of the wall's colours by squared Lab distance to its tones and to the person's own: where both are alike,
    as dark hair and a dark room are, there is no telling."""
    return np.asarray((wall < ALIKE**2) & (wall < 0.5 * own) & (own > TELLING**2))


def pieces(
    lab: Floats, subject: Matte, person: Matte, hair: Matte, seen: Mask, ring: Mask, wall: Floats, own: Floats,
    face: CanvasFace, /, *, seed: int,
) -> Mask:  # fmt: skip
    """Pixels of `subject` that are wall.

    person, hair: the nets' own words. seen: where the picture is. ring: background about the person. wall, own:
    squared Lab distance of every pixel to the tones of the ring, and to those of hair and face.
    """
    unit = face.iod_px
    rows = np.arange(len(lab))[:, None]
    oval = repaint.grow(repaint.polygon(face.oval_px, subject.shape), 0.03 * unit)
    alike = nearer(wall, own) & ~oval & (subject > 0.3) & seen
    if not alike.any():
        return alike
    unrest = _unrest(lab)
    usual = float(np.median(unrest[ring]))
    if usual >= FLAT:  # no bridges of a pixel or two
        alike = repaint.opened(alike, 2.0)
    clothes = repaint.grow(subject > 0.9, -0.12 * unit) & (rows > face.chin_y_px + 0.1 * unit) & ~alike
    worn = colours.distance(lab, colours.palette(lab[clothes], np.random.default_rng(seed)))
    unlike = np.sqrt(np.minimum(own, worn))
    calm = CALM * usual + CALM_LEAST
    count, labels, stats, _ = cv2.connectedComponentsWithStats(alike.astype(np.uint8), connectivity=4)
    at_outside, at_person = _borders(alike, subject, seen)
    by_hair = repaint.grow((hair > 0.5) & ~alike, 3.5)
    found = np.zeros(count, np.bool_)
    for number in range(1, count):
        area = stats[number][4]
        if area < (LEAST_IOD2 * unit**2 if usual >= FLAT else 6):
            continue
        box, piece = _piece(labels, stats, number)
        edge, inner = _median(unrest[box][piece & at_outside[box]]), _median(unrest[box][piece & at_person[box]])
        other, near = float(np.median(unlike[box][piece])), float(np.sqrt(np.median(wall[box][piece])))
        beside = float((piece & (rows[box[0]] < face.chin_y_px)).sum()) >= BESIDE * area
        tone = np.median(lab[box][piece], axis=0)
        colourful = float(np.hypot(tone[1], tone[2])) > COLOURFUL
        shut_in = float((piece & at_outside[box]).sum()) < SHUT_IN * area
        shut_in = shut_in and float(by_hair[box][piece & at_person[box]].mean()) > AMID_HAIR
        if shut_in and other > NEARER * near and float(np.median(person[box][piece])) < DOUBTED:
            found[number] = True
        elif usual < FLAT and near < FLAT_ALIKE and other > UNLIKE:
            found[number] = beside or colourful
        elif beside:
            found[number] = edge < calm or (other > UNLIKE and edge < 0.75 * inner)
        else:
            found[number] = colourful and other > UNLIKE and edge < min(calm, 0.5 * inner)
    return np.asarray(found[labels])


def _borders(alike: Mask, subject: Matte, seen: Mask) -> tuple[Mask, Mask]:
    """Where pieces lie close to the outside, and to what else there is of the person."""
    outside, person = (subject < 0.3) & seen, (subject > 0.3) & ~alike & seen
    return repaint.grow(outside, 2.5), repaint.grow(person, 2.5)


def _piece(labels: npt.NDArray[np.int32], stats: npt.NDArray[np.int32], number: int) -> tuple[Box, Mask]:
    x, y, width, height, _ = stats[number]
    box = slice(max(0, y - 1), y + height + 1), slice(max(0, x - 1), x + width + 1)
    return box, np.asarray(labels[box] == number)


def _median(values: Floats) -> float:
    """Infinite where there are next to none."""
    return float(np.median(values)) if len(values) >= 5 else np.inf


def _unrest(lab: Floats) -> Floats:
    """The greatest slope of the colours near each pixel, Lab units per pixel."""
    soft = cv2.GaussianBlur(lab, (0, 0), 1.2)
    across, down = (cv2.Sobel(soft, cv2.CV_32F, *axis, ksize=3) / 8.0 for axis in ((1, 0), (0, 1)))
    slope = np.sqrt((across**2 + down**2).sum(axis=-1))
    return np.asarray(cv2.dilate(slope, np.ones((5, 5))), np.float32)
