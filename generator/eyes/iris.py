"""The iris: found to the pixel, lifted off the eye, and completed where the lids hide it."""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.tools.repaint import Picture
from generator.tools.window import Window

Floats = npt.NDArray[np.float32]
_ANGLES: Final = 180
_HIGHLIGHT: Final = 90.0
"""By so much, summed over the three colours, a highlight is lighter than its ring."""
_PLAIN: Final = 30.0
"""Percentile of a ring's lightness that is no highlight: narrow eyes in bright rooms are half highlights."""
TALL: Final = 1.03
"""Trackers' rings are 0.82 to 0.91 times as high as wide on 22 portraits."""


@dataclass(frozen=True, slots=True)
class Iris:
    """centre_px (x, y) and radius_px (horizontal, vertical) on the canvas."""

    centre_px: tuple[float, float]
    radius_px: tuple[float, float]

    def alpha(self, window: Window, /, *, grown: float = 1.06) -> Floats:
        """Soft disc, float32 (H, W): 1 inside, falling to 0 over a seventh of the radius."""
        result = np.zeros(window.shape, np.float32)
        reach = int(max(self.radius_px) * grown * 1.3) + 3
        cx, cy = self.centre_px
        y0, x0 = max(window.top, int(cy) - reach), max(window.left, int(cx) - reach)
        y1, x1 = min(window.bottom, int(cy) + reach), min(window.right, int(cx) + reach)
        if y0 >= y1 or x0 >= x1:
            return result
        y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
        distance = np.hypot((x - cx) / (self.radius_px[0] * grown), (y - cy) / (self.radius_px[1] * grown))
        soft = max(0.14, 1.0 / max(1.0, self.radius_px[0]))
        result[Window(x0, y0, x1, y1).within(window)] = np.clip((1.0 + soft - distance) / soft, 0.0, 1.0)
        return result


def fit(window: Window, picture: Picture, aperture: npt.NDArray[np.bool_], ring_px: Floats, /) -> Iris:
    """Radius refined to the limbus: where, along the visible arc, the picture brightens most from inside to outside.

    ring_px: (5, 2), the tracker's centre and limbus points, which give the centre and a first radius. Daugman's
    integro-differential idea, on rays that stay within the aperture; drawn irises may be up to twice the ring. A ring
    higher than wide, which no tracker gives, was fitted to the picture before (`eye_fit`) and is taken as it is.
    """
    centre = ring_px[0].astype(np.float64)
    spokes = np.linalg.norm(ring_px[1:] - ring_px[0], axis=1)
    across, down = float(spokes[[0, 2]].mean()), float(spokes[[1, 3]].mean())
    if across >= 2.0 and down > TALL * across:
        return Iris((float(centre[0]), float(centre[1])), (across, down))
    radius = float(spokes.mean())
    if radius < 2.0 or not aperture.any():
        return Iris((float(centre[0]), float(centre[1])), (max(radius, 2.0), max(radius, 2.0)))
    luminance = cv2.GaussianBlur((picture @ np.array([0.299, 0.587, 0.114])).astype(np.float32), (0, 0), 0.8)
    inside = cv2.erode(aperture.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    scales = np.arange(0.75, 1.9, 0.05)
    # sideways rays only: the lids hide top and bottom
    angles = np.concatenate([np.linspace(-0.6, 0.6, 25), np.pi + np.linspace(-0.6, 0.6, 25)])
    distance = radius * scales
    x = centre[0] + np.cos(angles)[:, None] * distance
    y = centre[1] + np.sin(angles)[:, None] * distance
    light = window.remap(luminance, x, y)
    seen = window.remap(inside, x, y) > 0.9
    both = seen[:, 2:] & seen[:, :-2]
    rise = np.where(both, light[:, 2:] - light[:, :-2], 0.0).sum(axis=0)
    count = both.sum(axis=0)
    strength = np.where(count >= 8, rise / np.maximum(count, 1), 0.0)
    strength *= np.exp(-0.5 * ((scales[1:-1] - 1.0) / 0.45) ** 2)
    best = int(np.argmax(strength))
    found = float(scales[1 + best]) if strength[best] > 4.0 else 1.0
    width = radius * found
    height = width * (1.0 if found < 1.35 else 1.15)
    return Iris((float(centre[0]), float(centre[1])), (width, height))


def complete(window: Window, picture: Picture, seen: npt.NDArray[np.bool_], iris: Iris, /) -> Picture:
    """The iris with its hidden part painted in: every ring goes on from where it is seen, without its highlights.

    seen: where the eye is visible. Only pixels in and just around the iris change.
    """
    cx, cy = iris.centre_px
    rx, ry = iris.radius_px
    reach = 1.25
    rings = max(8, round(2 * reach * max(rx, ry)))
    theta = np.arange(_ANGLES) * (2.0 * np.pi / _ANGLES)
    rho = np.linspace(0.0, reach, rings)
    map_x = cx + np.cos(theta)[:, None] * rho * rx
    map_y = cy + np.sin(theta)[:, None] * rho * ry
    polar = window.remap(picture, map_x, map_y, cv2.BORDER_REPLICATE)
    known = window.remap(seen.astype(np.float32), map_x, map_y) > 0.99
    usable = known.sum(axis=0) >= 6
    if not usable.any():
        return picture
    polar = np.where(known[..., None], polar, _around(polar, known, usable)).astype(np.float32)
    y0, x0 = max(window.top, int(cy - reach * ry)), max(window.left, int(cx - reach * rx))
    y1, x1 = min(window.bottom, int(cy + reach * ry) + 2), min(window.right, int(cx + reach * rx) + 2)
    box = Window(x0, y0, x1, y1).within(window)
    y, x = np.mgrid[y0:y1, x0:x1].astype(np.float32)
    r = np.hypot((x - cx) / rx, (y - cy) / ry)
    angle = np.mod(np.arctan2((y - cy) / ry, (x - cx) / rx), 2.0 * np.pi) * (_ANGLES / (2.0 * np.pi))
    wrapped = np.concatenate([polar, polar[:1]])  # the seam at angle 0
    column = np.minimum(r / reach * (rings - 1), rings - 1).astype(np.float32)
    painted = cv2.remap(wrapped, column, angle.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    result = picture.copy()
    hidden = ~seen[box]
    result[box][hidden] = painted[hidden]
    return result


def _around(polar: Picture, known: npt.NDArray[np.bool_], usable: npt.NDArray[np.bool_]) -> Picture:
    """The rings (angle, radius, 3) closed: between the angles where they are known, and from ring to ring."""
    result = np.zeros_like(polar)
    for number in np.flatnonzero(usable):
        at = np.flatnonzero(known[:, number])
        colours = polar[at, number]
        light = colours.sum(axis=1)
        plain = light <= np.percentile(light, _PLAIN) + _HIGHLIGHT
        at, colours = at[plain], colours[plain]
        for channel in range(3):
            result[:, number, channel] = np.interp(
                np.arange(_ANGLES), at, cv2.blur(colours[None, :, channel], (5, 1))[0], period=_ANGLES
            )
    nearest = np.abs(np.arange(len(usable))[:, None] - np.flatnonzero(usable)[None]).argmin(axis=1)
    result = result[:, np.flatnonzero(usable)[nearest]]
    turned = np.concatenate([result[-12:], result, result[:12]])
    return np.asarray(cv2.GaussianBlur(turned, (1, 25), 0.0, sigmaY=5.0)[12:-12], np.float32)
