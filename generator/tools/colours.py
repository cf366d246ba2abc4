"""Colours as sets of tones: what belongs together in a picture, in CIE Lab."""

import cv2
import numpy as np
import numpy.typing as npt

from generator.moving.measures import CanvasFace

Floats = npt.NDArray[np.float32]
_LOW, _COUNT = (0.0, -128.0, -128.0), (52, 129, 129)


def lab(picture: npt.NDArray[np.uint8] | Floats, /) -> Floats:
    """CIE Lab of an RGB picture (0..255), float32 (H, W, 3)."""
    return np.asarray(cv2.cvtColor(picture / np.float32(255.0), cv2.COLOR_RGB2LAB), np.float32)


def largest(values: Floats, /) -> Floats:
    """The largest of three channels, (H, W, 3) to (H, W). NumPy is slow along a last axis as short as that."""
    first, second, third = cv2.split(values)
    return np.asarray(np.maximum(np.maximum(first, second), third))


def squared(values: Floats, /, *, lightness: float = 1.0) -> Floats:
    """The sum of three squared channels, (H, W, 3) to (H, W): a squared Lab distance, lightness counting as told."""
    light, red, yellow = cv2.split(values)
    total = (light * np.float32(lightness)) ** 2
    total += red**2
    total += yellow**2
    return np.asarray(total, np.float32)


def palette(colours: Floats, rng: np.random.Generator, /) -> Floats:
    """Up to six tones, float32 (K, 3), that stand for a set of Lab colours (N, 3)."""
    if len(colours) < 12:
        return np.zeros((0, 3), np.float32)
    some = colours[rng.integers(0, len(colours), 3000)]
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 12, 0.5)
    _, _, tones = cv2.kmeans(some, 6, np.zeros(0, np.int32), criteria, 1, cv2.KMEANS_PP_CENTERS)
    return np.asarray(tones, np.float32)


def distance(lab_picture: Floats, tones: Floats, /) -> Floats:
    """Squared distance of every pixel to the nearest tone, float32 (H, W)."""
    if len(tones) == 0:
        return np.full(lab_picture.shape[:2], np.inf, np.float32)
    # A table over Lab in steps of 2 units is far smaller than a picture.
    axes = [np.arange(low, low + 2 * count, 2, dtype=np.float32) for low, count in zip(_LOW, _COUNT, strict=True)]
    parts = [((axis[:, None] - tones[:, channel]) ** 2) for channel, axis in enumerate(axes)]
    table, one = np.full(_COUNT, np.inf, np.float32), np.zeros(_COUNT, np.float32)
    for light, red, yellow in zip(*(part.T for part in parts), strict=True):
        np.add((light[:, None] + red[None, :])[..., None], yellow[None, None, :], out=one)
        np.minimum(table, one, out=table)
    place = np.zeros(lab_picture.shape[:2], np.int32)
    for channel, low, count in zip(cv2.split(lab_picture), _LOW, _COUNT, strict=True):
        place *= count
        place += np.round((channel - np.float32(low)) / np.float32(2.0)).astype(np.int32)
    return np.asarray(table.ravel()[place], np.float32)


def commonest(lab_colours: Floats, /) -> Floats:
    """The middle of the fullest cell of a coarse grid over Lab colours (N, 3): the skin of a drawing, say. (3,)."""
    cells = np.round(lab_colours / 4.0).astype(int)
    size = np.ptp(cells, axis=0) + 1
    counts = np.bincount(np.ravel_multi_index((cells - cells.min(axis=0)).T, size))
    fullest = (np.array(np.unravel_index(counts.argmax(), size)) + cells.min(axis=0)) * 4.0
    near = ((lab_colours - fullest) ** 2).sum(axis=1) < 6.0**2
    return np.asarray(lab_colours[near].mean(axis=0), np.float32)


def like_skin(picture: npt.NDArray[np.float32], face: CanvasFace, /, *, tolerance: float) -> npt.NDArray[np.bool_]:
    """Pixels of the colours of the person's cheeks and chin (Lab distance, lightness counting less)."""
    return near_skin(lab(picture), face, tolerance=tolerance)


def near_skin(lab_picture: Floats, face: CanvasFace, /, *, tolerance: float) -> npt.NDArray[np.bool_]:
    """As `like_skin`, of a picture in Lab."""
    samples = face.points_px[[50, 280, 101, 330, 199, 205, 425]].astype(int)
    samples = np.clip(samples, 0, np.array(lab_picture.shape[1::-1]) - 1)
    tone = np.median(lab_picture[samples[:, 1], samples[:, 0]], axis=0)
    return np.asarray(squared(lab_picture - tone, lightness=0.4) < tolerance**2)
