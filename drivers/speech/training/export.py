"""The fitted arrays as the file that ships: half precision, with the facts of its making."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import numpy as np
from safetensors.numpy import save

from assets.files import atomic_write
from drivers.speech.features import Floats
from drivers.speech.net import FORMAT_VERSION, Weights

LARGEST_BYTES: Final = 300 * 1024


def write(path: Path, arrays: Mapping[str, Floats], facts: Mapping[str, str]) -> int:
    """Writes the model, at once or not at all; gives its size in bytes. Raises WeightsError for odd arrays."""
    halves = {name: np.ascontiguousarray(array.astype(np.float16)) for name, array in arrays.items()}
    Weights({name: array.astype(np.float32) for name, array in halves.items()}, facts)  # checks the shapes
    # One entry, because the library writes several in any order; so equal models are equal files.
    data = save(halves, {"facts": json.dumps({"version": FORMAT_VERSION, **facts}, sort_keys=True)})
    assert len(data) <= LARGEST_BYTES, f"{len(data)} bytes are too many to ship"
    with atomic_write(path) as file:
        file.write(data)
    return len(data)
