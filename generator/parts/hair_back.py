"""The hair behind head and neck: what shows between the strands when the head turns."""

import numpy as np

from generator import repaint, topology
from generator.mesh import grid
from generator.parts.hair_front import hair_follow
from generator.piece import Piece, cut
from generator.repaint import Picture
from generator.scene import Scene

DARKER = 0.82
"""Inner hair lies in shade."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """hair_back: the hull of the hair, row by row, painted from the hair's own colours."""
    mattes, face, unit = scene.mattes, scene.face, scene.unit_px
    hair = mattes.hair > 0.5
    beside = hair[int(face.points_px[topology.NOSE_BASE, 1]) :]
    if beside.sum() < 0.15 * unit * unit:  # short hair shows no back
        return [], below
    columns = np.arange(scene.shape[1])
    first = np.where(hair.any(axis=1), hair.argmax(axis=1), scene.shape[1])
    last = np.where(hair.any(axis=1), scene.shape[1] - 1 - hair[:, ::-1].argmax(axis=1), -1)
    around = (first < face.centre_x_px - 0.35 * face.half_width_px) & (last > face.centre_x_px + 0.35 * face.half_width_px)
    hull = around[:, None] & (columns[None] >= first[:, None]) & (columns[None] <= last[:, None])
    inside = (mattes.subject > 0.9) | mattes.head
    hull = repaint.grow(hull & inside, -0.06 * unit)
    if not hull.any():
        return [], below
    painted = repaint.fill(scene.colour, repaint.grow(mattes.hair > 0.9, -0.02 * unit)) * DARKER
    texture, origin = cut(painted, repaint.soft_mask(hull, 0.03 * unit))
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.28 * unit)
    points = mesh.points_px
    return [
        Piece(
            "hair_back", texture, origin, mesh,
            depth_px=np.full(len(points), -0.25 * face.half_width_px, np.float32),
            follow=hair_follow(scene, points),
            deltas_px=scene.still(len(points)),
        )
    ], below  # fmt: skip
