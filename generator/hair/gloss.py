"""Gloss on hair: light that a net takes for something else, in the middle of the hair.

A piece of the head above the brows that hangs together with nothing of the face, and hasn't the colours of its skin, is
hair. Skin that shows between two strands has them.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.matting.mattes import Mattes
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.repaint import Picture

Floats = npt.NDArray[np.float32]

SKIN: Final = 0.3
"""Of skin, more than this share has the colours of skin."""
TOLERANCE: Final = 20.0
"""Lab units, lightness counting less: `colours.like_skin`."""
RIM_IOD: Final = 0.03
"""Around such a piece the net's doubt goes on a little."""


def completed(picture: Picture, mattes: Mattes, face: CanvasFace, /) -> Floats:
    """The hair's matte (H, W) with its gloss."""
    rows = np.arange(len(mattes.hair))[:, None]
    rest = mattes.head & (mattes.hair < 0.5) & (mattes.subject > 0.5)
    count, labels, facts, _ = cv2.connectedComponentsWithStats(rest.astype(np.uint8), connectivity=4)
    face_below = (rows > face.brows_y_px) & mattes.oval
    within = mattes.oval & (rows < face.brows_y_px)
    own = np.unique(labels[face_below])
    candidates = np.setdiff1d(np.unique(labels[within & rest]), np.append(own, 0))
    if count == 1 or not len(candidates):
        return mattes.hair
    skin = colours.like_skin(picture, face, tolerance=TOLERANCE)
    like = np.bincount(labels[skin], minlength=count) / np.maximum(facts[:, cv2.CC_STAT_AREA], 1)
    gloss = candidates[like[candidates] < SKIN]
    if not len(gloss):
        return mattes.hair
    piece = repaint.grow(np.isin(labels, gloss), RIM_IOD * face.iod_px) & mattes.head & ~np.isin(labels, own[own > 0])
    return np.where(piece, mattes.subject, mattes.hair).astype(np.float32)
