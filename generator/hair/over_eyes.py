"""Strands of drawn hair that hang before an eye or its lids: found by their colour, so that lids close behind them.

Nets and `bangs` stop above the lashes, or they would take lashes for hair. Below that, what has a tone of the hair
close by, and none of the eye's or the skin's, and hangs down from hair, is a strand. Its outline and the shade that
hair casts on the skin go with it: they lie before the lid, too. Hair of the lashes' colour ends where it did.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator import topology
from generator.matting import bangs
from generator.matting.mattes import Mattes
from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

ZONE_IOD, RIM_ZONE_IOD, EDGE_IOD = 0.25, 0.35, 0.06
"""Around an eye's opening, so far, strands are looked for, lid skin moves, and lashes are thick."""
SURE: Final = 0.62
FARTHEST: Final = 14.0
"""Lab units from the tones of the hair close by."""
ALIKE: Final = 6.0
"""Dark pixels so close to the lashes' tones may be lashes, whatever the hair's are."""
SAME: Final = 8.0
"""Lab units within which two tones are one."""
CLEAR_OF_HAIR_IOD: Final = 0.12
"""An eye's own tones are looked for so far from any hair."""
OUTLINE_IOD, SHADE_IOD = 0.03, 0.12
"""How wide the drawn outline of a strand is, and how far its shade reaches over the skin."""
EVEN_IOD: Final = 0.014
"""Over which a strand's edge is made even: beside the lashes its colours are uncertain."""
LINE_IOD: Final = 0.016
"""Half the width of a drawn line."""
DARK: Final = 35.0
"""The lightness of a drawn lash is less."""
SHADE: Final = 22.0
"""Shaded skin is darker than the skin by so much at most, in Lab units; a drawn line is darker."""


@dataclass(frozen=True, slots=True, eq=False)
class OverEyes:
    """hair: float32 (H, W), the matte with such strands. rim: bool (H, W), what goes with hair around it.

    lashes: bool (H, W), what belongs to the eyes, however close to hair.
    """

    hair: Floats
    rim: Mask
    lashes: Mask


def find(picture: Picture, mattes: Mattes, face: CanvasFace, /, *, seed: int = 0) -> OverEyes:
    """Look for strands before the eyes; faces that aren't drawn keep the matte that they have."""
    none = np.zeros(mattes.hair.shape, np.bool_)
    nothing = OverEyes(mattes.hair, none, none)
    if not face.drawn:
        return nothing
    unit = face.iod_px
    corners = np.concatenate([face.curve(eye.upper + eye.lower) for eye in topology.EYES])
    window = Window.whole(mattes.hair.shape).around(corners, round(0.7 * unit))
    hair, lab = window.of(mattes.hair), colours.lab(window.of(picture))
    outlines = [np.concatenate([face.curve(eye.upper), face.curve(eye.lower)[::-1]]) for eye in topology.EYES]
    openings = [window.polygon(outline) for outline in outlines]
    opening = openings[0] | openings[1]
    before = (window.of(mattes.subject) > 0.5) & (window.of(mattes.before) >= 1.0)
    zone, around, edge = (repaint.grow(opening, far * unit) & before for far in (ZONE_IOD, RIM_ZONE_IOD, EDGE_IOD))
    past_lid = window.below(lid_line(face))
    edges = (np.abs(past_lid) < EDGE_IOD * unit) & repaint.grow(opening, EDGE_IOD * unit) & (hair < SURE)
    tones = _tones(lab, hair, openings, edges, window.of(mattes.oval), unit, np.random.default_rng(seed))
    if tones is None:
        return nothing
    own, eyes, skin = tones
    from_own, from_eyes = (np.sqrt(colours.distance(lab, each)) for each in (own, eyes))
    from_skin = np.sqrt(colours.squared(lab - skin))
    limit = np.minimum(FARTHEST, np.minimum(0.8 * from_eyes, 0.6 * from_skin))
    like = smoothstep(limit - from_own, -1.0, 2.0) * zone
    sure = hair > SURE
    strands = bangs.hangs_from(np.where(sure, 1.0, like).astype(np.float32), sure)
    strands = np.maximum(hair, np.where(zone, strands, 0.0)).astype(np.float32)
    even = smoothstep(repaint.blur(strands, EVEN_IOD * unit), 0.25, 0.75)
    strands = np.where(zone, even, hair).astype(np.float32)
    lashes = zone & (lab[..., 0] < DARK) & (from_eyes < np.maximum(from_own, ALIKE))
    lashes &= strands < np.where(edge, 0.97, 0.5)
    rim = _rim(lab, skin, strands, around & ~opening, past_lid < 0.0, unit) & ~lashes
    whole = window.pasted(mattes.hair, np.minimum(strands, window.of(mattes.subject)))
    return OverEyes(whole, window.pasted(none, rim), window.pasted(none, lashes))


