"""What opens when the head turns: nine poses are drawn, and what is seen through there is looked for at rest."""

import dataclasses
from typing import Final

import numpy as np

from assets.avatar import AvatarModel
from assets.face import FaceFrame, HeadPose
from generator import yardsticks
from runtime import app

POSES: Final = tuple((yaw, pitch) for pitch in (20, 0, -20) for yaw in (-30, 0, 30))
"""Yaw and pitch, degrees."""
_CLEAR: Final = (0.0, 0.0, 0.0, 0.0)


def worst(model: AvatarModel, draw: app.Draw, /) -> float:
    """The greatest share of the silhouette that is torn open in one of the poses, 0..1 (`yardsticks.torn`).

    draw: draws this avatar.
    """
    rest = draw(FaceFrame(), model.canvas_px, _CLEAR)
    turned = {pose: draw(_turn(*pose), model.canvas_px, _CLEAR) for pose in POSES}
    shares = {pose: yardsticks.holes(picture) for pose, picture in turned.items()}
    if not any(shares.values()):
        return 0.0
    most = 0.0
    with app.drawing(placed(model)) as draw_places:
        for pose in sorted(POSES, key=lambda pose: -shares[pose]):
            if shares[pose] <= most:
                break
            places = draw_places(_turn(*pose), model.canvas_px, _CLEAR)
            most = max(most, yardsticks.torn(turned[pose], places, rest))
    return most


def placed(model: AvatarModel, /) -> AvatarModel:
    """The avatar painted so that every pixel tells where it lies at rest: red and green are x and y on the canvas, 255
    its last column and row."""
    last = np.array(model.canvas_px) - 1.0
    textures = dict(model.textures)
    for layer in model.layers:
        vertices = slice(*layer.vertex_range)
        uv = np.column_stack([model.uv[vertices], np.ones(len(model.uv[vertices]))]).astype(np.float64)
        affine, *_ = np.linalg.lstsq(uv, model.rest_px[vertices].astype(np.float64), rcond=None)
        painted = textures[layer.texture].copy()
        height, width = painted.shape[:2]
        v, u = (np.mgrid[:height, :width] + 0.5) / np.array([height, width])[:, None, None]
        place = u[..., None] * affine[0] + v[..., None] * affine[1] + affine[2]
        painted[..., :2] = np.clip(np.round(place / last * 255.0), 0, 255).astype(np.uint8)
        textures[layer.texture] = painted
    return dataclasses.replace(model, textures=textures)


def _turn(yaw_deg: float, pitch_deg: float) -> FaceFrame:
    return FaceFrame.from_mapping({}, head=HeadPose.from_degrees(yaw_deg=yaw_deg, pitch_deg=pitch_deg))
