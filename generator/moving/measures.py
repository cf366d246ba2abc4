"""The portrait's face on the avatar's canvas: landmarks, eyes level, and the lengths that everything is scaled by."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from generator import topology

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class CanvasFace:
    """points_px: float32 (478, 2) on the canvas. depth_px: float32 (478,), toward the viewer, 0 beside the ears.

    yaw_rad, pitch_rad: how the portrait itself is turned (its roll is already taken out).
    shapes: ARKit scores of the portrait's own expression, where the engine gives them.
    drawn: its eyes are larger than life (`generator.finding.eye_fit`): flat colours, a mouth without lips.
    """

    points_px: Floats
    depth_px: Floats
    yaw_rad: float
    pitch_rad: float
    shapes: dict[str, float]
    drawn: bool = False

    @cached_property
    def iod_px(self) -> float:
        """Distance between the iris centres, the unit of all measures."""
        return float(np.linalg.norm(self.points_px[468] - self.points_px[473]))

    @cached_property
    def half_width_px(self) -> float:
        """Half the distance between the face's sides at the ears (landmarks 234 and 454)."""
        sides = self.points_px[[topology.CHEEK_RIGHT, topology.CHEEK_LEFT]]
        return float(np.linalg.norm(sides[0] - sides[1])) / 2.0

    @cached_property
    def height_px(self) -> float:
        """From the top of the forehead (10) to the chin (152)."""
        return float(np.linalg.norm(self.points_px[topology.FOREHEAD] - self.points_px[topology.CHIN]))

    @cached_property
    def centre_x_px(self) -> float:
        """Middle of the face's sides."""
        return float(self.points_px[[topology.CHEEK_RIGHT, topology.CHEEK_LEFT], 0].mean())

    @cached_property
    def chin_y_px(self) -> float:
        """Height of the chin."""
        return float(self.points_px[topology.CHIN, 1])

    @cached_property
    def mouth_width_px(self) -> float:
        """Corner to corner."""
        corners = self.points_px[list(topology.MOUTH_CORNERS)]
        return float(np.linalg.norm(corners[0] - corners[1]))

    @cached_property
    def lobes_y_px(self) -> float:
        """Height of the ear lobes (landmarks 132 and 361)."""
        return float(self.points_px[[132, 361], 1].mean())

    @cached_property
    def brows_y_px(self) -> float:
        """Height of the brows (landmarks 105 and 334)."""
        return float(self.points_px[[105, 334], 1].mean())

    @property
    def oval_px(self) -> Floats:
        """float32 (36, 2): the face outline, closed."""
        return self.points_px[list(topology.OVAL)]

    def curve(self, indices: tuple[int, ...], /) -> Floats:
        """float32 (N, 2): the landmarks of a curve, in order."""
        return self.points_px[list(indices)]

    def brow_line(self, eye: topology.Eye, /) -> Floats:
        """float32 (5, 2): the middle of an eye's brow, between its two rows of landmarks."""
        return (self.curve(eye.brow[:5]) + self.curve(eye.brow_lower_edge)) / 2.0
