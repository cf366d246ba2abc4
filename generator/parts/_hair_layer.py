"""What the two hair layers share: a soft picture on a coarse grid that turns with the head."""

import numpy as np
import numpy.typing as npt

from generator.parts import _patch
from generator.scene import Scene
from generator.tools.curves import smoothstep
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

NEARER = 0.18
"""How much nearer than the skin the hair over the face lies, in half face widths."""
EDGE = 0.9
"""From so far out, in half face widths, it lies on the skin: a thin strip that moved otherwise would leave a gap."""


def follow(scene: Scene, points_px: npt.NDArray[np.float32], /) -> npt.NDArray[np.float32]:
    """Hair turns with the head, below the chin less and less, over one face height."""
    return scene.follow(points_px, least=0.1, reach=1.1)


def layer(
    scene: Scene, name: str, colour: Picture, alpha: npt.NDArray[np.float32], /, *, swings: bool = True
) -> list[Piece]:
    """The layer, or nothing where there is no hair."""
    if alpha.max() < 0.5:
        return []
    texture, origin = cut(colour, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.16 * scene.unit_px)
    points = mesh.points_px
    nose_y, chin_y = scene.face.points_px[1, 1], scene.face.chin_y_px
    half = scene.face.half_width_px
    # Over the face it lies before the skin, at the sides on it.
    aside = np.clip(np.abs(points[:, 0] - scene.face.centre_x_px) / (EDGE * half), 0.0, 1.0)
    nearer = NEARER * half * np.sqrt(1.0 - aside**2)
    nearer = nearer * smoothstep(points[:, 1], chin_y, nose_y - 0.5 * scene.unit_px)
    depth = scene.cover_depth(points) + nearer.astype(np.float32)
    turned = follow(scene, points)
    return [_patch.rigid(scene, name, texture, origin, mesh, depth_px=depth, follow=turned, swings=swings)]
