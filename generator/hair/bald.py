"""The head without hair: what bangs and locks cover is painted as it may look, in the portrait's own way.

Skin is a smooth surface of colour (`skin_tone`) with brows and eyes on it (`unseen`). Where it meets what is seen, it
takes over what the two differ by, and gives it back by and by: no seam shows, and no shadow at the hair's edge is
smeared over the forehead.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.hair import skin_tone, unseen
from generator.hair.over_eyes import OverEyes
from generator.matting.mattes import Mattes
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.repaint import Picture

Mask = npt.NDArray[np.bool_]

UNLIKE, DRAWN_UNLIKE = 13.0, 8.0
"""So many Lab units from the skin's tone, lightness counting a third, is something else than skin."""
EASE_IOD, DRAWN_EASE_IOD = 0.45, 0.15
"""How far under the hair the painted skin still remembers what is seen beside it: light falls off, drawn lines end."""
SEAM_IOD, DRAWN_SEAM_IOD = 0.07, 0.02
RIM_IOD: Final = 0.05
"""Beside hair, so far, what isn't skin is a strand of it or its outline."""


def bald(
    picture: Picture, mattes: Mattes, solid: Picture, face: CanvasFace, /, *, brows_over: frozenset[str] = frozenset(),
    over_eyes: OverEyes | None = None,
) -> Picture:  # fmt: skip
    """Skin above the jaw line painted over the hair, clothes below it filled from clothes. (H, W, 3), 0..255.

    solid: the colour of the hair, everywhere. brows_over: sides whose brow is drawn before it. over_eyes: what goes
    with hair close to the eyes, and what doesn't.
    """
    unit = face.iod_px
    hairless = repaint.grow(mattes.hair < 0.03, -0.02 * unit)
    if over_eyes is not None:
        hairless = (hairless & ~(over_eyes.rim & mattes.head)) | over_eyes.lashes
    there = np.maximum(mattes.face, mattes.torso) > 0.0
    result = picture.copy()
    below = ~mattes.head & hairless & (mattes.torso > 0.97)
    hidden = ~mattes.head & ~hairless & there
    result[hidden] = repaint.fill(picture, below)[hidden]
    if not (mattes.head & ~hairless & there).any():
        return result
    part, painted = _painted(picture, mattes, solid, face, hairless, there, brows_over)
    result[part] = painted[part]
    return result


def _painted(
    picture: Picture, mattes: Mattes, solid: Picture, face: CanvasFace, hairless: Mask, there: Mask,
    brows_over: frozenset[str],
) -> tuple[Mask, Picture]:  # fmt: skip
    """The pixels of the head that hair covers, and the picture with skin there."""
    unit, shape = face.iod_px, hairless.shape
    zones = unseen.zones(shape, face)
    features = zones["Right"] | zones["Left"] | _mouth_and_nose(shape, face)
    inner = repaint.grow(mattes.oval, -0.04 * unit)
    plain = inner & (mattes.subject > 0.97) & ~features & repaint.grow(hairless, -0.05 * unit)
    plain &= colours.like_skin(picture, face, tolerance=22.0)
    tone = skin_tone.tone(picture, plain, face)
    difference = colours.squared(colours.lab(picture) - colours.lab(tone), lightness=0.33)
    alike = difference < (DRAWN_UNLIKE if face.drawn else UNLIKE) ** 2
    rim = repaint.grow(mattes.hair > 0.3, RIM_IOD * unit) & hairless & ~alike & ~features & mattes.oval
    covered = ~hairless | rim
    # Beside the jaw the face lies before the hair, and its edge is what is seen.
    covered &= (mattes.before > 0.5) | (mattes.hair > 0.2)
    base = tone * unseen.features(picture, tone, covered, solid, face, brows_over)
    ears = ~repaint.grow(mattes.oval, 0.12 * unit) & (np.arange(shape[0])[:, None] > face.brows_y_px - 0.1 * unit)
    known = mattes.head & ~covered & alike & ~ears & (mattes.subject > 0.97)
    known &= colours.largest(np.abs(base - tone)) < 10.0
    if known.sum() > 50:
        left = repaint.fill(picture - base, known)
        ease = DRAWN_EASE_IOD if face.drawn else EASE_IOD
        away = cv2.distanceTransform((~known).astype(np.uint8), cv2.DIST_L2, 5)
        base = base + left * cv2.merge([np.exp(-away / (ease * unit))] * 3)
    # Whatever is seen right beside it, a shadow or a wisp of hair, ends softly: no line along the hair's edge.
    seen = mattes.head & ~covered & ~ears & (mattes.subject > 0.97)
    if seen.sum() > 50:
        step = repaint.fill(picture - base, seen)
        away = cv2.distanceTransform((~seen).astype(np.uint8), cv2.DIST_L2, 5)
        seam = DRAWN_SEAM_IOD if face.drawn else SEAM_IOD
        base = base + step * cv2.merge([np.exp(-((away / (seam * unit)) ** 2))] * 3)
    base = base + skin_tone.grain(picture, plain)
    return mattes.head & covered & there, np.clip(base, 0.0, 255.0).astype(np.float32)


def _mouth_and_nose(shape: tuple[int, int], face: CanvasFace) -> Mask:
    """Mouth and nostrils with what is around them."""
    mouth = face.curve(topology.LIP_UPPER_OUTER + topology.LIP_LOWER_OUTER)
    nose = face.curve(topology.NOSE_OUTLINE)
    lower = nose[nose[:, 1] > np.median(nose[:, 1])]
    parts = [repaint.polygon(cv2.convexHull(points)[:, 0], shape) for points in (mouth, lower)]
    return repaint.grow(parts[0] | parts[1], 0.07 * face.iod_px)
