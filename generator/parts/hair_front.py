"""All the hair that is seen, as one soft layer before the face; beneath it skin and clothes are painted in."""

import numpy as np

from generator import repaint
from generator.curves import smoothstep
from generator.mesh import grid
from generator.piece import Piece, cut
from generator.repaint import Picture
from generator.scene import Scene

NEARER = 0.18
"""How much nearer than the skin the hair over the face lies, in half face widths (generator-notes 3.0)."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """The hair layer, and the picture without hair."""
    mattes = scene.mattes
    bare = without_hair(scene, below)
    if mattes.hair.max() < 0.5:
        return [], bare
    behind = np.where((np.maximum(mattes.face, mattes.torso) > 0.5)[..., None], bare, _background(scene))
    near = repaint.grow(mattes.hair > 0.1, 0.05 * scene.unit_px) & (mattes.subject > 0.0)
    alpha = np.where(near, np.maximum(mattes.hair, _least_alpha(scene.colour, behind)), mattes.hair)
    alpha = np.minimum(alpha, mattes.subject).astype(np.float32)
    # Solved so that hair over what lies behind it gives the portrait's own pixel again.
    thick = np.maximum(alpha, 0.04)[..., None]
    colour = np.clip((scene.colour - (1.0 - thick) * behind) / thick, 0.0, 255.0)
    texture, origin = cut(colour, np.where(alpha < 0.02, 0.0, alpha))
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.16 * scene.unit_px)
    points = mesh.points_px
    nose_y, chin_y = scene.face.points_px[1, 1], scene.face.chin_y_px
    nearer = NEARER * scene.face.half_width_px * smoothstep(points[:, 1], chin_y, nose_y - 0.5 * scene.unit_px)
    return [
        Piece(
            "hair_front", texture, origin, mesh,
            depth_px=scene.cover_depth(points) + nearer.astype(np.float32),
            follow=hair_follow(scene, points),
            deltas_px=scene.still(len(points)),
        )
    ], bare  # fmt: skip


def hair_follow(scene: Scene, points_px: np.ndarray, /) -> np.ndarray:  # type: ignore[type-arg]
    """Hair turns with the head, below the chin less and less, over one face height."""
    return scene.follow(points_px, least=0.1, reach=1.1)


def without_hair(scene: Scene, picture: Picture, /) -> Picture:
    """Skin above the jaw line filled from skin, clothes below it from clothes."""
    mattes = scene.mattes
    hairless = repaint.grow(mattes.hair < 0.03, -0.02 * scene.unit_px)
    ears = mattes.head & ~repaint.grow(mattes.oval, 0.12 * scene.unit_px)
    bare = picture.copy()
    for region, known in (
        (mattes.head, mattes.head & hairless & (mattes.subject > 0.97) & ~ears),
        (~mattes.head, ~mattes.head & hairless & (mattes.torso > 0.97)),
    ):
        painted = repaint.fill(picture, known)
        hidden = region & ~hairless & (np.maximum(mattes.face, mattes.torso) > 0.0)
        bare[hidden] = painted[hidden]
    return bare


def _least_alpha(picture: Picture, behind: Picture) -> np.ndarray:  # type: ignore[type-arg]
    """The least opacity with which any colour (0..255) over `behind` can give `picture`."""
    darker = 1.0 - picture / np.maximum(behind, 1.0)
    brighter = (picture - behind) / np.maximum(255.0 - behind, 1.0)
    needed = np.maximum(darker, brighter).max(axis=-1)
    return np.asarray(np.where(needed > 0.03, np.clip(1.15 * needed, 0.0, 1.0), 0.0), np.float32)


def _background(scene: Scene) -> Picture:
    return repaint.fill(scene.colour, repaint.grow(scene.mattes.subject < 0.02, -0.03 * scene.unit_px))
