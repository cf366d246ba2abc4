"""The silhouette's rim, where person and background mix: how much of each is seen, and the person's own colour.

Nets draw the outline a few pixels too far out. Near it every colour is held against the person's colours farther in
and the background's farther out, and its place on the line between the two is its opacity; where both are alike
nothing is told, and nothing changed. Only what hangs together with the outside counts: a light strand within dark
hair before a light wall is hair.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.moving.measures import CanvasFace
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep

Matte = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float32]

WIDE_IOD: Final = 0.07
"""How far inward from its outline the matte may be thinned, in inter-iris distances."""
TOLD: Final = (14.0, 34.0)
"""Lab units between person and background from which their mixture is trusted not at all, and in full."""
SURE: Final = (0.12, 0.88)
"""Shares of the person below and above which a pixel counts as all background and all person."""

LIKE_SKIN: Final = (0.6, 0.4)
"""Distance from the face's tones over distance from the background, at which a pixel counts as skin not yet, and in
full."""
EARS_IOD: Final = 0.6
"""How far beside the face there may be ears."""
SKIN_LAB: Final = 12.0
"""Lab units from the face's tones within which a pixel may be skin."""
RIM_LIGHTER, RIM_SHARE = 8.0, 0.5
"""Lab units by which a rim must be lighter than what lies inside, and along how much of the outline, to be a flaw."""


def thinned(lab: Floats, subject: Matte, seen: Mask, face: CanvasFace, /, *, seed: int = 0) -> Matte:
    """`subject` without what is background by its colour. lab: the picture, CIE Lab. seen: where it is.

    The face is never thinned, and of the rest nothing that clearly has the face's tones: ears stand out of hair.
    """
    unit_px = face.iod_px
    kept = repaint.grow(repaint.polygon(face.oval_px, subject.shape), -0.06 * unit_px)
    wide = max(2.0, WIDE_IOD * unit_px)
    solid = subject > 0.5
    band = repaint.grow(~solid, wide) & (subject > 0.02) & seen & ~kept
    if not band.any():
        return subject
    inner, inner_seen = repaint.spread(lab, repaint.grow(solid, -wide) & seen, 1.2 * wide)
    outer, outer_seen = repaint.spread(lab, repaint.grow(subject < 0.05, -1.5) & seen, 1.2 * wide)
    apart, from_wall = inner[band] - outer[band], lab[band] - outer[band]
    squared = (apart**2).sum(axis=-1)
    share = (from_wall * apart).sum(axis=-1) / np.maximum(squared, 1.0)
    skin = lab[repaint.grow(kept, -0.05 * unit_px)]
    own = np.sqrt(colours.distance(lab[band][None], colours.palette(skin, np.random.default_rng(seed))))[0]
    ears = repaint.grow(kept, EARS_IOD * unit_px) & (np.arange(len(lab))[:, None] < face.lobes_y_px + 0.4 * unit_px)
    off = np.maximum(np.sqrt((from_wall**2).sum(axis=-1)), 1.0)
    skinned = smoothstep(own / off, *LIKE_SKIN) * (own < SKIN_LAB) * ears[band]
    share = np.maximum(share, skinned)
    share = np.clip((share - SURE[0]) / (SURE[1] - SURE[0]), 0.0, 1.0)
    told = smoothstep(np.sqrt(squared), *TOLD) * (inner_seen[band] > 0.01) * (outer_seen[band] > 0.01)
    missing = (~solid).astype(np.float32)
    missing[band] = (1.0 - share) * told
    reached = _from_outside(missing, ~band & ~solid, steps=round(wide) + 2)
    return np.where(band, subject * (1.0 - reached), subject).astype(np.float32)


def on_white(rgba: npt.NDArray[np.uint8], /) -> npt.NDArray[np.uint8] | None:
    """A picture that brings its own alpha, over white, uint8 (H, W, 3), where it was cut out of white without care:
    along most of its outline it is lighter than a little farther in. None where it wasn't.
    """
    alpha = rgba[..., 3] > 127
    depth = cv2.distanceTransform(alpha.astype(np.uint8), cv2.DIST_L2, 5)
    rim, inside = (depth > 0) & (depth <= 2), (depth >= 5) & (depth <= 9)
    light = colours.lab(np.ascontiguousarray(rgba[..., :3]))[..., :1]
    near, near_seen = repaint.spread(np.repeat(light, 3, axis=-1), inside, 3.0)
    told = rim & (near_seen > 0.01)
    if told.sum() < 200 or float((light[..., 0] - near[..., 0] > RIM_LIGHTER)[told].mean()) < RIM_SHARE:
        return None
    share = rgba[..., 3:].astype(np.float32) / 255.0
    return np.asarray(rgba[..., :3] * share + 255.0 * (1.0 - share) + 0.5, np.uint8)


def own_colour(
    picture: npt.NDArray[np.uint8], subject: Matte, seen: Mask, but: Mask, unit_px: float, /
) -> npt.NDArray[np.uint8]:
    """The picture, uint8 (H, W, C), with the background taken out of half-covered pixels, but not in `but`."""
    partly = (subject > 0.02) & (subject < 0.98) & seen & ~but
    if not partly.any():
        return picture
    colour = picture[..., :3].astype(np.float32)
    sigma = max(1.5, 0.03 * unit_px)
    inner, inner_seen = repaint.spread(colour, (subject > 0.98) & seen, sigma)
    outer, outer_seen = repaint.spread(colour, (subject < 0.02) & seen, sigma)
    colour, inner, outer, cover = colour[partly], inner[partly], outer[partly], subject[partly]
    unmixed = np.clip(outer + (colour - outer) / np.maximum(cover, 0.3)[:, None], 0.0, 255.0)
    unmixed = np.where(outer_seen[partly, None] > 0.01, unmixed, colour)
    # The thinner, the less is its own colour to be had: then that of the person close by.
    trusted = np.where(inner_seen[partly] > 0.01, smoothstep(cover, 0.15, 0.85), 1.0)[:, None]
    clean = inner + (unmixed - inner) * trusted
    result = picture.copy()
    result[partly, :3] = np.clip(clean + 0.5, 0, 255).astype(np.uint8)
    return result


def _from_outside(missing: Floats, outside: Mask, *, steps: int) -> Floats:
    """How much is missing along the best way in from outside: at most the least met on it (reconstruction)."""
    reached = np.where(outside, missing, 0.0).astype(np.float32)
    kernel = np.ones((3, 3), np.uint8)
    for _ in range(steps):
        reached = np.minimum(cv2.dilate(reached, kernel), missing)
    return reached
