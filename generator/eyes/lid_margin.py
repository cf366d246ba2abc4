"""The lower lid's edge without the eye: over a few pixels a picture mixes lid and iris, and a lid that keeps them goes
on showing the iris's dark rim when the iris has moved away.
"""

from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.eyes.lids import BEYOND, Lids
from generator.tools.curves import smoothstep
from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]

NEAR: Final = 18.0
"""How far a mixed pixel's lid may differ from the lid beside the iris, in levels of 255."""

EVEN: Final = 0.05
"""Columns are evened out over so much of the lid's width."""
SOFT_PX: Final = 2.0
"""Width over which the lid's edge fades."""
MOST: Final = 48.0
"""What lies behind the edge is changed by no more levels: under a lid that is half there, noise would become specks."""
MOSTLY: Final = 0.6
"""From this share on a pixel is lid."""


def reach_px(lids: Lids, /) -> npt.NDArray[np.float64]:
    """Half the height of the mixed band, per column of the lids: none at the corners and beyond."""
    return float(np.clip(0.05 * lids.width_px, 1.5, 6.0)) * np.minimum(1.0, 3.0 * lids.bow)


def reach_at(window: Window, lids: Lids, /) -> npt.NDArray[np.float64]:
    """The same per column of a window, (W,)."""
    return np.interp(window.x, lids.lower[:, 0], reach_px(lids), left=0.0, right=0.0)


def unmix(
    window: Window, picture: Picture, eye: Picture, iris_alpha: Floats, lids: Lids, /
) -> tuple[Floats, Picture]:  # fmt: skip
    """How much of each pixel is lower lid, (H, W), and that lid's colour, (H, W, 3).

    eye: what lies behind the lid, as it would be seen without it. At the corners the lid is the picture's own, opaque
    from the curve on.
    """
    band = _band(window, lids)
    rows = band.within(window)
    alpha, colour = (window.below(lids.lower) > 0.0).astype(np.float32), picture.copy()
    alpha[rows], colour[rows] = _unmixed(band, picture[rows], eye[rows], iris_alpha[rows], lids)
    return alpha, colour


def _band(window: Window, lids: Lids) -> Window:
    """The rows of a window that the edge runs through, and a few more: above there is no lid, below nothing else."""
    wide, ys = float(reach_px(lids).max(initial=0.0)), lids.lower[:, 1]
    return window.around(np.array([[window.left, ys.min() - wide], [window.right, ys.max() + wide]]), 5)


def _unmixed(window: Window, picture: Picture, eye: Picture, iris_alpha: Floats, lids: Lids) -> tuple[Floats, Picture]:
    off = window.below(lids.lower)
    reach = reach_at(window, lids)[None, :]
    wide = float(reach.max(initial=0.0))
    plain = np.clip(off + 2.5, 0.0, 1.0)
    mixed = smoothstep(reach, 0.4, 1.5)
    touched = _touched(iris_alpha, off, reach)
    lid = _lid(window, picture, lids, touched, off, wide)
    gap = lid - eye
    length = (gap**2).sum(axis=-1)
    share = ((picture - eye) * gap).sum(axis=-1) / np.maximum(length, 1.0)
    steps = np.clip(0.5 + 0.5 * off / np.maximum(reach, 1e-3), 0.0, 1.0)
    sure = smoothstep(np.sqrt(length), 20.0, 60.0)
    share = np.clip(sure * share + (1.0 - sure) * steps, 0.0, 1.0)
    share = np.maximum(share, smoothstep(off - reach, -1.0, 0.0)) * smoothstep(off + reach, 0.0, 1.0)
    share = np.maximum.accumulate(share, axis=0)  # a lid that has begun goes on
    share = _even(share, off, reach, lids.width_px)
    alpha = mixed * np.where(off >= reach, 1.0, share) + (1.0 - mixed) * plain
    clean = (mixed * touched)[..., None]
    middle = clean * lid + (1.0 - clean) * picture
    solved = (picture - (1.0 - alpha[..., None]) * eye) / np.maximum(alpha, 0.05)[..., None]
    near = NEAR + (1.0 - clean) * (255.0 - NEAR)
    colour = np.clip(middle + np.clip(solved - middle, -near, near), 0.0, 255.0)
    colour = np.where(((off < reach + 0.5) & (alpha > 0.0))[..., None], colour, picture)
    return alpha.astype(np.float32), colour.astype(np.float32)


