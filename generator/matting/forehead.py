"""A picture that ends within the forehead: the rest of the forehead, a hairline and a head of hair are painted in.

`crown` carries on the colours of the cut, which is right for hair and wrong for a forehead. Here skin goes on up to
where hairlines are, above every bare part of the cut, and hair of the tones that are seen beside the face goes over
it. Who shows no hair there gets a bald head.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.hair import skin_tone
from generator.matting import dome, hair_matte, locks
from generator.matting.crown import Cut, Picture, Rows
from generator.matting.dome import Dome
from generator.matting.temples import Temples
from generator.moving.measures import CanvasFace
from generator.tools import repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

WIDE: Final = 0.55
"""The bare part of such a cut, in halves of the face's width; less is a parting or a lock, and left to `crown`."""
LEAST_RUN_IOD: Final = 0.12
"""A narrower bare piece of the cut lies between strands."""
ALIKE, GLARE, OWN = 14.0, 35.0, 8.0
"""Lab units from the face's tones within which a cut may be bare; a hat is neither skin nor hair. Within the second
what is far more like skin than like the hair that is seen: a forehead in glaring light. Within the third such a colour
is skin, whatever a net says."""
HAIRLINE, HAIR_TOP, BALD_TOP = 0.09, 0.39, 0.29
"""Above the top of the face outline, in face heights: medians of heads that are seen whole."""
ARCH: Final = 0.16
"""Least height of skin above the cut, in widths of its bare part."""
ROUND: Final = 0.55
"""Least height of what is added above the cut, in halves of its width, and of a face's at most."""
SOFT_IOD, FLAT_IOD = 0.05, 0.012
"""Half the width of a hairline, and of a drawn one."""
UNEVEN: Final = 0.16
"""How far single hairs stand out at the hairline, in its widths."""
STRAYS_IOD: Final = 0.011
"""And at the outline of the head."""
SHADED: Final = 0.16
"""How much darker skin is at the outline than at the cut."""
STRIP_IOD: Final = 0.12
"""So far below the cut the picture is looked at for what goes on above it."""
TIED_IOD: Final = 0.16
"""Over which painted hair takes the colours of the hair at the cut."""


@dataclass(frozen=True, slots=True, eq=False)
class Forehead:
    """outline: of the head. bare: of the skin above each bare part of the cut; without hair, none: all is bare.

    flat: a drawing without grain, whose hairline is an edge. swept: long hair, that lies along the head; short hair is
    brushed back, away from the face.
    """

    outline: Dome
    bare: tuple[Dome, ...]
    flat: bool
    swept: bool


def find(
    hair: Matte, seen: Temples, edge_px: Rows, cut: Cut, face: CanvasFace, /, *, seed: int = 0
) -> Forehead | None:  # fmt: skip
    """Whether the cut runs through the forehead, and what then lies above it. hair: the engine's."""
    runs = _bare_runs(hair, seen, edge_px, cut, face, seed=seed)
    if not runs or max(right - left for left, right in runs) < WIDE * face.half_width_px:
        return None
    hairy, height = bool(seen.sample.any()), face.height_px
    highest = float(edge_px[runs[0][0] : runs[-1][1] + 1].min())
    top = float(face.oval_px[:, 1].min()) - (HAIR_TOP if hairy else BALD_TOP) * height
    least = ROUND * min(cut.half_px, 1.25 * face.half_width_px)
    outline = _outline(edge_px, cut, face, max(min(top, highest - least), 2.0))
    bare = tuple(_skin_above(run, edge_px, outline, face) for run in runs) if hairy else ()
    flat = not skin_tone.grain(np.asarray(seen.lab[..., :1] * [2.55] * 3, np.float32), seen.plain).any()
    return Forehead(outline, bare, flat, hair_matte.hangs_below(hair, face))


def upper(edge_px: Rows, /) -> Mask:
    """(W,): columns in which the picture begins at its upper edge, and not at a side of a picture taken aslant."""
    padded = np.pad(edge_px, 2, mode="edge")
    return np.asarray(np.abs(padded[4:] - padded[:-4]) <= 4)


