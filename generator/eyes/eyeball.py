"""What lies behind the lids: the iris lifted off the white of the eye, and the white that it covered painted in."""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.eyes.iris import Iris
from generator.eyes.lids import Lids
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]
Mask = npt.NDArray[np.bool_]

WHITE: Final = 0.92
"""The white of an eye is at least so light, measured by the skin below it."""
PALE: Final = 9.0
"""And of no stronger colour than this, in Lab units."""
DARKER: Final = (14.0, 45.0)
"""By so many levels lashes are darker than the white behind them: none of it, all of it."""
SPILL, DRAWN_SPILL = 1.08, 1.5
"""How far out an iris may stick out of its disc, in radii."""
LID_SHADE, SIDE_SHADE = 0.40, 0.20
"""How much darker the white is right under the upper lid, and at the corners: it is a ball in a hollow."""
LIT, IN_SHADOW = 0.72, 0.5
"""Lightness of the white at least, measured by its lightest third: in the light, and in the lids' shadow. Lashes are
darker."""
_GREY: Final = np.array([0.299, 0.587, 0.114], np.float32)


def iris_alpha(
    window: Window, picture: Picture, lids: Lids, aperture: Mask, iris: Iris, /, *, drawn: bool
) -> Floats:  # fmt: skip
    """The iris's disc, and what sticks out of it: drawn irises are no circles, and real ones hardly ever stick out, but
    the corner of the eye beside them does look alike. Lashes at the upper edge stay behind."""
    alpha = np.minimum(iris.alpha(window), _limbus(window, picture, repaint.grow(aperture, -1.0), iris))
    sclera = aperture & (iris.alpha(window, grown=1.12) < 0.02)
    if sclera.sum() < 12:
        return alpha
    lab = colours.lab(picture)
    bright = sclera & (lab[..., 0] >= np.percentile(lab[..., 0][sclera], 60))
    white = np.median(lab[bright], axis=0)
    foreign = (((lab - white) * [0.7, 1.0, 1.0]) ** 2).sum(axis=-1) > 17.0**2
    foreign &= lab[..., 0] < white[0] - 8.0
    rim = np.median(lab[aperture & (iris.alpha(window, grown=0.8) > 0.5)], axis=0)
    foreign &= ((lab - rim) ** 2).sum(axis=-1) < 0.5 * ((lab - white) ** 2).sum(axis=-1)  # no lid's shadow
    near = iris.alpha(window, grown=DRAWN_SPILL if drawn else SPILL) > 0.5
    clear_of_lashes = window.below(lids.upper) > 0.25 * lids.size_px
    out = repaint.grow(aperture, -1.5) & near & foreign & clear_of_lashes
    _, labels = cv2.connectedComponents((out | (alpha > 0.5)).astype(np.uint8), connectivity=4)
    centre = labels[round(iris.centre_px[1]) - window.top, round(iris.centre_px[0]) - window.left]
    spill = cv2.GaussianBlur(repaint.grow(out & (labels == centre), 1.0).astype(np.float32), (0, 0), 0.8)
    return np.asarray(np.maximum(alpha, np.clip(1.4 * spill, 0.0, 1.0)), np.float32)


def _limbus(window: Window, picture: Picture, seen: Mask, iris: Iris) -> Floats:
    """How much of a pixel is iris by the rings' colours, float32 (H, W): its blurred rim, shared out between iris and
    white. 1 everywhere where the white isn't seen beside the iris, or looks the same."""
    rho = np.linspace(0.6, 1.5, 31)
    angles = np.linspace(0.0, 2.0 * np.pi, 120, endpoint=False)[:, None]
    x = iris.centre_px[0] + np.cos(angles) * rho * iris.radius_px[0]
    y = iris.centre_px[1] + np.sin(angles) * rho * iris.radius_px[1]
    rings = window.remap(picture, x, y)
    known = window.remap(seen.astype(np.float32), x, y) > 0.99
    known &= known[:, 22:].any(axis=1, keepdims=True)  # only where the white is seen, too
    if (known.sum(axis=0)[:28] < 6).any():
        return np.ones(seen.shape, np.float32)
    profile = np.stack([np.median(rings[known[:, n], n], axis=0) for n in range(28)])
    white = profile[22:].mean(axis=0)
    within = profile[3:12]
    dark = within[np.argmax(((within - white) ** 2).sum(axis=1))]
    gap = dark - white
    if float(np.linalg.norm(gap)) < 60.0:
        return np.ones(seen.shape, np.float32)
    share = np.clip((profile - white) @ gap / float(gap @ gap), 0.0, 1.0)
    share[: 3 + int(np.argmax(((within - white) ** 2).sum(axis=1)))] = 1.0
    share = np.minimum.accumulate(np.clip((share - 0.06) / 0.88, 0.0, 1.0))
    across = (window.x - iris.centre_px[0]) / iris.radius_px[0]
    down = (window.y - iris.centre_px[1]) / iris.radius_px[1]
    away = np.hypot(across[None, :], down[:, None])
    return np.asarray(np.interp(away, rho[:28], share, left=1.0, right=0.0), np.float32)


