"""`generate`: a portrait becomes an avatar."""

import argparse
import time
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import PortraitError, UsageError
from runtime import arguments
from runtime.console import Console, Outcome

if TYPE_CHECKING:
    from generator.pipeline import Generated, Settings
    from runtime.checks import appraisal

HELP = "make an avatar from one portrait"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Options of the command."""
    parser.add_argument("portrait", metavar="PORTRAIT", help="a picture of one face: .png, .jpg or .webp")
    parser.add_argument("-o", "--out", required=True, metavar="NAME.avatar")
    parser.add_argument("--report", metavar="DIR", help="also write contact sheets and every step into this folder")
    parser.add_argument("--engine", choices=("mediapipe", "opencv"), help="who finds the face (default: what is there)")
    parser.add_argument("--models", type=Path, metavar="DIR", help="folder with MediaPipe's model files")
    parser.add_argument("--face", type=arguments.positive, metavar="N",
                        help="which face of several, 1 is the largest (default: 1)")  # fmt: skip
    parser.add_argument("--landmarks", metavar="POINTS.json",
                        help="where the face is, set by hand (see: cartoonalive points)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=0, metavar="N", help="seed of all randomness (default: 0)")


def execute(args: argparse.Namespace, console: Console) -> Outcome:
    """Make and save the avatar."""
    started_s = time.perf_counter()
    portrait = arguments.input_file(args.portrait, error=PortraitError)
    if args.landmarks and args.face:
        raise UsageError("--face chooses among faces that are found; with --landmarks none is searched for")
    landmarks = arguments.input_file(args.landmarks) if args.landmarks else None
    out = arguments.output_file(args.out, ".avatar", inputs=filter(None, (portrait, landmarks)))
    report_dir = arguments.output_folder(args.report) if args.report else None
    models_dir = arguments.input_folder(args.models) if args.models else None

    from assets import points, store
    from generator import pipeline

    by_hand = points.load(landmarks) if landmarks else None
    settings = pipeline.Settings(args.engine, models_dir, args.face, report_dir, args.seed, by_hand)
    with console.bar(f"making {out.name}") as advance:
        made = pipeline.generate(portrait, settings, progress=advance)
    store.save(made.model, out)
    measured = _write_report(made, portrait, settings, console) if report_dir is not None else None
    for warning in made.warnings:
        console.say(f"warning: {warning}")
    seconds = round(time.perf_counter() - started_s, 3)
    limits = [str(limit) for limit in made.model.facts.get("limits", ())]
    data = {
        "avatar": str(out),
        "report": str(report_dir) if report_dir else None,
        "seconds": seconds,
        "steps": {name: round(step_s, 3) for name, step_s in made.steps},
        "layers": len(made.model.layers),
        "vertices": made.model.vertex_count,
        "warnings": list(made.warnings),
        "limits": limits,
        "measures": None if measured is None else measured.data(),
    }
    lines = [f"{name:<24} {step_s:7.2f} s" for name, step_s in made.steps]
    lines.append(f"{out}: {len(made.model.layers)} layers, {made.model.vertex_count} vertices, in {seconds:.1f} s")
    lines += [f"limit: {limit}" for limit in limits]
    if measured is not None:
        lines += [*measured.lines(), f"{report_dir}: the report"]
    return Outcome("\n".join(lines), data)


def _write_report(
    made: "Generated", portrait: Path, settings: "Settings", console: Console
) -> "appraisal.Appraisal":
    """Draw the avatar for people to look at, and measure it."""
    from generator import report
    from generator.engines import open_engine
    from runtime import app
    from runtime.checks import appraisal

    assert settings.report_dir is not None
    engine = open_engine(settings.engine, models_dir=settings.models_dir)
    with engine, console.bar("measuring") as advance:
        measured = appraisal.appraise(made.model, engine, portrait=portrait, progress=advance)
    with app.drawing(made.model) as draw:
        report.write(made, settings.report_dir, draw, measured.data())
    return measured
