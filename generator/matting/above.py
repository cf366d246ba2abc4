"""What lies above the picture where its upper edge cuts the head off: a crown, or forehead and hair, and how much."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from generator.matting import crown, dome, forehead, locks, temples
from generator.matting.crown import Cut
from generator.matting.temples import Temples
from generator.moving.measures import CanvasFace

Matte = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]
Rows = npt.NDArray[np.intp]


SHALLOW: Final = 0.5
"""Hair seen less deep below the cut than this part of the crown's height isn't carried on: few rows become stripes."""
NEARLY_ALL, MOSTLY = 0.85, 0.55
"""Part of the cut that is hair: with less, what else is worn there would be carried on, too; still less is a hat."""
STRIP_IOD, TIED_IOD = 0.12, 0.2


@dataclass(frozen=True, slots=True, eq=False)
class Above:
    """rgba, subject, hair: (H, W) as before below the picture's edge, and painted in above it.

    made: what is above is not the cut carried on, but made anew, and `hair` is all there is to know about it.
    forehead: the picture ends within the forehead. guessed: the part of the head above the brows that is painted, 0..1.
    """

    rgba: Picture
    subject: Matte
    hair: Matte
    made: bool
    forehead: bool
    guessed: float


def completed(
    rgba: Picture, subject: Matte, hair: Matte, edge_px: Rows, face: CanvasFace, /, *,
    seen: Temples | None = None, seed: int = 0,
) -> Above:  # fmt: skip
    """The canvas with all of the head. rgba: uint8 (H, W, 4). edge_px: (W,), the row at which the picture begins.

    seen: what is seen beside the face, where that was looked at before.
    """
    above = np.arange(len(hair))[:, None] < edge_px[None]
    cut, brow, strands = crown.find(subject, edge_px, face), None, None
    if cut is not None and seen is None:
        seen = temples.look(np.ascontiguousarray(rgba[..., :3]), hair, edge_px, face, seed=seed)
    if cut is not None and seen is not None:
        brow = forehead.find(hair, seen, edge_px, cut, face, seed=seed)
    if cut is None or seen is None or brow is None:
        if cut is not None and seen is not None:
            strands = _strands(rgba, hair, seen, edge_px, cut, face, seed)
        rgba = crown.painted(rgba, edge_px, cut, face, hair=hair)
        hair = crown.continued(hair, edge_px)
        if strands is not None:
            rgba = np.where(above[..., None], np.dstack([strands, rgba[..., 3:]]), rgba)
            hair = np.where(above, 1.0, hair).astype(np.float32)
        subject = crown.rounded(subject, edge_px, cut)
    else:
        rgba = forehead.painted(rgba, hair, seen, edge_px, brow, face, seed=seed)
        hair = np.where(above, 1.0 - forehead.skin(brow, hair.shape, face), hair).astype(np.float32)
        subject = forehead.rounded(subject, edge_px, brow, face)
    high = subject[: max(1, round(face.brows_y_px))] > 0.5
    guessed = float((high & above[: len(high)]).sum() / max(int(high.sum()), 1))
    return Above(rgba, subject, hair, brow is not None or strands is not None, brow is not None, guessed)


def _strands(
    rgba: Picture, hair: Matte, seen: Temples, edge_px: Rows, cut: Cut, face: CanvasFace, seed: int
) -> Picture | None:
    """Hair for a crown, uint8 (H, W, 3), where too little is seen at the cut for `crown` to carry on; else None."""
    columns = np.arange(cut.left_px, cut.right_px + 1)
    at_cut = hair[np.minimum(edge_px[columns] + 3, len(hair) - 1), columns] > 0.5
    deep = float(np.median(crown.hair_px(hair, edge_px)[columns]))
    carried_on = deep > SHALLOW * cut.tall_px and at_cut.mean() > NEARLY_ALL
    if carried_on or at_cut.mean() < MOSTLY or not seen.sample.any():
        return None
    rows = np.arange(len(hair))[:, None]
    strip = (rows >= edge_px[None] + 2) & (rows < edge_px[None] + STRIP_IOD * face.iod_px) & (hair > 0.6)
    middle = (face.centre_x_px, max(face.brows_y_px, float(edge_px.max())))
    ends = [(float(x), float(edge_px[x])) for x in (cut.left_px, cut.right_px)]
    top = float(edge_px[columns].min())
    outline = dome.through(middle, top - cut.tall_px, *ends)
    inner = [((x + face.centre_x_px) / 2.0, y) for x, y in ends]
    hairline = dome.through(middle, max(top + 1.0, float(face.oval_px[:, 1].min())), *inner)
    colour = rgba[..., :3].astype(np.float32)
    drawn = locks.between(colour, seen.sample | strip, hairline, outline, face.iod_px, swept=False, seed=seed)
    drawn = locks.tied(drawn, colour, strip, TIED_IOD * face.iod_px)
    drawn = locks.grown_out(drawn, colour, hair, edge_px, face.iod_px)
    return np.asarray(np.clip(drawn + 0.5, 0, 255), np.uint8)
