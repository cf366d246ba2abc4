"""A drawn eye found in its picture: the iris as an ellipse, then the lids as the curves of lash line and lower edge.

Pictures here are square patches of one eye, level, `UNIT_PX` pixels to the tracked eye width, the tracked eye in the
middle and its outer corner on the left (a left eye is seen in a mirror). All lengths are in tracked eye widths, from
the middle, x toward the nose, y down. Nothing is learned: an iris is a dark or colourful disc between two light sides;
a lash line is a dark band under lighter skin.
"""

from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
import numpy.typing as npt

from generator.engines import Image
from generator.tools import colours

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

UNIT_PX: Final = 72
REACH: Final = 1.4
"""Half a patch's side, in tracked eye widths."""
SIDE_PX: Final = round(2 * REACH * UNIT_PX)
USUAL_RADIUS: Final = 0.23
"""Radius of a tracked iris: on photographs that of the real one, on any drawing about the same."""
LARGE: Final = 0.29
"""From this radius on an iris is larger than life."""

_CHEEK: Final = ((0.8, 1.3), (-0.7, 0.7))
"""Rows and columns below an eye where there is skin."""
_FARTHEST: Final = 70.0
_SIDE_ANGLES: Final = np.radians(np.linspace(-35.0, 50.0, 14))
_BOTTOM_ANGLES: Final = np.radians(np.linspace(62.0, 118.0, 9))
_ALL_ANGLES: Final = np.radians(np.arange(0.0, 360.0, 36.0))
_RIM: Final = (0.88, 1.14)
_FINE_RIM: Final = (0.93, 1.05)
"""Where the lightness inside and outside of a rim is taken, in radii: to find it, and to place it."""
_DARKER: Final = 8.0
"""An iris is darker than skin by so much, except in its highlights."""
_STEP: Final = 0.08
_APART: Final = 2
"""Steps by which an eye's iris may lie elsewhere than both eyes' mean: people look aside and tilt their heads."""
_STEP_CAP: Final = 35.0
_LIGHT: Final = (68.0, 85.0)
"""What lies outside of an iris is about as light as skin: below the first number it counts nothing, from the second on
all."""
_WIDTH_RADII: Final = 3.4
"""Width of a drawn eye in radii of its iris: 3.1 to 3.9 on four drawings; the iris' centre lies a little inward."""
_OUTER_SHARE: Final = 0.57


@dataclass(frozen=True, slots=True)
class DrawnIris:
    """Centre x and y, radius across and down, and how clearly it shows (mean step of lightness, 0..35)."""

    x: float
    y: float
    rx: float
    ry: float
    score: float


@dataclass(frozen=True, slots=True)
class DrawnLids:
    """Corners (outer, inner) and the curves between: `bulge` heights over and under the chord, and their shape.

    squareness: exponent of the bow, 1 a parabola, less for boxy eyes. skew: where the highest point lies, toward the
    nose when positive.
    """

    outer: tuple[float, float]
    inner: tuple[float, float]
    above: float
    below: float
    squareness: float
    skew: float

    def upper(self, t: Doubles, /) -> Doubles:
        """Points (N, 2) of the upper lid's edge at t in 0..1 from the outer corner to the inner one."""
        return self._curve(t, -self.above, self.squareness, self.skew)

    def lower(self, t: Doubles, /) -> Doubles:
        """The same of the lower lid."""
        return self._curve(t, self.below, self.squareness, 0.0)

    def _curve(self, t: Doubles, bulge: float, squareness: float, skew: float) -> Doubles:
        outer, inner = np.array(self.outer), np.array(self.inner)
        chord = outer + t[:, None] * (inner - outer)
        bow = np.clip(4.0 * t * (1.0 - t), 0.0, 1.0) ** squareness * (1.0 + skew * (2.0 * t - 1.0))
        chord[:, 1] += bulge * bow
        return np.asarray(chord)


