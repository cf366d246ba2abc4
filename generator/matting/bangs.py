"""The tips of drawn bangs: nets that have learned hair from photographs let go of them over the brows.

Below the hair that is sure, whatever isn't of the flat colour of the skin and hangs together with the hair from above,
straight or slanting, is hair down to the lashes.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

SURE: Final = 0.62
LASHES_IOD: Final = 0.10
"""So far above a drawn upper lid its lashes may reach."""
FARTHEST: Final = 22.0
"""Lab units from the hair's tones; what is farther is a pin or a ribbon."""
UNLIKE_SKIN: Final = (4.0, 9.0)
"""Lab units from the flat skin of a drawing at which a pixel begins to be something else, and is."""
GAP_IOD: Final = 0.07
"""Skin between two strands so near to each other goes with them; it is of one colour."""


def completed(lab: Floats, hair: Matte, oval: Mask, face: CanvasFace, /, *, seed: int) -> Matte:
    """The hair with the tips of its bangs; as it is on faces that aren't drawn."""
    if not face.drawn:
        return hair
    unit = face.iod_px
    room = oval & ~_below_lids(hair.shape, face)
    top = max(0, int(np.flatnonzero(room.any(axis=1))[0]) - 2) if room.any() else 0
    bottom = int(np.flatnonzero(room.any(axis=1))[-1]) + 1 if room.any() else 0
    near = repaint.grow(oval, 0.3 * unit) & (np.arange(len(hair))[:, None] < bottom)
    sure = near & (hair > SURE)
    skin = repaint.grow(oval, -0.1 * unit) & (hair < 0.1)
    if sure.sum() < 200 or skin.sum() < 200:
        return hair
    own = np.sqrt(colours.distance(lab, colours.palette(lab[sure], np.random.default_rng(seed))))
    other = np.linalg.norm(lab - colours.commonest(lab[skin]), axis=-1)
    alike = smoothstep(other, *UNLIKE_SKIN) * (own < np.minimum(FARTHEST, 2.0 * other))
    across = np.ones((1, 2 * round(0.5 * GAP_IOD * unit) + 1), np.uint8)
    alike = cv2.morphologyEx(alike.astype(np.float32), cv2.MORPH_CLOSE, across)
    seen = np.where(room, alike, 0.0).astype(np.float32)
    hanging = hangs_from(np.where(hair > SURE, 1.0, seen)[top:bottom], (hair > SURE)[top:bottom])
    result = hair.copy()
    result[top:bottom] = np.maximum(result[top:bottom], np.where(room[top:bottom], hanging, 0.0))
    return result


def hangs_from(seen: Matte, start: Mask, /) -> Matte:
    """How well each pixel of (H, W) hangs together with `start` above it: the least of `seen` on the best way up, a
    column aside for each row at most."""
    result = np.where(start, seen, 0.0).astype(np.float32)
    for row in range(1, len(result)):
        above = result[row - 1]
        reach = np.maximum(above, np.maximum(np.append(above[1:], 0.0), np.insert(above[:-1], 0, 0.0)))
        result[row] = np.maximum(result[row], np.minimum(seen[row], reach))
    return result


def _below_lids(shape: tuple[int, int], face: CanvasFace) -> Mask:
    """Eyes with their lashes, and all below them."""
    line = np.concatenate([face.curve(eye.upper) for eye in topology.EYES])
    line = line[np.argsort(line[:, 0])]
    x = np.arange(shape[1])
    outer = np.array([line[0, 0], line[-1, 0]])
    limit = np.interp(x, line[:, 0], line[:, 1] - LASHES_IOD * face.iod_px)
    limit = np.where((x < outer[0]) | (x > outer[1]), line[:, 1].max(), limit)
    return np.asarray(np.arange(shape[0])[:, None] > limit[None, :])