def _bare_runs(
    hair: Matte, seen: Temples, edge_px: Rows, cut: Cut, face: CanvasFace, *, seed: int
) -> list[tuple[int, int]]:  # fmt: skip
    """First and last columns of the parts of the cut where there is skin."""
    columns = np.arange(cut.left_px, cut.right_px + 1)
    down = np.arange(3, 3 + max(3, round(0.05 * face.iod_px)))
    at = np.minimum(edge_px[columns][None] + down[:, None], len(hair) - 1), columns[None]
    tone, lock = np.median(seen.off_skin[at], axis=0), np.median(seen.off_hair(seed)[at], axis=0)
    matte = hair[at].mean(axis=0)
    bare = (tone < ALIKE) & (((tone < lock) & (matte < 0.7)) | (matte < 0.15))
    bare |= (tone < GLARE) & (tone < 0.5 * lock) & (matte < 0.5)
    bare |= (tone < OWN) & (tone < 0.4 * lock)
    bare &= (np.abs(columns - face.centre_x_px) < 1.1 * face.half_width_px) & upper(edge_px)[columns]
    bare = cv2.medianBlur(bare.astype(np.uint8)[None], 5)[0] > 0
    changes = np.flatnonzero(np.diff(np.concatenate([[False], bare, [False]]).astype(int)))
    runs = [(int(columns[a]), int(columns[b - 1])) for a, b in zip(changes[::2], changes[1::2], strict=True)]
    return [run for run in runs if run[1] - run[0] >= LEAST_RUN_IOD * face.iod_px]


def _outline(edge_px: Rows, cut: Cut, face: CanvasFace, top_px: float) -> Dome:
    """The head's outline through both ends of the cut; where a side of the picture cuts the head, too, as far out as on
    the other side."""
    level = upper(edge_px)
    within = np.flatnonzero(level[cut.left_px : cut.right_px + 1]) + cut.left_px
    ends = [(float(x), float(edge_px[x])) for x in (within[0], within[-1])]
    middle = face.centre_x_px, max(face.brows_y_px, float(edge_px[within].max()) + 1.0)
    found = dome.through(middle, top_px, ends[0], ends[1])
    whole = [bool(level[end]) and 3 <= end < len(level) - 3 for end in (cut.left_px, cut.right_px)]
    left, right = found.left_px, found.right_px
    if whole[0] != whole[1]:
        left, right = (left, max(right, left)) if whole[0] else (max(left, right), right)
    return Dome(middle, found.tall_px, left, right)


def _skin_above(run: tuple[int, int], edge_px: Rows, outline: Dome, face: CanvasFace) -> Dome:
    """The skin above a bare part of the cut, up to the hairline."""
    left, right = run
    ends = (float(left), float(edge_px[left])), (float(right), float(edge_px[right]))
    highest = float(edge_px[left : right + 1].min())
    if right - left > WIDE * face.half_width_px and left < face.centre_x_px < right:
        middle = outline.middle_px
        top = min(float(face.oval_px[:, 1].min()) - HAIRLINE * face.height_px, highest - ARCH * (right - left))
    else:
        middle = (left + right) / 2.0, max(ends[0][1], ends[1][1]) + 1.0
        top = highest - 2.0 * ARCH * (right - left)
    room = highest - (outline.middle_px[1] - outline.tall_px)
    return dome.through(middle, max(top, highest - 0.62 * room), *ends)


def skin(brow: Forehead, shape: tuple[int, int], face: CanvasFace, /) -> Matte:
    """(H, W), of what lies above the picture's edge: 1 on the forehead, 0 on the hair over it, soft between."""
    if not brow.bare:
        return np.ones(shape, np.float32)
    inside, columns = np.zeros(shape), np.arange(shape[1])[None]
    soft_px = (FLAT_IOD if brow.flat else SOFT_IOD) * face.iod_px
    uneven = 0.0 if brow.flat else UNEVEN * locks.uneven(brow.outline.turn(shape) * brow.outline.tall_px, face.iod_px)
    for part in brow.bare:
        size = min(part.tall_px, part.left_px, part.right_px)
        soft = np.clip((1.0 - part.level(shape)) * size / (2.0 * soft_px) + 0.5 + uneven, 0.0, 1.0)
        inside = np.maximum(inside, soft * ((columns >= part.ends_px[0]) & (columns <= part.ends_px[1])))
    return inside.astype(np.float32)