def _tones(
    lab: Floats, hair: Floats, openings: list[Mask], edges: Mask, oval: Mask, unit: float, rng: np.random.Generator
) -> tuple[Floats, Floats, Floats] | None:
    """The tones of the hair around the eyes, of eyes with their lashes, and the skin's; None where one is unseen."""
    both = openings[0] | openings[1]
    near = (hair > 0.9) & repaint.grow(both, 0.45 * unit)
    clear = ~repaint.grow(hair > 0.3, CLEAR_OF_HAIR_IOD * unit)
    eyes = [repaint.grow(opening, 0.05 * unit) & clear for opening in openings]
    skin = oval & (hair < 0.1) & ~repaint.grow(both, 0.1 * unit)
    if min(near.sum(), (eyes[0] | eyes[1]).sum(), skin.sum()) < 100:
        return None
    own, dark = colours.palette(lab[near], rng), lab[..., 0] < DARK
    right, left = (colours.palette(lab[eye & ~dark], rng) for eye in eyes)
    lashes = colours.palette(lab[dark & (eyes[0] | eyes[1] | edges)], rng)
    light = [_of_an_eye(right, left, own), _of_an_eye(left, right, own)]
    return own, np.concatenate([lashes, *light]), colours.commonest(lab[skin])


def _of_an_eye(tones: Floats, others: Floats, hair: Floats) -> Floats:
    """Without what a strand before one eye adds to them: tones of the hair that the other eye hasn't."""
    to_hair, to_other = (
        np.linalg.norm(tones[:, None] - each[None], axis=-1).min(axis=1, initial=np.inf) for each in (hair, others)
    )
    return np.asarray(tones[(to_hair > SAME) | (to_other < SAME)])


def lid_line(face: CanvasFace, /) -> Floats:
    """Both upper lids as one line from left to right, (N, 2)."""
    line = np.concatenate([face.curve(eye.upper) for eye in topology.EYES])
    return np.asarray(line[np.argsort(line[:, 0])], np.float32)


def _rim(lab: Floats, skin: Floats, hair: Floats, zone: Mask, above: Mask, unit: float) -> Mask:
    """Outlines close to hair, and the skin above the lids that it shades."""
    sure = hair > 0.5
    unlike = np.sqrt(colours.squared(lab - skin))
    close = repaint.grow(sure, OUTLINE_IOD * unit) | repaint.grow(hair > 0.03, 0.02 * unit)
    outline = close & (unlike > 4.0)
    darker = skin[0] - lab[..., 0]
    shade = repaint.grow(sure, SHADE_IOD * unit) & above & (unlike > 2.0) & (darker > 0.0) & (darker < SHADE)
    shade &= np.sqrt(((lab - skin)[..., 1:] ** 2).sum(axis=-1)) < 0.8 * SHADE
    thin = LINE_IOD * unit
    shade &= repaint.opened(shade | sure, thin)  # a crease is a line
    _, labels = cv2.connectedComponents((outline | shade | sure).astype(np.uint8), connectivity=4)
    return np.asarray((outline | shade) & np.isin(labels, np.unique(labels[sure])) & zone & (hair < 0.97))
