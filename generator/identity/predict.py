"""A portrait's own identity parameters: its key points laid on the template, and what network and least squares say."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from assets import identity
from assets.identity import LIMIT, PARAMETERS
from generator import topology
from generator.identity import network
from generator.identity.solve import Solver

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Identity:
    """weights, least_squares: (P,), within -LIMIT..LIMIT; the first is the network's and the one that counts.

    residual_iod: what the linear shapes can't express, root mean square over the key points in inter-iris distances of
    the template, for the weights and for the least squares. The avatar keeps it: its neutral face is the portrait's.
    """

    weights: Doubles
    least_squares: Doubles
    residual_iod: tuple[float, float]

    def facts(self) -> dict[str, Any]:
        """For an avatar's manifest."""
        return {
            "weights": named(self.weights),
            "least_squares": named(self.least_squares),
            "residual_iod": [round(value, 4) for value in self.residual_iod],
        }


def named(weights: npt.NDArray[np.floating], /) -> dict[str, float]:
    """Weights (P,) by parameter, to a thousandth of a unit."""
    return {name: round(float(value), 3) + 0.0 for name, value in zip(PARAMETERS, weights, strict=True)}


def identify(points_px: npt.NDArray[np.floating], /) -> Identity:
    """The identity of a face with level eyes, from its landmarks (478, 2)."""
    template = identity.template()
    keypoints = on_template(points_px)[template.keypoints]
    found = [
        np.clip(method.weights(keypoints), -LIMIT, LIMIT) for method in (network.shipped(), Solver.of(template))
    ]
    off = [np.sqrt(((keypoints - template.face(w)[template.keypoints]) ** 2).sum(axis=1).mean()) for w in found]
    return Identity(found[0], found[1], (float(off[0] / template.unit_px), float(off[1] / template.unit_px)))


def on_template(points_px: npt.NDArray[np.floating], /) -> Doubles:
    """The landmarks moved and scaled so that the face's outline lies best on the template's, (478, 2)."""
    template = identity.template()
    points = np.asarray(points_px, np.float64)
    outline = list(topology.OVAL)
    own, wanted = points[outline], template.points_px[outline]
    offset, target = own - own.mean(axis=0), wanted - wanted.mean(axis=0)
    scale = float((offset * target).sum() / (offset * offset).sum())
    return np.asarray((points - own.mean(axis=0)) * scale + wanted.mean(axis=0))


def facts_of(points_px: npt.NDArray[np.floating], /) -> dict[str, Any]:
    """`identify`, for an avatar's manifest."""
    return identify(points_px).facts()
