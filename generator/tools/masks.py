"""Mask strips: the two soft edges between which eyes and mouth interior are seen."""

from typing import Final

import numpy as np
import numpy.typing as npt

from assets.avatar import MaskEdge
from generator.scene import Scene
from generator.tools.mesh import ribbon
from generator.tools.piece import LidRow, Piece

FEATHER_PX: Final = 0.75
"""Half the width of a mask's soft edge."""
STOP_GAP_PX: Final = -0.5
"""Rim of the upper mask against rim of the lower one when the edges themselves have passed each other by two pixels."""
_RAMP_TEXELS: Final = 33


def mask_strip(
    scene: Scene,
    name: str,
    clip: str,
    edge: MaskEdge,
    rows_px: npt.NDArray[np.floating],
    moves_px: npt.NDArray[np.floating],
    /,
    *,
    stop: str,
) -> Piece:
    """A strip of 3 rows of N points whose alpha rises from 0 to 1 over an edge and stays 1 up to the far row.

    rows_px: (3, N, 2), top row first. "upper": rows 0 and 1 are the rim (alpha 0 and 1), row 2 is far below.
    "lower": row 0 is far above, rows 1 and 2 the rim (alpha 1 and 0). moves_px: (52 + C, N, 2) of the rim; the far
    row stays. stop: the set of stops that this edge belongs to.
    """
    columns = rows_px.shape[1]
    upper = edge == "upper"
    riding = np.repeat(np.array([1.0, 1.0, 0.0] if upper else [0.0, 1.0, 1.0]), columns)
    deltas = (np.tile(moves_px, (1, 3, 1)) * riding[None, :, None]).astype(np.float32)
    strip = ribbon(rows_px)
    level = np.linspace(0.0, 1.0, _RAMP_TEXELS)
    alpha = np.clip((level if upper else 1.0 - level) / 0.5, 0.0, 1.0)
    texture = np.full((_RAMP_TEXELS, 4, 4), 255, np.uint8)
    texture[..., 3] = np.round(alpha * 255.0).astype(np.uint8)[:, None]
    texel = np.array([0.5, 0.5 * _RAMP_TEXELS, _RAMP_TEXELS - 0.5])
    picked = np.stack([np.full(3 * columns, 2.0), np.repeat(texel, columns)], axis=1).astype(np.float32)
    rim = 0 if upper else 2 * columns
    return Piece(
        name, texture, (0, 0), strip,
        depth_px=scene.depth(strip.points_px), follow=np.ones(3 * columns, np.float32), deltas_px=deltas,
        clip=clip, mask=edge,
        hangs=LidRow(stop, np.tile(np.arange(columns), 3), riding.astype(np.float32)) if upper else None,
        edge=(stop, edge, np.arange(columns) + rim),
        picked_px=picked,
    )  # fmt: skip
