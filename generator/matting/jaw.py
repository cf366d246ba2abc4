"""Where the head ends: at the jaw line, and with a beard below it. What lies along it is of one side or the other."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

BARE_CHIN: Final = 0.6
"""A chin of which so much is of the colour of skin has no beard."""


def head_region(shape: tuple[int, int], face: CanvasFace, /) -> Mask:
    """True above the jaw line and, beside it, above the ear lobes (the height of landmarks 132 and 361)."""
    height, width = shape
    jaw = face.curve(topology.JAW)
    lobes = jaw[[2, -3]]  # 132 and 361: about the height of the ear lobes
    below = jaw[2:-2] + (jaw[2:-2] - [face.centre_x_px, lobes[:, 1].mean()]) * 0.035
    outline = np.concatenate([[[-10, lobes[0, 1]]], below, [[width + 10, lobes[1, 1]], [width + 10, -10], [-10, -10]]])
    return repaint.polygon(outline.astype(np.float32), (height, width))


def slivers(subject: Matte, head: Mask, face: CanvasFace) -> Mask:
    """Thin pieces beside jaw and lobes, outside of their landmarks: as parts of the neck they would be left behind."""
    rows = np.arange(len(subject))[:, None]
    outside = (subject > 0.02) & ~head
    solid = repaint.opened(outside, 0.08 * face.iod_px, wider_px=0.08 * face.iod_px)
    return np.asarray(outside & ~solid & repaint.grow(head, 0.25 * face.iod_px) & (rows < face.chin_y_px))


def beard(
    lab: Floats, subject: Matte, head: Mask, face: CanvasFace, /, *, seed: int
) -> Mask:  # fmt: skip
    """The part of a beard that hangs below the jaw line: it moves with the jaw, and not with the neck."""
    unit = face.iod_px
    skin = colours.near_skin(lab, face, tolerance=20.0)
    lip = face.curve(topology.LIP_LOWER_OUTER)[:, 1].max()
    rows = np.arange(len(subject))[:, None]
    columns = np.abs(np.arange(subject.shape[1])[None, :] - face.centre_x_px)
    chin = repaint.polygon(face.oval_px, subject.shape) & (rows > lip + 0.12 * unit) & (columns < 0.5 * unit)
    if chin.sum() < 50 or skin[chin].mean() > BARE_CHIN:
        return np.zeros(head.shape, np.bool_)
    own = colours.distance(lab, colours.palette(lab[chin & ~skin], np.random.default_rng(seed)))
    near = (rows < face.chin_y_px + 0.20 * face.height_px) & (columns < 0.75 * face.half_width_px)
    alike = ~skin & (own < 14.0**2) & near & (subject > 0.5)
    _, labels = cv2.connectedComponents((alike | head).astype(np.uint8), connectivity=4)
    middle = labels[int(face.points_px[topology.NOSE_TIP, 1]), int(face.points_px[topology.NOSE_TIP, 0])]
    hanging = alike & ~head & (labels == middle)
    whole = repaint.closed(hanging | head, 0.05 * unit)
    return np.asarray(whole & near & ~head & (subject > 0.02))


def beside(lab: Floats, head: Mask, face: CanvasFace) -> Mask:
    """Pixels along the jaw line that are not of the face: the outline of the landmarks may be wider than the jaw.

    A drawn outline, as wide as a few pixels, still belongs to the face.
    """
    shrunk = face.oval_px + (face.oval_px.mean(axis=0) - face.oval_px) * 0.10
    jaw = face.curve(topology.JAW)
    rows = np.arange(head.shape[0])[:, None]
    ring = head & ~repaint.polygon(shrunk, head.shape) & (rows > jaw[[2, -3], 1].min())
    skin = colours.near_skin(lab, face, tolerance=24.0)
    return np.asarray(ring & ~repaint.grow(skin, 0.03 * face.iod_px))
