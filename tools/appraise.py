"""How good the avatars of a folder of portraits are: each is generated, drawn and measured; one table at the end.

    python tools/appraise.py FOLDER|PICTURE ... [--models DIR] [--engine NAME] [--json FILE] [--keep DIR] [--only PART]

Sub-folders are walked, too. 10 to 20 s a portrait. Portraits that are refused are listed with the reason. Columns:
landmark and iris error of the neutral avatar (% of the inter-iris distance), SSIM and Lab difference in the face oval,
blink (% of the lid opening left), pixels of eye seen when closed and out of place when half closed, holes in nine
poses (% of the silhouette), halo (Lab units), rules met of 40, seconds and file size of the generation.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from assets import store
from assets.errors import CartoonAliveError
from generator import pipeline
from generator.engines import Engine, open_engine
from runtime.checks import appraisal

PICTURES = (".png", ".jpg", ".jpeg", ".webp", ".gif", ".bmp")
COLUMNS = (
    ("landmark_error_iod", "lm%", 100.0, "{:.2f}", max),
    ("iris_error_iod", "iris%", 100.0, "{:.2f}", max),
    ("similarity", "ssim", 1.0, "{:.3f}", min),
    ("lab_difference", "lab", 1.0, "{:.2f}", max),
    ("blink_left", "blink%", 100.0, "{:.0f}", max),
    ("closed_eye_px", "closed", 1.0, "{:.0f}", max),
    ("half_blink_px", "half", 1.0, "{:.0f}", max),
    ("holes", "holes%", 100.0, "{:.3f}", max),
    ("halo_lab", "halo", 1.0, "{:.1f}", max),
    ("rules_met", "rules", 1.0, "{:.0f}", min),
    ("seconds", "s", 1.0, "{:.1f}", max),
    ("megabytes", "MB", 1.0, "{:.1f}", max),
)


def portraits(given: list[Path], only: str | None) -> list[Path]:
    """All pictures given or found below the folders, sorted."""
    found: list[Path] = []
    for path in given:
        inside = sorted(path.rglob("*")) if path.is_dir() else [path]
        found += [file for file in inside if file.suffix.lower() in PICTURES]
    return [path for path in found if only is None or only in str(path)]


def measure(path: Path, engine: Engine, args: argparse.Namespace, folder: Path) -> dict[str, Any]:
    """One portrait's row: measures, rules, warnings."""
    started = time.perf_counter()
    settings = pipeline.Settings(engine=args.engine, models_dir=args.models, face=args.face)
    made = pipeline.generate(path, settings)
    seconds = time.perf_counter() - started
    out = folder / f"{path.stem}.avatar"
    store.save(made.model, out)
    told = appraisal.appraise(made.model, engine, portrait=path).data()
    size = out.stat().st_size / 1e6
    return {"name": path.stem, **told, "seconds": seconds, "megabytes": size, "warnings": list(made.warnings)}


def line(name: str, values: dict[str, Any]) -> str:
    """One row of the table."""
    cells = [
        "n/a" if values.get(key) is None else form.format(values[key] * factor) for key, _, factor, form, _ in COLUMNS
    ]
    return f"{name[-28:]:<28}" + "".join(f"{cell:>8}" for cell in cells)


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("given", nargs="+", type=Path, metavar="FOLDER|PICTURE")
    parser.add_argument("--models", type=Path, default=None, metavar="DIR", help="folder with the model files")
    parser.add_argument("--engine", choices=("mediapipe", "opencv"))
    parser.add_argument("--face", type=int, help="use this face of several, even a doubtful one")
    parser.add_argument("--only", metavar="PART", help="only paths with this in them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also write everything here")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the avatars here")
    args = parser.parse_args()
    rows: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory() as scratch, open_engine(args.engine, models_dir=args.models) as engine:
        folder = args.keep or Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        say(f"{'portrait':<28}" + "".join(f"{title:>8}" for _, title, *_ in COLUMNS))
        for path in portraits(args.given, args.only):
            try:
                rows.append(measure(path, engine, args, folder))
            except CartoonAliveError as error:
                say(f"{path.stem[-28:]:<28}  refused: {error}")
                continue
            say(line(path.stem, rows[-1]))
    for title, choose in (("median", statistics.median), ("worst", None)):
        summary = {}
        for key, _, _, _, worst in COLUMNS:
            values = [row[key] for row in rows if row.get(key) is not None]
            summary[key] = (choose or worst)(values) if values else None
        say(line(title, summary))
    for row in rows:
        if row["rules_missed"]:
            say(f"{row['name'][-28:]:<28}  missed: {'; '.join(row['rules_missed'])}")
    if args.json:
        args.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