def without_iris(window: Window, picture: Picture, lids: Lids, seen: Mask, iris: Iris, alpha: Floats, /) -> Picture:
    """The eye's white as if there were no iris. seen: where the eye shows, its lids' edges left out."""
    near = window.around(lids.between(), int(2 * lids.size_px) + 4)
    box = near.within(window)
    luminance = picture[box] @ _GREY
    around = np.maximum(cv2.dilate(alpha, np.ones((3, 3), np.uint8)), iris.alpha(window, grown=1.06))[box]
    sclera = seen[box] & (around < 0.02)
    if sclera.sum() > 12:
        sclera &= luminance > IN_SHADOW * np.percentile(luminance[sclera], 70)
    white = picture.copy()
    if sclera.sum() > 12:
        white[box] = _round_white(near, picture[box], sclera, luminance, lids)
    else:  # an eye that is all iris: a soft white of the picture's own brightness
        tone = min(238.0, float(luminance[seen[box]].max(initial=120.0)) * 1.1)
        white[box] = tone * _shade(near, lids)[..., None]
    # The rim around the iris is painted too: its blur would stay behind as a ring. So are lashes before the white.
    keep = np.clip(1.0 - 2.5 * around, 0.0, 1.0) * seen[box]
    keep *= 1.0 - before_white(near, picture[box], white[box], lids)
    white[box] += (picture[box] - white[box]) * keep[..., None]
    return white


def before_white(window: Window, picture: Picture, white: Picture, lids: Lids, /) -> Floats:
    """How much of a pixel is lash or lid, (H, W): right below the upper lid, and darker than what lies behind."""
    darker = ((white - picture) @ _GREY - DARKER[0]) / (DARKER[1] - DARKER[0])
    near = 1.0 - smoothstep(window.below(lids.upper), 0.14 * lids.size_px, 0.30 * lids.size_px)
    return np.asarray(np.clip(darker, 0.0, 1.0) * near, np.float32)


def opaque_enough(picture: Picture, white: Picture, alpha: Floats, seen: Mask, /) -> Floats:
    """The iris's opacity, raised in its soft rim where no colour so thin over the white would give the picture: where
    lashes or a drawn outline run along it. (H, W)."""
    darker = 1.0 - picture / np.maximum(white, 1.0)
    brighter = (picture - white) / np.maximum(255.0 - white, 1.0)
    needed = np.clip(colours.largest(np.maximum(darker, brighter)), 0.0, 1.0)
    rim = seen & (alpha > 0.02) & (needed > alpha + 0.02)
    return np.asarray(np.where(rim, needed, alpha), np.float32)


def lifted(picture: Picture, white: Picture, alpha: Floats, /) -> Picture:
    """The iris's own colours: laid over the white with its alpha, it gives the picture again."""
    a = np.maximum(alpha, 0.05)[..., None]
    solved = np.clip((picture - (1.0 - a) * white) / a, 0.0, 255.0)
    return np.asarray(np.where(alpha[..., None] > 0.0, solved, picture), np.float32)


def _shade(window: Window, lids: Lids) -> Floats:
    """Light on the eyeball: 1 where it is lightest."""
    columns = window.x[None, :]
    under = window.below(lids.upper)
    middle = lids.between().mean(axis=0)[0]
    shade = 1.0 - LID_SHADE * np.exp(-np.maximum(under, 0.0) / (0.24 * lids.size_px))
    shade *= 1.0 - SIDE_SHADE * np.clip(np.abs(columns - middle) / (0.5 * lids.width_px), 0.0, 1.0) ** 2
    return np.asarray(shade, np.float32)


def _round_white(
    window: Window, picture: Picture, sclera: Mask, luminance: npt.NDArray[np.floating], lids: Lids
) -> Picture:
    """The white that the iris covers: a shaded ball, which beside the white that is seen has that white's colour."""
    lit = sclera & (luminance > LIT * np.percentile(luminance[sclera], 70))
    clear = sclera & (luminance >= np.percentile(luminance[lit], 55))
    shade = _shade(window, lids)[..., None]
    tone = _as_of_an_eye(np.median(picture[clear], axis=0), picture, window.below(lids.lower), lids.size_px)
    ball = tone * shade
    ratio = np.clip(picture / np.maximum(ball, 1.0), 0.55, 1.4).astype(np.float32)
    ratio = repaint.fill(ratio, sclera)
    away = cv2.distanceTransform((~sclera).astype(np.uint8), cv2.DIST_L2, 5)
    # Narrow eyes show little but the lids' shadow: deep behind the iris their white is that of an eye again.
    near = 1.0 - 0.6 * smoothstep(away, 0.0, 0.18 * lids.width_px)[..., None]
    return np.asarray(np.clip(ball * (1.0 + (ratio - 1.0) * near), 0.0, 255.0), np.float32)


def _as_of_an_eye(
    tone: npt.NDArray[np.floating], picture: Picture, past: npt.NDArray[np.float64], size_px: float
) -> Picture:  # fmt: skip
    """The colour (3,) of an eye's white: what narrow eyes show of it is half lid, too red and too dark.

    past: (H, W), how far below the lower lid a pixel lies.
    """
    under = (past > 0.35 * size_px) & (past < 0.8 * size_px)
    skin = np.median(picture[under], axis=0) if under.any() else tone
    lab, skin_lab = (colours.lab(colour.astype(np.float32)[None, None])[0, 0] for colour in (tone, skin))
    lab[0] = max(lab[0], min(WHITE * skin_lab[0], 92.0))
    lab[1:] *= min(1.0, PALE / max(float(np.hypot(lab[1], lab[2])), 1e-6))
    return np.asarray(cv2.cvtColor(lab[None, None], cv2.COLOR_LAB2RGB)[0, 0] * np.float32(255.0), np.float32)
