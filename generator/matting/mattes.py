"""Which pixel of the canvas belongs to what: subject, hair, head, torso. Soft mattes on the picture's own edges."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.matting import crown, cutout, forehead, fringe, hair_matte, headwear
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

BARE_CHIN: Final = 0.6
"""A chin of which so much is of the colour of skin has no beard."""
SURE_FACE_IOD: Final = 0.06
"""So far inside the outline of the landmarks there is face for sure; the outline itself may reach over the wall."""


@dataclass(frozen=True, slots=True, eq=False)
class Mattes:
    """All (H, W) on the canvas.

    rgba: uint8 (H, W, 4), the canvas itself, a crown painted in where the picture cuts the head off.

    subject: 0..1, the person with hair and clothes. hair: 0..1, at most `subject`.
    head: True above the jaw line (face, ears, hair, hat); below it are neck and clothes.
    oval: True inside the face outline.
    face: 0..1, the bald head: all skin above the jaw line, under the hair too (a skull), without ears beside it.
    torso: 0..1, neck and clothes, under the hair too.
    before: 0..1, where hair lies before the face (above the ear lobes, or over the face); elsewhere it hangs behind it.
    worn: True where a hat, a band or a pin lies on the head; counted with the hair. None is nothing.
    """

    rgba: npt.NDArray[np.uint8]
    subject: Matte
    hair: Matte
    head: Mask
    oval: Mask
    face: Matte
    torso: Matte
    before: Matte
    worn: Mask | None = None


def build(
    rgba: npt.NDArray[np.uint8], person: Matte | None, hair: Matte, face: CanvasFace, /, *,
    edge_px: npt.NDArray[np.intp] | None = None, seed: int = 0,
) -> Mattes:  # fmt: skip
    """rgba: the canvas, uint8 (H, W, 4). person: None where the portrait brings its own alpha.

    edge_px: (W,), the row at which the picture begins, where the canvas is higher; above it a crown may be put.

    seed: of the samples by which colours are compared.
    """
    net, guide = hair, np.ascontiguousarray(rgba[..., :3])
    radius = max(2, round(0.06 * face.iod_px))
    if person is None:
        subject = rgba[..., 3].astype(np.float32) / 255.0
    else:
        inside = rgba[..., 3].astype(np.float32) / 255.0
        subject = cutout.refine(person, guide, radius, contrast=1.8) * inside
    sure = repaint.grow(repaint.polygon(face.oval_px, subject.shape), -SURE_FACE_IOD * face.iod_px)
    subject = np.maximum(subject, sure * (rgba[..., 3] > 127))
    seen = np.arange(len(subject))[:, None] >= (0 if edge_px is None else edge_px[None])
    seen = np.broadcast_to(seen, subject.shape)
    if person is not None:
        subject = cutout.without_background(guide, subject, person, hair, face, seed=seed, edge_px=edge_px)
        subject = cutout.crisp(subject, hair, face)
        subject = cutout.without_slivers(fringe.thinned(guide, subject, seen, face, seed=seed), hair, face)
        if edge_px is not None:
            subject = cutout.whole_at_top(subject, edge_px, face)
    elif (whitened := fringe.on_white(rgba)) is not None:
        subject = fringe.thinned(whitened, subject, seen, face, seed=seed)
        own = fringe.own_colour(whitened, subject, seen, np.zeros_like(seen), face.iod_px)
        rgba = np.where((subject > 0.02)[..., None], np.dstack([own, rgba[..., 3]]), rgba)
    subject = cutout.largest(subject, face)
    if edge_px is not None and edge_px.any():
        cut_off = crown.find(subject, edge_px, face)
        brow = None if cut_off is None else forehead.find(guide, hair, edge_px, cut_off, face)
        if brow is None:
            rgba = crown.painted(rgba, edge_px, cut_off, face, hair=hair)
            hair = crown.continued(hair, edge_px)
        else:
            cut_off = brow.cut
            rgba = forehead.painted(rgba, hair, edge_px, brow, face)
            above = np.arange(len(hair))[:, None] < edge_px[None]
            hair = np.where(above, 1.0 - forehead.skin(edge_px, hair.shape, brow, face.iod_px), hair)
        subject = crown.rounded(subject, edge_px, cut_off)
        guide = np.ascontiguousarray(rgba[..., :3])
    oval = repaint.polygon(face.oval_px, subject.shape)
    hair = hair_matte.completed(rgba, hair, subject, oval, face, seed=seed)
    strands = cutout.refine(hair, guide, max(2, round(0.04 * face.iod_px)), contrast=1.5)
    strands = np.minimum(hair_matte.without_brows(strands * hair_matte.may_be_hair(strands, face), face), subject)
    if person is not None:
        rgba = fringe.own_colour(rgba, subject, seen, repaint.grow(strands > 0.02, 2.0), face.iod_px)
    head = head_region(subject.shape, face)
    head |= _slivers(subject, head, face)
    if (beard := _beard(guide, subject, head, face, seed=seed)).any():
        head |= beard  # and no part of it is hair of the head
        below_lobes = np.arange(subject.shape[0])[:, None] > face.lobes_y_px
        strands = np.where(repaint.grow(oval | beard, 0.06 * face.iod_px) & below_lobes, 0.0, strands)
    # What is neither hair nor a solid piece of anything else is the rim of the hair: it goes with the hair.
    rest = subject - strands
    solid = repaint.grow(repaint.grow(rest > 0.4, -0.03 * face.iod_px), 0.06 * face.iod_px)
    rim = ~solid & (strands < subject) & repaint.grow(strands > 0.5, 0.08 * face.iod_px)
    rim |= ~head & _splinters(rest, subject, strands, face, guide)
    strands = np.where(rim | (head & hair_matte.apart(subject - strands, face, oval)), subject, strands)
    worn = headwear.find(rgba, net, strands, subject, oval, face, seed=seed)
    strands = np.where(worn, subject, strands)  # what lies behind it is painted as behind hair
    rest = np.maximum(subject - strands, 0.0)
    columns = np.abs(np.arange(subject.shape[1])[None, :] - face.centre_x_px)
    skin = oval | (head & (rest > 0.5) & (columns < 0.95 * face.half_width_px))  # without the ears
    under = repaint.grow(skin, 0.35 * face.iod_px) & (strands > 0.02) & repaint.grow(subject > 0.9, -0.05 * face.iod_px)
    rows = np.arange(subject.shape[0])[:, None]
    band = 0.12 * face.iod_px
    above_lobes = smoothstep(rows, face.lobes_y_px + band, face.lobes_y_px - band)
    before = np.maximum(above_lobes, repaint.grow(oval, -0.14 * face.iod_px))
    if hair_matte.hangs_below(strands, face):
        rest = np.where(head & _beside_the_jaw(rgba, head, face), 0.0, rest)
    # Beside the jaw the landmarks' outline may reach over hair that hangs behind it: there only what is seen counts.
    hidden = (_skull(strands, subject, face) | under | (oval & (subject > 0.5))) & (before >= 1.0)
    bald = np.maximum(rest, hidden) * head
    return Mattes(
        rgba=rgba,
        subject=subject,
        hair=strands.astype(np.float32),
        head=head,
        oval=oval,
        face=bald.astype(np.float32),
        torso=_torso(np.maximum(subject - strands, 0.0), strands, head, face),
        before=before.astype(np.float32),
        worn=worn,
    )


def _slivers(subject: Matte, head: Mask, face: CanvasFace) -> Mask:
    """Thin pieces beside jaw and lobes, outside of their landmarks: as parts of the neck they would be left behind."""
    rows = np.arange(len(subject))[:, None]
    outside = (subject > 0.02) & ~head
    solid = repaint.grow(repaint.grow(outside, -0.08 * face.iod_px), 0.16 * face.iod_px)
    return np.asarray(outside & ~solid & repaint.grow(head, 0.25 * face.iod_px) & (rows < face.chin_y_px))


def _beard(
    guide: npt.NDArray[np.uint8], subject: Matte, head: Mask, face: CanvasFace, /, *, seed: int
) -> Mask:  # fmt: skip
    """The part of a beard that hangs below the jaw line: it moves with the jaw, and not with the neck."""
    unit = face.iod_px
    skin = colours.like_skin(guide.astype(np.float32), face, tolerance=20.0)
    lip = face.curve(topology.LIP_LOWER_OUTER)[:, 1].max()
    rows = np.arange(len(subject))[:, None]
    columns = np.abs(np.arange(subject.shape[1])[None, :] - face.centre_x_px)
    chin = repaint.polygon(face.oval_px, subject.shape) & (rows > lip + 0.12 * unit) & (columns < 0.5 * unit)
    if chin.sum() < 50 or skin[chin].mean() > BARE_CHIN:
        return np.zeros(head.shape, np.bool_)
    lab = colours.lab(guide)
    own = colours.distance(lab, colours.palette(lab[chin & ~skin], np.random.default_rng(seed)))
    near = (rows < face.chin_y_px + 0.20 * face.height_px) & (columns < 0.75 * face.half_width_px)
    alike = ~skin & (own < 14.0**2) & near & (subject > 0.5)
    _, labels = cv2.connectedComponents((alike | head).astype(np.uint8), connectivity=4)
    middle = labels[int(face.points_px[topology.NOSE_TIP, 1]), int(face.points_px[topology.NOSE_TIP, 0])]
    hanging = alike & ~head & (labels == middle)
    whole = repaint.grow(repaint.grow(hanging | head, 0.05 * unit), -0.05 * unit)
    return np.asarray(whole & near & ~head & (subject > 0.02))


def _splinters(
    rest: Matte, subject: Matte, hair: Matte, face: CanvasFace, guide: npt.NDArray[np.uint8], /
) -> Mask:  # fmt: skip
    """Thin pieces between hair and background: as clothes they would stay behind when hair swings away.

    As thick as fingers they must have the hair's colours, too.
    """
    lab = colours.lab(guide)
    sure = lab[hair > 0.9]
    foreign = np.linalg.norm(lab - np.median(sure, axis=0), axis=-1) > 35.0 if len(sure) else np.zeros(rest.shape, bool)
    solid = np.zeros(rest.shape, np.bool_)
    for shrink, regrow, pieces in ((0.09, 0.12, rest > 0.4), (0.035, 0.075, (rest > 0.4) & foreign)):
        solid |= repaint.grow(repaint.grow(pieces, -shrink * face.iod_px), regrow * face.iod_px)
    outside = repaint.grow(subject < 0.3, 0.25 * face.iod_px)
    return np.asarray((rest > 0.0) & ~solid & outside & repaint.grow(hair > 0.5, 0.25 * face.iod_px))


def _skull(hair: Matte, subject: Matte, face: CanvasFace) -> Mask:
    """The ellipse of a bald head, as far as hair covers it (generator-notes 3.4)."""
    points = face.points_px
    middle = (points[topology.FOREHEAD] + points[topology.CHIN]) / 2.0 - [0.0, 0.06 * face.height_px]
    axes = (0.54 * 2.0 * face.half_width_px, 0.62 * face.height_px)
    t = np.linspace(0.0, 2.0 * np.pi, 90, endpoint=False)
    ellipse = np.stack([middle[0] + axes[0] * np.cos(t), middle[1] + axes[1] * np.sin(t)], axis=1)
    return repaint.polygon(ellipse, hair.shape) & repaint.grow(subject > 0.9, -0.07 * face.iod_px) & (hair > 0.02)


def _beside_the_jaw(rgba: npt.NDArray[np.uint8], head: Mask, face: CanvasFace) -> Mask:
    """Pixels along the jaw line that are not of the face: the outline of the landmarks may be wider than the jaw.

    A drawn outline, as wide as a few pixels, still belongs to the face.
    """
    shrunk = face.oval_px + (face.oval_px.mean(axis=0) - face.oval_px) * 0.10
    jaw = face.curve(topology.JAW)
    rows = np.arange(head.shape[0])[:, None]
    ring = head & ~repaint.polygon(shrunk, head.shape) & (rows > jaw[[2, -3], 1].min())
    skin = colours.like_skin(rgba[..., :3].astype(np.float32), face, tolerance=24.0)
    return np.asarray(ring & ~repaint.grow(skin, 0.03 * face.iod_px))


def _torso(rest: Matte, hair: Matte, head: Mask, face: CanvasFace) -> Matte:
    """Neck and clothes, also behind the locks that hang between them, and a piece of neck behind the chin."""
    seen = np.where(head, 0.0, rest)
    closed = repaint.grow(repaint.grow(seen > 0.5, 0.12 * face.iod_px), -0.12 * face.iod_px)
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
    broad = repaint.grow(repaint.grow(torso > 0.5, -0.2 * face.iod_px), 0.2 * face.iod_px)  # no fingers
    start = np.where(broad.any(axis=0), broad.argmax(axis=0), top)
    start = np.where(start > top + 0.3 * face.iod_px, start, top)
    reach_px = 0.5 * face.iod_px * _rising(_meet(hair, start, face), face)
    near = (rows < start[None, :] + 2) & (rows > (start - reach_px)[None, :])
    covered = (hair > 0.5) & shoulders[None, :] & near & ~head
    _, labels = cv2.connectedComponents(((torso > 0.5) | covered).astype(np.uint8), connectivity=4)
    sizes = np.bincount(labels[broad], minlength=int(labels.max()) + 1)
    covered &= np.isin(labels, np.flatnonzero(sizes > 0.3 * face.iod_px**2))  # of the body, not of a stray piece
    whole = (torso > 0.5) | covered
    whole = repaint.grow(repaint.grow(whole, 0.04 * face.iod_px), -0.04 * face.iod_px) & ~head & (hair > 0.3)
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


def head_region(shape: tuple[int, int], face: CanvasFace, /) -> Mask:
    """True above the jaw line and, beside it, above the ear lobes (the height of landmarks 132 and 361)."""
    height, width = shape
    jaw = face.curve(topology.JAW)
    lobes = jaw[[2, -3]]  # 132 and 361: about the height of the ear lobes
    below = jaw[2:-2] + (jaw[2:-2] - [face.centre_x_px, lobes[:, 1].mean()]) * 0.035
    outline = np.concatenate([[[-10, lobes[0, 1]]], below, [[width + 10, lobes[1, 1]], [width + 10, -10], [-10, -10]]])
    return repaint.polygon(outline.astype(np.float32), (height, width))
