"""What a tightly cut picture shows beside the face: whether there is hair, where, and of which tones.

There the nets are unsure of everything, and hardly any background is seen by which to tell hair from it. So it is told
from skin: what a net takes for hair with some doubt, and is unlike the face's skin, is hair.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.matting import hair_matte
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]

LOW: Final = 0.05
"""A picture that ends nearer to the top of the face outline than this, in face heights, or below it, is tight."""
UNLIKE: Final = 10.0
"""Lab units from the face's tones from which something is not skin."""
MAYBE, SURE = 0.3, 0.6
"""The net's word from which something unlike skin may be hair, and is."""
HAIRY_IOD2: Final = 0.05
"""Area of hair beside the face from which a person has hair. Bald: 0.00 to 0.01; thinnest hair: 0.09."""
BESIDE_IOD: Final = 0.4
"""How far beside the face such hair is looked for."""
HIGH_IOD: Final = 0.5
"""How far below the picture's edge hair is like that above it; lower there are beards, and the background between."""
ALIKE: Final = 14.0
"""Lab units from the hair's tones within which something beside the face belongs to it."""
CRACK_IOD: Final = 0.06
"""Half the width of a crack between face and hair that is closed."""
SPECK_IOD: Final = 0.015
FOUND: Final = 0.5
"""Part of the face that must be a person's for the person net."""


@dataclass(frozen=True, slots=True, eq=False)
class Temples:
    """All (H, W). lab: the picture. off_skin: Lab units from the tones of bare skin. plain: bare skin of the face.

    sample: hair that is seen beside the face; nowhere where there is too little to be hair at all.
    """

    lab: Floats
    off_skin: Floats
    plain: Mask
    sample: Mask

    def off_hair(self, seed: int, /) -> Floats:
        """Lab units from the tones of the hair, infinite where none is seen."""
        tones = colours.palette(self.lab[self.sample], np.random.default_rng(seed))
        return np.asarray(np.sqrt(colours.distance(self.lab, tones)))


def is_tight(edge_px: Rows, face: CanvasFace, /) -> bool:
    """Whether the picture ends so low that little but the face is seen. edge_px: (W,), the rows at which it begins."""
    middle = edge_px[int(np.clip(face.centre_x_px, 0, len(edge_px) - 1))]
    return bool(middle > 0 and middle > face.oval_px[:, 1].min() - LOW * face.height_px)


def look(rgb: Picture, hair: Matte, edge_px: Rows, face: CanvasFace, /, *, seed: int = 0) -> Temples:
    """Look at a picture, uint8 (H, W, 3). hair: the engine's, 0..1."""
    lab = colours.lab(rgb)
    rows = np.arange(len(hair))[:, None]
    inner = repaint.grow(repaint.polygon(face.oval_px, hair.shape), -0.1 * face.iod_px) & (rows >= edge_px[None] + 2)
    features = np.logical_or.reduce(hair_matte.feature_zones(hair.shape, face))
    plain = inner & ~features & (hair < MAYBE) & colours.like_skin(rgb.astype(np.float32), face, tolerance=30.0)
    off = np.sqrt(colours.distance(lab, colours.palette(lab[plain], np.random.default_rng(seed))))
    beside = _ring(hair.shape, face) & (rows >= edge_px[None] + 2) & (rows < face.points_px[1, 1])
    maybe = beside & (off > UNLIKE) & (hair > MAYBE)
    sure, least = maybe & (hair > SURE), HAIRY_IOD2 * face.iod_px**2
    sample = np.zeros_like(maybe) if maybe.sum() < least else sure if sure.sum() > least else maybe
    high = sample & (rows < edge_px[None] + HIGH_IOD * face.iod_px)
    return Temples(lab, off, plain, high if high.sum() > 0.5 * least else sample)


def completed(
    subject: Matte, person: Matte, hair: Matte, seen: Temples, edge_px: Rows, face: CanvasFace, /, *, seed: int = 0
) -> Matte:  # fmt: skip
    """The subject with the hair beside the face that was taken for background: what a net calls person or hair and has
    the tones of the hair."""
    oval = repaint.polygon(face.oval_px, hair.shape)
    if not seen.sample.any() or float(person[oval].mean()) < FOUND:  # not even the face is a person: it knows nothing
        return subject
    unit, rows = face.iod_px, np.arange(len(hair))[:, None]
    # Farther down than the nose only what a net calls hair: there are ears, and the collar.
    called = (hair > 0.5) | ((person > 0.5) & (rows < face.points_px[1, 1]))
    near = _ring(hair.shape, face) & (rows < face.chin_y_px) & (rows >= edge_px[None])
    strands = seen.off_hair(seed)
    own = near & called & (strands < ALIKE) & (strands < seen.off_skin)
    whole = own | (subject > 0.5) | oval
    whole = repaint.closed(whole, CRACK_IOD * unit)
    more = whole & repaint.grow(own, 2.0 * CRACK_IOD * unit) & (near | (oval & (rows >= edge_px[None])))
    more = repaint.opened(more, SPECK_IOD * unit)
    first = np.minimum(edge_px + 3, len(hair) - 1)
    more = np.where(rows < first[None], more[first, np.arange(hair.shape[1])][None], more)  # no soft rim at the cut
    return np.asarray(np.maximum(subject, cv2.GaussianBlur(more.astype(np.float32), (0, 0), 0.8)), np.float32)


def _ring(shape: tuple[int, int], face: CanvasFace) -> Mask:
    """About the outline of the face."""
    oval = repaint.polygon(face.oval_px, shape)
    return repaint.grow(oval, BESIDE_IOD * face.iod_px) & ~repaint.grow(oval, -0.05 * face.iod_px)
