"""From landmarks to any point: smooth fields of displacement and depth.

A field is a linear operator: values at the landmarks in, values at the query points out. It is Gaussian-process
regression with a Matern 5/2 kernel: smooth, and back to zero away from the landmarks by itself, so that neck, hair
and clothes stay still without anchor points. The same operator serves all shapes at once.
"""

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]


def _matern(a: Doubles, b: Doubles, length: float) -> Doubles:
    s = (a[:, None, 0] - b[None, :, 0]) ** 2 + (a[:, None, 1] - b[None, :, 1]) ** 2
    np.sqrt(s, out=s)
    s *= np.sqrt(5.0) / length
    result = s * s / 3.0
    result += 1.0 + s
    result *= np.exp(-s)
    return result


class Field:
    """Interpolates between some of the landmarks.

    points_px: (478, 2), all landmarks. used: the ones this field listens to. length_px: how far one landmark reaches.
    noise: relative; larger values follow the landmarks less closely and are smoother.
    """

    def __init__(self, points_px: Floats, used: Iterable[int], /, *, length_px: float, noise: float = 0.02) -> None:
        self._used = np.array(sorted(set(used)))
        self._length = length_px
        self._points = points_px[self._used].astype(np.float64)
        kernel = _matern(self._points, self._points, length_px)
        kernel[np.diag_indices_from(kernel)] += noise
        self._inverse = np.linalg.inv(kernel)

    def at(self, query_px: Floats, values: npt.NDArray[np.floating], /) -> Floats:
        """Values at the query points.

        query_px: (Q, 2). values: (..., 478, K) at all landmarks. Returns float32 (..., Q, K).
        """
        operator = _matern(np.asarray(query_px, np.float64), self._points, self._length) @ self._inverse
        return np.asarray(operator @ values[..., self._used, :].astype(np.float64), np.float32)
