"""Draws docs/lipsync-sheet.png anew: the mouth of the sample avatar over seven words, spoken by espeak-ng.

    python tools/lipsync_sheet.py [AVATAR] [-o SHEET]

Wanted after a change of the speech model or of `drivers.speech.mapping`. Needs the program espeak-ng on PATH.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

import numpy as np
import soundfile
from PIL import Image, ImageDraw

from assets import arkit, samples, store
from assets.avatar import AvatarModel
from assets.face import FaceFrame
from assets.takes import Take
from drivers.speech import offline
from runtime import app

WORDS: Final = ("mama", "papa", "we", "you", "five", "oh", "cheese")
CELLS: Final = 12
CELL_WIDTH_PX: Final = 132
LABEL_PX: Final = 52
FPS: Final = 100.0
SILENCE_S: Final = 0.3
"""Before and after each word; espeak-ng begins at once."""
BACKGROUND: Final = (0.88, 0.88, 0.88, 1.0)
SHEET: Final = Path(__file__).resolve().parent.parent / "docs" / "lipsync-sheet.png"


def main() -> int:
    """Returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("avatar", nargs="?", type=Path, default=samples.AVATAR)
    parser.add_argument("-o", "--out", type=Path, default=SHEET)
    args = parser.parse_args()
    model = store.load(args.avatar)
    box = mouth_box(model)
    with tempfile.TemporaryDirectory() as folder, app.drawing(model) as draw:
        rows = []
        for word in WORDS:
            sound = Path(folder) / f"{word}.wav"
            subprocess.run(["espeak-ng", "-v", "en-us", "-s", "130", "-w", str(sound), word], check=True)
            spoken, rate_hz = soundfile.read(sound)
            soundfile.write(sound, np.pad(spoken, round(SILENCE_S * rate_hz)), rate_hz)
            frames = moments(offline.take(sound, fps=FPS))
            cells = [Image.fromarray(draw(frame, model.canvas_px, BACKGROUND)).convert("RGB") for frame in frames]
            rows.append(row(word, [cell.crop(box) for cell in cells], frames))
    sheet = Image.new("RGB", (rows[0].width, sum(each.height for each in rows)))
    for number, each in enumerate(rows):
        sheet.paste(each, (0, number * each.height))
    sheet.quantize(192, method=Image.Quantize.MEDIANCUT).save(args.out, optimize=True)
    sys.stdout.write(f"{args.out}: {len(WORDS)} words, {CELLS} moments each\n")
    return 0


def mouth_box(model: AvatarModel) -> tuple[int, int, int, int]:
    """What to cut out: the vertices that mouthPucker moves, with some room."""
    moved = np.abs(model.deltas_px[arkit.INDEX["mouthPucker"]]).sum(axis=1)
    lips = model.rest_px[moved > 0.35 * moved.max()]
    (x, y), width = lips.mean(axis=0), float(np.ptp(lips[:, 0]))
    left, top, right, bottom = x - 0.85 * width, y - 0.45 * width, x + 0.85 * width, y + 0.65 * width
    return round(left), round(top), round(right), round(bottom)


def moments(take: Take) -> list[FaceFrame]:
    """`CELLS` frames from just before the mouth moves until it is at rest again."""
    moving = [index for index, frame in enumerate(take.frames) if frame.weights.max() > 0.05]
    first, last = max(0, moving[0] - 3), min(len(take.frames) - 1, moving[-1] + 3)
    return [take.frames[index] for index in np.linspace(first, last, CELLS).round().astype(int).tolist()]


def row(word: str, cells: list[Image.Image], frames: list[FaceFrame]) -> Image.Image:
    """One line of the sheet: the word, then its mouths with their times."""
    height = round(CELL_WIDTH_PX * cells[0].height / cells[0].width)
    made = Image.new("RGB", (LABEL_PX + CELL_WIDTH_PX * len(cells), height), "white")
    pen = ImageDraw.Draw(made)
    pen.text((6, height // 2 - 6), word, fill="black")
    for number, (cell, frame) in enumerate(zip(cells, frames, strict=True)):
        x = LABEL_PX + CELL_WIDTH_PX * number
        made.paste(cell.resize((CELL_WIDTH_PX, height), Image.Resampling.LANCZOS), (x, 0))
        pen.text((x + 4, 2), f"{1000.0 * (frame.time_s - frames[0].time_s):.0f} ms", fill="black")
    return made


if __name__ == "__main__":
    sys.exit(main())
