"""Smooth curves through landmarks, resampled evenly: the edges of lids and lips."""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


def resample(points: Floats, count: int, /, *, smooth: float = 0.5, degree: int = 4) -> Floats:
    """`count` points evenly spaced in x along a polyline that runs from left to right.

    points: (N, 2), x rising. smooth: 0 keeps the polyline, 1 takes a polynomial fit of `degree` through it; the ends
    stay where they are. Half and half keeps a lid's own shape without its landmark noise.
    """
    points = np.asarray(points, np.float64)
    order = np.argsort(points[:, 0], kind="stable")
    x, y = points[order, 0], points[order, 1]
    t = np.linspace(0.0, 1.0, count)
    at = x[0] + (x[-1] - x[0]) * t
    straight = np.interp(at, x, y)
    scale = max(float(x[-1] - x[0]), 1e-6)
    u = (x - x[0]) / scale
    chord = y[0] + (y[-1] - y[0]) * u
    # bow * u(1-u) * poly: exact at both corners whatever the fit does between them
    basis = (u * (1 - u))[:, None] * np.vander(u, degree - 1, increasing=True)
    fit, *_ = np.linalg.lstsq(basis, y - chord, rcond=None)
    bowed = y[0] + (y[-1] - y[0]) * t + (t * (1 - t))[:, None] * np.vander(t, degree - 1, increasing=True) @ fit
    return np.stack([at, (1.0 - smooth) * straight + smooth * bowed], axis=1).astype(np.float32)


def smoothstep(x: npt.ArrayLike, /, low: float = 0.0, high: float = 1.0) -> npt.NDArray[np.float64]:
    """0 below `low`, 1 above `high`, smooth between (3t^2 - 2t^3). `low` may exceed `high`."""
    t = np.atleast_1d(np.subtract(x, low, dtype=np.float64))
    t /= high - low
    np.clip(t, 0.0, 1.0, out=t)
    rest = 3.0 - 2.0 * t
    t *= t
    t *= rest
    return t.reshape(np.shape(x))


def lowered(curve: npt.NDArray[np.floating], by_px: float | npt.NDArray[np.floating], /) -> npt.NDArray[np.float64]:
    """A curve (N, 2) moved down the canvas by so many pixels (a number, or one per point); negative moves it up."""
    result = np.array(curve, np.float64)
    result[..., 1] += by_px
    return result


def below(curve: npt.NDArray[np.floating], shape: tuple[int, int], /) -> npt.NDArray[np.float64]:
    """How far every pixel of an (H, W) canvas lies below a curve (N, 2), x rising; beyond its ends it goes on level."""
    y = np.interp(np.arange(shape[1]), curve[:, 0], curve[:, 1])
    return np.asarray(np.arange(shape[0])[:, None] - y[None, :])
