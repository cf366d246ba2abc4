"""The report of a generation: contact sheets to be looked at, and every intermediate picture.

The generator may not know the renderer, so whoever calls hands in the drawing.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw

from assets import arkit
from assets.face import FaceFrame, HeadPose
from generator.pipeline import Generated

Pixels = npt.NDArray[np.uint8]
Colour = tuple[float, float, float, float]
Draw = Callable[[FaceFrame, tuple[int, int], Colour], Pixels]
"""`draw(frame, size_px, background)` -> uint8 (H, W, 4), straight alpha."""

GREY: Final[Colour] = (0.75, 0.75, 0.78, 1.0)
MAGENTA: Final[Colour] = (1.0, 0.0, 1.0, 1.0)
CELL_PX: Final = 260
COLUMNS: Final = 8
_BLINKS: Final = (0.0, 0.25, 0.5, 0.75, 0.9, 1.0)
_VISEMES: Final[Mapping[str, Mapping[str, float]]] = {
    "rest": {},
    "m b p": {"mouthPressLeft": 0.5, "mouthPressRight": 0.5, "mouthClose": 0.1},
    "f v": {"jawOpen": 0.12, "mouthRollLower": 0.6, "mouthUpperUpLeft": 0.3, "mouthUpperUpRight": 0.3},
    "a": {"jawOpen": 0.7},
    "e": {"jawOpen": 0.3, "mouthStretchLeft": 0.5, "mouthStretchRight": 0.5},
    "i": {"jawOpen": 0.15, "mouthSmileLeft": 0.5, "mouthSmileRight": 0.5},
    "o": {"jawOpen": 0.4, "mouthFunnel": 0.7},
    "u": {"jawOpen": 0.15, "mouthPucker": 0.9},
}


def write(
    generated: Generated, folder: Path, draw: Draw, measures: Mapping[str, Any] | None = None
) -> tuple[Path, ...]:
    """Write the sheets and pictures into `folder` (created if need be). Returns the files.

    shapes.png: the portrait, the neutral avatar, each of the 52. eyes.png: blink steps, winks, glances. mouth.png:
    visemes. head.png: nine turns over magenta, which shows holes. steps/: mattes, landmarks, the picture below each
    part. layers/: each layer's texture. report.json: times, warnings, what this avatar can't do, and `measures`.
    """
    folder.mkdir(parents=True, exist_ok=True)
    box = _face_box(generated)
    shot = _Camera(generated, draw)
    files = [
        _sheet(folder / "shapes.png", [("portrait", _crop(shot.portrait(), box)), ("neutral", _crop(shot({}), box))]
               + [(name, _crop(shot({name: 1.0}), box)) for name in arkit.NAMES]),
        _sheet(folder / "eyes.png", [(name, _crop(shot(weights), _eye_box(generated))) for name, weights in _eyes()]),
        _sheet(folder / "mouth.png",
               [(name, _crop(shot(dict(weights)), _mouth_box(generated))) for name, weights in _VISEMES.items()]),
        _sheet(folder / "head.png", _turns(shot), columns=3, cell=380),
    ]  # fmt: skip
    for group, pictures in (("steps", generated.pictures), ("layers", generated.model.textures)):
        (folder / group).mkdir(exist_ok=True)
        for name, picture in pictures.items():
            path = folder / group / f"{name}.png"
            Image.fromarray(np.asarray(picture)).save(path)
            files.append(path)
    summary = folder / "report.json"
    facts = {
        "steps_s": dict(generated.steps),
        "warnings": list(generated.warnings),
        "limits": list(generated.model.facts.get("limits", ())),
        "measures": None if measures is None else dict(measures),
    }
    summary.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")
    return (*files, summary)


class _Camera:
    def __init__(self, generated: Generated, draw: Draw) -> None:
        self._generated, self._draw = generated, draw

    def __call__(
        self, weights: Mapping[str, float], pose: HeadPose | None = None, background: Colour = GREY
    ) -> Pixels:
        frame = FaceFrame.from_mapping(weights, head=pose or HeadPose())
        return self._draw(frame, self._generated.model.canvas_px, background)[..., :3]

    def portrait(self) -> Pixels:
        aligned = self._generated.aligned.astype(np.float32)
        alpha = aligned[..., 3:] / 255.0
        return np.asarray(aligned[..., :3] * alpha + np.array(GREY[:3]) * 255.0 * (1.0 - alpha) + 0.5).astype(np.uint8)


def _eyes() -> list[tuple[str, dict[str, float]]]:
    def both(stem: str, value: float = 1.0) -> dict[str, float]:
        return {f"{stem}Left": value, f"{stem}Right": value}

    steps = [(f"blink {value:g}", both("eyeBlink", value)) for value in _BLINKS]
    return [
        *steps,
        ("wink left", {"eyeBlinkLeft": 1.0}),
        ("wink right", {"eyeBlinkRight": 1.0}),
        ("look left", {"eyeLookOutLeft": 1.0, "eyeLookInRight": 1.0}),
        ("look right", {"eyeLookOutRight": 1.0, "eyeLookInLeft": 1.0}),
        ("look up", both("eyeLookUp")),
        ("look down", both("eyeLookDown")),
        ("squint", both("eyeSquint")),
        ("wide", both("eyeWide")),
        ("smile", both("mouthSmile") | both("cheekSquint")),
        ("squint + half blink", both("eyeSquint") | both("eyeBlink", 0.5)),
    ]


def _turns(shot: _Camera) -> list[tuple[str, Pixels]]:
    return [
        (
            f"yaw {yaw:+d} pitch {pitch:+d}",
            shot({}, HeadPose.from_degrees(yaw_deg=yaw, pitch_deg=pitch), MAGENTA),
        )
        for pitch in (20, 0, -20)
        for yaw in (-30, 0, 30)
    ]


def _landmarks(generated: Generated) -> npt.NDArray[np.float64]:
    return np.array(generated.model.facts["landmarks_px"], np.float64)


def _box_around(points: npt.NDArray[np.float64], grow: float) -> tuple[int, int, int, int]:
    low, high = points.min(axis=0), points.max(axis=0)
    half = (high - low).max() * grow / 2.0
    x, y = (low + high) / 2.0
    return round(x - half), round(y - half), round(x + half), round(y + half)


def _face_box(generated: Generated) -> tuple[int, int, int, int]:
    return _box_around(_landmarks(generated)[:468], 1.55)


def _eye_box(generated: Generated) -> tuple[int, int, int, int]:
    return _box_around(_landmarks(generated)[[33, 263, 70, 300]], 1.25)


def _mouth_box(generated: Generated) -> tuple[int, int, int, int]:
    return _box_around(_landmarks(generated)[[61, 291, 2, 152]], 1.5)


def _crop(picture: Pixels, box: tuple[int, int, int, int]) -> Pixels:
    x0, y0, x1, y1 = box
    height, width = picture.shape[:2]
    return picture[max(0, y0) : min(height, y1), max(0, x0) : min(width, x1)]


def _sheet(
    path: Path, tiles: Sequence[tuple[str, Pixels]], *, columns: int = COLUMNS, cell: int = CELL_PX
) -> Path:
    """Tiles in rows, each with its name. Written as PNG."""
    rows = -(-len(tiles) // columns)
    sheet = Image.new("RGB", (columns * cell, rows * cell), (40, 40, 44))
    pen = ImageDraw.Draw(sheet)
    for number, (name, picture) in enumerate(tiles):
        left, top = (number % columns) * cell, (number // columns) * cell
        scale = cell / max(picture.shape[:2])
        size = (max(1, round(picture.shape[1] * scale)), max(1, round(picture.shape[0] * scale)))
        kind = cv2.INTER_AREA if scale < 1.0 else cv2.INTER_CUBIC
        sheet.paste(Image.fromarray(cv2.resize(picture, size, interpolation=kind)), (left, top))
        pen.text((left + 4, top + 3), name, fill=(255, 255, 255), stroke_width=2, stroke_fill=(0, 0, 0))
    sheet.save(path)
    return path
