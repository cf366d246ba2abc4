"""Makes the template: `python -m generator.identity.template` writes assets/identity/template.safetensors anew.

F0 is the mean of the neutral faces that this project measured (`generator/data`), made symmetric. Its shapes move each
component with its window (`windows`), so that what lies between the components follows smoothly.
"""

from importlib import resources
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

import assets.identity
from assets import files
from assets.identity import COMPONENTS, PARAMETERS, Template
from generator import topology
from generator.identity import shapes, windows
from generator.moving.motion import measured

SIDE_PX: Final = 1024
UNIT_PX: Final = 270.0
"""Inter-iris distance on the template's canvas: even the longest face fits into it."""

KEYPOINTS: Final = (
    33, 160, 158, 133, 153, 144,  263, 387, 385, 362, 380, 373,
    6, 195, 4, 2, 48, 278, 98, 327,
    61, 40, 37, 0, 267, 270, 291, 321, 314, 17, 84, 91,
    70, 105, 107, 55, 52, 53,  300, 334, 336, 285, 282, 283,
    10, 297, 284, 389, 454, 361, 397, 379, 400, 152, 176, 150, 172, 132, 234, 162, 54, 67,
)  # fmt: skip
"""Marked with dots: eyes, nose, mouth, brows, outline. Far enough apart for a dot each."""


def make() -> Template:
    """The template, computed."""
    mean = measured()[1]
    mirrored = mean[_mirror()] * [-1.0, 1.0]
    points = (mean + mirrored) / 2.0
    iris = [topology.EYES[0].iris[0], topology.EYES[1].iris[0]]
    points /= abs(points[iris[0], 0] - points[iris[1], 0])
    outline = points[list(topology.OVAL)]
    points = (points - (outline.min(axis=0) + outline.max(axis=0)) / 2.0) * UNIT_PX + SIDE_PX / 2.0
    return Template(points, basis(points, UNIT_PX), np.array(KEYPOINTS), SIDE_PX, UNIT_PX)


def basis(points_px: npt.NDArray[np.float64], unit_px: float, /) -> npt.NDArray[np.float64]:
    """Displacement of the landmarks per unit of each parameter, float64 (P, 478, 2)."""
    frames = shapes.frames(points_px, unit_px)
    around = windows.of_face(points_px, unit_px)
    share = dict(zip(COMPONENTS, windows.shares(points_px, [around[name] for name in COMPONENTS]), strict=True))
    rows = []
    for parameter in PARAMETERS:
        component = parameter.split(".")[0]
        one = np.array([float(name == parameter) for name in PARAMETERS if name.split(".")[0] == component])
        rows.append(frames[component].step(np.zeros(3), one).displacement(points_px) * share[component][:, None])
    return np.stack(rows)


def _mirror() -> npt.NDArray[np.intp]:
    """The landmark on the other side of each."""
    with resources.as_file(resources.files("generator") / "data" / "human_motion.npz") as path, np.load(path) as data:
        return np.asarray(data["mirror"], np.intp)


def main() -> None:
    """Write the file."""
    path = Path(assets.identity.__file__).with_name(assets.identity.TEMPLATE)
    files.write_bytes(path, assets.identity.template_to_bytes(make()))


if __name__ == "__main__":
    main()
