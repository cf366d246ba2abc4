"""Which pixel of the canvas belongs to what: subject, hair, head, torso. Soft mattes on the picture's own edges."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from generator.matting import above, covered, cutout, fringe, hair_matte, headwear, jaw, temples
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

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
    forehead_cut: the picture ends within the forehead. guessed: the part of the head above the brows that lies above
    the picture, 0..1.
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
    forehead_cut: bool = False
    guessed: float = 0.0


def build(
    rgba: npt.NDArray[np.uint8], person: Matte | None, hair: Matte, face: CanvasFace, /, *,
    edge_px: npt.NDArray[np.intp] | None = None, seed: int = 0,
) -> Mattes:  # fmt: skip
    """rgba: the canvas, uint8 (H, W, 4). person: None where the portrait brings its own alpha.

    edge_px: (W,), the row at which the picture begins, where the canvas is higher; above it a crown may be put.

    seed: of the samples by which colours are compared.
    """
    net, guide = hair, np.ascontiguousarray(rgba[..., :3])
    lab = colours.lab(guide)
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
    beside = None
    if person is not None:
        subject = cutout.without_background(lab, subject, person, hair, face, seed=seed, edge_px=edge_px)
        subject = cutout.crisp(subject, hair, face)
        subject = cutout.without_slivers(fringe.thinned(lab, subject, seen, face, seed=seed), hair, face)
        if edge_px is not None:
            if temples.is_tight(edge_px, face):
                beside = temples.look(guide, hair, edge_px, face, seed=seed)
                subject = temples.completed(subject, person, hair, beside, edge_px, face, seed=seed)
            else:
                subject = cutout.whole_at_top(subject, edge_px, face)
    elif (whitened := fringe.on_white(rgba)) is not None:
        subject = fringe.thinned(colours.lab(whitened), subject, seen, face, seed=seed)
        own = fringe.own_colour(whitened, subject, seen, np.zeros_like(seen), face.iod_px)
        rgba = np.where((subject > 0.02)[..., None], np.dstack([own, rgba[..., 3]]), rgba)
        lab = colours.lab(rgba[..., :3])
    if edge_px is not None:
        subject = cutout.without_seam(subject, edge_px, face)
    subject = cutout.largest(subject, face)
    whole = None
    if edge_px is not None and edge_px.any():
        whole = above.completed(rgba, subject, hair, edge_px, face, seen=beside, seed=seed)
        if whole.rgba is not rgba:
            guide = np.ascontiguousarray(whole.rgba[..., :3])
            lab = colours.lab(guide)
        rgba, subject, hair = whole.rgba, whole.subject, whole.hair
        net = np.where(seen, net, hair) if whole.made else net  # the net saw a mirror image there
    oval = repaint.polygon(face.oval_px, subject.shape)
    hair = hair_matte.completed(lab, hair, subject, oval, face, seed=seed)
    strands = cutout.refine(hair, guide, max(2, round(0.04 * face.iod_px)), contrast=1.5)
    strands = np.minimum(hair_matte.without_brows(strands * hair_matte.may_be_hair(strands, face), face), subject)
    if person is not None:
        rgba = fringe.own_colour(rgba, subject, seen, repaint.grow(strands > 0.02, 2.0), face.iod_px)
    head = jaw.head_region(subject.shape, face)
    head |= jaw.slivers(subject, head, face)
    if (beard := jaw.beard(lab, subject, head, face, seed=seed)).any():
        head |= beard  # and no part of it is hair of the head
        below_lobes = np.arange(subject.shape[0])[:, None] > face.lobes_y_px
        strands = np.where(repaint.grow(oval | beard, 0.06 * face.iod_px) & below_lobes, 0.0, strands)
    # What is neither hair nor a solid piece of anything else is the rim of the hair: it goes with the hair.
    rest = subject - strands
    solid = repaint.opened(rest > 0.4, 0.03 * face.iod_px, wider_px=0.03 * face.iod_px)
    rim = ~solid & (strands < subject) & repaint.grow(strands > 0.5, 0.08 * face.iod_px)
    rim |= ~head & hair_matte.splinters(rest, subject, strands, face, lab)
    strands = np.where(rim | (head & hair_matte.apart(subject - strands, face, oval)), subject, strands)
    worn = headwear.find(rgba, net, strands, subject, oval, face, seed=seed)
    worn_or_held = worn | headwear.held(rgba, strands, subject, oval, face, seed=seed)
    strands = np.where(worn_or_held, subject, strands)  # what lies behind it is painted as behind hair
    rest = np.maximum(subject - strands, 0.0)
    columns = np.abs(np.arange(subject.shape[1])[None, :] - face.centre_x_px)
    skin = oval | (head & (rest > 0.5) & (columns < 0.95 * face.half_width_px))  # without the ears
    under = repaint.grow(skin, 0.35 * face.iod_px) & (strands > 0.02) & repaint.grow(subject > 0.9, -0.05 * face.iod_px)
    rows = np.arange(subject.shape[0])[:, None]
    band = 0.12 * face.iod_px
    above_lobes = smoothstep(rows, face.lobes_y_px + band, face.lobes_y_px - band)
    before = np.maximum(above_lobes, repaint.grow(oval, -0.14 * face.iod_px))
    if hair_matte.hangs_below(strands, face):
        rest = np.where(head & jaw.beside(colours.lab(rgba[..., :3]), head, face), 0.0, rest)
    # Beside the jaw the landmarks' outline may reach over hair that hangs behind it: there only what is seen counts.
    hidden = (covered.skull(strands, subject, face) | under | (oval & (subject > 0.5))) & (before >= 1.0)
    bald = np.maximum(rest, hidden) * head
    return Mattes(
        rgba=rgba,
        subject=subject,
        hair=strands.astype(np.float32),
        head=head,
        oval=oval,
        face=bald.astype(np.float32),
        torso=covered.torso(np.maximum(subject - strands, 0.0), strands, head, face),
        before=before.astype(np.float32),
        worn=worn,
        forehead_cut=whole is not None and whole.forehead,
        guessed=0.0 if whole is None else whole.guessed,
    )
