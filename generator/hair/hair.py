"""The hair lifted off the portrait: its opacity, its own colour, and the picture without it."""

from dataclasses import dataclass, replace
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.hair import bald, brows_over
from generator.hair.over_eyes import OverEyes
from generator.matting import hair_matte
from generator.matting.mattes import Mattes
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]

UNDER_IOD: Final = 0.06
"""Under what is worn, hair ends so far from its edge."""
THIN: Final = 0.75
"""Through thicker hair nothing of what lies behind it need be left as it was."""


@dataclass(frozen=True, slots=True, eq=False)
class Hair:
    """alpha: float32 (H, W). colour: float32 (H, W, 3), such that hair over what lies behind it is the portrait again.

    bare: the picture without hair, skin and clothes painted in. solid: the colours of thick hair, spread everywhere.
    """

    alpha: Floats
    colour: Picture
    bare: Picture
    solid: Picture
    brows: Floats
    brow_colour: Picture


def lift(
    picture: Picture, mattes: Mattes, face: CanvasFace, /, *, over_eyes: OverEyes | None = None
) -> Hair:  # fmt: skip
    """Separate the hair from what lies behind it. over_eyes: what goes with hair close to eyes, and what doesn't."""
    unit, portrait = face.iod_px, picture
    over = brows_over.find(portrait, mattes.hair, face)
    picture = over.without
    worn = np.zeros(mattes.hair.shape, np.bool_) if mattes.worn is None else mattes.worn
    solid = repaint.fill(picture, (mattes.hair > 0.95) & ~repaint.grow(worn, 0.03 * unit))
    bare = bald.bald(picture, mattes, solid, face, brows_over=over.sides, over_eyes=over_eyes)
    if worn.any():
        picture, mattes = _under(picture, mattes, worn, solid, unit)
    covered = np.maximum(mattes.face, mattes.torso) > 0.5
    behind = np.where(covered[..., None], bare, _background(picture, mattes, unit))
    painted = colours.largest(np.abs(bare - picture)) > 1.0
    near = repaint.grow(mattes.hair > 0.1, 0.05 * unit) | (painted & (mattes.before > 0.9))
    near &= (mattes.subject > 0.0) & (mattes.before > 0.0)
    for zone, least in zip(hair_matte.feature_zones(mattes.hair.shape, face), (0.1, 0.1, 0.3, 0.3), strict=True):
        near &= ~zone | (mattes.hair > least)  # dark lashes close to a lock are still lashes
    if over_eyes is not None:
        near = (near | over_eyes.rim) & ~over_eyes.lashes
    alpha = np.where(near, np.maximum(mattes.hair, _least_alpha(picture, behind)), mattes.hair)
    alpha = np.minimum(alpha, mattes.subject).astype(np.float32)
    alpha[alpha < 0.02] = 0.0
    thick = cv2.merge([np.maximum(alpha, np.float32(0.04))] * 3)
    colour = np.clip((picture - (1.0 - thick) * behind) / thick, 0.0, 255.0)
    bare = _exact(picture, alpha, colour.astype(np.float32), bare, mattes.before > 0.5)
    # Beside the jaw the face lies before the hair: there the hair's rim is what is seen, unmixed.
    jaw = repaint.grow(mattes.head & (mattes.face > 0.05) & (mattes.hair < 0.97), 0.06 * unit)
    thin = np.where(jaw, np.clip(2.0 - 2.0 * alpha, 0.0, 1.0), np.clip(1.0 - 3.0 * alpha, 0.0, 1.0))
    beside = (1.0 - mattes.before) * thin
    colour += (solid - colour) * beside[..., None]
    drawn = cv2.merge([np.maximum(over.alpha, np.float32(0.04))] * 3)
    brow_colour = np.clip((portrait - (1.0 - drawn) * picture) / drawn, 0.0, 255.0).astype(np.float32)
    return Hair(alpha, colour.astype(np.float32), bare, solid, over.alpha, brow_colour)


def _under(
    picture: Picture, mattes: Mattes, worn: npt.NDArray[np.bool_], solid: Picture, unit: float
) -> tuple[Picture, Mattes]:
    """The picture and its hair as they would be without what is worn on it: hair, away from the silhouette."""
    inside = repaint.grow(worn, -1.0)
    within = repaint.grow(mattes.subject > 0.9, -UNDER_IOD * unit)
    hair = np.where(worn & ~within, 0.0, mattes.hair).astype(np.float32)
    return np.where(inside[..., None], solid, picture), replace(mattes, hair=hair)


def _exact(
    picture: Picture, alpha: Floats, colour: Picture, bare: Picture, before: npt.NDArray[np.bool_]
) -> Picture:  # fmt: skip
    """The bare picture such that hair over it is the portrait again, where hair too thin to make up for it is left."""
    opaque = cv2.merge([alpha] * 3)
    missing = picture - (colour * opaque + bare * (1.0 - opaque))
    put_back = (colours.largest(np.abs(missing)) > 1.0) & (alpha < THIN) & before
    through = np.maximum(1.0 - opaque[put_back], 1.0 - THIN)
    settled = bare.copy()
    settled[put_back] = np.clip(bare[put_back] + missing[put_back] / through, 0.0, 255.0)
    return settled


def _least_alpha(picture: Picture, behind: Picture) -> Floats:
    """The least opacity with which any colour (0..255) over `behind` can give `picture`."""
    darker = 1.0 - picture / np.maximum(behind, 1.0)
    brighter = (picture - behind) / np.maximum(255.0 - behind, 1.0)
    needed = colours.largest(np.maximum(darker, brighter))
    return np.asarray(np.where(needed > 0.03, np.clip(1.15 * needed, 0.0, 1.0), 0.0), np.float32)


def _background(picture: Picture, mattes: Mattes, unit_px: float) -> Picture:
    return repaint.fill(picture, repaint.grow(mattes.subject < 0.02, -0.03 * unit_px))
