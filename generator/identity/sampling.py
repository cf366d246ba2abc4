"""Random weight sets, each a function of seed and number alone, so that a data set can be made in any order."""

from typing import Final

import numpy as np
import numpy.typing as npt

from assets.identity import LIMIT, PARAMETERS, Template
from generator.identity.rig import APART_PX

Doubles = npt.NDArray[np.float64]

_AT_ONCE: Final = 2


def weights(template: Template, seed: int, number: int, /) -> Doubles:
    """Sample `number` of the set `seed`: (P,), uniform in -LIMIT..LIMIT.

    A set under which two dots would touch is thrown again (two of five are): brows on eyelids are no face, and dots
    on dots no truth.
    """
    rng = np.random.default_rng((seed, number))
    while True:
        thrown = rng.uniform(-LIMIT, LIMIT, (_AT_ONCE, len(PARAMETERS)))
        good = np.flatnonzero(apart(keypoints(template, thrown)))
        if len(good):
            return np.asarray(thrown[good[0]])


def keypoints(template: Template, thrown: Doubles, /) -> Doubles:
    """Where the key points are under weights (..., P): (..., K, 2)."""
    chosen = template.keypoints
    return np.asarray(template.points_px[chosen] + np.tensordot(thrown, template.basis_px[:, chosen], 1))


def apart(points_px: Doubles, /) -> npt.NDArray[np.bool_]:
    """Whether every two of the points (..., K, 2) are APART_PX from each other along one axis at least: (...)."""
    first, second = np.triu_indices(points_px.shape[-2], 1)
    gap = np.abs(points_px[..., first, :] - points_px[..., second, :]).max(axis=-1)
    return np.asarray(gap.min(axis=-1) >= APART_PX)
