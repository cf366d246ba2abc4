"""What lies above the picture where its upper edge cuts the head off: a crown, or forehead and hair, and how much."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from generator.matting import crown, forehead, temples
from generator.moving.measures import CanvasFace

Matte = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """rgba, subject, hair: (H, W) as before below the picture's edge, and painted in above it.

    forehead: the picture ends within the forehead. guessed: the part of the head above the brows that is painted, 0..1.
    """

    rgba: Picture
    subject: Matte
    hair: Matte
    forehead: bool
    guessed: float


def completed(
    rgba: Picture, subject: Matte, hair: Matte, edge_px: Rows, face: CanvasFace, /, *, seed: int = 0
) -> Above:  # fmt: skip
    """The canvas with all of the head. rgba: uint8 (H, W, 4). edge_px: (W,), the row at which the picture begins."""
    above = np.arange(len(hair))[:, None] < edge_px[None]
    cut, brow = crown.find(subject, edge_px, face), None
    if cut is not None:
        seen = temples.look(np.ascontiguousarray(rgba[..., :3]), hair, edge_px, face, seed=seed)
        brow = forehead.find(hair, seen, edge_px, cut, face, seed=seed)
    if cut is None or brow is None:
        rgba = crown.painted(rgba, edge_px, cut, face, hair=hair)
        hair = crown.continued(hair, edge_px)
        subject = crown.rounded(subject, edge_px, cut)
    else:
        rgba = forehead.painted(rgba, hair, seen, edge_px, brow, face, seed=seed)
        hair = np.where(above, 1.0 - forehead.skin(brow, hair.shape, face), hair).astype(np.float32)
        subject = forehead.rounded(subject, edge_px, brow)
    high = subject[: max(1, round(face.brows_y_px))] > 0.5
    guessed = float((high & above[: len(high)]).sum() / max(int(high.sum()), 1))
    return Above(rgba, subject, hair, brow is not None, guessed)