def rounded(subject: Matte, edge_px: Rows, brow: Forehead, face: CanvasFace, /) -> Matte:
    """The subject with the head's outline above the picture."""
    above, outline = np.arange(len(subject))[:, None] < edge_px[None], brow.outline
    inward_px = (1.0 - outline.level(subject.shape)) * min(outline.tall_px, outline.left_px, outline.right_px)
    soft_px = 1.5
    if brow.bare and not (
        brow.flat or brow.swept
    ):  # single hairs, and none at the cut, where the outline is the picture's
        risen = np.clip((edge_px[None] - np.arange(len(subject))[:, None]) / (0.5 * face.iod_px), 0.0, 1.0)
        hairs = locks.uneven(outline.turn(subject.shape) * outline.tall_px, face.iod_px)
        inward_px = inward_px + STRAYS_IOD * face.iod_px * risen * hairs
        soft_px = 1.5 + 0.5 * STRAYS_IOD * face.iod_px
    inside = np.clip(inward_px / soft_px + 0.5, 0.0, 1.0)
    return np.where(above, inside, subject).astype(np.float32)


def painted(
    canvas: Picture, hair: Matte, seen: Temples, edge_px: Rows, brow: Forehead, face: CanvasFace, /, *, seed: int = 0
) -> Picture:  # fmt: skip
    """The canvas, uint8 (H, W, C), with forehead and hair above the picture's edge."""
    unit, tone = face.iod_px, skin_tone.tone(canvas[..., :3].astype(np.float32), seen.plain, face)
    depth = min(len(canvas), int(edge_px.max() + 2.0 * STRIP_IOD * unit))  # nothing below that is looked at or painted
    shape, rows = (depth, canvas.shape[1]), np.arange(depth)[:, None]
    colour, off_skin, hair_above = canvas[:depth, :, :3].astype(np.float32), seen.off_skin[:depth], hair[:depth]
    above = rows < edge_px[None] + 2
    strip = ~above & (rows < edge_px[None] + STRIP_IOD * unit)
    result = tone[:depth] + _carried_on(colour - tone[:depth], strip & (off_skin < ALIKE), 0.03 * unit)
    risen = np.clip((edge_px[None] - rows) / (0.4 * unit), 0.0, 1.0)
    result *= (1.0 - SHADED * risen * np.clip(brow.outline.level(shape), 0.0, 1.0) ** 4)[..., None]
    result = result + skin_tone.grain(canvas[..., :3].astype(np.float32), seen.plain, seed=seed)[:depth]
    if brow.bare:
        locks_seen = strip & ((off_skin > ALIKE) | (hair_above > 0.7)) & (hair_above > 0.3)
        widest = max(brow.bare, key=lambda part: part.left_px + part.right_px)
        drawn = locks.between(
            canvas[..., :3].astype(np.float32), seen.sample, widest, brow.outline, unit,
            rows=depth, swept=brow.swept, seed=seed,
        )  # fmt: skip
        drawn = locks.tied(drawn, colour, locks_seen, TIED_IOD * unit)
        drawn = locks.grown_out(drawn, colour, hair_above * (off_skin > ALIKE), edge_px, unit)
        result = drawn + (result - drawn) * skin(brow, shape, face)[..., None]
    done = canvas.copy()
    done[:depth, :, :3][above] = np.clip(result + 0.5, 0, 255).astype(np.uint8)[above]
    return done


def _carried_on(off: Floats, known: Mask, sigma_px: float) -> Floats:
    """By how much what is seen differs from what was made, smoothed, and carried on from where that is known."""
    if not known.any():
        return np.zeros_like(off)
    smooth, weight = repaint.spread(off, known, sigma_px)
    return repaint.fill(smooth, weight > 0.3)
