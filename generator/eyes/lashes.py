"""The upper lashes lifted off the lid, with the lid skin painted in behind them."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.eyes.eyeball import before_white
from generator.eyes.lids import BEYOND, Lids
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]

FLAT: Final = 6.0
"""Lab units from the skin at which a drawn lid keeps six tenths of its own colour."""


@dataclass(frozen=True, eq=False)
class Lashes:
    """alpha: float32 (H, W). clean: the picture without them. colour: theirs."""

    alpha: Floats
    clean: Picture
    colour: Picture


def find(
    window: Window, picture: Picture, eye: Picture, lids: Lids, aperture: npt.NDArray[np.bool_], iris_alpha: Floats,
    reach_px: float, /, *, skin: Picture | None = None,
) -> Lashes:  # fmt: skip
    """What is darker than the lid skin along the upper edge, and darker than the eye's white just below it.

    eye: (H, W, 3), white and iris without lids.
    skin: (H, W, 3), the skin of a face that is painted flat; of bangs and thick lashes its lids get nothing.
    """
    size = lids.size_px
    within = window.below(lids.upper)
    x = window.x[None, :]
    beside = np.maximum(lids.upper[0, 0] - x, x - lids.upper[-1, 0])
    band = (within > -0.95 * reach_px) & (within < 0.3 * size) & (beside < 0)
    bare = repaint.fill_hole(picture, repaint.grow(aperture | band, 1.0), margin_px=24)
    if skin is not None:
        bare = _flat(window, bare, skin, lids)
    light = picture @ np.array([0.299, 0.587, 0.114], np.float32)
    behind = bare @ np.array([0.299, 0.587, 0.114], np.float32)
    white = float(np.percentile(light[aperture], 85)) if aperture.any() else 200.0
    over_skin = np.clip((behind - light - 12.0) / 40.0, 0.0, 1.0) * smoothstep(-within, 0.92 * reach_px, 0.6 * reach_px)
    over_eye = np.clip((0.62 * white - light) / (0.25 * white + 1.0), 0.0, 1.0)
    over_eye *= (1.0 - smoothstep(within, 0.06 * size, 0.17 * size)) * (1.0 - np.clip(1.6 * iris_alpha, 0.0, 1.0))
    rim = np.exp(-0.5 * (within / 1.2) ** 2) * (light < 0.62 * white)  # even before the iris the lid has its edge
    over_eye = np.maximum(np.maximum(over_eye, rim), before_white(window, picture, eye, lids) * (iris_alpha < 0.02))
    alpha = np.where(aperture & (within > 0.0), over_eye, over_skin) * band
    alpha = cv2.GaussianBlur(alpha.astype(np.float32), (0, 0), 0.5)
    ends = smoothstep(-beside, 0.0, 0.06 * lids.width_px)  # no lash ends in a cut where the ribbon does
    alpha = (alpha * ends).astype(np.float32)
    alpha[alpha < 0.02] = 0.0
    if skin is not None:  # as much as it takes to show, before a lid of one colour, what the picture has there
        needed = ((bare - picture) / np.maximum(bare, 1.0)).max(axis=-1)
        alpha = np.where((alpha > 0.0) & ~aperture, np.maximum(alpha, np.clip(needed, 0.0, 1.0)), alpha)
    rim_px = 1.0 if skin is None else 0.0  # a flat lid differs from what lies around it: at rest none of it may show
    lifted = cv2.GaussianBlur(repaint.grow((alpha > 0.02) & ~aperture, rim_px).astype(np.float32), (0, 0), 0.7)[
        ..., None
    ]
    lifted = lifted * ends[..., None].astype(np.float32)
    clean = picture * (1.0 - lifted) + bare * lifted
    thick = np.maximum(alpha, 0.05)[..., None]
    solved = np.clip((picture - (1.0 - thick) * clean) / thick, 0.0, 255.0)
    colour = np.where((aperture & (within > 0.0))[..., None], picture, solved).astype(np.float32)
    return Lashes(alpha, clean, colour)


def _flat(window: Window, bare: Picture, skin: Picture, lids: Lids) -> Picture:
    """A painted-in lid in the colour of the skin, as far as it is of another one."""
    inward = np.minimum(window.x - lids.upper[BEYOND, 0], lids.upper[-1 - BEYOND, 0] - window.x)
    within = smoothstep(inward, 0.0, 0.12 * lids.width_px)[None, :, None]
    away = ((colours.lab(bare) - colours.lab(skin)) ** 2).sum(axis=-1)
    share = np.exp(-0.5 * away / FLAT**2)[..., None]
    share = 1.0 - (1.0 - share) * within
    return np.asarray(share * bare + (1.0 - share) * skin, np.float32)