def _even(
    share: npt.NDArray[np.float64], off: npt.NDArray[np.float64], reach: npt.NDArray[np.float64], width_px: float
) -> Floats:  # fmt: skip
    """The share (H, W) with one smooth edge: columns differ by what the picture mixes there, lids don't."""
    open_px = np.where(np.abs(off) <= reach, 1.0 - share, 0.0).sum(axis=0, keepdims=True)
    known = (reach > 0.0).astype(np.float32)
    edge = (open_px - reach).astype(np.float32) * known
    sigma = max(EVEN * width_px, 1.0)
    edge, total = (cv2.GaussianBlur(row, (0, 0), sigma, borderType=cv2.BORDER_CONSTANT) for row in (edge, known))
    edge = np.clip(edge / np.maximum(total, 1e-3), -reach, reach)
    return np.asarray(np.clip(0.5 + (off - edge) / SOFT_PX, 0.0, 1.0), np.float32)


def shared_out(
    window: Window, picture: Picture, white: Picture, iris: Picture, iris_alpha: Floats, margin: Floats, lid: Picture,
    lids: Lids, /,
) -> tuple[Picture, Picture, Picture]:  # fmt: skip
    """White, iris and lid, with what their sum lacks of the picture along the edge given to the one that shows most."""
    cover = iris_alpha[..., None]
    eye = white + cover * (iris - white)
    lacks = picture - eye - margin[..., None] * (lid - eye)
    off = window.below(lids.lower)
    reach = reach_at(window, lids)[None, :]
    lacks = np.where((np.abs(off) < reach + 1.0)[..., None], lacks, 0.0)
    by_lid, by_iris = margin > MOSTLY, iris_alpha > 0.5
    behind = np.clip(lacks / np.maximum(1.0 - margin, 1.0 - MOSTLY)[..., None], -MOST, MOST)
    parts = (
        (white, ~by_lid & ~by_iris, behind),
        (iris, ~by_lid, np.where(by_iris[..., None], behind / np.maximum(cover, 0.5), behind)),
        (lid, by_lid, lacks / np.maximum(margin, MOSTLY)[..., None]),
    )
    given = [np.clip(part + where[..., None] * more, 0.0, 255.0).astype(np.float32) for part, where, more in parts]
    return given[0], given[1], given[2]


def _touched(iris_alpha: Floats, off: npt.NDArray[np.float64], reach: npt.NDArray[np.float64]) -> Floats:
    """Per column, (1, W): whether the iris stands right above the lid, softly."""
    above = (off < -0.5 * reach) & (off > -reach - 2.0) & (reach > 0.0)
    cover = np.where(above, iris_alpha, 0.0).max(axis=0)
    cover = cv2.dilate(cover[None].astype(np.float32), np.ones((1, 5), np.uint8))
    return np.asarray(np.clip(cv2.GaussianBlur(cover, (9, 1), 1.5) * 1.5, 0.0, 1.0) * (reach > 0.2), np.float32)


def _lid(
    window: Window, picture: Picture, lids: Lids, touched: Floats, off: npt.NDArray[np.float64], wide: float
) -> Picture:  # fmt: skip
    """The lid as it would be beside the iris: the colours of the lid a little below, and from there to its edge as it
    runs where no iris is."""
    x = window.x.astype(np.float32)
    ys = np.interp(x, lids.lower[:, 0], lids.lower[:, 1])

    def row(at_px: float) -> Floats:
        return np.asarray(window.remap(picture, x[None], (ys + at_px)[None])[0], np.float32)

    far = (row(wide + 0.5) + row(wide + 1.5)) / 2.0
    far = cv2.GaussianBlur(far[None], (0, 0), 0.02 * lids.width_px + 0.5)[0]
    corner = 0.12 * lids.width_px
    inside = (x > lids.lower[BEYOND, 0] + corner) & (x < lids.lower[-1 - BEYOND, 0] - corner)
    free = inside & (touched[0] < 0.05)
    steps = np.arange(0.0, wide + 1.0, 0.5)
    run = np.stack([np.median((row(step) - far)[free], axis=0) if free.sum() >= 6 else np.zeros(3) for step in steps])
    run *= (1.0 - smoothstep(steps, wide - 0.5, wide + 0.5))[:, None]
    result = np.broadcast_to(far[None], picture.shape).copy()
    for channel in range(3):
        result[..., channel] += np.interp(np.clip(off, 0.0, None), steps, run[:, channel])
    return np.asarray(np.clip(result, 0.0, 255.0), np.float32)