def lightness(patch: Image, /) -> Floats:
    """How much like skin or white of the eye: 100 for both and what lies between, less for what is darker or of another
    colour; float32 (S, S). The skin's colour is taken from the cheek below the eye.
    """
    lab = cv2.GaussianBlur(colours.lab(patch), (0, 0), 0.8)
    rows, columns = (slice(*(round((place + REACH) * UNIT_PX) for place in ends)) for ends in _CHEEK)
    skin = np.median(lab[rows, columns].reshape(-1, 3), axis=0)
    hue = skin[1:]
    between = np.clip((lab[..., 1:] @ hue) / max(float(hue @ hue), 1.0), 0.0, 1.0)
    off = np.linalg.norm(lab[..., 1:] - between[..., None] * hue, axis=2)
    darker = np.maximum(0.0, skin[0] - lab[..., 0])
    return np.asarray(100.0 - np.minimum(np.hypot(darker, off), _FARTHEST), np.float32)


def at(values: Floats, x: Doubles, y: Doubles, /) -> Floats:
    """Values of a patch at places in eye widths from its middle; any shape, clamped to the patch."""
    to_px = np.asarray(np.stack([x, y]) * UNIT_PX + SIDE_PX / 2 - 0.5, np.float32)
    flat = to_px.reshape(2, 1, -1)
    limit = 30_000  # OpenCV's remap takes maps of fewer than 32768 columns
    parts = [
        cv2.remap(values, flat[0, :, i : i + limit], flat[1, :, i : i + limit], cv2.INTER_LINEAR,
                  borderMode=cv2.BORDER_REPLICATE)
        for i in range(0, flat.shape[2], limit)
    ]  # fmt: skip
    return np.asarray(np.concatenate(parts, axis=1).reshape(np.shape(x)), np.float32)


def find_irises(lights: tuple[Floats, Floats], /) -> tuple[DrawnIris, DrawnIris]:
    """The ellipse with the clearest rim in each of two patches, of about the same size and place in both."""
    axes = [
        np.arange(-6, 7) * _STEP, np.arange(-3, 8) * _STEP, np.arange(0.16, 0.57, 0.05), np.array([0.95, 1.2, 1.45]),
    ]  # fmt: skip
    shape = tuple(len(axis) for axis in axes)
    x, y, rx, ratio = (axis.ravel() for axis in np.meshgrid(*axes, indexing="ij"))
    scores = [_clearness(light, x, y, rx, rx * ratio).reshape(shape) for light in lights]
    shared = _best_nearby(scores[0]) + _best_nearby(scores[1])
    middle = np.unravel_index(int(np.argmax(shared)), shape)
    first, second = (
        _refined(light, score, axes, middle) for light, score in zip(lights, scores, strict=True)
    )
    return first, second


def _best_nearby(scores: Doubles) -> Doubles:
    """The highest score within `_APART` cells in x and y."""
    result = scores
    for axis in (0, 1):
        padding = [(_APART, _APART) if number == axis else (0, 0) for number in range(scores.ndim)]
        padded = np.pad(result, padding, constant_values=-np.inf)
        count = scores.shape[axis]
        result = np.max([np.take(padded, range(i, i + count), axis) for i in range(2 * _APART + 1)], axis=0)
    return np.asarray(result)


def _refined(light: Floats, scores: Doubles, axes: list[Doubles], middle: tuple[np.intp, ...]) -> DrawnIris:
    """This eye's own best near the shared middle, to a hundredth of an eye width."""
    column, row, radius, aspect = (int(index) for index in middle)
    left, top = max(0, column - _APART), max(0, row - _APART)
    part = scores[left : column + _APART + 1, top : row + _APART + 1, radius, aspect]
    i, j = (int(index) for index in np.unravel_index(int(np.argmax(part)), part.shape))
    best = np.array([axes[0][left + i], axes[1][top + j], axes[2][radius], axes[3][aspect]])
    score = float(part[i, j])
    for step, rim in ((0.03, _RIM), (0.01, _RIM), (0.01, _FINE_RIM)):
        near = np.meshgrid(*(np.array([-2, -1, 0, 1, 2]) * step for _ in range(3)),
                           np.array([-4, -2, 0, 2, 4]) * step, indexing="ij")  # fmt: skip
        x, y, rx, ratio = (centre + axis.ravel() for centre, axis in zip(best, near, strict=True))
        ratio = np.clip(ratio, 0.85, 1.65)
        finer = _clearness(light, x, y, rx, rx * ratio, rim)
        first = int(np.argmax(finer))
        best = np.array([x[first], y[first], rx[first], ratio[first]])
        score = max(score, float(finer[first])) if rim == _RIM else score
    return DrawnIris(best[0], best[1], best[2], best[2] * best[3], score)


