"""The underlying face: all skin above the jaw line, features painted over; the ears are layers of their own behind."""

from dataclasses import replace
from typing import Final

import cv2
import numpy as np

from assets.avatar import Fade
from generator.parts import _patch
from generator.scene import Scene
from generator.tools import colours, repaint
from generator.tools.curves import smoothstep
from generator.tools.mesh import grid
from generator.tools.piece import Piece, cut
from generator.tools.repaint import Picture

FAR_EAR_RAD: Final = (0.66, 0.48)
"""Turned so far, the ear on the far side is gone, and so far it is still there whole (the avatar's own angles)."""

RIM_IOD, RIM_LIGHTER = 0.14, 12.0
"""How far below the jaw light from behind is looked for, and by how many Lab units it is lighter than the neck."""


def build(scene: Scene, below: Picture, /) -> tuple[list[Piece], Picture]:
    """ear_right, ear_left, face; the picture below them is the torso, painted upward behind the chin."""
    mattes, face, unit = scene.mattes, scene.face, scene.unit_px
    jaw_edge = cv2.GaussianBlur(mattes.face * mattes.head, (0, 0), max(0.7, 0.012 * unit))
    alpha = np.minimum(mattes.face, np.where(mattes.head, np.minimum(1.0, 2.0 * jaw_edge), 0.0))
    beside = repaint.grow(mattes.oval, 0.04 * unit)
    top, bottom = float(face.points_px[70, 1]), float(face.points_px[132, 1]) + 0.15 * unit
    pieces: list[Piece] = []
    rows = np.arange(scene.shape[0])[:, None]
    columns = np.arange(scene.shape[1])[None, :]
    for side, band in (("right", columns < face.centre_x_px), ("left", columns > face.centre_x_px)):
        reach = np.abs(columns - face.centre_x_px) < face.half_width_px + 0.55 * unit
        region = band & reach & (rows > top) & (rows < bottom) & ~beside & (mattes.head > 0)
        seen = region & (mattes.face > 0.3) & (mattes.hair < 0.5)
        if seen.sum() < 0.02 * unit * unit:
            continue
        # The ear reaches a little way behind the cheek, painted with its own edge.
        ear = np.where(region, mattes.face, 0.0)
        behind = repaint.grow(seen, 0.12 * unit) & band & (mattes.face > 0.9)
        ear = np.maximum(ear, behind * (mattes.oval | beside))
        texture, origin = cut(below, ear)
        mesh = grid(texture[..., 3], origin_px=origin, step_px=0.14 * unit)
        points = mesh.points_px
        follow = np.ones(len(points), np.float32)
        depth = scene.depth(points)
        gone, there = FAR_EAR_RAD if side == "left" else (-FAR_EAR_RAD[0], -FAR_EAR_RAD[1])
        made = _patch.rigid(scene, f"ear_{side}", texture, origin, mesh, depth_px=depth, follow=follow)
        pieces.append(replace(made, fades=(Fade("yaw_rad", hidden_at=gone, shown_at=there),)))
        alpha = np.where(region & (ear > 0.0), alpha * _falloff(scene, beside), alpha)
    texture, origin = cut(below, alpha)
    mesh = grid(texture[..., 3], origin_px=origin, step_px=0.105 * unit)
    pieces.append(_patch.on_skin(scene, "face", texture, origin, mesh))
    return pieces, _painted_torso(scene, below)


def _falloff(scene: Scene, beside: np.ndarray) -> np.ndarray:
    distance = cv2.distanceTransform((~beside).astype(np.uint8), cv2.DIST_L2, 5)
    return np.asarray(1.0 - smoothstep(distance, 0.0, 0.05 * scene.unit_px), np.float32)


def _painted_torso(scene: Scene, below: Picture) -> Picture:
    known = ~repaint.grow(scene.mattes.head, 0.02 * scene.unit_px) & (scene.mattes.torso > 0.97)
    painted = repaint.fill(below, known & ~_lit_rim(scene, below, known))
    return np.where(known[..., None], below, painted)


def _lit_rim(scene: Scene, below: Picture, known: np.ndarray) -> np.ndarray:
    """Light from behind along the jaw: just below it the neck is far lighter than farther down. A shadow is not."""
    unit = scene.unit_px
    jaw = known & repaint.grow(scene.mattes.head, RIM_IOD * unit)
    skin = colours.like_skin(below, scene.face, tolerance=20.0)
    light = cv2.merge([colours.lab(below)[..., 0]] * 3)
    neck, seen = repaint.spread(light, known & skin & ~jaw, 1.5 * RIM_IOD * unit)
    rim = jaw & ~skin & (seen > 0.02) & ((light - neck)[..., 0] > RIM_LIGHTER)
    cloth = repaint.grow(repaint.grow(rim, -0.35 * RIM_IOD * unit), 0.5 * RIM_IOD * unit)
    return repaint.grow(rim & ~cloth, 0.2 * RIM_IOD * unit)  # it fades
