"""Pieces made in one way by several parts: on the skin, rigid, or peeled off it with the face beneath painted over."""

import numpy as np
import numpy.typing as npt

from generator.scene import Scene
from generator.tools import repaint
from generator.tools.mesh import Mesh, grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture


def on_skin(
    scene: Scene, name: str, texture: npt.NDArray[np.uint8], origin_px: tuple[int, int], mesh: Mesh, /
) -> Piece:
    """A piece that lies on the skin and moves with it."""
    points = mesh.points_px
    follow = np.ones(len(points), np.float32)
    return Piece(name, texture, origin_px, mesh, scene.depth(points), follow, scene.moves(points))


def rigid(
    scene: Scene,
    name: str,
    texture: npt.NDArray[np.uint8],
    origin_px: tuple[int, int],
    mesh: Mesh,
    /,
    *,
    depth_px: npt.NDArray[np.float32],
    follow: npt.NDArray[np.float32],
    swings: bool = False,
) -> Piece:
    """A piece that no shape moves, only the head's turn; swings: hair."""
    sways = scene.strands.at(mesh.points_px) if swings else None
    return Piece(name, texture, origin_px, mesh, depth_px, follow, scene.still(len(mesh.points_px)), sways=sways)


def peel(
    scene: Scene,
    below: Picture,
    core: npt.NDArray[np.bool_],
    /,
    *,
    name: str,
    ramp_px: float,
    step_px: float,
    keep_off: npt.NDArray[np.bool_] | None = None,
) -> tuple[Piece, Picture]:
    """The layer of `core` with a soft rim, and the picture with the core painted over.

    The patch is opaque over everything that is painted over, so at rest the portrait is unchanged; its rim fades out
    where the picture below is still the same, and ends at once before `keep_off`, which moves in another way.
    """
    core = core & (scene.mattes.subject > 0.5)
    alpha = repaint.soft_mask(core, ramp_px)
    if keep_off is not None:
        core = core & ~repaint.grow(keep_off, 3.0)
        alpha *= 1.0 - repaint.soft_mask(keep_off, 2.0)
    texture, origin = cut(below, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=step_px)
    return on_skin(scene, name, texture, origin, mesh), repaint.fill_hole(below, repaint.grow(core, -1.0))
