"""A head of numbers: the mean face that the generator measured, with its shapes, turned and put before a camera."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from drivers.protocols.pose import matrix_from_angles
from drivers.tracking import opencv_engine
from drivers.tracking.engines import Sight

ROOT = Path(__file__).resolve().parents[3]
IOD_PX = 100.0
LIDS = (([387, 386, 385], [373, 374, 380]), ([160, 159, 158], [144, 145, 153]))
"""Upper and lower lids of the left and the right eye. Measured fields of a blink move both eyes a little."""


@dataclass(frozen=True)
class Head:
    """points: (478, 3) in distances between the iris centres, y up; shapes: name -> displacement (478, 3)."""

    points: npt.NDArray[np.float64]
    shapes: Mapping[str, npt.NDArray[np.float64]] = field(repr=False)

    def moved(self, *, left: float = 0.0, right: float = 0.0, **weights: float) -> npt.NDArray[np.float64]:
        """The points with shapes added, still unturned. left, right: how far that eye's own lids are closed."""
        moved = self.points.copy()
        for closed, upper, lower in ((left, *LIDS[0]), (right, *LIDS[1])):
            moved[upper] += closed * (moved[lower] - moved[upper])
        for name, weight in weights.items():
            moved += weight * self.shapes[name]
        return moved


@pytest.fixture(scope="session")
def head() -> Head:
    with np.load(ROOT / "generator" / "data" / "human_motion.npz") as data:
        names = [str(name) for name in data["names"]]
        shapes = {name: data["delta_iod"][row].astype(np.float64) for row, name in enumerate(names)}
        return Head(data["neutral_iod"].astype(np.float64), shapes)


Look = Callable[..., Sight]


@pytest.fixture(scope="session")
def look() -> Look:
    """look(points, yaw_rad=..., pitch_rad=..., roll_rad=..., x_px=..., y_px=..., scale=..., scores=...) -> Sight."""

    def seen(
        points: npt.NDArray[np.float64],
        *,
        yaw_rad: float = 0.0,
        pitch_rad: float = 0.0,
        roll_rad: float = 0.0,
        x_px: float = 320.0,
        y_px: float = 240.0,
        scale: float = IOD_PX,
        scores: npt.NDArray[np.float32] | None = None,
    ) -> Sight:
        rotation = matrix_from_angles(yaw_rad, pitch_rad, roll_rad)
        turned = points @ rotation.T * scale
        pose = np.eye(4)
        pose[:3, :3] = rotation
        pose[:3, 3] = (0.0, 0.0, -0.5)
        return Sight(
            turned * (1.0, -1.0, 1.0) + (x_px, y_px, 0.0), pose, np.zeros(52, np.float32) if scores is None else scores
        )

    return seen


@pytest.fixture(autouse=True, scope="session")
def _one_thread_for_networks() -> None:
    """Tests run on all cores already; threads that wait for each other there burn more time than they save."""
    opencv_engine._THREADS = 1  # type: ignore[misc]
