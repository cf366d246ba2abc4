"""Takes played one after another, and a page of moments from them: what `demo` shows."""

from collections.abc import Callable, Sequence
from dataclasses import astuple
from math import degrees
from typing import Final

import numpy as np
from PIL import Image, ImageDraw

from assets import arkit
from assets.face import FaceFrame
from assets.takes import Take
from runtime.app import Draw
from runtime.sinks.base import LIGHT_GREY

CELL_PX: Final = 240
LABEL_PX: Final = 18
COLUMNS: Final = 6


class Reel:
    """Several takes as one; `at` is all that `runtime.films.film` needs."""

    def __init__(self, takes: Sequence[Take]) -> None:
        self._takes = takes
        self.duration_s = sum(take.duration_s for take in takes)

    def at(self, time_s: float, /) -> FaceFrame:
        """The face at `time_s` from the start of the first take; beyond the end, the last face."""
        for take in self._takes[:-1]:
            if time_s < take.duration_s:
                return take.at(time_s)
            time_s -= take.duration_s
        return self._takes[-1].at(time_s)


def contact_sheet(reel: Reel, draw: Draw, cells: int, *, advance: Callable[[str, float], None]) -> Image.Image:
    """A page of `cells` moments spread over the reel, each with the name of what moves most."""
    rows = -(-cells // COLUMNS)
    page = Image.new("RGB", (COLUMNS * CELL_PX, rows * (CELL_PX + LABEL_PX)), "white")
    pen = ImageDraw.Draw(page)
    for cell in range(cells):
        face = reel.at(reel.duration_s * (cell + 0.5) / cells)
        x, y = cell % COLUMNS * CELL_PX, cell // COLUMNS * (CELL_PX + LABEL_PX)
        page.paste(Image.fromarray(draw(face, (CELL_PX, CELL_PX), LIGHT_GREY)[:, :, :3]), (x, y))
        pen.text((x + 4, y + CELL_PX + 3), headline(face), fill="black")
        advance("", (cell + 1) / cells)
    return page


def headline(face: FaceFrame) -> str:
    """What moves most: the strongest shape, and the largest angle."""
    parts = []
    strongest = int(np.argmax(face.weights))
    if face.weights[strongest] >= 0.05:
        parts.append(f"{arkit.NAMES[strongest]} {face.weights[strongest]:.2f}")
    angles = dict(zip(("yaw", "pitch", "roll"), map(degrees, astuple(face.head)[:3]), strict=True))
    axis = max(angles, key=lambda name: abs(angles[name]))
    if abs(angles[axis]) >= 3.0:
        parts.append(f"{axis} {angles[axis]:+.0f}°")
    return "  ".join(parts) or "neutral"
