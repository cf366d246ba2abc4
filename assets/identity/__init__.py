"""The identity parameters: their names and range, the template face they belong to, and the trained predictor.

`template.safetensors` is made by `python -m generator.identity.template`, `predictor.safetensors` by
`cartoonalive dataset identity` and `cartoonalive train identity`; docs/identity.md tells how.

A *component* is placed and sized by weights along linear shapes, F = F0 + sum of weight x shape, each -30..30. The
subject's own left eye is `left_eye`. `x` moves to the picture's right, `y` down, `scale` enlarges; the face outline
has `long`, `broad` and `round`.
"""

import contextlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

LIMIT: Final = 30.0
"""Weights run from -LIMIT to LIMIT; 0 is the template."""

FEATURES: Final = ("left_eye", "right_eye", "nose", "mouth", "left_brow", "right_brow")
COMPONENTS: Final = (*FEATURES, "face")
PARAMETERS: Final[tuple[str, ...]] = (
    *(f"{component}.{way}" for component in FEATURES for way in ("x", "y", "scale")),
    "face.long", "face.broad", "face.round",
)  # fmt: skip
"""The order of all weight vectors."""

TEMPLATE: Final = "template.safetensors"
PREDICTOR: Final = "predictor.safetensors"


@dataclass(frozen=True, slots=True, eq=False)
class Template:
    """The template face on a square canvas of `side_px`.

    points_px: float64 (478, 2), F0. basis_px: float64 (P, 478, 2), displacement per unit of weight, in the order of
    `PARAMETERS`. keypoints: int (K,), the landmarks that are marked with dots. unit_px: the inter-iris distance.
    """

    points_px: npt.NDArray[np.float64]
    basis_px: npt.NDArray[np.float64]
    keypoints: npt.NDArray[np.intp]
    side_px: int
    unit_px: float

    def face(self, weights: npt.NDArray[np.floating], /) -> npt.NDArray[np.float64]:
        """All landmarks for weights (P,): float64 (478, 2)."""
        return np.asarray(self.points_px + np.tensordot(np.asarray(weights, np.float64), self.basis_px, 1))


@cache
def template() -> Template:
    """The shipped template. Its arrays are not to be written to."""
    with shipped(TEMPLATE) as path:
        arrays, facts = read(path)
    if facts["parameters"] != list(PARAMETERS):
        raise ValueError(f"{TEMPLATE}: its parameters are not this program's; make it anew")
    for array in arrays.values():
        array.setflags(write=False)
    return Template(
        arrays["points_px"], arrays["basis_px"], arrays["keypoints"].astype(np.intp), facts["side_px"], facts["unit_px"]
    )


def template_to_bytes(made: Template, /) -> bytes:
    """The file of a template."""
    facts = {"parameters": list(PARAMETERS), "side_px": made.side_px, "unit_px": made.unit_px}
    keypoints = made.keypoints.astype(np.int64)
    return to_bytes({"points_px": made.points_px, "basis_px": made.basis_px, "keypoints": keypoints}, facts)


def to_bytes(arrays: Mapping[str, npt.NDArray[Any]], facts: Mapping[str, Any], /) -> bytes:
    """A safetensors file with `facts` (JSON values) in its header."""
    named = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    return save(named, metadata={"facts": json.dumps(facts, allow_nan=False)})


def read(path: Path, /) -> tuple[dict[str, npt.NDArray[Any]], dict[str, Any]]:
    """Arrays and facts of a file that `to_bytes` made. Raises ValueError or KeyError for another."""
    try:
        with safe_open(path, framework="numpy") as file:
            facts: dict[str, Any] = json.loads((file.metadata() or {})["facts"])
            return {key: file.get_tensor(key) for key in file.keys()}, facts
    except SafetensorError as error:
        raise ValueError(str(error)) from None


@contextlib.contextmanager
def shipped(name: str, /) -> Iterator[Path]:
    """The path of one of this folder's files."""
    with resources.as_file(resources.files(__name__) / name) as path:
        yield path
