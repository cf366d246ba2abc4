"""The trained network in plain numpy: normalised key points -> weights, four layers, and its file."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from assets import files, identity
from assets.errors import WeightsError
from assets.identity import LIMIT, PARAMETERS

Doubles = npt.NDArray[np.float64]

LAYERS: Final = 4
_COLD: Final = np.float32(-60.0)
"""Below this a SiLU is 0 in float32, and its exponential would soon overflow."""


@dataclass(frozen=True, eq=False)
class Network:
    """layers: (weight (out, in), bias (out,)) float32, LAYERS of them, with a SiLU between.

    mean, spread: (2 K,), what the key points are normalised by, in px of the template's canvas. facts: how it was made.
    """

    layers: tuple[tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]], ...]
    mean: Doubles
    spread: Doubles
    facts: Mapping[str, Any]

    def weights(self, keypoints_px: npt.NDArray[np.floating], /) -> Doubles:
        """(..., P) for key points (..., K, 2) on the template's canvas; within -LIMIT..LIMIT."""
        points = np.asarray(keypoints_px, np.float64)
        flat = (points.reshape(*points.shape[:-2], -1) - self.mean) / self.spread
        value: npt.NDArray[np.floating] = flat.astype(np.float32)
        for number, (weight, bias) in enumerate(self.layers):
            value = value @ weight.T + bias
            if number + 1 < len(self.layers):
                value = value / (1.0 + np.exp(-np.maximum(value, _COLD)))
        return np.clip(value.astype(np.float64) * LIMIT, -LIMIT, LIMIT)


def to_bytes(network: Network, /) -> bytes:
    """The network as a safetensors file."""
    arrays: dict[str, npt.NDArray[Any]] = {"mean": network.mean, "spread": network.spread}
    for number, (weight, bias) in enumerate(network.layers):
        arrays |= {f"layer{number}.weight": weight, f"layer{number}.bias": bias}
    return identity.to_bytes(arrays, network.facts)


def save(network: Network, path: Path, /) -> None:
    """Write the file, all or nothing."""
    files.write_bytes(path, to_bytes(network))


def load(path: Path, /) -> Network:
    """The network in a file. Raises WeightsError when it is none, or none for this program's parameters."""
    try:
        arrays, facts = identity.read(path)
        layers = tuple((arrays[f"layer{n}.weight"], arrays[f"layer{n}.bias"]) for n in range(LAYERS))
        if facts["parameters"] != list(PARAMETERS) or len(layers[-1][1]) != len(PARAMETERS):
            raise ValueError("it predicts other parameters than this program's")
        return Network(layers, arrays["mean"], arrays["spread"], facts)
    except (OSError, ValueError, KeyError) as error:
        raise WeightsError(f"not an identity network: {' '.join(str(error).split())}: {path}") from None


@cache
def shipped() -> Network:
    """The network that comes with the program."""
    with identity.shipped(identity.PREDICTOR) as path:
        return load(path)