def _clearness(
    light: Floats, x: Doubles, y: Doubles, rx: Doubles, ry: Doubles, rim: tuple[float, float] = _RIM
) -> Doubles:
    """How clear the rims of many ellipses are, less where their insides are as light as skin: (N,)."""

    def seen(part: float, angles: Doubles) -> Floats:
        return at(light, x[:, None] + part * rx[:, None] * np.cos(angles),
                  y[:, None] + part * ry[:, None] * np.sin(angles))  # fmt: skip

    def step(angles: Doubles) -> Doubles:
        inside, outside = seen(rim[0], angles), seen(rim[1], angles)
        is_skin = np.clip((outside - _LIGHT[0]) / (_LIGHT[1] - _LIGHT[0]), 0.0, 1.0)
        rise = np.clip(outside - inside, -5.0, _STEP_CAP) * is_skin
        return np.asarray(rise.mean(axis=1), np.float64)

    sides = step(_SIDE_ANGLES), step(np.pi - _SIDE_ANGLES)
    clear = 0.4 * np.minimum(*sides) + 0.15 * (sides[0] + sides[1]) + 0.3 * step(_BOTTOM_ANGLES)
    filled = np.mean([(seen(part, _ALL_ANGLES) < 100.0 - _DARKER).mean(axis=1) for part in (0.3, 0.6, 0.85)], axis=0)
    return np.asarray(clear * np.clip((filled - 0.45) / 0.35, 0.0, 1.0), np.float64)


def find_lids(light: Floats, iris: DrawnIris, /) -> DrawnLids:
    """The lids around an iris: from what is usual for drawn eyes, each number improved in turn, a few times."""
    width = _WIDTH_RADII * iris.rx
    start = np.array([
        iris.x - _OUTER_SHARE * width, iris.y + 0.15 * iris.ry, iris.x + (1.0 - _OUTER_SHARE) * width,
        iris.y + 0.15 * iris.ry, 1.05 * iris.ry, 0.75, 0.0, 0.25 * iris.rx,
    ])  # fmt: skip
    spread = np.array([
        0.5 * iris.rx, 0.45 * iris.ry, 0.35 * iris.rx, 0.45 * iris.ry, 0.35 * iris.ry, 0.25, 0.35, 0.2 * iris.rx,
    ])  # fmt: skip
    best = start.copy()
    for reach in (1.0, 0.6, 0.35):
        for number in (4, 0, 2, 1, 3, 6, 5, 7):
            tried = best + np.linspace(-reach, reach, 13)[:, None] * spread * (np.arange(8) == number)
            tried = np.clip(tried, start - 1.3 * spread, start + 1.3 * spread)
            scores = [_lash(light, iris, one) - 2.0 * float((((one - start) / spread) ** 2).sum()) for one in tried]
            best = tried[int(np.argmax(scores))]
    outer, inner = (float(best[0]), float(best[1])), (float(best[2]), float(best[3]))
    chord = best[1] + (iris.x - best[0]) / (best[2] - best[0]) * (best[3] - best[1])
    below = float(iris.y + 1.03 * iris.ry - chord)
    return DrawnLids(outer, inner, float(best[4]), below, float(best[5]), float(best[6]))


_T: Final = np.linspace(0.06, 0.94, 25)


def _lash(light: Floats, iris: DrawnIris, numbers: Doubles) -> float:
    """How much a dark band lies along the upper lid, lighter skin above and the eye below."""
    lids = DrawnLids((numbers[0], numbers[1]), (numbers[2], numbers[3]), numbers[4], 0.0, numbers[5], numbers[6])
    x, y = lids.upper(_T).T
    thick = numbers[7]

    def mean(low: float, high: float) -> Floats:
        offsets = np.linspace(low, high, 4)[:, None] * thick
        return np.asarray(at(light, np.broadcast_to(x, (4, len(x))), y + offsets).mean(axis=0))

    band, above, below = mean(-1.0, 0.0), mean(-2.2, -1.3), mean(0.3, 1.2)
    score = np.clip(above - band, -15.0, 40.0) + np.clip(below - band, -5.0, 40.0)
    return float(score.mean())
