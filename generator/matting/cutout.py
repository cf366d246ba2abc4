"""The person cut out of the background: the net's matte, moved onto the picture's edges and cleaned by colour."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.matting import crown, walls
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

BELIEVED, PALE_BELIEVED = 0.5, 0.8
"""From where the net is believed beside the face, and about what is as white as the wall."""
EARS_IOD, SKIN_LAB, IDEA = 0.45, 12.0, 0.05
"""How far beside the face an ear reaches, within how many Lab units it has the face's tones, and how sure the net must
at least be of it."""
SEAM_PX: Final = 3.0
WHITE: Final = (75.0, 15.0)
"""Lab lightness from which, and chroma up to which, shirts are hard to tell from walls."""


def refine(matte: Matte, guide: npt.NDArray[np.uint8], radius_px: int, /, *, contrast: float = 1.0) -> Matte:
    """A coarse matte moved onto the picture's edges (guided filter, He et al. 2010), then steepened about 0.5."""
    soft = cv2.ximgproc.guidedFilter(guide, matte.astype(np.float32), radius_px, (0.02 * 255) ** 2)
    return np.asarray(np.clip((soft - 0.5) * contrast + 0.5, 0.0, 1.0), np.float32)


def without_background(
    lab: Floats, subject: Matte, person: Matte, hair: Matte, face: CanvasFace, /, *,
    seed: int, edge_px: npt.NDArray[np.intp] | None = None,
) -> Matte:  # fmt: skip
    """Background taken off by colour: whole pieces of wall, then rims about head, neck and hair.

    Clothes as light as the wall are left. lab: the picture, CIE Lab. edge_px: (W,), the row at which it begins; above
    it the canvas mirrors the person, which is no background.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(subject.shape[0])[:, None]
    seen = np.broadcast_to(rows >= (0 if edge_px is None else edge_px[None]), subject.shape)
    outside = (person < 0.03) & seen
    ring = outside & repaint.grow(subject > 0.5, 0.9 * face.iod_px)
    if ring.sum() < 200:
        return subject
    oval = repaint.grow(repaint.polygon(face.oval_px, subject.shape), 0.03 * face.iod_px)
    face_inside = repaint.grow(oval, -0.13 * face.iod_px)
    wall, strands, skin = (
        colours.distance(lab, colours.palette(lab[mask], rng)) for mask in (ring, (hair > 0.9) & seen, face_inside)
    )
    own = np.minimum(strands, skin)
    subject = with_ears(subject, person, skin, wall, face)
    subject = _taken_off(subject, walls.pieces(lab, subject, person, hair, seen, ring, wall, own, face, seed=seed))
    chest = repaint.grow(subject > 0.9, -0.15 * face.iod_px) & (rows > face.chin_y_px + 0.12 * face.height_px)
    own = np.minimum(own, colours.distance(lab, colours.palette(lab[chest & (hair < 0.1)], rng)))
    rim = repaint.grow(subject < 0.5, 0.45 * face.iod_px) & ~oval & (hair < 0.6)
    rim &= (rows < face.chin_y_px + 0.25 * face.height_px) | repaint.grow(hair > 0.6, 0.6 * face.iod_px)
    white = (lab[..., 0] > WHITE[0]) & (np.hypot(lab[..., 1], lab[..., 2]) < WHITE[1])
    pale = white & (rows > face.chin_y_px)
    rim &= doubtful(person, pale=pale, beside=repaint.grow(oval, 0.3 * face.iod_px))
    alike = rim & walls.nearer(wall, own)
    _, labels = cv2.connectedComponents((alike | (subject < 0.3)).astype(np.uint8), connectivity=4)
    reached = alike & np.isin(labels, np.unique(labels[outside]))
    return _taken_off(subject, reached)


def with_ears(subject: Matte, person: Matte, skin: Floats, wall: Floats, face: CanvasFace, /) -> Matte:
    """Ears of which the net has but an idea: beside the face, of its tones and none of the wall's, and one piece with
    it. Rims are left as they are. skin, wall: squared Lab distances of every pixel to the tones of both."""
    unit = face.iod_px
    oval = repaint.polygon(face.oval_px, subject.shape)
    rows = np.arange(len(subject))[:, None]
    place = (rows > face.brows_y_px) & (rows < face.lobes_y_px + 0.2 * unit)
    place = place & repaint.grow(oval, EARS_IOD * unit) & ~oval
    alike = place & (skin < SKIN_LAB**2) & (skin < 0.5 * wall) & (person > IDEA)
    missing = repaint.opened(alike & (subject < 0.8), 0.04 * unit, wider_px=0.02 * unit) & place
    ear = np.zeros_like(oval)
    right = np.arange(subject.shape[1])[None, :] < face.centre_x_px
    for side in (right, ~right):
        if len(spots := np.argwhere(missing & side)):  # ears have no dents
            ear |= repaint.polygon(cv2.convexHull(spots[:, ::-1].astype(np.float32))[:, 0], oval.shape)
    ear = repaint.closed(ear | oval, 0.06 * unit) & place
    _, labels = cv2.connectedComponents((ear | oval).astype(np.uint8), connectivity=4)
    ear &= np.isin(labels, np.unique(labels[oval]))
    return np.maximum(subject, repaint.soft_mask(ear, 1.5))


def doubtful(person: Matte, /, *, pale: Mask, beside: Mask) -> Mask:
    """Where a rim of the wall's colours may be wall whatever the net says, or as far as it isn't sure.

    A temple may lie in the wall's light, and a shirt be as white as the wall: there the net is believed. pale: what is
    white. beside: the face and what is near it.
    """
    return np.asarray((person < np.where(pale, PALE_BELIEVED, BELIEVED)) | ~(pale | beside))


def _taken_off(subject: Matte, pieces: Mask) -> Matte:
    cut = cv2.GaussianBlur(repaint.grow(pieces, 1.0).astype(np.float32), (0, 0), 1.0)
    return np.asarray(subject * (1.0 - np.clip(1.5 * cut, 0.0, 1.0)), np.float32)


def largest(subject: Matte, face: CanvasFace, /) -> Matte:
    """Only what hangs together with the face: other people and specks of the background go."""
    count, labels = cv2.connectedComponents((subject > 0.5).astype(np.uint8), connectivity=8)
    if count <= 2:
        return subject
    nose = np.clip(face.points_px[topology.NOSE_TIP].astype(int), 0, np.array(subject.shape[::-1]) - 1)
    own = labels == labels[nose[1], nose[0]]
    near = repaint.grow(own, 0.08 * face.iod_px)
    return np.asarray(subject * near, np.float32)


def crisp(subject: Matte, hair: Matte, face: CanvasFace, /) -> Matte:
    """Clothes and skin end sharply: where no hair is near, a wide haze (the net isn't sure) becomes an edge."""
    smooth = cv2.GaussianBlur(subject, (0, 0), 0.03 * face.iod_px)
    edge = np.clip((smooth - 0.5) * 0.1 * face.iod_px + 0.5, 0.0, 1.0)
    partial = (subject > 0.02) & (subject < 0.98)
    wide = repaint.opened(partial, 0.03 * face.iod_px, wider_px=0.06 * face.iod_px)
    wide &= ~repaint.grow(hair > 0.3, 0.1 * face.iod_px)
    share = cv2.GaussianBlur(wide.astype(np.float32), (0, 0), 0.015 * face.iod_px)
    return np.asarray(subject + (edge - subject) * share, np.float32)


def without_slivers(subject: Matte, hair: Matte, face: CanvasFace, /) -> Matte:
    """Lines and specks that stick out of clothes go; strands, and what hangs from an ear, stay."""
    body = repaint.opened(subject > 0.5, 0.03 * face.iod_px, wider_px=0.01 * face.iod_px)
    oval = repaint.polygon(face.oval_px, subject.shape)
    kept = body | repaint.grow(hair > 0.3, 0.12 * face.iod_px) | repaint.grow(oval, 0.5 * face.iod_px)
    share = cv2.GaussianBlur(kept.astype(np.float32), (0, 0), 0.7)
    return np.asarray(np.where(kept, subject, subject * share), np.float32)


def without_seam(subject: Matte, edge_px: npt.NDArray[np.intp], face: CanvasFace, /) -> Matte:
    """Beside the face, along the side of a picture that lies aslant on the canvas, a few pixels are left out: they mix
    with what lies beyond. edge_px: (W,), the row at which the picture begins."""
    beyond = (np.arange(len(subject))[:, None] < edge_px[None]) & (edge_px > face.brows_y_px)[None]
    return np.asarray(np.where(repaint.grow(beyond, SEAM_PX), 0.0, subject), np.float32)


def whole_at_top(subject: Matte, edge_px: npt.NDArray[np.intp], face: CanvasFace, /) -> Matte:
    """Notches in a head that just touches the picture's upper edge are filled; beside it there is wall.

    edge_px: (W,), the row at which the picture begins, where the canvas is higher.
    """
    rows = np.arange(len(subject))[:, None]
    inside = (rows >= edge_px[None]) & (rows < edge_px[None] + 0.25 * face.iod_px)
    inside &= rows < face.brows_y_px  # farther down it is the side of a picture taken aslant
    upper = edge_px < face.brows_y_px
    if not (subject[np.minimum(edge_px + 2, len(subject) - 1), np.arange(subject.shape[1])][upper] > 0.5).any():
        return subject  # nothing touches it
    width_px = 0.25 * face.iod_px
    margin = round(width_px) + 2  # or the canvas' own edges would close whatever comes near them
    padded = np.pad(crown.continued(subject, edge_px) > 0.5, ((margin, 0), (0, 0)), mode="edge")
    padded = np.pad(padded, ((0, 0), (margin, margin)))
    closed = repaint.closed(padded, width_px)[margin:, margin:-margin]
    solid = subject > 0.5
    closed &= np.logical_or.accumulate(solid, axis=1) & np.logical_or.accumulate(solid[:, ::-1], axis=1)[:, ::-1]
    filled = cv2.GaussianBlur(closed.astype(np.float32), (0, 0), 0.8)
    return np.where(inside, np.maximum(subject, filled), subject).astype(np.float32)
