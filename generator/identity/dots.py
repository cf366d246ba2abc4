"""White dots found in a picture, to a hundredth of a pixel: the centre of mass of each dot's light."""

from typing import Final

import numpy as np
import numpy.typing as npt

from generator.identity import rig

MASS: Final = float(rig.dot()[..., 0].sum(dtype=np.int64))
"""The light of one whole dot."""
MASS_TOLERANCE: Final = 0.02


def find(picture: npt.NDArray[np.uint8], expected_px: npt.NDArray[np.floating], /) -> npt.NDArray[np.float64]:
    """The places of the dots in a picture: float64 (K, 2), x and y, pixel centres at halves.

    picture: uint8 (H, W, C), of which the first channel is looked at. expected_px: (K, 2); it says only which dot is
    which: a dot is looked for within the size of its tile around that place. Raises ValueError when a dot is not
    there, or not there alone.
    """
    half = rig.DOT_HALF_PX
    corner = np.floor(expected_px).astype(np.intp) - half - 1
    reach = np.arange(2 * half + 3)
    columns, rows = corner[:, None, 0] + reach, corner[:, None, 1] + reach
    limit = picture.shape[0] - 1, picture.shape[1] - 1
    light = picture[np.clip(rows, 0, limit[0])[:, :, None], np.clip(columns, 0, limit[1])[:, None, :], 0]
    white = _alone(light.astype(np.float64))
    mass = white.sum(axis=(1, 2))
    odd = np.abs(mass / MASS - 1.0) > MASS_TOLERANCE
    if odd.any():
        raise ValueError(f"{int(odd.sum())} of {len(mass)} dots are hidden, missing or not alone")
    x = (white.sum(axis=1) * (columns + 0.5)).sum(axis=1) / mass
    y = (white.sum(axis=2) * (rows + 0.5)).sum(axis=1) / mass
    return np.stack([x, y], axis=1)


def _alone(light: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The light within the dot's radius of the brightest place; a neighbour's tile or the face's grey stays out."""
    count, side, _ = light.shape
    middle = light.copy()
    middle[:, :3], middle[:, -3:], middle[:, :, :3], middle[:, :, -3:] = 0.0, 0.0, 0.0, 0.0
    brightest = middle.reshape(count, -1).argmax(axis=1)
    row, column = brightest // side, brightest % side
    reach = np.arange(side)
    below, beside = np.abs(reach - row[:, None]) <= 5, np.abs(reach - column[:, None]) <= 5
    return np.asarray(light * below[:, :, None] * beside[:, None, :])
