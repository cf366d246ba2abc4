"""The closed form: the weights whose face lies nearest to given key points, by least squares.

The shapes are linear, so this is the exact answer to what the network learns from pictures; it is reported beside it.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from assets.identity import Template

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Solver:
    """Least squares against one template, its pseudo-inverse made once."""

    template: Template
    inverse: Doubles

    @classmethod
    def of(cls, template: Template, /) -> "Solver":
        """For this template."""
        columns = template.basis_px[:, template.keypoints].reshape(len(template.basis_px), -1)
        return cls(template, np.asarray(np.linalg.pinv(columns)))

    def weights(self, keypoints_px: npt.NDArray[np.floating], /) -> Doubles:
        """(..., P), unbounded, for key points (..., K, 2) on the template's canvas."""
        offset = np.asarray(keypoints_px, np.float64) - self.template.points_px[self.template.keypoints]
        return np.asarray(offset.reshape(*offset.shape[:-2], -1) @ self.inverse)
